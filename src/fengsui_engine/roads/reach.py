"""Where can a crew be, and how soon?

`reach` answers one question: starting from these places, which junctions can be reached within a time limit? It drives
along the streets; `towards` asks it backwards. Times are those of `nearest` and `route`, to the millisecond.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fengsui_engine.roads.buckets import buckets_of
from fengsui_engine.roads.network import RoadNetwork
from fengsui_engine.roads.refusals import LimitOutOfRange
from fengsui_engine.roads.snap import Snapped, far_from_road
from fengsui_engine.roads.times import LONGEST_LIMIT_MS

Ints = NDArray[np.int32]


def reach(roads: RoadNetwork, sources: Snapped, *, limit_ms: int, towards: bool = False) -> Ints:
    """Earliest arrival at every junction, from the nearest of several places.

    Args:
        roads: the road network.
        sources: where crews start; those not near a road reach nothing.
        limit_ms: milliseconds; junctions farther than this come back as UNREACHED.
        towards: tell instead how long a crew takes from every junction to the nearest of the places.

    Returns:
        (n_junctions,) milliseconds. Whole numbers, so that two routes to an answer agree exactly.

    Raises:
        FarFromRoad: none of the places is near a road.
        LimitOutOfRange: the limit is below 0 or above LONGEST_LIMIT_MS.

    Source:
        Dijkstra (1959), in buckets as in Dial (1969), stopped at `limit_ms`.
    """
    insist_any_near(sources)
    if towards:
        return spread_towards(roads, sources, checked_limit(limit_ms)).best[: roads.n_junctions]
    best = spread_from(roads, sources, checked_limit(limit_ms)).best
    np.minimum.at(best, roads.node_copied, best[roads.n_junctions :])
    return best[: roads.n_junctions]


class Spread(NamedTuple):
    """How far one got."""

    best: Ints
    """(n_nodes,) milliseconds, UNREACHED beyond the limit; while a search runs, what is left of the limit there."""
    touched: NDArray[np.uint64]
    """One bit for each node that was reached, in the order of their numbers."""


def spread_from(roads: RoadNetwork, sources: Snapped, limit_ms: int) -> Spread:
    """Along the streets. A junction is reached as soon as one of its copies is, but they do not lead to the same."""
    from fengsui_engine.roads.kernels.spread import from_nearest

    network = roads.first_out, roads.onward, roads.tail, roads.head, roads.travel_ms, roads.metres, roads.twin
    return _spread(roads, from_nearest, (*network, roads.node_copied, roads.n_junctions), sources, limit_ms)


def spread_towards(roads: RoadNetwork, targets: Snapped, limit_ms: int) -> Spread:
    """Against the streets. Whoever starts at a junction may take any way out, so its copies do not count."""
    from fengsui_engine.roads.kernels.spread import towards_nearest

    network = roads.first_in, roads.into, roads.tail, roads.head, roads.travel_ms, roads.metres, roads.twin
    copied = roads.node_copied, roads.edge_copied, roads.n_junctions
    return _spread(roads, towards_nearest, (*network, *copied), targets, limit_ms)


def _spread(
    roads: RoadNetwork, kernel: Callable[..., int], network: tuple[Any, ...], places: Snapped, limit_ms: int
) -> Spread:
    from fengsui_engine.roads.kernels.parts import NO_ROOM

    buckets = buckets_of(roads)
    while True:
        reached = nowhere(roads.n_nodes)
        room = buckets.bucket, buckets.queue
        if kernel(*network, places.edge, places.fraction, limit_ms + 1, buckets.shift, *reached, *room) != NO_ROOM:
            return reached
        buckets.make_room(2 * len(buckets.queue))


def nowhere(n: int) -> Spread:
    """Of n nodes, before anybody sets out: the loops begin with how much of the limit is left, and that is nothing."""
    return Spread(np.zeros(n, dtype=np.int32), np.zeros(n // 64 + 1, dtype=np.uint64))


def checked_limit(limit_ms: int) -> int:
    """A limit that makes sense.

    Raises:
        LimitOutOfRange: it does not.
    """
    if not 0 <= limit_ms <= LONGEST_LIMIT_MS:
        raise LimitOutOfRange(limit_ms=limit_ms, most=LONGEST_LIMIT_MS)
    return int(limit_ms)


def insist_any_near(places: Snapped) -> None:
    """At least one place is near a road.

    Raises:
        FarFromRoad: none is.
    """
    if len(places) and not places.is_near.any():
        raise far_from_road("point", places)
