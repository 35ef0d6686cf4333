"""Where are the pieces of a closure on this road file?

A piece is known by its way and the nodes it runs between. In a file of another day a street may have a junction more,
or one less; so a piece is looked for, in this order: the same way between the same nodes; a chain of edges of that way
from the one node to the other; an edge of that way which runs where the piece ran. What none of these finds is missing,
and somebody has to look at it.
"""

from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fengsui_engine.roads import RoadNetwork, snap

Longs = NDArray[np.int64]
Piece = Sequence[Any]

SAME_PLACE_M = 15.0
"""A street that was drawn better moved no farther than this."""
MOST_IN_CHAIN = 50


class Attacher:
    """Finds pieces on one road network; what it needs to know of the network is gathered at the first question."""

    def __init__(self, roads: RoadNetwork) -> None:
        self.roads = roads

    def attach(self, pieces: Sequence[Piece]) -> tuple[Longs, int]:
        """The edges of these pieces, each once and rising; and how many pieces are missing."""
        found: set[int] = set()
        missing = 0
        for piece in pieces:
            edges = self._same(piece) or self._chain(piece) or self._underneath(piece)
            found.update(edges)
            missing += not edges
        return np.array(sorted(found), dtype=np.int64), missing

    @cached_property
    def _of_way(self) -> dict[int, list[int]]:
        """The edges of each way."""
        edges: defaultdict[int, list[int]] = defaultdict(list)
        for edge, way in enumerate(self.roads.way[: self.roads.n_street_edges].tolist()):
            edges[way].append(edge)
        return dict(edges)

    def _same(self, piece: Piece) -> list[int]:
        way, start, end = piece[:3]
        roads = self.roads
        same = [e for e in self._of_way.get(way, []) if roads.from_osm[e] == start and roads.to_osm[e] == end]
        return same if len(same) < 2 else (self._underneath(piece) or same)

    def _chain(self, piece: Piece) -> list[int]:
        """Edges of the way, end to end, from the one node to the other."""
        way, start, end = piece[:3]
        onward = {int(self.roads.from_osm[e]): e for e in self._of_way.get(way, []) if self._runs_along(e, piece)}
        edges: list[int] = []
        node = start
        while node != end and len(edges) < MOST_IN_CHAIN and node in onward:
            edges.append(onward.pop(node))
            node = int(self.roads.to_osm[edges[-1]])
        return edges if node == end else []

    def _runs_along(self, edge: int, piece: Piece) -> bool:
        """Whether an edge of the way does not run against the piece: on a straight street each node has both."""
        roads, (lon_a, lat_a, lon_b, lat_b) = self.roads, piece[3:7]
        first, last = roads.shape_first[edge], roads.shape_first[edge + 1] - 1
        east = (roads.shape_lon[last] - roads.shape_lon[first]) * (lon_b - lon_a)
        return bool(east + (roads.shape_lat[last] - roads.shape_lat[first]) * (lat_b - lat_a) >= 0)

    def _underneath(self, piece: Piece) -> list[int]:
        """The edge of the way that runs through the piece's two points, in its direction."""
        way, lon, lat = piece[0], [piece[3], piece[5]], [piece[4], piece[6]]
        places = snap(self.roads, lon, lat)
        edge, other = places.edge.tolist()
        if edge < 0 or edge != other or max(places.off_metres) > SAME_PLACE_M or self.roads.way[edge] != way:
            return []
        if places.fraction[0] > places.fraction[1]:
            edge = int(self.roads.twin[edge])
        return [edge] if edge >= 0 else []
