"""The loops of `isochrones`: which streets lie near what is reached, which parts of them are reached, how far is each.

They work on a plane of metres, told as (lon, lat) of its origin and metres per degree of each.
"""

# mypy: disable-error-code="no-untyped-def"
# (numba infers the types of helpers; the kernels carry their signatures)

import numpy as np
from numba import boolean, float32, float64, int32, int64, njit, types, uint64

from fengsui_engine.roads.kernels.machine import lowest_bit
from fengsui_engine.roads.kernels.parts import bits, r4, rf, w4, wf

INLINED = "928c996c9202"
"""Digest of the files that the loops take helpers from: the cache looks at this file alone, and has to see them."""

w4_table, wf_table = types.Array(int32, 2, "C"), types.Array(float64, 2, "C")
flags, line_32, table_32 = types.Array(boolean, 1, "C"), types.Array(float32, 1, "C"), types.Array(float32, 2, "C")

SHORT_M = 200.0
"""Longer pieces are painted bit by bit, or the box around a long slanting one would be mostly empty."""

SPECK_M = 0.05
"""What is shorter and not reached is left out: so near, what is reached and what is not count as equally near."""

AT_ONCE = 8
"""Columns are painted in groups of so many, as processors like it; the number of columns of a raster is a multiple."""


@njit(inline="always")
def _enclose(box, edge, shape_first, shape_lon, shape_lat):
    for point in range(shape_first[edge], shape_first[edge + 1]):
        box[0], box[1] = min(box[0], shape_lon[point]), min(box[1], shape_lat[point])
        box[2], box[3] = max(box[2], shape_lon[point]), max(box[3], shape_lat[point])


@njit(types.void(r4, r4, rf, rf, w4, bits, int64, r4, wf), cache=True, nogil=True)
def enclose(first_out, shape_first, shape_lon, shape_lat, best, touched, limit, source_edge, box):
    """Widen a box of degrees until it holds the sources' streets and all edges that leave a node in time."""
    for edge in source_edge:
        if edge >= 0:
            _enclose(box, int64(edge), shape_first, shape_lon, shape_lat)
    for w in range(len(touched)):
        word = touched[w]
        while word:
            node = (w << 6) + lowest_bit(word)
            word &= word - uint64(1)
            if best[node] > limit:
                continue
            for edge in range(first_out[node], first_out[node + 1]):
                _enclose(box, edge, shape_first, shape_lon, shape_lat)


@njit(w4(r4, r4, r4, rf, r4, wf, bits), cache=True, nogil=True)
def streets_in(edge_of_point, grid_first, grid_point, grid_frame, grid_size, box, seen):
    """The streets in a box of degrees, as ascending edges; `seen` is clear, one bit an edge, and is left so."""
    columns, rows = int64(grid_size[0]), int64(grid_size[1])
    left = max(int64(0), int64(np.floor((box[0] - grid_frame[0]) / grid_frame[2])))
    right = min(columns - 1, int64(np.floor((box[2] - grid_frame[0]) / grid_frame[2])))
    bottom = max(int64(0), int64(np.floor((box[1] - grid_frame[1]) / grid_frame[3])))
    top = min(rows - 1, int64(np.floor((box[3] - grid_frame[1]) / grid_frame[3])))
    n, lowest, highest = 0, len(seen), -1
    for row in range(bottom, top + 1):
        for entry in range(grid_first[row * columns + left], grid_first[row * columns + right + 1]):
            edge = int64(edge_of_point[grid_point[entry]])
            w, bit = edge >> 6, uint64(1) << uint64(edge & 63)
            if not seen[w] & bit:
                seen[w] |= bit
                lowest, highest, n = min(lowest, w), max(highest, w), n + 1
    streets = np.empty(n, dtype=np.int32)
    n = 0
    for w in range(lowest, highest + 1):
        word = seen[w]
        seen[w] = 0
        while word:
            streets[n] = (w << 6) + lowest_bit(word)
            word &= word - uint64(1)
            n += 1
    return streets


@njit(inline="always")
def _ahead(there_ms, ms, limit):
    """The fraction of an edge that is reached from its beginning, as times are rounded; below 0: nothing."""
    if there_ms > limit:
        return -1.0
    if ms == 0:
        return 1.0
    return min(1.0, (limit - there_ms + 0.5) / ms)


@njit(inline="always")
def _insert(start, stop, n, low, high):
    """Put an interval among those that ascend; returns how many there are."""
    at = n
    while at > 0 and start[at - 1] > low:
        start[at], stop[at] = start[at - 1], stop[at - 1]
        at -= 1
    start[at], stop[at] = low, high
    return n + 1


@njit(
    int64(
        r4, r4, r4, rf, rf,  # the network
        w4, w4_table, r4, rf, int64,  # streets, times at both ends, sources in the middle of streets, the limit
        rf, wf, wf, wf_table, flags, wf,
    ),
    cache=True, nogil=True,
)  # fmt: skip
def cut(
    travel_ms, twin, shape_first, shape_lon, shape_lat,
    streets, there_ms, source_street, source_place, limit,
    plane, start, stop, pieces, is_reached, box,
):  # fmt: skip
    """Straight pieces of streets on the plane, cut where the limit ends, and which are reached. Returns how many.

    Sources ascend by street. `start` and `stop` have room for two parts and one more for each source. `box` becomes the
    least and greatest x and y of what is reached.
    """
    n, source = 0, 0
    for i in range(len(streets)):
        edge = int64(streets[i])
        back, ms = int64(twin[edge]), int64(travel_ms[edge])
        back_ms = int64(travel_ms[back]) if back >= 0 else int64(0)
        n_parts = 0
        ahead = _ahead(int64(there_ms[i, 0]), ms, limit)
        if ahead >= 0.0:
            n_parts = _insert(start, stop, n_parts, 0.0, ahead)
        if back >= 0:
            behind = _ahead(int64(there_ms[i, 1]), back_ms, limit)
            if behind >= 0.0:
                n_parts = _insert(start, stop, n_parts, 1.0 - behind, 1.0)
        while source < len(source_street) and source_street[source] < edge:
            source += 1
        while source < len(source_street) and source_street[source] == edge:
            place = source_place[source]
            low, high = place, 1.0
            if ms > 0:
                high = max(place, min(1.0, (np.floor(ms * place + 0.5) + limit + 0.5) / ms))
            if back >= 0:
                low = 0.0
                if back_ms > 0:
                    low = min(place, max(0.0, (np.floor(back_ms * place + 0.5) - limit - 0.5) / back_ms))
            n_parts = _insert(start, stop, n_parts, low, high)
            source += 1
        first, last = shape_first[edge], shape_first[edge + 1] - 1
        total = 0.0
        for point in range(first, last):
            dx = (shape_lon[point + 1] - shape_lon[point]) * plane[2]
            dy = (shape_lat[point + 1] - shape_lat[point]) * plane[3]
            total += np.sqrt(dx * dx + dy * dy)
        total = max(total, 1e-9)
        along, part = 0.0, 0
        for point in range(first, last):
            x, y = (shape_lon[point] - plane[0]) * plane[2], (shape_lat[point] - plane[1]) * plane[3]
            dx = (shape_lon[point + 1] - shape_lon[point]) * plane[2]
            dy = (shape_lat[point + 1] - shape_lat[point]) * plane[3]
            share = np.sqrt(dx * dx + dy * dy) / total
            end = along + share if point < last - 1 else 1.0
            here = along
            while here < end:
                while part < n_parts and stop[part] <= here:
                    part += 1
                inside = part < n_parts and start[part] <= here
                there = end
                if part < n_parts:
                    there = min(end, stop[part] if inside else start[part])
                if not inside and (there - here) * total < SPECK_M:
                    here = there
                    continue
                a = (here - along) / share if share > 0.0 else 0.0
                b = (there - along) / share if share > 0.0 else 0.0
                pieces[n, 0], pieces[n, 1] = x + a * dx, y + a * dy
                pieces[n, 2], pieces[n, 3] = x + b * dx, y + b * dy
                is_reached[n] = inside
                if inside:
                    box[0], box[1] = min(box[0], pieces[n, 0], pieces[n, 2]), min(box[1], pieces[n, 1], pieces[n, 3])
                    box[2], box[3] = max(box[2], pieces[n, 0], pieces[n, 2]), max(box[3], pieces[n, 1], pieces[n, 3])
                n += 1
                here = there
            along = end
    return n


@njit(
    types.void(float64, float64, float64, float64, float64, line_32, float64, float64, table_32), cache=True, nogil=True
)
def _paint(x_a, y_a, x_b, y_b, radius, columns_x, bottom, cell, distance2):
    """Note the square of the distance to a piece, where it is the nearest so far, at all points within a radius."""
    rows, columns = distance2.shape
    low = max(int64(0), int64(np.ceil((min(y_a, y_b) - radius - bottom) / cell)))
    high = min(int64(rows) - 1, int64(np.floor((max(y_a, y_b) + radius - bottom) / cell)))
    first = max(int64(0), int64(np.ceil((min(x_a, x_b) - radius) / cell)))
    last = min(int64(columns) - 1, int64(np.floor((max(x_a, x_b) + radius) / cell)))
    if last < first:
        return
    n_across = AT_ONCE * ((last - first) // AT_ONCE + 1)
    first = min(first, int64(columns) - n_across)
    length2 = (x_b - x_a) ** 2 + (y_b - y_a) ** 2
    dx, dy, a = float32(x_b - x_a), float32(y_b - y_a), float32(x_a)
    per_length2 = float32(1.0 / length2 if length2 > 0.0 else 0.0)
    zero, one = float32(0.0), float32(1.0)
    across = columns_x[first : first + n_across]
    for row in range(low, high + 1):
        y = float32(bottom + row * cell - y_a)
        line = distance2[row, first : first + n_across]
        for i in range(len(line)):  # no branches: the compiler does many at once
            x = across[i] - a
            along = (x * dx + y * dy) * per_length2
            along = max(along, zero)
            along = min(along, one)
            off_x, off_y = x - along * dx, y - along * dy
            here2 = off_x * off_x + off_y * off_y
            line[i] = min(here2, line[i])


@njit(
    types.void(wf_table, flags, float64, float64, float64, float64, float64, table_32, table_32),
    cache=True, nogil=True,
)  # fmt: skip
def paint(pieces, is_reached, left, bottom, cell, near_m, reached_m, reached2, unreached2):
    """The square of the distance from each point of a raster to what is reached, and to what is not."""
    columns_x = (np.arange(reached2.shape[1]) * cell).astype(np.float32)
    for i in range(len(pieces)):
        x_a, y_a = pieces[i, 0] - left, pieces[i, 1]
        dx, dy = pieces[i, 2] - pieces[i, 0], pieces[i, 3] - pieces[i, 1]
        n = 1 + int64(np.sqrt(dx * dx + dy * dy) / SHORT_M)
        for part in range(n):
            x, y = x_a + dx * part / n, y_a + dy * part / n
            x_end, y_end = x_a + dx * (part + 1) / n, y_a + dy * (part + 1) / n
            if is_reached[i]:
                _paint(x, y, x_end, y_end, reached_m, columns_x, bottom, cell, reached2)
            else:
                _paint(x, y, x_end, y_end, near_m, columns_x, bottom, cell, unreached2)


@njit(types.void(table_32, table_32, float64, float64, float64, wf_table), cache=True, nogil=True)
def lead(reached2, unreached2, near_m, tie_m, least, height):
    """By how much what is reached is nearer than what is not, or than `near_m`; never nearly 0."""
    for row in range(reached2.shape[0]):
        for column in range(reached2.shape[1]):
            off = min(np.sqrt(float64(unreached2[row, column])), near_m)
            metres = off + tie_m - np.sqrt(float64(reached2[row, column]))
            if -least < metres < least:
                metres = least if metres >= 0.0 else -least
            height[row, column] = metres
