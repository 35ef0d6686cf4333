"""Which streets lie between two clicks?

The shortest way by length, not the fastest: who points at the two ends of a lane means the lane, not the avenue beside
it. Closed both ways, the direction of the clicks does not matter; one way only, the way leads from the first to the
second. What is closed is closed from junction to junction.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fengsui.places.city import City
from fengsui.places.closures.refusals import NoPath, PathTooLong
from fengsui_engine.roads import RoadNetwork, Route, Snapped, StreetName, at_nodes, route, snap_one
from fengsui_engine.roads.geodesy import plane_metres
from fengsui_engine.roads.shape import clipped, joined

Longs = NDArray[np.int64]
LonLat = tuple[float, float]

MOST_M = 10_000.0
"""No closure is longer: whoever closes more should draw it in parts."""
DETOUR, DETOUR_M = 4.0, 500.0
"""A way so much longer than the straight line leads round something, as over the next bridge: it is not meant."""
ONE_SPOT_M = 1.0
"""Two clicks so near each other, at a junction, point at no street."""
JUNCTION_M = 20.0
"""A click so near a junction means the junction; on a short street, a quarter of it."""


@dataclass(frozen=True, eq=False)
class Path:
    """The streets between two clicks, whole."""

    along: Longs
    """Edges in the order of driving."""
    edges: Longs
    """All edges that a closure of the path closes: the way back too, unless one way only is closed."""
    metres: float
    line: list[list[float]]
    streets: list[StreetName]


def path_between(here: City, start: LonLat, end: LonLat, *, one_way: bool) -> Path:
    """The path between two clicks.

    Raises:
        FarFromRoad: a click is over 2 km from any road.
        NoPath: no street joins them.
        PathTooLong: the shortest way leads round something, or is longer than what is closed at once.
    """
    roads = here.roads
    a, b = snap_one(roads, *start, what="from"), snap_one(roads, *end, what="to")
    ways = _ways(here, _meant(roads, a), _meant(roads, b), one_way=one_way)
    if not ways and plane_metres(*start, *end) > ONE_SPOT_M:  # both hard by one junction: the street they lie on
        ways = _ways(here, a, b, one_way=one_way)
    if not ways:
        raise NoPath()
    way = min(ways, key=lambda one: one.metres)
    limit = min(MOST_M, DETOUR * plane_metres(*start, *end) + DETOUR_M)
    if way.metres > limit:
        raise PathTooLong(metres=round(way.metres), limit=round(limit))
    return _path(roads, way, one_way=one_way)


def _meant(roads: RoadNetwork, place: Snapped) -> Snapped:
    """The junction, where a click lies hard by one: the street beyond it would be closed whole, and is not meant."""
    edge, fraction = int(place.edge[0]), float(place.fraction[0])
    metres = float(roads.metres[edge])
    if min(fraction, 1 - fraction) * metres > min(JUNCTION_M, metres / 4):
        return place
    return at_nodes(roads, [roads.tail[edge] if fraction < 0.5 else roads.head[edge]])


def _ways(here: City, a: Snapped, b: Snapped, *, one_way: bool) -> list[Route]:
    """The shortest way from `a` to `b`, and back unless one way is meant; those that there are."""
    found = [route(here.by_length, a, b)] if one_way else [route(here.by_length, a, b), route(here.by_length, b, a)]
    return [way for way in found if way is not None and len(way.edges)]


def _path(roads: RoadNetwork, way: Route, *, one_way: bool) -> Path:
    twins = roads.twin[way.edges]
    edges = way.edges if one_way else np.union1d(way.edges, twins[twins >= 0])
    lon, lat = joined([clipped(roads, int(edge), 0.0, 1.0) for edge in way.edges])
    return Path(
        along=way.edges,
        edges=edges.astype(np.int64),
        metres=round(float(np.sum(roads.metres[way.edges])), 3),
        line=np.round(np.column_stack([lon, lat]), 7).tolist(),
        streets=list(dict.fromkeys(name for edge in way.edges if any(name := roads.name_of(int(edge))))),
    )


def pieces_of(roads: RoadNetwork, edges: Longs) -> list[list[Any]]:
    """The edges as the map knows them, each with two points on its way: see `attach`."""
    return [_piece(roads, int(edge)) for edge in edges]


def _piece(roads: RoadNetwork, edge: int) -> list[Any]:
    lon, lat = clipped(roads, edge, 1 / 3, 2 / 3)
    ends = [lon[0], lat[0], lon[-1], lat[-1]]
    return [int(roads.way[edge]), int(roads.from_osm[edge]), int(roads.to_osm[edge]), *np.round(ends, 7).tolist()]
