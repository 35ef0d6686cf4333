"""The loops of `nearest` and `route`: plain arrays, no checks. The module `search` says what they mean."""

# mypy: disable-error-code="no-untyped-def"
# (numba infers the types of helpers; the kernels carry their signatures)

from numba import float64, int64, njit, uint32, uint64

from fengsui_engine.roads.kernels.parts import (
    NO_ROOM,
    NOWHERE,
    before,
    behind,
    bits,
    junction,
    of_street,
    r4,
    r4_table,
    rf,
    w4,
    w8,
    w8_table,
    wf,
)  # fmt: skip

INLINED = "7e9f8acd0431"
"""Digest of the files that the loops take helpers from: the cache looks at this file alone, and has to see them."""

SOONEST, WAY = 0, 1
"""Columns of `label`, one row a node: both lie in one line of the processor's cache."""
MS_BITS = 39
"""SOONEST holds the number of the search (falling) above so many bits of milliseconds: what an earlier search left is
larger than anything this one finds, so that nothing need be cleared and one comparison tells."""
STEP_BITS = 28
"""WAY holds millimetres (up to 34,000 km of them) above so many bits that say how to go on towards the incident:"""
THERE, ALONG, BACK_ALONG, BY_ROW = 0, 1, 2, 3
"""… it is at this node, along its street from here, or back along it; or BY_ROW and a row of `into`."""

BY_HEAD, BY_TAIL, DIRECT = 0, 1, 2
"""How a unit leaves its street: ahead, back, or not at all because the incident lies on it."""
COUNTED = 4
"""Added to `unit_exit` once a unit waits for the end of its bucket: it may still improve, but is counted once."""

NEVER = 2**62


@njit(inline="always")
def _open_exit(way_out, node, ms, mm, first_exit, exit_next, exit_cost, exit_node, has_exit):
    exit_node[way_out] = node
    exit_cost[way_out, 0], exit_cost[way_out, 1] = ms, mm
    exit_next[way_out] = first_exit[node]
    first_exit[node] = way_out
    has_exit[node >> 6] |= uint64(1) << uint64(node & 63)


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
        edge, fraction = of_street(int64(unit_edge[unit]), unit_fraction[unit], twin)
        back = int64(twin[edge])
        ahead_ms, ahead_mm, back_ms, back_mm = int64(0), int64(0), int64(0), int64(0)
        if 0.0 < fraction < 1.0:
            street[unit], place[unit] = edge, fraction
            ahead_ms, ahead_mm = behind(edge, fraction, travel_ms, metres)
            back_ms, back_mm = before(max(back, 0), fraction, travel_ms, metres)
        if fraction > 0.0:
            node, way_out = int64(head[edge]), 2 * unit + BY_HEAD
            if fraction == 1.0:  # it stands at the junction, and may take any way out
                node = junction(node, node_copied, n_junctions)
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
def _start(node, ms, mm, step, base, label, shift, bucket, below, queue, size):
    """The incident is reached from `node` by its own street; the quicker way stays."""
    soonest = label[node, SOONEST]
    if base + ms < soonest or (base + ms == soonest and mm < label[node, WAY] >> STEP_BITS):
        label[node, SOONEST], label[node, WAY] = base + ms, mm << STEP_BITS | step
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
        int64, w8_table, int64, w4, w4, w4, w8_table, w4,  # workspace
        w8, w8, wf,  # answers
    ),
    cache=True, nogil=True,
)  # fmt: skip
def nearest_units(
    first_in, into, tail, head, travel_ms, metres, twin, node_copied, edge_copied,
    to_edge, to_fraction, k, n_usable,
    first_exit, exit_next, exit_cost, has_exit, street, place,
    search, label, shift, bucket, below, queue, unit_label, unit_exit,
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
    to_edge, to_fraction = of_street(to_edge, to_fraction, twin)
    to_back = int64(twin[to_edge])
    if to_fraction == 0.0 or to_fraction == 1.0:
        node = int64(tail[to_edge] if to_fraction == 0.0 else head[to_edge])
        node = junction(node, node_copied, n_junctions)
        size = _start(node, 0, 0, THERE, base, label, shift, bucket, below, queue, size)
        for copy in range(len(node_copied)):
            if node_copied[copy] == node:
                same = n_junctions + copy
                size = _start(same, 0, 0, THERE, base, label, shift, bucket, below, queue, size)
    else:
        ms, mm = before(to_edge, to_fraction, travel_ms, metres)
        size = _start(tail[to_edge], ms, mm, ALONG, base, label, shift, bucket, below, queue, size)
        back_ms, back_mm = ms, mm
        if to_back >= 0:
            back_ms, back_mm = behind(to_back, to_fraction, travel_ms, metres)
            node = tail[to_back]
            size = _start(node, back_ms, back_mm, BACK_ALONG, base, label, shift, bucket, below, queue, size)
        for copy in range(len(edge_copied)):  # the incident's street, entered where a turn is banned
            node = tail[n_street_edges + copy]
            if edge_copied[copy] == to_edge:
                size = _start(node, ms, mm, ALONG, base, label, shift, bucket, below, queue, size)
            elif edge_copied[copy] == to_back:
                size = _start(node, back_ms, back_mm, BACK_ALONG, base, label, shift, bucket, below, queue, size)
        for unit in range(n_units):  # those on the incident's own street may come straight
            if street[unit] != to_edge or (place[unit] > to_fraction and to_back < 0):
                continue
            edge = to_edge if place[unit] <= to_fraction else to_back
            ms, mm = before(edge, to_fraction, travel_ms, metres)
            unit_ms, unit_mm = before(edge, place[unit], travel_ms, metres)
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
                ms, mm = label[item, SOONEST] - base, label[item, WAY] >> STEP_BITS
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
                    soonest = label[node, SOONEST]
                    if base + further > soonest:
                        continue
                    longer = mm + into[row, 2]
                    if base + further == soonest and longer >= label[node, WAY] >> STEP_BITS:
                        continue
                    label[node, SOONEST], label[node, WAY] = base + further, longer << STEP_BITS | (row + BY_ROW)
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
