"""How does the motorway meet the other roads?

Step 8 of the recipe: kept out of noding, because it passes over everything. Two carriageways, a diamond of four ramps
(420 m each way) at every interchange, both ends brought down to the roads of the valley's mouths.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from shapely import ops

from fengsui.demo.city.axis import Floats
from fengsui.demo.city.lines import Rank
from fengsui.demo.city.network import Edge, Network

HALF_GAP_M = 14.0
RAMP_M = 420.0
FOOT_M = 85.0
OVERPASS_M = 30.0
TAG = "motorway"
RAMP_TAG = "ramp"


@dataclass(frozen=True)
class Interchange:
    """Where a road passes under the motorway and where the ramps come down on it."""

    along_m: float
    north_foot: int
    south_foot: int


def add_motorway(network: Network, centre: shapely.LineString, tags: list[str]) -> list[Interchange]:
    """Put the motorway on the network; its interchanges, west to east."""
    crossings = [found for tag in tags if (found := interchange(network, centre, tag)) is not None]
    crossings.sort(key=lambda crossing: crossing.along_m)
    west, east = mouth(network, centre, 0.0), mouth(network, centre, centre.length)
    under = [float(centre.project(point)) for point in crossing_points(network, centre)]
    for sign in (-1, 1):  # -1: the southern carriageway, eastbound (traffic keeps right)
        nodes = carriageway(network, centre, sign, crossings, under, (west, east))
        for crossing in crossings:
            foot = crossing.south_foot if sign < 0 else crossing.north_foot
            before, after = crossing.along_m - RAMP_M, crossing.along_m + RAMP_M
            if sign > 0:
                before, after = after, before
            add_ramp(network, centre, sign, before, crossing.along_m, nodes[round(before, 1)], foot, leaves=True)
            add_ramp(network, centre, sign, after, crossing.along_m, nodes[round(after, 1)], foot, leaves=False)
    return crossings


def crossing_points(network: Network, centre: shapely.LineString) -> list[shapely.Point]:
    """Where roads pass under the motorway."""
    inside = ops.substring(centre, 200, centre.length - 200)
    lines = [edge.line for edge in network.edges.values()]
    tree = shapely.STRtree(lines)
    hits = [shapely.intersection(lines[i], inside) for i in sorted(tree.query(inside, predicate="intersects"))]
    return [point for hit in hits for point in shapely.get_parts(hit) if isinstance(point, shapely.Point)]


def interchange(network: Network, centre: shapely.LineString, tag: str) -> Interchange | None:
    """Cut the feet of the ramps into the road with this tag."""
    parts = [edge.line for edge in network.edges.values() if edge.tag == tag and edge.line.distance(centre) < 400]
    for road in shapely.get_parts(shapely.line_merge(shapely.union_all(parts))):
        meet = shapely.intersection(road, centre)
        if not isinstance(meet, shapely.Point) or meet.is_empty:
            continue
        at = road.project(meet)
        feet = [road.interpolate(at + FOOT_M), road.interpolate(at - FOOT_M)]
        feet.sort(key=lambda foot: -foot.y)
        if min(at, road.length - at) > FOOT_M:
            north, south = (cut_in(network, tag, np.array(foot.coords[0])) for foot in feet)
            return Interchange(float(centre.project(meet)), north, south)
    return None


def cut_in(network: Network, tag: str, point: Floats) -> int:
    """The node of the tagged road at this point: an end close by, or a new one."""
    here = shapely.Point(point)
    number = min(
        (n for n, edge in network.edges.items() if edge.tag == tag), key=lambda n: network.edges[n].line.distance(here)
    )
    edge = network.edges[number]
    at = edge.line.project(here)
    if at < 15:
        return edge.a
    if edge.metres - at < 15:
        return edge.b
    return network.split(number, [at])[0]


def mouth(network: Network, centre: shapely.LineString, along_m: float) -> int:
    """The node of the valley's mouth where the motorway begins or ends."""
    end = np.array(centre.interpolate(along_m).coords[0])
    return min(network.nodes(), key=lambda node: float(np.hypot(*(network.xy[node] - end))))


def carriageway(
    network: Network, centre: shapely.LineString, sign: int, crossings: list[Interchange],
    under: list[float], ends: tuple[int, int],
) -> dict[float, int]:  # fmt: skip
    """One direction, cut at the ramps and at the overpasses; its nodes by distance along the centre line."""
    marks = {round(c.along_m + shift, 1) for c in crossings for shift in (-RAMP_M, RAMP_M)}
    overpasses = {round(at + shift, 1) for at in under for shift in (-OVERPASS_M, OVERPASS_M)}
    stations = sorted(marks | overpasses)
    nodes = {s: network.add_node(beside(centre, s, sign * HALF_GAP_M)) for s in stations}
    chain = [(0.0, ends[0]), *((s, nodes[s]) for s in stations), (centre.length, ends[1])]
    for (s0, a), (s1, b) in pairwise(chain):
        inner = np.arange(s0 + 40, s1 - 40, 90.0) if s1 - s0 > 130 else np.array([0.5 * (s0 + s1)])
        points = np.vstack([network.xy[a], *(beside(centre, s, sign * HALF_GAP_M) for s in inner), network.xy[b]])
        is_over = any(s0 < at < s1 and s1 - s0 < 3 * OVERPASS_M for at in under)
        edge = Edge(a, b, simplified(points), Rank.MOTORWAY, TAG, True, is_over)
        network.add_edge(edge if sign < 0 else turned(edge))
    return nodes


def turned(edge: Edge) -> Edge:
    """The same edge the other way."""
    return Edge(edge.b, edge.a, edge.points[::-1], edge.rank, edge.tag, edge.oneway, edge.bridge)


def simplified(points: Floats) -> Floats:
    """Fewer points, within 0.4 m."""
    return np.asarray(shapely.LineString(points).simplify(0.4).coords)


def beside(centre: shapely.LineString, along_m: float, offset_m: float) -> Floats:
    """The point `offset_m` to the left (north) of the centre line."""
    here, ahead = (np.array(centre.interpolate(s).coords[0]) for s in (along_m - 2, along_m + 2))
    aside = np.array([-(ahead - here)[1], (ahead - here)[0]]) / max(float(np.hypot(*(ahead - here))), 1e-9)
    return np.asarray(0.5 * (here + ahead) + offset_m * aside)


def add_ramp(
    network: Network,
    centre: shapely.LineString,
    sign: int,
    from_m: float,
    to_m: float,
    node: int,
    foot: int,
    *,
    leaves: bool,
) -> None:
    """A ramp between the carriageway at `from_m` and the foot on the crossing road at `to_m`."""
    t = np.linspace(0, 1, 9)[1:-1]
    ease = t * t * (3 - 2 * t)
    side = [
        beside(centre, from_m + (to_m - from_m) * a, sign * (HALF_GAP_M + (FOOT_M - HALF_GAP_M) * b))
        for a, b in zip(t, ease, strict=True)
    ]
    # the last of it bends into the foot itself, which lies where the road is, not quite square to the motorway
    pull = network.xy[foot] - beside(centre, to_m, sign * FOOT_M)
    points = np.vstack([network.xy[node], *(p + pull * a**2 for p, a in zip(side, t, strict=True)), network.xy[foot]])
    edge = Edge(node, foot, points, Rank.MOTORWAY_LINK, RAMP_TAG, True)
    network.add_edge(edge if leaves else turned(edge))
