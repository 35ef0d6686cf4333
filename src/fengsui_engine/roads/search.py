"""Who reaches this incident first, and by which way?

Both questions are one search: Dijkstra from the incident along reversed edges, which stops as soon as the k-th unit is
certain. A unit in the middle of a street may leave it either way, if it is two-way; one on the incident's own street
may come straight. A time is the sum of whole milliseconds: of an edge used in part, floor(t·f + 0.5) is the part up to
the place and the rest is its complement, so two routes to an answer agree exactly. Of equally fast ways the shorter
counts. Searches may run in several threads at once: each thread has a workspace of its own, and the loops release the
interpreter's lock.
"""

import threading
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from fengsui_engine.roads.network import RoadNetwork
from fengsui_engine.roads.shape import clipped, joined
from fengsui_engine.roads.snap import Snapped, at_nodes, far_from_road, snap

Longs = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Nearest:
    """Units by road time, soonest first; (k',) with k' ≤ k."""

    unit: Longs
    """Index into the units asked about."""
    ms: Longs
    metres: Floats
    """Along the fastest way; of equally fast ones, the shortest."""

    def __len__(self) -> int:
        return len(self.unit)


@dataclass(frozen=True, eq=False)
class Route:
    """The fastest way between two places."""

    ms: int
    metres: float
    lon: Floats
    """(points,) degrees, from the first place to the second."""
    lat: Floats
    edges: Longs
    """(edges,) driven, the first and last in part."""


def nearest(roads: RoadNetwork, to: Snapped, units: Snapped, k: int) -> Nearest:
    """The k units that reach a place soonest by road.

    Args:
        roads: the road network.
        to: one place.
        units: where the units are; those not near a road are never found. Of units equally soon the earlier in this
            order comes first.
        k: how many; at least 1.

    Returns:
        At most k units; fewer where fewer can reach the place.

    Raises:
        FarFromRoad: `to` is not near a road.

    Source:
        Dijkstra (1959) on the reversed graph, with a 4-ary heap, stopped at the k-th unit.
    """
    unit, label, _ = _search(roads, to, units, k, _workspace(roads, len(units)))
    return Nearest(unit, *_told(label))


def route(roads: RoadNetwork, from_: Snapped, to: Snapped) -> Route | None:
    """The fastest way from one place to another, with its geometry; None where there is none.

    Args:
        roads: the road network.
        from_, to: one place each.

    Raises:
        FarFromRoad: one of them is not near a road.
    """
    _insist_near(from_)
    work = _workspace(roads, 1)
    unit, label, way_out = _search(roads, to, from_, 1, work)
    if not len(unit):
        return None
    parts = _parts(roads, from_, to, int(way_out[0]), work)
    ms, metres = _told(label)
    lon, lat = joined([(from_.lon, from_.lat), *(clipped(roads, *part) for part in parts), (to.lon, to.lat)])
    return Route(int(ms[0]), float(metres[0]), lon, lat, np.array([edge for edge, _, _ in parts], dtype=np.int64))


def warm_up(roads: RoadNetwork | None = None) -> None:
    """Load the kernels (compile them, the first time on a machine); with a network, also run each once."""
    from fengsui_engine.roads import kernels

    if roads is not None:
        place = at_nodes(roads, [int(roads.tail[0])])
        snap(roads, place.lon, place.lat)
        nearest(roads, place, place, 1)
    assert kernels.nearest_units.signatures  # noqa: S101


class Workspace:
    """What one thread writes while it searches one network. Stamped, not cleared: see `kernels.STAMP`."""

    def __init__(self, roads: RoadNetwork) -> None:
        self.state = np.zeros((roads.n_nodes, 4), dtype=np.int64)
        self.stamp = 0
        self.keys, self.items = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int32)
        self.room = roads.n_edges + 2

    def begin(self, n_units: int) -> int:
        """Make room, and give the number of this search."""
        if len(self.keys) < self.room + 3 * n_units:
            size = self.room + 6 * n_units
            self.keys, self.items = np.empty(size, dtype=np.int64), np.empty(size, dtype=np.int32)
        if self.stamp == LAST_STAMP:
            self.state[:], self.stamp = 0, 0
        self.stamp += 1
        return self.stamp


LAST_STAMP = 2**31 - 1
_of_thread = threading.local()


def _workspace(roads: RoadNetwork, n_units: int) -> Workspace:
    """This thread's workspace for this network; it goes when the network goes."""
    kept: WeakKeyDictionary[RoadNetwork, Workspace] | None = getattr(_of_thread, "kept", None)
    if kept is None:
        kept = _of_thread.kept = WeakKeyDictionary()
    work = kept.get(roads)
    if work is None:
        work = kept[roads] = Workspace(roads)
    return work


def _search(roads: RoadNetwork, to: Snapped, units: Snapped, k: int, work: Workspace) -> tuple[Longs, Longs, Longs]:
    """Units found, their labels and the exits by which they left their streets."""
    from fengsui_engine.roads.kernels import nearest_units

    _insist_near(to)
    n_units = len(units)
    found = np.empty((3, n_units), dtype=np.int64)
    stamp = work.begin(n_units)
    streets = (roads.tail, roads.head, roads.travel_ms, roads.metres, roads.twin)
    n_found = nearest_units(
        roads.first_in, roads.into_edge, roads.into, *streets,
        int(to.edge[0]), float(to.fraction[0]), units.edge, units.fraction, k,
        work.state, stamp, work.keys, work.items,
        found[0], found[1], found[2],
    )  # fmt: skip
    return found[0, :n_found], found[1, :n_found], found[2, :n_found]


def _insist_near(place: Snapped) -> None:
    if not place.is_near[0]:
        raise far_from_road("The point", place)


def _told(label: Longs) -> tuple[Longs, Floats]:
    """Milliseconds and metres of labels."""
    from fengsui_engine.roads.kernels import LENGTH_BITS

    return label >> LENGTH_BITS, (label & ((1 << LENGTH_BITS) - 1)) / 1000


def _parts(
    roads: RoadNetwork, from_: Snapped, to: Snapped, way_out: int, work: Workspace
) -> list[tuple[int, float, float]]:
    """(edge, from fraction, to fraction) driven, read from the workspace of the search just made."""
    from fengsui_engine.roads.kernels import ARRIVED, BY_HEAD, DIRECT, NEXT

    start, start_at = _of_street(roads, from_)
    goal, goal_at = _of_street(roads, to)
    back = int(roads.twin[start])
    if way_out == DIRECT:
        return [(start, start_at, goal_at)] if start_at <= goal_at else [(back, 1 - start_at, 1 - goal_at)]
    parts: list[tuple[int, float, float]] = []
    if 0.0 < start_at < 1.0:
        parts.append((start, start_at, 1.0) if way_out == BY_HEAD else (back, 1 - start_at, 1.0))
    node = int(roads.head[start] if way_out == BY_HEAD else roads.tail[start])
    while (edge := int(work.state[node, NEXT])) != ARRIVED:
        if 0.0 < goal_at < 1.0 and edge in (goal, roads.twin[goal]):
            return [*parts, (edge, 0.0, goal_at if edge == goal else 1 - goal_at)]
        parts.append((edge, 0.0, 1.0))
        node = int(roads.head[edge])
    return parts


def _of_street(roads: RoadNetwork, place: Snapped) -> tuple[int, float]:
    """A place on the edge of lower number of its street; as the kernel does it."""
    edge, fraction = int(place.edge[0]), float(place.fraction[0])
    back = int(roads.twin[edge])
    return (back, 1.0 - fraction) if 0 <= back < edge else (edge, fraction)
