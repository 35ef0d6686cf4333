"""The loops of `nearest` and `route`: plain arrays, no checks. The module `search` says what they mean."""

# mypy: disable-error-code="no-untyped-def"
# (numba infers the types of helpers; the kernels carry their signatures)

import numpy as np
from numba import float64, int64, njit, uint32, uint64

from fengsui_engine.roads.kernels.machine import fetch
from fengsui_engine.roads.kernels.parts import (
    EMPTY,
    LOW,
    NO_ROOM,
    NOWHERE,
    before,
    behind,
    bits,
    heads,
    junction,
    of_street,
    put,
    r4,
    r4_table,
    rf,
    w4,
    w8,
    wf,
)  # fmt: skip
from fengsui_engine.roads.times import LONGEST_LIMIT_MS, NEVER

INLINED = "6ccdf9f54678"
"""Digest of the files that the loops take helpers from: the cache looks at this file alone, and has to see them."""

MM_BITS = 33
"""A label is one number, milliseconds above so many bits of millimetres: one comparison tells which way is better."""
MOST_MS, MOST_MM = LONGEST_LIMIT_MS, 2**33 - 2**31
"""A way that takes so long, or is so long, is none: with one more street its label might overflow."""

THERE, ALONG, BACK_ALONG, BY_ROW = 0, 1, 2, 3
"""How to go on from a node towards the incident, by its entry in the queue: it is at this node, along its street from
here, or back along it; or BY_ROW and a row of `into`."""

BY_HEAD, BY_TAIL, DIRECT = 0, 1, 2
"""How a unit leaves its street: ahead, back, or not at all because the incident lies on it."""
COUNTED = 4
"""Added to `unit_exit` once a unit waits for the end of its bucket: it may still improve, but is counted once."""


@njit(inline="always")
def _label(ms, mm):
    """Of a street, or of a part of one; one of twelve days is never driven to its end."""
    return uint64(min(ms, MOST_MS)) << uint64(MM_BITS) | uint64(mm)


@njit(inline="always")
def _open_exit(way_out, node, ms, mm, first_exit, exit_next, exit_cost, exit_node, has_exit):
    exit_node[way_out] = node
    exit_cost[way_out] = _label(ms, mm)
    exit_next[way_out] = first_exit[node]
    first_exit[node] = way_out
    has_exit[node >> 6] |= uint64(1) << uint64(node & 63)


@njit(int64(r4, r4, r4, rf, r4, r4, int64, r4, rf, w4, w4, bits, w4, bits, w4, wf), cache=True, nogil=True)
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
def _is_way(label):
    return (label >> uint64(MM_BITS) < MOST_MS) & (label & uint64(2**MM_BITS - 1) < MOST_MM)


@njit(inline="always")
def _start(node, ms, mm, step, label, shift, bucket, queue, via, size):
    """The incident is reached from `node` by its own street; the quicker way stays."""
    reached = _label(ms, mm)
    if reached < label[node]:
        label[node], via[size] = reached, step
        size = put(node, ms, shift, bucket, queue, size)
    return size


@njit(inline="always")
def _arrive(unit, reached, way_out, unit_label, unit_exit):
    """A way for a unit; True if it is its best so far."""
    if reached < unit_label[unit]:
        unit_label[unit] = reached
        unit_exit[unit] = way_out | (unit_exit[unit] & COUNTED)
        return True
    return False


@njit(inline="always")
def _forget(n, label, queue, n_queued):
    """Leave `label` as it was found."""
    for entry in range(n_queued):
        item = queue[entry] & LOW
        if item < n:
            label[item] = NEVER


@njit(
    int64(
        r4, r4_table, r4, r4, r4, rf, r4, r4, r4,  # the network
        int64, float64, int64, int64,  # incident; how many to find, how many there are
        w4, w4, bits, bits, w4, wf,  # units
        bits, int64, heads, bits, w4, bits, w4,  # workspace
        w8, w8, wf, w8,  # answers
    ),
    cache=True, nogil=True,
)  # fmt: skip
def nearest_units(
    first_in, into, tail, head, travel_ms, metres, twin, node_copied, edge_copied,
    to_edge, to_fraction, k, n_usable,
    first_exit, exit_next, exit_cost, has_exit, street, place,
    label, shift, bucket, queue, via, unit_label, unit_exit,
    found, found_ms, found_metres, used,
):  # fmt: skip
    """Nodes and units in order of their time to the incident, a bucket at a time. Returns how many units were found.

    A bucket holds what is reached within 2^shift ms. Its items may still improve each other, so it is worked through
    until it stays empty; then everything in it is final, ties included, and units can be counted. Buckets are used in a
    ring: the longest edge is shorter than the ring. Items below n are nodes, n + u is unit u. Of the entries of the
    queue, `used` tells how many there are; the last one of a node tells by `via` how to go on from it.
    """
    n, n_units = len(first_in) - 1, len(street)
    size, n_found, now = 0, 0, uint64(0)
    bucket[:] = EMPTY
    unit_label[:] = NEVER
    unit_exit[:] = 0

    n_junctions, n_street_edges = n - len(node_copied), len(tail) - len(edge_copied)
    to_edge, to_fraction = of_street(to_edge, to_fraction, twin)
    to_back = int64(twin[to_edge])
    if to_fraction == 0.0 or to_fraction == 1.0:
        node = int64(tail[to_edge] if to_fraction == 0.0 else head[to_edge])
        node = junction(node, node_copied, n_junctions)
        size = _start(node, 0, 0, THERE, label, shift, bucket, queue, via, size)
        for copy in range(len(node_copied)):
            if node_copied[copy] == node:
                size = _start(n_junctions + copy, 0, 0, THERE, label, shift, bucket, queue, via, size)
    else:
        ms, mm = before(to_edge, to_fraction, travel_ms, metres)
        size = _start(tail[to_edge], ms, mm, ALONG, label, shift, bucket, queue, via, size)
        back_ms, back_mm = ms, mm
        if to_back >= 0:
            back_ms, back_mm = behind(to_back, to_fraction, travel_ms, metres)
            size = _start(tail[to_back], back_ms, back_mm, BACK_ALONG, label, shift, bucket, queue, via, size)
        for copy in range(len(edge_copied)):  # the incident's street, entered where a turn is banned
            node = tail[n_street_edges + copy]
            if edge_copied[copy] == to_edge:
                size = _start(node, ms, mm, ALONG, label, shift, bucket, queue, via, size)
            elif edge_copied[copy] == to_back:
                size = _start(node, back_ms, back_mm, BACK_ALONG, label, shift, bucket, queue, via, size)
        for unit in range(n_units):  # those on the incident's own street may come straight
            if street[unit] != to_edge or (place[unit] > to_fraction and to_back < 0):
                continue
            edge = to_edge if place[unit] <= to_fraction else to_back
            ms, mm = before(edge, to_fraction, travel_ms, metres)
            unit_ms, unit_mm = before(edge, place[unit], travel_ms, metres)
            ms, mm = abs(ms - unit_ms), abs(mm - unit_mm)
            if _arrive(unit, _label(ms, mm), DIRECT, unit_label, unit_exit):
                size = put(n + unit, ms, shift, bucket, queue, size)

    rows, ring, room, mm_bits = into.ravel(), uint64(len(bucket) - 1), uint64(len(queue)), uint64(MM_BITS)
    n_queued, n_taken, width = uint64(size), uint64(0), uint64(MM_BITS + shift)
    while n_taken < n_queued:
        here = now & ring
        while bucket[here] != EMPTY:
            entry = uint64(bucket[here])
            bucket[here] = EMPTY
            while entry != LOW:
                item, entry = queue[entry] & LOW, queue[entry] >> uint64(32)
                n_taken += uint64(1)
                if item >= uint64(n):
                    unit = int64(item) - n
                    if unit_label[unit] >> width == now and unit_exit[unit] < COUNTED and _is_way(unit_label[unit]):
                        unit_exit[unit] |= COUNTED
                        found[n_found] = unit
                        n_found += 1
                    continue
                reached = label[item]
                if reached >> width != now or not _is_way(reached):
                    continue  # a better way was found after this entry was queued
                if (has_exit[item >> uint64(6)] >> (item & uint64(63))) & uint64(1):
                    way_out = first_exit[item]
                    while way_out != NOWHERE:
                        unit, then = way_out >> 1, reached + exit_cost[way_out]
                        if _arrive(unit, then, way_out & 1, unit_label, unit_exit):
                            if n_queued == room:
                                _forget(n, label, queue, n_queued)
                                return NO_ROOM
                            n_queued = uint64(put(n + unit, then >> mm_bits, uint64(shift), bucket, queue, n_queued))
                        way_out = exit_next[way_out]
                row, end = uint64(first_in[item]), uint64(first_in[item + uint64(1)])
                if n_queued + (end - row) > room:
                    _forget(n, label, queue, n_queued)
                    return NO_ROOM
                while row < end:
                    at = uint64(3) * row
                    node = uint64(rows[at])
                    then = reached + _label(int64(rows[at + uint64(1)]), rows[at + uint64(2)])
                    soonest, place = label[node], (then >> width) & ring
                    on_top, is_better = bucket[place], then < soonest
                    label[node] = then if is_better else soonest
                    queue[n_queued], via[n_queued] = node | uint64(on_top) << uint64(32), int64(row) + BY_ROW
                    bucket[place] = uint32(n_queued) if is_better else on_top
                    n_queued += uint64(is_better)
                    row += uint64(1)
                    fetch(first_in, node)
        if n_found >= min(k, n_usable):
            break
        now += uint64(1)
    _forget(n, label, queue, n_queued)
    used[0] = n_queued
    ranked = np.empty(n_found, dtype=np.uint64)  # by time, then by the order given
    for i in range(n_found):
        ranked[i] = (unit_label[found[i]] >> mm_bits) << uint64(32) | uint64(found[i])
    ranked.sort()
    n_found = min(n_found, k)
    for i in range(n_found):
        unit = int64(ranked[i] & LOW)
        found[i], found_ms[i] = unit, int64(ranked[i] >> uint64(32))
        found_metres[i] = int64(unit_label[unit] & uint64(2**MM_BITS - 1)) / 1000
    return n_found
