"""From which nodes is a place reached, and in what time from there?"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fengsui_engine.roads.network import RoadNetwork
from fengsui_engine.roads.snap import Snapped

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Floats = NDArray[np.float64]


class Entries(NamedTuple):
    """The last steps to many targets, as the kernel reads them."""

    first_entry: Ints
    """(n_nodes+1,) the last steps from node v are first_entry[v] … first_entry[v+1]-1."""
    target: Ints
    ms: Ints
    street: Ints
    """Streets with a target in their middle, ascending, by their edge of lower number; one row a target."""
    place: Floats
    """How far along that edge the target lies."""
    street_target: Ints


def entries_of(roads: RoadNetwork, targets: Snapped) -> Entries:
    """The last steps to each target; none to one that is not near a road."""
    number = np.flatnonzero(targets.is_near)
    street, place = of_streets(roads, targets[number])
    back, is_inside = roads.twin[street].astype(np.int64), (place > 0.0) & (place < 1.0)
    inside, two_way = np.flatnonzero(is_inside), np.flatnonzero(is_inside & (back >= 0))
    ahead_ms = _before(roads.travel_ms[street[inside]], place[inside])
    back_ms = roads.travel_ms[back[two_way]] - _before(roads.travel_ms[back[two_way]], place[two_way])
    edge, of = np.concatenate((street[inside], back[two_way])), np.concatenate((inside, two_way))
    copy, row = _copied(edge, roads.edge_copied)
    last_edge = np.concatenate((edge, roads.n_street_edges + copy))
    last_ms = np.concatenate((ahead_ms, back_ms))[np.concatenate((np.arange(len(edge)), row))]
    at = np.flatnonzero(~is_inside)
    junction = _junctions(roads, np.where(place == 0.0, roads.tail[street], roads.head[street])[at])
    twin_node, same = _copied(junction, roads.node_copied)
    node = np.concatenate((roads.tail[last_edge], junction, roads.n_junctions + twin_node))
    target = number[np.concatenate((of, of[row], at, at[same]))]
    ms = np.concatenate((last_ms, np.zeros(len(at) + len(same), dtype=np.int64)))
    order, along = np.argsort(node, kind="stable"), inside[np.argsort(street[inside], kind="stable")]
    first = np.concatenate(([0], np.cumsum(np.bincount(node, minlength=roads.n_nodes))))
    steps = _ints(first), _ints(target[order]), _ints(ms[order])
    return Entries(*steps, _ints(street[along]), place[along], _ints(number[along]))


def of_streets(roads: RoadNetwork, places: Snapped) -> tuple[Longs, Floats]:
    """Places on the edge of lower number of their street, and how far along; as the kernels do it."""
    edge, back = places.edge.astype(np.int64), roads.twin[places.edge].astype(np.int64)
    is_turned = (back >= 0) & (back < edge)
    return np.where(is_turned, back, edge), np.where(is_turned, 1.0 - places.fraction, places.fraction)


def _before(ms: Ints, fraction: Floats) -> Longs:
    return np.floor(ms * fraction + 0.5).astype(np.int64)


def _junctions(roads: RoadNetwork, nodes: Longs) -> Longs:
    """The junction that each node is, or is a copy of."""
    of = nodes.astype(np.int64)
    is_copy = of >= roads.n_junctions
    of[is_copy] = roads.node_copied[of[is_copy] - roads.n_junctions]
    return of


def _copied(originals: Longs, copy_of: Ints) -> tuple[Longs, Longs]:
    """Pairs (copy, row of `originals`) of each copy with each row that tells its original."""
    order = np.argsort(originals, kind="stable")
    low = np.searchsorted(originals[order], copy_of, side="left")
    counts = np.searchsorted(originals[order], copy_of, side="right") - low
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.repeat(np.arange(len(copy_of)), counts), order[np.repeat(low, counts) + within]


def _ints(numbers: Longs) -> Ints:
    return np.ascontiguousarray(numbers, dtype=np.int32)
