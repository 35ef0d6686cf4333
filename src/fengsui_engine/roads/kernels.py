"""The loops: plain arrays, no checks. The modules `snap` and `search` say what they mean.

A *label* is a way to the incident: milliseconds, then millimetres. Of two equally fast ways the shorter one counts.
"""

# mypy: disable-error-code="no-untyped-def"
# (numba infers the types of helpers; the kernels carry their signatures)

import numpy as np
from numba import float64, int32, int64, njit, types, uint32, uint64

from fengsui_engine.roads.geodesy import EARTH_RADIUS_M

MS_BITS = 39
"""`soonest[node]` holds the number of the search (falling) above so many bits of milliseconds: what an earlier search
left is larger than anything this one finds, so that nothing need be cleared and one comparison tells."""

LENGTH, STEP = 0, 1
"""Columns of `way`, one row a node: millimetres; and the row of `into` to take towards the incident, or:"""
THERE, ALONG, BACK_ALONG = -1, -2, -3
"""… the incident is at this node, along its street from here, or back along it."""

BY_HEAD, BY_TAIL, DIRECT = 0, 1, 2
"""How a unit leaves its street: ahead, back, or not at all because the incident lies on it."""
COUNTED = 4
"""Added to `unit_exit` once a unit waits for the end of its bucket: it may still improve, but is counted once."""

NOWHERE = -1
NO_ROOM = -1
"""The queue is full: many times of zero made places improve each other again and again. Ask again with a larger one."""
NEVER = 2**62

r4, rf = (types.Array(kind, 1, "C", readonly=True) for kind in (int32, float64))
w4, w8, wf, bits = (types.Array(kind, 1, "C") for kind in (int32, int64, float64, uint64))
r4_table, w8_table = types.Array(int32, 2, "C", readonly=True), types.Array(int64, 2, "C")


@njit(inline="always")
def _whole(edge, travel_ms, metres):
    """The label of a whole edge."""
    return int64(travel_ms[edge]), int64(np.floor(metres[edge] * 1000 + 0.5))


@njit(inline="always")
def _before(edge, fraction, travel_ms, metres):
    """The label of the part of an edge before `fraction` of the street; what is behind it is the complement."""
    ms, mm = _whole(edge, travel_ms, metres)
    return int64(np.floor(ms * fraction + 0.5)), int64(np.floor(mm * fraction + 0.5))


@njit(inline="always")
def _behind(edge, fraction, travel_ms, metres):
    """The complement of `_before`."""
    ms, mm = _whole(edge, travel_ms, metres)
    ms_before, mm_before = _before(edge, fraction, travel_ms, metres)
    return ms - ms_before, mm - mm_before


@njit(inline="always")
def _of_street(edge, fraction, twin):
    """The same place, told on the edge of lower number of its street."""
    back = twin[edge]
    if 0 <= back < edge:
        return int64(back), 1.0 - fraction
    return edge, fraction


@njit(inline="always")
def _open_exit(way_out, node, ms, mm, first_exit, exit_next, exit_cost, exit_node, has_exit):
    exit_node[way_out] = node
    exit_cost[way_out, 0], exit_cost[way_out, 1] = ms, mm
    exit_next[way_out] = first_exit[node]
    first_exit[node] = way_out
    has_exit[node >> 6] |= uint64(1) << uint64(node & 63)


@njit(inline="always")
def _junction(node, node_copied, n_junctions):
    """The junction that a node is, or is a copy of."""
    return node if node < n_junctions else int64(node_copied[node - n_junctions])


@njit(int64(r4, r4, r4, rf, r4, r4, int64, r4, rf, w4, w4, w8_table, w4, bits, w4, wf), cache=True, nogil=True)
def post_units(
    tail, head, travel_ms, metres, twin, node_copied, n_junctions, unit_edge, unit_fraction,
    first_exit, exit_next, exit_cost, exit_node, has_exit, street, place,
):  # fmt: skip
    """Note at each node which units can come to it, and at what cost. Returns how many units are on a street.

    Exits 2u + BY_HEAD and 2u + BY_TAIL are unit u's. A place at fraction 0 or 1 is a node: one exit, at no cost.
    `has_exit` has one bit a node: it stays in the nearest cache, where `first_exit` would not.
    """
    n_usable = 0
    for unit in range(len(unit_edge)):
        exit_node[2 * unit], exit_node[2 * unit + 1] = NOWHERE, NOWHERE
        street[unit] = NOWHERE
        if unit_edge[unit] < 0:
            continue
        n_usable += 1
        edge, fraction = _of_street(int64(unit_edge[unit]), unit_fraction[unit], twin)
        back = int64(twin[edge])
        ahead_ms, ahead_mm, back_ms, back_mm = int64(0), int64(0), int64(0), int64(0)
        if 0.0 < fraction < 1.0:
            street[unit], place[unit] = edge, fraction
            ahead_ms, ahead_mm = _behind(edge, fraction, travel_ms, metres)
            back_ms, back_mm = _before(max(back, 0), fraction, travel_ms, metres)
        if fraction > 0.0:
            node, way_out = int64(head[edge]), 2 * unit + BY_HEAD
            if fraction == 1.0:  # it stands at the junction, and may take any way out
                node = _junction(node, node_copied, n_junctions)
            _open_exit(way_out, node, ahead_ms, ahead_mm, first_exit, exit_next, exit_cost, exit_node, has_exit)
        if fraction == 0.0 or (fraction < 1.0 and back >= 0):
            node, way_out = int64(head[back] if fraction > 0.0 else tail[edge]), 2 * unit + BY_TAIL
            _open_exit(way_out, node, back_ms, back_mm, first_exit, exit_next, exit_cost, exit_node, has_exit)
    return n_usable


@njit(inline="always")
def _put(item, ms, shift, bucket, below, queue, size):
    """Queue an item in the bucket of its time; returns the number of entries used."""
    place = (ms >> shift) & (len(bucket) - 1)
    queue[size] = item
    below[size] = bucket[place]
    bucket[place] = size
    return size + 1


@njit(inline="always")
def _start(node, ms, mm, step, base, soonest, way, shift, bucket, below, queue, size):
    """The incident is reached from `node` by its own street; the quicker way stays."""
    if base + ms < soonest[node] or (base + ms == soonest[node] and mm < way[node, LENGTH]):
        soonest[node] = base + ms
        way[node, LENGTH], way[node, STEP] = mm, step
        size = _put(node, ms, shift, bucket, below, queue, size)
    return size


@njit(inline="always")
def _arrive(unit, ms, mm, way_out, unit_label, unit_exit):
    """A way for a unit; True if it is its best so far."""
    if ms < unit_label[unit, 0] or (ms == unit_label[unit, 0] and mm < unit_label[unit, 1]):
        unit_label[unit, 0], unit_label[unit, 1] = ms, mm
        unit_exit[unit] = way_out | (unit_exit[unit] & COUNTED)
        return True
    return False


@njit(
    int64(
        r4, r4_table, r4, r4, r4, rf, r4, r4, r4,  # the network
        int64, float64, int64, int64,  # incident; how many to find, how many there are
        w4, w4, w8_table, bits, w4, wf,  # units
        int64, w8, w8_table, int64, w4, w4, w4, w8_table, w4,  # workspace
        w8, w8, wf,  # answers
    ),
    cache=True, nogil=True,
)  # fmt: skip
def nearest_units(
    first_in, into, tail, head, travel_ms, metres, twin, node_copied, edge_copied,
    to_edge, to_fraction, k, n_usable,
    first_exit, exit_next, exit_cost, has_exit, street, place,
    search, soonest, way, shift, bucket, below, queue, unit_label, unit_exit,
    found, found_ms, found_metres,
):  # fmt: skip
    """Nodes and units in order of their time to the incident, a bucket at a time. Returns how many units were found.

    A bucket holds what is reached within 2^shift ms. Its items may still improve each other, so it is worked through
    until it stays empty; then everything in it is final, ties included, and units can be counted. Buckets are used in a
    ring: the longest edge is shorter than the ring. Items below n are nodes, n + u is unit u.
    """
    n, n_units = len(first_in) - 1, len(street)
    base = search << MS_BITS
    size, n_found, n_here, now = 0, 0, 0, int64(0)
    bucket[:] = NOWHERE
    unit_label[:] = NEVER
    unit_exit[:] = 0

    n_junctions, n_street_edges = n - len(node_copied), len(tail) - len(edge_copied)
    to_edge, to_fraction = _of_street(to_edge, to_fraction, twin)
    to_back = int64(twin[to_edge])
    if to_fraction == 0.0 or to_fraction == 1.0:
        node = int64(tail[to_edge] if to_fraction == 0.0 else head[to_edge])
        node = _junction(node, node_copied, n_junctions)
        size = _start(node, 0, 0, THERE, base, soonest, way, shift, bucket, below, queue, size)
        for copy in range(len(node_copied)):
            if node_copied[copy] == node:
                same = n_junctions + copy
                size = _start(same, 0, 0, THERE, base, soonest, way, shift, bucket, below, queue, size)
    else:
        ms, mm = _before(to_edge, to_fraction, travel_ms, metres)
        size = _start(tail[to_edge], ms, mm, ALONG, base, soonest, way, shift, bucket, below, queue, size)
        back_ms, back_mm = ms, mm
        if to_back >= 0:
            back_ms, back_mm = _behind(to_back, to_fraction, travel_ms, metres)
            node = tail[to_back]
            size = _start(node, back_ms, back_mm, BACK_ALONG, base, soonest, way, shift, bucket, below, queue, size)
        for copy in range(len(edge_copied)):  # the incident's street, entered where a turn is banned
            node = tail[n_street_edges + copy]
            if edge_copied[copy] == to_edge:
                size = _start(node, ms, mm, ALONG, base, soonest, way, shift, bucket, below, queue, size)
            elif edge_copied[copy] == to_back:
                size = _start(node, back_ms, back_mm, BACK_ALONG, base, soonest, way, shift, bucket, below, queue, size)
        for unit in range(n_units):  # those on the incident's own street may come straight
            if street[unit] != to_edge or (place[unit] > to_fraction and to_back < 0):
                continue
            edge = to_edge if place[unit] <= to_fraction else to_back
            ms, mm = _before(edge, to_fraction, travel_ms, metres)
            unit_ms, unit_mm = _before(edge, place[unit], travel_ms, metres)
            ms, mm = abs(ms - unit_ms), abs(mm - unit_mm)
            if _arrive(unit, ms, mm, DIRECT, unit_label, unit_exit):
                size = _put(n + unit, ms, shift, bucket, below, queue, size)

    n_open = size
    while n_open > 0:
        here = now & (len(bucket) - 1)
        while bucket[here] != NOWHERE:
            entry = bucket[here]
            bucket[here] = NOWHERE
            while entry != NOWHERE:
                item = uint32(queue[entry])
                entry = below[entry]
                n_open -= 1
                if item >= n:
                    unit = int64(item) - n
                    if unit_label[unit, 0] >> shift == now and unit_exit[unit] < COUNTED:
                        unit_exit[unit] |= COUNTED
                        found[n_found + n_here] = unit
                        n_here += 1
                    continue
                ms, mm = soonest[item] - base, way[item, LENGTH]
                if ms >> shift != now:
                    continue  # a better way was found after this entry was queued
                if (has_exit[item >> uint32(6)] >> uint64(item & uint32(63))) & uint64(1):
                    way_out = first_exit[item]
                    while way_out != NOWHERE:
                        unit, unit_ms = way_out >> 1, ms + exit_cost[way_out, 0]
                        if _arrive(unit, unit_ms, mm + exit_cost[way_out, 1], way_out & 1, unit_label, unit_exit):
                            if size == len(queue):
                                return NO_ROOM
                            size = _put(n + unit, unit_ms, shift, bucket, below, queue, size)
                            n_open += 1
                        way_out = exit_next[way_out]
                for row in range(first_in[item], first_in[item + uint32(1)]):
                    node, further = uint32(into[row, 0]), ms + into[row, 1]
                    if base + further > soonest[node]:
                        continue
                    longer = mm + into[row, 2]
                    if base + further == soonest[node] and longer >= way[node, LENGTH]:
                        continue
                    soonest[node] = base + further
                    way[node, LENGTH], way[node, STEP] = longer, row
                    if size == len(queue):
                        return NO_ROOM
                    size = _put(node, further, shift, bucket, below, queue, size)
                    n_open += 1
        for _ in range(n_here):  # sorted in by time, then by the order given
            unit, at = found[n_found], n_found
            ms = unit_label[unit, 0]
            while at > 0 and (found_ms[at - 1] > ms or (found_ms[at - 1] == ms and found[at - 1] > unit)):
                found[at], found_ms[at], found_metres[at] = found[at - 1], found_ms[at - 1], found_metres[at - 1]
                at -= 1
            found[at], found_ms[at], found_metres[at] = unit, ms, unit_label[unit, 1] / 1000
            n_found += 1
        n_here = 0
        if n_found >= min(k, n_usable):
            break
        now += 1
    return min(n_found, k)


@njit(inline="always")
def _metres_between(lon_a, lat_a, lon_b, lat_b):
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


@njit(inline="always")
def _rank(point, along, shape_first, tail, head):
    """Among equally near places a node comes first, then the lower number."""
    edge = _edge_of(point, shape_first)
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
        metres = _metres_between(shape_lon[p], shape_lat[p], shape_lon[p + 1], shape_lat[p + 1])
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
        edge = _edge_of(best, shape_first)
        edge_found[i] = edge
        fraction_found[i] = _fraction(best, best_along, edge, shape_first, shape_lon, shape_lat)
        lon_found[i] = shape_lon[best] + best_along * (shape_lon[best + 1] - shape_lon[best])
        lat_found[i] = shape_lat[best] + best_along * (shape_lat[best + 1] - shape_lat[best])
        if best_along == 1.0:
            lon_found[i], lat_found[i] = shape_lon[best + 1], shape_lat[best + 1]
        off_metres[i] = np.sqrt(best2)
