"""Where does one enter a compound?

Step 6 of the recipe: a gate stands on the lane, at the edge of the street that the lane leaves. The lane's line gets a
point there; nothing else about the streets changes.
"""

import numpy as np
import shapely

from fengsui.demo.city.areas import Area
from fengsui.demo.city.axis import Floats
from fengsui.demo.city.lines import Rank
from fengsui.demo.city.lots import MARGIN_M
from fengsui.demo.city.network import Network

GATES = {"residential": "lift_gate", "industrial": "gate", "education": "gate"}
"""What closes a compound, by the kind of its block; others stand open."""
INSIDE_M = 1.5
"""How far behind the line of the house fronts a gate stands."""


def set_gates(network: Network, ground: list[Area]) -> list[tuple[Floats, str]]:
    """Put a point for a gate on every lane that leaves a street; the gates' places and kinds."""
    areas = [area for area in ground if area.kind in GATES and area.quarter]
    lanes = [(number, end) for number, edge in network.edges.items() if edge.rank == Rank.SERVICE for end in (0, -1)]
    lanes = [lane for lane in lanes if opens_on_street(network, *lane)]
    places = np.array([gate_place(network, number, end) for number, end in lanes])
    tree = shapely.STRtree([area.shape for area in areas])
    lane, area = tree.query(shapely.points(places), predicate="within")
    gates = []
    for k, block in sorted(zip(lane.tolist(), area.tolist(), strict=True)):
        number, end = lanes[k]
        edge = network.edges[number]
        edge.points = np.insert(edge.points, 1 if end == 0 else len(edge.points) - 1, places[k], axis=0)
        gates.append((places[k], GATES[areas[block].kind]))
    return gates


def opens_on_street(network: Network, number: int, end: int) -> bool:
    """Whether the lane's first (0) or last (-1) point lies on a street."""
    edge = network.edges[number]
    node = edge.a if end == 0 else edge.b
    return any(network.edges[other].rank < Rank.SERVICE for other in network.at[node])


def gate_place(network: Network, number: int, end: int) -> Floats:
    """On the lane's first stretch, just behind the fronts along the street that it leaves."""
    edge = network.edges[number]
    node = edge.a if end == 0 else edge.b
    points = edge.leaving(node)
    rank = min(network.edges[other].rank for other in network.at[node])
    step = points[1] - points[0]
    length = float(np.hypot(*step))
    away = min(MARGIN_M[rank] + INSIDE_M, 0.45 * length)
    return np.asarray(np.round(points[0] + step * away / length, 2))
