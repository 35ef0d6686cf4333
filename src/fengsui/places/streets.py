"""Which pieces of road are one street?

A street is what people mean by its name: pieces that bear it and meet, or lie near one another.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from fengsui.places.grouping import dense, groups
from fengsui.places.plane import Plane
from fengsui.places.roadlines import edge_shapes, level_of, one_of_each_pair
from fengsui_engine.roads import ROAD_CLASSES, RoadNetwork

ONE_STREET_GAP_M = 500.0  # pieces of one name this near are one street
MAJOR_LEVELS = frozenset({"motorway", "trunk", "primary", "secondary"})


@dataclass(frozen=True)
class Streets:
    """One row a street; a name that occurs in two places far apart has two rows. Shapes in metres."""

    name: NDArray[np.int64]
    shape: NDArray[Any]
    metres: NDArray[np.float64]
    is_major: NDArray[np.bool_]
    tree: shapely.STRtree


def streets_of(roads: RoadNetwork, plane: Plane) -> Streets:
    """The named streets of a road file."""
    edges = one_of_each_pair(roads)
    edges = edges[np.asarray(roads.name)[edges] > 0]
    if not len(edges):
        return _no_streets()
    name = np.asarray(roads.name)[edges].astype(np.int64)
    lines = shapely.transform(edge_shapes(roads, edges), lambda c: plane.metres(c[:, 0], c[:, 1]))
    street = _street_of_each(roads, edges, name, lines)
    shape = shapely.line_merge(_gathered(lines, street))
    _, first = np.unique(street, return_index=True)
    is_major = np.array([level_of(c) in MAJOR_LEVELS for c in ROAD_CLASSES], dtype=np.bool_)
    return Streets(
        name=name[first],
        shape=shape,
        metres=shapely.length(shape),
        is_major=np.bincount(street, weights=is_major[np.asarray(roads.road_class)[edges]]) > 0,
        tree=shapely.STRtree(shape),
    )


def _no_streets() -> Streets:
    ints, floats = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float64)
    shapes = np.array([], dtype=object)
    return Streets(ints, shapes, floats, np.zeros(0, dtype=np.bool_), shapely.STRtree(shapes))


def _gathered(lines: NDArray[Any], group: NDArray[np.int64]) -> NDArray[Any]:
    """(n_groups,) all lines of each group as one shape; groups are numbered from 0."""
    order = np.argsort(group, kind="stable")
    shapes: NDArray[Any] = shapely.multilinestrings(lines[order], indices=group[order])
    return shapes


def _street_of_each(
    roads: RoadNetwork, edges: NDArray[np.int64], name: NDArray[np.int64], lines: NDArray[Any]
) -> NDArray[np.int64]:
    """(n,) the street of each edge, numbered from 0: the same name, joined or near one another step by step."""
    piece = dense(groups(len(edges), *_neighbours(roads, edges, name)))
    _, first = np.unique(piece, return_index=True)
    piece_name = name[first]
    # most names are one piece: only the others are worth the search for what is near
    _, of, times = np.unique(piece_name, return_inverse=True, return_counts=True)
    several = np.flatnonzero(times[of.ravel()] > 1)
    shapes = _gathered(lines, piece)[several]
    a, b = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=ONE_STREET_GAP_M)
    same = (a < b) & (piece_name[several[a]] == piece_name[several[b]])
    return dense(groups(len(piece_name), several[a[same]], several[b[same]])[piece])


def _neighbours(
    roads: RoadNetwork, edges: NDArray[np.int64], name: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of edges (as rows of `edges`) of one name that meet at a node."""
    row = np.tile(np.arange(len(edges)), 2)
    node = np.concatenate([np.asarray(end)[edges] for end in roads.street_ends]).astype(np.int64)
    order = np.lexsort((node, name[row]))
    row, node = row[order], node[order]
    meets = np.flatnonzero((node[1:] == node[:-1]) & (name[row[1:]] == name[row[:-1]]))
    return row[meets], row[meets + 1]
