"""What does a part of a street cost? Shared by the loops.

A *label* is milliseconds, then millimetres. Of two equally fast ways the shorter one counts.
"""

# mypy: disable-error-code="no-untyped-def"
# (numba infers the types of helpers; the kernels carry their signatures)

import numpy as np
from numba import float64, int32, int64, njit, types, uint32, uint64

NOWHERE = -1
EMPTY = 2**32 - 1
"""No entry of the queue."""
NO_ROOM = -1
"""The queue is full: many times of zero made places improve each other again and again. Ask again with a larger one."""

r4, rf = (types.Array(kind, 1, "C", readonly=True) for kind in (int32, float64))
w4, w8, wf, heads, bits = (types.Array(kind, 1, "C") for kind in (int32, int64, float64, uint32, uint64))
r4_table, w8_table = types.Array(int32, 2, "C", readonly=True), types.Array(int64, 2, "C")

LOW = uint64(EMPTY)
"""Of an entry of the queue, the item; above it stands the entry below it in its bucket."""


@njit(inline="always")
def put(item, ms, shift, bucket, queue, size):
    """Queue an item in the bucket of its time; returns the number of entries used."""
    place = (ms >> shift) & (len(bucket) - 1)
    queue[size] = uint64(item) | uint64(bucket[place]) << uint64(32)
    bucket[place] = size
    return size + 1


@njit(inline="always")
def whole(edge, travel_ms, metres):
    """The label of a whole edge."""
    return int64(travel_ms[edge]), int64(np.floor(metres[edge] * 1000 + 0.5))


@njit(inline="always")
def before(edge, fraction, travel_ms, metres):
    """The label of the part of an edge before `fraction` of the street; what is behind it is the complement."""
    ms, mm = whole(edge, travel_ms, metres)
    return int64(np.floor(ms * fraction + 0.5)), int64(np.floor(mm * fraction + 0.5))


@njit(inline="always")
def behind(edge, fraction, travel_ms, metres):
    """The complement of `before`."""
    ms, mm = whole(edge, travel_ms, metres)
    ms_before, mm_before = before(edge, fraction, travel_ms, metres)
    return ms - ms_before, mm - mm_before


@njit(inline="always")
def of_street(edge, fraction, twin):
    """The same place, told on the edge of lower number of its street."""
    back = twin[edge]
    if 0 <= back < edge:
        return int64(back), 1.0 - fraction
    return edge, fraction


@njit(inline="always")
def junction(node, node_copied, n_junctions):
    """The junction that a node is, or is a copy of."""
    return node if node < n_junctions else int64(node_copied[node - n_junctions])
