"""The loop of `snap`: plain arrays, no checks."""

# mypy: disable-error-code="no-untyped-def"
# (numba infers the types of helpers; the kernels carry their signatures)

import numpy as np
from numba import float64, int64, njit, types

from fengsui_engine.roads.geodesy import EARTH_RADIUS_M
from fengsui_engine.roads.kernels.parts import r4, rf, w4, wf

INLINED = "0db3cc481f95"
"""Digest of the files that the loops take helpers from: the cache looks at this file alone, and has to see them."""


@njit(inline="always")
def metres_between(lon_a, lat_a, lon_b, lat_b):
    """Great-circle distance; as `geodesy.haversine_metres`."""
    half_lat = np.sin(np.radians(lat_b - lat_a) / 2)
    half_lon = np.sin(np.radians(lon_b - lon_a) / 2)
    chord = half_lat**2 + np.cos(np.radians(lat_a)) * np.cos(np.radians(lat_b)) * half_lon**2
    return 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(min(chord, 1.0)))


@njit(inline="always")
def _project(point, lon, lat, per_lon, per_lat, shape_lon, shape_lat):
    """Square of the distance to a piece, and where along the piece (0 … 1) it is nearest."""
    x_a, y_a = (shape_lon[point] - lon) * per_lon, (shape_lat[point] - lat) * per_lat
    x_b, y_b = (shape_lon[point + 1] - lon) * per_lon, (shape_lat[point + 1] - lat) * per_lat
    dx, dy = x_b - x_a, y_b - y_a
    length2 = dx * dx + dy * dy
    along = -(x_a * dx + y_a * dy) / length2 if length2 > 0 else 0.0
    if along <= 0:  # the ends exactly, so that pieces which share a point are equally far from here
        return x_a * x_a + y_a * y_a, 0.0
    if along >= 1:
        return x_b * x_b + y_b * y_b, 1.0
    x, y = x_a + along * dx, y_a + along * dy
    return x * x + y * y, along


@njit(inline="always")
def edge_of(point, shape_first):
    """The edge that a shape point belongs to."""
    low, high = 0, len(shape_first) - 1
    while high - low > 1:
        middle = (low + high) >> 1
        if shape_first[middle] <= point:
            low = middle
        else:
            high = middle
    return low


@njit(inline="always")
def _rank(point, along, shape_first, tail, head):
    """Among equally near places a node comes first, then the lower number."""
    edge = edge_of(point, shape_first)
    if along == 0.0 and point == shape_first[edge]:
        return int64(tail[edge])
    if along == 1.0 and point == shape_first[edge + 1] - 2:
        return int64(head[edge])
    return (int64(1) << 32) + point


@njit(inline="always")
def _fraction(point, along, edge, shape_first, shape_lon, shape_lat):
    """How far along its edge a place is, by length."""
    before, total = 0.0, 0.0
    for p in range(shape_first[edge], shape_first[edge + 1] - 1):
        metres = metres_between(shape_lon[p], shape_lat[p], shape_lon[p + 1], shape_lat[p + 1])
        if p < point:
            before += metres
        elif p == point:
            before += metres * along
        total += metres
    return before / total if total > 0 else 0.0


@njit(
    types.void(
        rf, rf, r4, r4, r4, rf, rf, r4, r4, rf, r4, float64,  # points, streets, cells
        w4, wf, wf, wf, wf,  # answers
    ),
    cache=True, nogil=True,
)  # fmt: skip
def nearest_places(
    lon, lat, tail, head, shape_first, shape_lon, shape_lat, grid_first, grid_point, grid_frame, grid_size, limit_m,
    edge_found, fraction_found, lon_found, lat_found, off_metres,
):  # fmt: skip
    """The nearest place on a street to each point, by looking at rings of cells until no nearer one is possible."""
    west, south, width, height = grid_frame[0], grid_frame[1], grid_frame[2], grid_frame[3]
    columns, rows = int64(grid_size[0]), int64(grid_size[1])
    per_lat = np.radians(1.0) * EARTH_RADIUS_M
    for i in range(len(lon)):
        x, y = lon[i], lat[i]
        edge_found[i], fraction_found[i] = -1, np.nan
        lon_found[i], lat_found[i], off_metres[i] = x, y, np.inf
        if not (abs(x) <= 180.0 and abs(y) <= 90.0):
            continue
        per_lon = per_lat * np.cos(np.radians(y))
        column, row = int64(np.floor((x - west) / width)), int64(np.floor((y - south) / height))
        best2, best, best_along, ring = limit_m * limit_m, -1, 0.0, 0
        while True:
            sides_x = min(x - (west + (column - ring + 1) * width), west + (column + ring) * width - x) * per_lon
            sides_y = min(y - (south + (row - ring + 1) * height), south + (row + ring) * height - y) * per_lat
            seen_m = max(0.0, min(sides_x, sides_y))  # whatever is nearer than this lies in a smaller ring
            if ring > 0 and seen_m * seen_m > best2:
                break
            for r in range(max(0, row - ring), min(rows - 1, row + ring) + 1):
                step = 1 if abs(r - row) == ring or ring == 0 else 2 * ring
                for c in range(column - ring, column + ring + 1, step):
                    if c < 0 or c >= columns:
                        continue
                    cell = r * columns + c
                    for entry in range(grid_first[cell], grid_first[cell + 1]):
                        point = int64(grid_point[entry])
                        distance2, along = _project(point, x, y, per_lon, per_lat, shape_lon, shape_lat)
                        if distance2 > best2 or point == best:
                            continue
                        if distance2 == best2 and best >= 0:
                            rank = _rank(point, along, shape_first, tail, head)
                            best_rank = _rank(best, best_along, shape_first, tail, head)
                            if rank > best_rank or (rank == best_rank and point > best):
                                continue
                        best2, best, best_along = distance2, point, along
            if column - ring <= 0 and row - ring <= 0 and column + ring >= columns - 1 and row + ring >= rows - 1:
                break
            ring += 1
        if best < 0:
            continue
        edge = edge_of(best, shape_first)
        edge_found[i] = edge
        fraction_found[i] = _fraction(best, best_along, edge, shape_first, shape_lon, shape_lat)
        lon_found[i] = shape_lon[best] + best_along * (shape_lon[best + 1] - shape_lon[best])
        lat_found[i] = shape_lat[best] + best_along * (shape_lat[best + 1] - shape_lat[best])
        if best_along == 1.0:
            lon_found[i], lat_found[i] = shape_lon[best + 1], shape_lat[best + 1]
        off_metres[i] = np.sqrt(best2)
