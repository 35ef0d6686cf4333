"""Who reaches this incident first, and by which way?

Both questions are one search: Dijkstra from the incident along reversed edges, which stops as soon as the k-th unit is
certain. A unit in the middle of a street may leave it either way, if it is two-way; one on the incident's own street
may come straight. A time is the sum of whole milliseconds: of an edge used in part, floor(t·f + 0.5) is the part up to
the place and the rest is its complement, so two routes to an answer agree exactly. Of equally fast ways the shorter
counts. Searches may run in several threads at once: each thread has a workspace of its own, and the loops release the
interpreter's lock.
"""

from dataclasses import dataclass
from importlib import import_module
from typing import NamedTuple
from weakref import ReferenceType, ref

import numpy as np
from numpy.typing import NDArray

from fengsui_engine.roads.buckets import buckets_of
from fengsui_engine.roads.geodesy import millimetres
from fengsui_engine.roads.network import RoadNetwork
from fengsui_engine.roads.per_thread import PerThread
from fengsui_engine.roads.refusals import CountOutOfRange, NotOnePlace
from fengsui_engine.roads.shape import clipped, joined
from fengsui_engine.roads.snap import Snapped, at_nodes, far_from_road, snap
from fengsui_engine.roads.times import NEVER

Ints = NDArray[np.int32]
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
    edge_ms: Longs
    """(edges,) milliseconds on each, as far as it is driven; together `ms`."""
    edge_metres: Floats
    """(edges,) whole millimetres on each; together `metres`."""


def nearest(roads: RoadNetwork, to: Snapped, units: Snapped, k: int) -> Nearest:
    """The k units that reach a place soonest by road.

    Args:
        roads: the road network.
        to: one place.
        units: where the units are; those not near a road are never found. Of units equally soon the earlier in this
            order comes first.
        k: how many; at least 1.

    Returns:
        At most k units; fewer where fewer can reach the place. A way takes less than twelve days and 6,442 km.

    Raises:
        FarFromRoad: `to` is not near a road.
        NotOnePlace: `to` is none, or several.
        CountOutOfRange: k is below 1.

    Source:
        Dijkstra (1959) on the reversed graph, in buckets as in Dial (1969) and, for their width, Meyer and Sanders
        (2003); stopped at the k-th unit. Measured here at half the time of a 4-ary heap.
    """
    if k < 1:
        raise CountOutOfRange(what="k", count=k)
    return _search(roads, to, units, k, _workspaces.of(roads))


def route(roads: RoadNetwork, from_: Snapped, to: Snapped) -> Route | None:
    """The fastest way from one place to another, with its geometry; None where there is none, as `nearest` means it.

    Args:
        roads: the road network.
        from_, to: one place each.

    Raises:
        FarFromRoad: one of them is not near a road.
        NotOnePlace: one of them is none, or several.
    """
    _insist_near(from_)
    work = _workspaces.of(roads)
    found = _search(roads, to, from_, 1, work)
    if not len(found):
        return None
    parts = _parts(roads, from_, to, work)
    shapes = (clipped(roads, part.edge, part.start, part.stop) for part in parts)
    lon, lat = joined([(from_.lon, from_.lat), *shapes, (to.lon, to.lat)])
    edges, edge_ms, edge_mm = (
        np.array([(part.edge, part.ms, part.mm) for part in parts], dtype=np.int64).reshape(-1, 3).T
    )
    return Route(int(found.ms[0]), float(found.metres[0]), lon, lat, edges, edge_ms, edge_mm / 1000)


def warm_up(roads: RoadNetwork | None = None) -> None:
    """Load the kernels (compile them, the first time on a machine); with a network, also run each once."""
    for job in ("nearest", "places", "spread", "rings"):
        import_module(f"fengsui_engine.roads.kernels.{job}")
    if roads is not None:
        place = at_nodes(roads, [int(roads.tail[0])])
        snap(roads, place.lon, place.lat)
        nearest(roads, place, place, 1)


class Workspace:
    """What one thread writes while it searches one network.

    A search leaves the labels as it found them. Units stay posted at their nodes until others are asked about, so that
    many incidents among the same units cost no repeated work.
    """

    def __init__(self, roads: RoadNetwork) -> None:
        n = roads.n_nodes
        self.label = np.full(n, NEVER, dtype=np.uint64)
        self.via, self.used = np.empty(0, dtype=np.int32), np.zeros(1, dtype=np.int64)
        self.first_exit, self.has_exit = np.full(n, -1, dtype=np.int32), np.zeros(n // 64 + 1, dtype=np.uint64)
        self.exit_node = np.empty(0, dtype=np.int32)
        self.unit_label, self.unit_exit = np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.int32)
        self.posted: tuple[ReferenceType[Snapped], ReferenceType[RoadNetwork]] | None = None

    def post(self, roads: RoadNetwork, units: Snapped) -> None:
        """Note where these units can come onto the junctions, unless they are noted already."""
        if self.posted is not None and self.posted[0]() is units and self.posted[1]() is roads:
            return
        from fengsui_engine.roads.kernels.nearest import post_units

        self.posted, n_units = None, len(units)
        exit_node, exit_next = np.empty((2, 2 * n_units), dtype=np.int32)
        exit_cost = np.empty(2 * n_units, dtype=np.uint64)
        street, place = np.empty(n_units, dtype=np.int32), np.empty(n_units)
        last = self.exit_node[self.exit_node >= 0]
        self.first_exit[last], self.has_exit[last >> 6] = -1, 0
        n_usable = post_units(
            roads.tail, roads.head, roads.travel_ms, roads.metres, roads.twin, roads.node_copied, roads.n_junctions,
            units.edge, units.fraction,
            self.first_exit, exit_next, exit_cost, exit_node, self.has_exit, street, place,
        )  # fmt: skip
        self.exit_node = exit_node
        self.unit_label, self.unit_exit = np.empty(n_units, dtype=np.uint64), np.empty(n_units, dtype=np.int32)
        self.units = (n_usable, self.first_exit, exit_next, exit_cost, self.has_exit, street, place)
        self.posted = ref(units), ref(roads)

    def steps(self, roads: RoadNetwork) -> Ints:
        """(n_nodes,) how the search just made goes on from each node that it came to; see `kernels.nearest`."""
        from fengsui_engine.roads.kernels.parts import LOW

        item = (buckets_of(roads).queue[: self.used[0]] & LOW).astype(np.int64)
        last, entry = np.zeros(roads.n_nodes, dtype=np.int64), np.flatnonzero(item < roads.n_nodes)
        np.maximum.at(last, item[entry], entry)
        return self.via[last]


_workspaces = PerThread(Workspace)


def _search(roads: RoadNetwork, to: Snapped, units: Snapped, k: int, work: Workspace) -> Nearest:
    from fengsui_engine.roads.kernels.nearest import nearest_units
    from fengsui_engine.roads.kernels.parts import NO_ROOM

    _insist_near(to)
    work.post(roads, units)
    buckets = buckets_of(roads)
    if len(buckets.queue) < roads.n_edges + len(units) + 4:
        buckets.make_room(roads.n_edges + 2 * len(units) + 4)
    streets = (
        roads.first_in, roads.into, roads.tail, roads.head, roads.travel_ms, roads.metres, roads.twin,
        roads.node_copied, roads.edge_copied,
    )  # fmt: skip
    edge, fraction = int(to.edge[0]), float(to.fraction[0])
    found, ms = np.empty((2, len(units)), dtype=np.int64)
    metres = np.empty(len(units))
    n_found = NO_ROOM
    while n_found == NO_ROOM:
        if len(work.via) < len(buckets.queue):
            work.via = np.empty(len(buckets.queue), dtype=np.int32)
        n_found = nearest_units(
            *streets, edge, fraction, min(k, len(units)), *work.units,
            work.label, buckets.shift, buckets.bucket, buckets.queue, work.via, work.unit_label, work.unit_exit,
            found, ms, metres, work.used,
        )  # fmt: skip
        if n_found == NO_ROOM:
            buckets.make_room(2 * len(buckets.queue))
    return Nearest(found[:n_found], ms[:n_found], metres[:n_found])


def _insist_near(place: Snapped) -> None:
    if len(place) != 1:
        raise NotOnePlace(count=len(place))
    if not place.is_near[0]:
        raise far_from_road("point", place)


class _Part(NamedTuple):
    """An edge driven from one fraction of its length to another, and what that costs."""

    edge: int
    start: float
    stop: float
    ms: int
    mm: int


def _parts(roads: RoadNetwork, from_: Snapped, to: Snapped, work: Workspace) -> list[_Part]:
    """What is driven, read from the workspace of the search just made."""
    from fengsui_engine.roads.kernels.nearest import ALONG, BACK_ALONG, BY_HEAD, BY_ROW, COUNTED, DIRECT

    start, start_at = _of_street(roads, from_)
    goal, goal_at = _of_street(roads, to)
    way_out = int(work.unit_exit[0]) & ~COUNTED
    back = int(roads.twin[start])
    if way_out == DIRECT:
        return [_driven(roads, start, start_at, goal_at)]
    parts: list[_Part] = []
    if 0.0 < start_at < 1.0:
        parts.append(_driven(roads, start, start_at, 1.0 if way_out == BY_HEAD else 0.0))
        node = int(roads.head[start] if way_out == BY_HEAD else roads.head[back])
    else:
        node = roads.junction_of(int(roads.head[start] if way_out == BY_HEAD else roads.tail[start]))
    steps = work.steps(roads)
    while (step := int(steps[node])) >= BY_ROW:
        edge = int(roads.into_edge[step - BY_ROW])
        ms, mm = int(roads.travel_ms[edge]), int(roads.into[step - BY_ROW, 2])
        parts.append(_Part(roads.street_edge_of(edge), 0.0, 1.0, ms, mm))
        node = int(roads.head[edge])
    if step == ALONG:
        parts.append(_driven(roads, goal, 0.0, goal_at))
    if step == BACK_ALONG:
        parts.append(_driven(roads, goal, 1.0, goal_at))
    return parts


def _driven(roads: RoadNetwork, street: int, start: float, stop: float) -> _Part:
    """A street driven between two places on it, told along its edge of lower number; back on the other edge."""
    is_ahead = start <= stop
    edge = street if is_ahead else int(roads.twin[street])
    totals = int(roads.travel_ms[edge]), int(millimetres(roads.metres[edge]))
    ms, mm = (abs(int(np.floor(total * stop + 0.5)) - int(np.floor(total * start + 0.5))) for total in totals)
    return _Part(edge, start, stop, ms, mm) if is_ahead else _Part(edge, 1 - start, 1 - stop, ms, mm)


def _of_street(roads: RoadNetwork, place: Snapped) -> tuple[int, float]:
    """A place on the edge of lower number of its street; as the kernel does it."""
    edge, fraction = int(place.edge[0]), float(place.fraction[0])
    back = int(roads.twin[edge])
    return (back, 1.0 - fraction) if 0 <= back < edge else (edge, fraction)
