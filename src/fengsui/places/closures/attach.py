"""Where are the pieces of a closure on this road file?

A piece is known by its way and the nodes it runs between. In a file of another day a street may have a junction more,
or one less; so a piece is looked for, in this order: the same way between the same nodes; a chain of edges of that way
from the one node to the other; an edge of that way which runs where the middle of the piece ran. Where that edge is
shorter than the piece was, the rest is told to be missing, as is a piece that none of these finds: somebody has to look
at it.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fengsui_engine.roads import RoadNetwork, snap

Longs = NDArray[np.int64]
Piece = Sequence[Any]

SAME_PLACE_M = 15.0
"""A street that was drawn better moved no farther than this."""
MIDDLE_SHARE = 0.36
"""The two points of a piece lie a third of it apart: on an edge that is as long or longer, no more than this share."""
MOST_IN_CHAIN = 50


class Attacher:
    """Finds pieces on one road network; what it needs to know of the network is gathered at the first question."""

    def __init__(self, roads: RoadNetwork) -> None:
        self.roads = roads
        self._known: dict[str, Longs] = {}

    def attach(self, pieces: Sequence[Piece]) -> tuple[Longs, int]:
        """The edges of these pieces, each once and rising; and how many pieces are missing, whole or in part."""
        found: set[int] = set()
        missing = 0
        for piece in pieces:
            edges, is_whole = self._edges_of(piece)
            found.update(edges)
            missing += not is_whole
        return np.array(sorted(found), dtype=np.int64), missing

    def attach_known(self, key: str, pieces: Sequence[Piece]) -> Longs:
        """The edges of pieces that are asked for again and again under one key, and never change."""
        if key not in self._known:
            self._known[key] = self.attach(pieces)[0]
        return self._known[key]

    def forget_but(self, keys: set[str]) -> None:
        """Remember these alone."""
        self._known = {key: edges for key, edges in self._known.items() if key in keys}

    def _edges_of(self, piece: Piece) -> tuple[list[int], bool]:
        """The edges of a piece, and whether they are all of it."""
        same = self._same(piece)
        if same:
            return same, True
        chain = self._chain(piece)
        return (chain, True) if chain else self._underneath(piece)

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
        return same if len(same) < 2 else [e for e in same if e in self._underneath(piece)[0]] or same

    def _chain(self, piece: Piece) -> list[int]:
        """Edges of the way, end to end, from the one node to the other; of two ways round, that by the middle."""
        chains = list(self._chains(piece))
        if len(chains) < 2:
            return chains[0] if chains else []
        middle = self._underneath(piece)[0]
        return next((chain for chain in chains if middle and middle[0] in chain), min(chains, key=self._metres))

    def _chains(self, piece: Piece) -> Iterator[list[int]]:
        """Every way round from the one node to the other that never turns back."""
        way, start, end = piece[:3]
        leaving: defaultdict[int, list[int]] = defaultdict(list)
        for edge in self._of_way.get(way, []):
            leaving[int(self.roads.from_osm[edge])].append(edge)
        for first in leaving[start]:
            chain = [first]
            while (node := int(self.roads.to_osm[chain[-1]])) != end and len(chain) < MOST_IN_CHAIN:
                further = [e for e in leaving[node] if e not in chain and e != self.roads.twin[chain[-1]]]
                if not further:
                    break
                chain.append(further[0])
            if node == end:
                yield chain

    def _metres(self, chain: list[int]) -> float:
        return float(np.sum(self.roads.metres[chain]))

    def _underneath(self, piece: Piece) -> tuple[list[int], bool]:
        """The edge of the way that runs through the piece's two points, in its direction; and whether it is as long."""
        way, lon, lat = piece[0], [piece[3], piece[5]], [piece[4], piece[6]]
        places = snap(self.roads, lon, lat)
        edge, other = places.edge.tolist()
        if edge < 0 or edge != other or max(places.off_metres) > SAME_PLACE_M or self.roads.way[edge] != way:
            return [], False
        is_as_long = abs(float(places.fraction[1] - places.fraction[0])) <= MIDDLE_SHARE
        if places.fraction[0] > places.fraction[1]:
            edge = int(self.roads.twin[edge])
        return ([edge], is_as_long) if edge >= 0 else ([], False)
