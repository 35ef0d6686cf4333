"""The loops of `reach` and `matrix`: how far one gets from some places, whichever way the tables lead.

`left` holds by node how much of the limit is left there, and 0 where nobody has been, so that one comparison tells both
whether a way is better and whether it is within the limit; `far` is the shortest time beyond the limit. `touched` has
one bit for each node that somebody has been to. Both are left as they were found by `rows_within` and `pairs_within`.
"""

# mypy: disable-error-code="no-untyped-def"
# (numba infers the types of helpers; the kernels carry their signatures)

import numpy as np
from numba import float64, int64, njit, types, uint32, uint64

from fengsui_engine.roads.kernels.machine import lowest_bit
from fengsui_engine.roads.kernels.parts import (
    EMPTY,
    LOW,
    NO_ROOM,
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
)  # fmt: skip
from fengsui_engine.roads.times import UNREACHED

INLINED = "6ccdf9f54678"
"""Digest of the files that the loops take helpers from: the cache looks at this file alone, and has to see them."""


@njit(inline="always")
def _improve(node, ms, far, shift, left, bucket, queue, size):
    """A way to a node; it is queued if it is the best so far. Returns the number of entries used, or NO_ROOM."""
    if size >= 0 and far - ms > left[node]:
        if size == len(queue):
            return NO_ROOM
        left[node] = far - ms
        return put(node, ms, shift, bucket, queue, size)
    return size


@njit(
    int64(
        r4, r4, r4, rf, r4, r4, int64,  # the network
        int64, float64,  # the place
        int64, int64, w4, heads, bits, int64,
    ),
    cache=True, nogil=True,
)  # fmt: skip
def leave(
    tail, head, travel_ms, metres, twin, node_copied, n_junctions,
    edge, fraction,
    far, shift, left, bucket, queue, size,
):  # fmt: skip
    """Queue the nodes that a crew comes to first from a place. Returns the number of entries used."""
    edge, fraction = of_street(edge, fraction, twin)
    back = int64(twin[edge])
    if fraction == 0.0 or fraction == 1.0:
        node = junction(int64(tail[edge] if fraction == 0.0 else head[edge]), node_copied, n_junctions)
        return _improve(node, 0, far, shift, left, bucket, queue, size)
    ms, _ = behind(edge, fraction, travel_ms, metres)
    size = _improve(int64(head[edge]), ms, far, shift, left, bucket, queue, size)
    if back >= 0:
        ms, _ = before(back, fraction, travel_ms, metres)
        size = _improve(int64(head[back]), ms, far, shift, left, bucket, queue, size)
    return size


@njit(
    int64(
        r4, r4, r4, rf, r4, r4, r4, int64,  # the network
        int64, float64,  # the place
        int64, int64, w4, heads, bits, int64,
    ),
    cache=True, nogil=True,
)  # fmt: skip
def approach(
    tail, head, travel_ms, metres, twin, node_copied, edge_copied, n_junctions,
    edge, fraction,
    far, shift, left, bucket, queue, size,
):  # fmt: skip
    """Queue the nodes from which a crew comes to a place last. Returns the number of entries used."""
    edge, fraction = of_street(edge, fraction, twin)
    back, n_street_edges = int64(twin[edge]), len(tail) - len(edge_copied)
    if fraction == 0.0 or fraction == 1.0:
        node = junction(int64(tail[edge] if fraction == 0.0 else head[edge]), node_copied, n_junctions)
        size = _improve(node, 0, far, shift, left, bucket, queue, size)
        for copy in range(len(node_copied)):
            if node_copied[copy] == node:
                same = n_junctions + copy
                size = _improve(same, 0, far, shift, left, bucket, queue, size)
        return size
    ms, _ = before(edge, fraction, travel_ms, metres)
    back_ms, _ = behind(max(back, 0), fraction, travel_ms, metres)
    size = _improve(int64(tail[edge]), ms, far, shift, left, bucket, queue, size)
    if back >= 0:
        size = _improve(int64(tail[back]), back_ms, far, shift, left, bucket, queue, size)
    for copy in range(len(edge_copied)):
        node = int64(tail[n_street_edges + copy])
        if edge_copied[copy] == edge:
            size = _improve(node, ms, far, shift, left, bucket, queue, size)
        elif edge_copied[copy] == back:
            size = _improve(node, back_ms, far, shift, left, bucket, queue, size)
    return size


@njit(int64(r4, r4_table, int64, int64, w4, bits, heads, bits, int64), cache=True, nogil=True)
def spread(first, table, far, shift, left, touched, bucket, queue, size):
    """From the nodes queued to all within the limit, a bucket at a time; `table` leads to a node, in milliseconds.

    The nodes of a bucket may still improve each other, so it is worked through until it stays empty. Whether a way
    improves a node cannot be foreseen, so nothing branches on it: everything is stored either way, and the number of
    entries tells what counts. Indices have no sign, so that none is looked at for one. Returns the number of entries
    used, or NO_ROOM.
    """
    if size == NO_ROOM:
        return size
    steps, width, ring, room = table.ravel(), uint64(table.shape[1]), uint64(len(bucket) - 1), uint64(len(queue))
    n_queued, n_taken, now = uint64(size), uint64(0), 0
    while n_taken < n_queued:
        here = uint64(now) & ring
        while bucket[here] != EMPTY:
            entry = uint64(bucket[here])
            bucket[here] = EMPTY
            while entry != LOW:
                item, entry = queue[entry] & LOW, queue[entry] >> uint64(32)
                n_taken += uint64(1)
                ms = far - left[item]
                if ms >> shift != now:
                    continue  # a better way was found after this entry was queued
                touched[item >> uint64(6)] |= uint64(1) << (item & uint64(63))
                row, end = uint64(first[item]), uint64(first[item + uint64(1)])
                if n_queued + (end - row) > room:
                    return NO_ROOM
                row, end = row * width, end * width
                while row < end:
                    node, further = uint64(steps[row]), ms + steps[row + uint64(1)]
                    remains, most, place = far - further, int64(left[node]), uint64(further >> shift) & ring
                    on_top, is_better = bucket[place], remains > most
                    left[node] = remains if is_better else most
                    queue[n_queued] = node | uint64(on_top) << uint64(32)
                    bucket[place] = uint32(n_queued) if is_better else on_top
                    n_queued += uint64(is_better)
                    row += width
        now += 1
    return int64(n_queued)


@njit(inline="always")
def forget(left, touched):
    """As if nobody had been anywhere; all of it is set, because a queue without room does not tell where that was."""
    left[:] = 0
    touched[:] = 0


@njit(inline="always")
def told(left, far):
    """Make of what is left the milliseconds that it took, and UNREACHED where nobody has been."""
    for node in range(len(left)):
        left[node] = far - left[node] if left[node] > 0 else UNREACHED


@njit(types.void(r4, int64, w4, bits), cache=True, nogil=True)
def fold(node_copied, n_junctions, left, touched):
    """A junction is reached when one of its copies is."""
    for copy in range(len(node_copied)):
        most, node = left[n_junctions + copy], node_copied[copy]
        if most > left[node]:
            left[node] = most
            touched[node >> 6] |= uint64(1) << uint64(node & 63)


@njit(
    int64(
        r4, r4_table, r4, r4, r4, rf, r4, r4, int64,  # the network
        r4, rf, int64, int64,  # places, from which on; far
        int64, w4, bits, heads, bits,  # workspace
        w8, w4, w4,  # answers
    ),
    cache=True, nogil=True,
)  # fmt: skip
def rows_within(
    first_out, onward, tail, head, travel_ms, metres, twin, node_copied, n_junctions,
    source_edge, source_fraction, row, far,
    shift, left, touched, bucket, queue,
    first, to, to_ms,
):  # fmt: skip
    """Rows of a matrix, from `row` on: junctions in ascending order and their times.

    Returns the number of places when all is done; of a row that finds no room in the answers, its number; of one that
    finds none in the queue, NO_ROOM less its number. `first` tells where rows begin and end.
    """
    n = len(first_out) - 1
    bucket[:] = EMPTY
    while row < len(source_edge):
        size = int64(0)
        if source_edge[row] >= 0:
            size = leave(
                tail, head, travel_ms, metres, twin, node_copied, n_junctions,
                int64(source_edge[row]), source_fraction[row],
                far, shift, left, bucket, queue, size,
            )  # fmt: skip
            size = spread(first_out, onward, far, shift, left, touched, bucket, queue, size)
        if size == NO_ROOM:
            forget(left, touched)
            return NO_ROOM - row
        fold(node_copied, n_junctions, left, touched)
        at = uint64(first[row])
        if first[row] + size > len(to):  # more entries than nodes, so this is enough
            forget(left, touched)
            return row
        for w in range((n >> 6) + 1):
            word = touched[w]
            if not word:
                continue
            touched[w] = 0
            while word:
                node = uint64((w << 6) + lowest_bit(word))
                word &= word - uint64(1)
                if node < uint64(n_junctions):
                    to[at], to_ms[at] = node, far - left[node]
                    at += uint64(1)
                left[node] = 0
        row += 1
        first[row] = at
    return row


@njit(
    int64(
        r4, r4_table, r4, r4, r4, rf, r4, r4, int64,  # the network
        r4, rf, int64,  # places, far
        int64, w4, bits, heads, bits,  # workspace
    ),
    cache=True, nogil=True,
)  # fmt: skip
def from_nearest(
    first_out, onward, tail, head, travel_ms, metres, twin, node_copied, n_junctions,
    source_edge, source_fraction, far,
    shift, left, touched, bucket, queue,
):  # fmt: skip
    """From the nearest of several places to all nodes; `left` becomes milliseconds. Returns NO_ROOM, or a number."""
    bucket[:] = EMPTY
    size = int64(0)
    for source in range(len(source_edge)):
        if source_edge[source] >= 0:
            size = leave(
                tail, head, travel_ms, metres, twin, node_copied, n_junctions,
                int64(source_edge[source]), source_fraction[source],
                far, shift, left, bucket, queue, size,
            )  # fmt: skip
    size = spread(first_out, onward, far, shift, left, touched, bucket, queue, size)
    told(left, far)
    return size


@njit(
    int64(
        r4, r4_table, r4, r4, r4, rf, r4, r4, r4, int64,  # the network
        r4, rf, int64,  # places, far
        int64, w4, bits, heads, bits,  # workspace
    ),
    cache=True, nogil=True,
)  # fmt: skip
def towards_nearest(
    first_in, into, tail, head, travel_ms, metres, twin, node_copied, edge_copied, n_junctions,
    target_edge, target_fraction, far,
    shift, left, touched, bucket, queue,
):  # fmt: skip
    """From all nodes to the nearest of several places: as `from_nearest`."""
    bucket[:] = EMPTY
    size = int64(0)
    for target in range(len(target_edge)):
        if target_edge[target] >= 0:
            size = approach(
                tail, head, travel_ms, metres, twin, node_copied, edge_copied, n_junctions,
                int64(target_edge[target]), target_fraction[target],
                far, shift, left, bucket, queue, size,
            )  # fmt: skip
    size = spread(first_in, into, far, shift, left, touched, bucket, queue, size)
    told(left, far)
    return size


@njit(inline="always")
def _note(target, ms, far, target_left, target_touched):
    """A way to a target."""
    if far - ms > target_left[target]:
        target_left[target] = far - ms
        target_touched[target >> 6] |= uint64(1) << uint64(target & 63)


@njit(
    int64(
        r4, r4_table, r4, r4, r4, rf, r4, r4, int64,  # the network
        r4, rf, int64, int64,  # places, from which on; far
        r4, r4, r4, r4, rf, r4,  # targets
        int64, w4, bits, heads, bits, w4, bits,  # workspace
        w8, w4, w4,  # answers
    ),
    cache=True, nogil=True,
)  # fmt: skip
def pairs_within(
    first_out, onward, tail, head, travel_ms, metres, twin, node_copied, n_junctions,
    source_edge, source_fraction, row, far,
    first_entry, entry_target, entry_ms, street, place, street_target,
    shift, left, touched, bucket, queue, target_left, target_touched,
    first, to, to_ms,
):  # fmt: skip
    """As `rows_within`, to targets.

    Entries of node v are first_entry[v] … first_entry[v+1]-1: a target, and what it takes from v. `street` ascends, and
    tells with `place` and `street_target` which targets lie in the middle of it: one may come straight to those.
    """
    n = len(first_out) - 1
    bucket[:] = EMPTY
    while row < len(source_edge):
        if first[row] + len(target_left) > len(to):
            return row
        size = int64(0)
        edge, fraction = int64(source_edge[row]), source_fraction[row]
        if edge >= 0:
            size = leave(
                tail, head, travel_ms, metres, twin, node_copied, n_junctions, edge, fraction,
                far, shift, left, bucket, queue, size,
            )  # fmt: skip
            size = spread(first_out, onward, far, shift, left, touched, bucket, queue, size)
        if size == NO_ROOM:
            forget(left, touched)
            return NO_ROOM - row
        for w in range((n >> 6) + 1):
            word = touched[w]
            if not word:
                continue
            touched[w] = 0
            while word:
                node = (w << 6) + lowest_bit(word)
                word &= word - uint64(1)
                for entry in range(first_entry[node], first_entry[node + 1]):
                    ms = far - left[node] + entry_ms[entry]
                    _note(entry_target[entry], ms, far, target_left, target_touched)
                left[node] = 0
        if edge >= 0:
            edge, fraction = of_street(edge, fraction, twin)
            at = np.searchsorted(street, edge)
            while at < len(street) and street[at] == edge and 0.0 < fraction < 1.0:
                if place[at] >= fraction or twin[edge] >= 0:
                    along = edge if place[at] >= fraction else int64(twin[edge])
                    ms, _ = before(along, place[at], travel_ms, metres)
                    gone, _ = before(along, fraction, travel_ms, metres)
                    _note(street_target[at], abs(ms - gone), far, target_left, target_touched)
                at += 1
        at = first[row]
        for w in range(len(target_touched)):
            word = target_touched[w]
            target_touched[w] = 0
            while word:
                target = (w << 6) + lowest_bit(word)
                word &= word - uint64(1)
                to[at], to_ms[at] = target, far - target_left[target]
                target_left[target] = 0
                at += 1
        row += 1
        first[row] = at
    return row
