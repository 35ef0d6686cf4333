"""Which streets does a route take, and how far along each?"""

from itertools import groupby
from typing import NamedTuple

from fengsui_engine.roads.network import RoadNetwork, StreetName
from fengsui_engine.roads.search import Route


class Stretch(NamedTuple):
    """A street as far as a route follows it."""

    name: StreetName
    ms: int
    metres: float


def streets_along(roads: RoadNetwork, way: Route) -> list[Stretch]:
    """The streets of a route in order, one entry as long as the name stays; together they are the whole route.

    Args:
        roads: the network that the route was found on.
        way: the route.
    """
    driven = zip(roads.name[way.edges].tolist(), way.edge_ms.tolist(), way.edge_metres.tolist(), strict=True)
    stretches = []
    for name, edges in groupby(driven, key=lambda edge: edge[0]):
        _, ms, metres = zip(*edges, strict=True)
        stretches.append(Stretch(roads.names[name], sum(ms), round(sum(metres), 3)))
    return stretches
