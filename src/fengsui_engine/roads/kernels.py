"""The loops: plain arrays, no checks. The modules `snap` and `search` say what they mean.

Everything about time and length is one whole number, a *label*: milliseconds × 2³⁴ + millimetres. Labels add and
compare as numbers, so of two equally fast ways the shorter one wins, and a sum is exact in any order.
"""

# mypy: disable-error-code="no-untyped-def"
# (numba infers the types of helpers; the two kernels carry their signatures)

import numpy as np
from numba import float64, int32, int64, njit, types

from fengsui_engine.roads.geodesy import EARTH_RADIUS_M

LENGTH_BITS = 34
"""Room for 17,000 km in millimetres, and for 6 days in milliseconds."""

BY_HEAD, BY_TAIL, DIRECT = 0, 1, 2
"""How a unit leaves its street: ahead, back, or not at all because the incident lies on it."""

STAMP, LABEL, NEXT, WAITING = 0, 1, 2, 3
"""Columns of `state`, one row a node: number of the search that wrote the row (so that nothing need be cleared);
label; edge to take towards the incident (its own street's last part included), or ARRIVED; first exit that leads
here, with the number of the search in the upper half."""

ARRIVED = -1

i4, i8, f8 = (types.Array(kind, 1, "C", readonly=True) for kind in (int32, int64, float64))
table = types.Array(int32, 2, "C", readonly=True)


@njit
def _push(keys, items, size, key, item):
    """Add to the 4-ary heap; returns the new size."""
    place = size
    while place > 0:
        above = (place - 1) >> 2
        if keys[above] <= key:
            break
        keys[place] = keys[above]
        items[place] = items[above]
        place = above
    keys[place] = key
    items[place] = item
    return size + 1


@njit
def _drop_top(keys, items, size):
    """Take the smallest away; returns the new size."""
    size -= 1
    key, item = keys[size], items[size]
    place = 0
    while True:
        child = 4 * place + 1
        if child >= size:
            break
        least, least_key = child, keys[child]
        for other in range(child + 1, min(child + 4, size)):
            if keys[other] < least_key:
                least, least_key = other, keys[other]
        if least_key >= key:
            break
        keys[place] = least_key
        items[place] = items[least]
        place = least
    keys[place] = key
    items[place] = item
    return size


@njit
def _label(ms, millimetres):
    return (int64(ms) << LENGTH_BITS) + int64(millimetres)


@njit
def _whole(edge, travel_ms, metres):
    """The label of a whole edge."""
    return _label(travel_ms[edge], np.floor(metres[edge] * 1000 + 0.5))


@njit
def _before(edge, fraction, travel_ms, metres):
    """The label of the part of an edge before `fraction` of the street; what is behind it is the complement."""
    millimetres = np.floor(metres[edge] * 1000 + 0.5)
    return _label(np.floor(travel_ms[edge] * fraction + 0.5), np.floor(millimetres * fraction + 0.5))


@njit
def _of_street(edge, fraction, twin):
    """The same place, told on the edge of lower number of its street."""
    back = twin[edge]
    if 0 <= back < edge:
        return back, 1.0 - fraction
    return edge, fraction


@njit
def _reach(node, label, next_edge, state, stamp, keys, items, size):
    """A way from `node` to the incident: keep it if it is the best so far."""
    if state[node, STAMP] != stamp or label < state[node, LABEL]:
        state[node, STAMP] = stamp
        state[node, LABEL] = label
        state[node, NEXT] = next_edge
        size = _push(keys, items, size, label, node)
    return size


@njit
def _wait(node, cost, way_out, state, stamp, waiting_next, waiting_cost):
    """A unit can come to `node` by this way out of its street."""
    above = state[node, WAITING]
    waiting_next[way_out] = above & 0xFFFFFFFF if above >> 32 == stamp else 0xFFFFFFFF
    waiting_cost[way_out] = cost
    state[node, WAITING] = (stamp << 32) + way_out


@njit(
    int64(
        i4, i4, table, i4, i4, i4, f8, i4,  # the network
        int64, float64, i4, f8, int64,  # incident, units, how many
        types.Array(int64, 2, "C"), int64, types.Array(int64, 1, "C"), types.Array(int32, 1, "C"),  # workspace
        types.Array(int64, 1, "C"), types.Array(int64, 1, "C"), types.Array(int64, 1, "C"),  # answers
    ),
    cache=True, nogil=True,
)  # fmt: skip
def nearest_units(
    first_in, into_edge, into, tail, head, travel_ms, metres, twin,
    to_edge, to_fraction, unit_edge, unit_fraction, k,
    state, stamp, keys, items,
    unit_found, label_found, exit_found,
):  # fmt: skip
    """Dijkstra from the incident along reversed edges, until the k-th unit is certain. Returns how many were found.

    Items of the heap below n are nodes; n + 3u + exit is unit u, having left its street by that exit. A place at
    fraction 0 or 1 is a node: it is on every street that meets there.
    """
    n, n_units = len(first_in) - 1, len(unit_edge)
    waiting_next = np.empty(3 * n_units, dtype=np.int64)
    waiting_cost = np.empty(3 * n_units, dtype=np.int64)
    is_found = np.zeros(n_units, dtype=np.bool_)
    size, n_usable = 0, 0

    to_edge, to_fraction = _of_street(to_edge, to_fraction, twin)
    to_back = twin[to_edge]
    if to_fraction == 0.0:
        size = _reach(tail[to_edge], 0, ARRIVED, state, stamp, keys, items, size)
    elif to_fraction == 1.0:
        size = _reach(head[to_edge], 0, ARRIVED, state, stamp, keys, items, size)
    else:
        label = _before(to_edge, to_fraction, travel_ms, metres)
        size = _reach(tail[to_edge], label, to_edge, state, stamp, keys, items, size)
        if to_back >= 0:
            label = _whole(to_back, travel_ms, metres) - _before(to_back, to_fraction, travel_ms, metres)
            size = _reach(head[to_edge], label, to_back, state, stamp, keys, items, size)

    for unit in range(n_units):
        if unit_edge[unit] < 0:
            continue
        n_usable += 1
        edge, fraction = _of_street(int64(unit_edge[unit]), unit_fraction[unit], twin)
        back = twin[edge]
        if fraction == 0.0:
            _wait(tail[edge], 0, 3 * unit + BY_TAIL, state, stamp, waiting_next, waiting_cost)
            continue
        if fraction == 1.0:
            _wait(head[edge], 0, 3 * unit + BY_HEAD, state, stamp, waiting_next, waiting_cost)
            continue
        ahead = _whole(edge, travel_ms, metres) - _before(edge, fraction, travel_ms, metres)
        _wait(head[edge], ahead, 3 * unit + BY_HEAD, state, stamp, waiting_next, waiting_cost)
        if back >= 0:
            behind = _before(back, fraction, travel_ms, metres)
            _wait(tail[edge], behind, 3 * unit + BY_TAIL, state, stamp, waiting_next, waiting_cost)
        if edge == to_edge and 0.0 < to_fraction < 1.0:
            if fraction <= to_fraction:
                direct = _before(edge, to_fraction, travel_ms, metres) - _before(edge, fraction, travel_ms, metres)
                size = _push(keys, items, size, direct, n + 3 * unit + DIRECT)
            elif back >= 0:
                direct = _before(back, fraction, travel_ms, metres) - _before(back, to_fraction, travel_ms, metres)
                size = _push(keys, items, size, direct, n + 3 * unit + DIRECT)

    n_found, last_ms = 0, int64(0)
    while size > 0 and n_found < n_usable:
        label, item = keys[0], int64(items[0])
        if n_found >= k and label >> LENGTH_BITS > last_ms:
            break  # as long as it is equal, an earlier unit may still come
        size = _drop_top(keys, items, size)
        if item >= n:
            unit = (item - n) // 3
            if is_found[unit]:
                continue
            is_found[unit] = True
            last_ms = label >> LENGTH_BITS if n_found < k else last_ms
            place = n_found
            while place > 0 and label_found[place - 1] >> LENGTH_BITS == last_ms and unit_found[place - 1] > unit:
                unit_found[place] = unit_found[place - 1]
                label_found[place] = label_found[place - 1]
                exit_found[place] = exit_found[place - 1]
                place -= 1
            unit_found[place] = unit
            label_found[place] = label
            exit_found[place] = (item - n) % 3
            n_found += 1
            continue
        if label != state[item, LABEL]:
            continue  # a better way was found after this one was noted
        if state[item, WAITING] >> 32 == stamp:
            way_out = state[item, WAITING] & 0xFFFFFFFF
            while way_out != 0xFFFFFFFF:
                size = _push(keys, items, size, label + waiting_cost[way_out], n + way_out)
                way_out = waiting_next[way_out]
        for row in range(first_in[item], first_in[item + 1]):
            longer = label + _label(into[row, 1], into[row, 2])
            size = _reach(into[row, 0], longer, into_edge[row], state, stamp, keys, items, size)
    return min(n_found, k)


@njit
def _metres_between(lon_a, lat_a, lon_b, lat_b):
    """Great-circle distance; as `geodesy.haversine_metres`."""
    half_lat = np.sin(np.radians(lat_b - lat_a) / 2)
    half_lon = np.sin(np.radians(lon_b - lon_a) / 2)
    chord = half_lat**2 + np.cos(np.radians(lat_a)) * np.cos(np.radians(lat_b)) * half_lon**2
    return 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(min(chord, 1.0)))


@njit
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


@njit
def _edge_of(point, shape_first):
    """The edge that a shape point belongs to."""
    low, high = 0, len(shape_first) - 1
    while high - low > 1:
        middle = (low + high) >> 1
        if shape_first[middle] <= point:
            low = middle
        else:
            high = middle
    return low


@njit
def _rank(point, along, shape_first, tail, head):
    """Among equally near places a node comes first, then the lower number."""
    edge = _edge_of(point, shape_first)
    if along == 0.0 and point == shape_first[edge]:
        return int64(tail[edge])
    if along == 1.0 and point == shape_first[edge + 1] - 2:
        return int64(head[edge])
    return (int64(1) << 32) + point


@njit
def _fraction(point, along, edge, shape_first, shape_lon, shape_lat):
    """How far along its edge a place is, by length."""
    before, total = 0.0, 0.0
    for p in range(shape_first[edge], shape_first[edge + 1] - 1):
        metres = _metres_between(shape_lon[p], shape_lat[p], shape_lon[p + 1], shape_lat[p + 1])
        if p < point:
            before += metres
        elif p == point:
            before += metres * along
        total += metres
    return before / total if total > 0 else 0.0


@njit(
    types.void(
        f8, f8, i4, i4, i4, f8, f8, i4, i4, f8, i4, float64,
        types.Array(int32, 1, "C"), types.Array(float64, 1, "C"), types.Array(float64, 1, "C"),
        types.Array(float64, 1, "C"), types.Array(float64, 1, "C"),
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
        edge = _edge_of(best, shape_first)
        edge_found[i] = edge
        fraction_found[i] = _fraction(best, best_along, edge, shape_first, shape_lon, shape_lat)
        lon_found[i] = shape_lon[best] + best_along * (shape_lon[best + 1] - shape_lon[best])
        lat_found[i] = shape_lat[best] + best_along * (shape_lat[best + 1] - shape_lat[best])
        if best_along == 1.0:
            lon_found[i], lat_found[i] = shape_lon[best + 1], shape_lat[best + 1]
        off_metres[i] = np.sqrt(best2)
