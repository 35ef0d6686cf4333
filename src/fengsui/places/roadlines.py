"""Which lines are drawn for the roads?

One for each two-way pair of edges, and the edges of one street put together as far as they run on, so that its name
finds room along them.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from fengsui.places.basemap import Basemap
from fengsui_engine.roads import RoadNetwork

LEVELS = ("motorway", "trunk", "primary", "secondary", "tertiary", "street", "lane")
_LEVEL_OF = {"residential": "street", "unclassified": "street", "road": "street"}

SPARE_M = 20.0  # a compressed edge may be this much longer than the bridge that it carries


@dataclass(frozen=True)
class RoadLines:
    """Lines in degrees. `name` indexes the network's names (0: none), `kind` ROAD_CLASSES."""

    shapes: NDArray[Any]
    kind: NDArray[np.int64]
    name: NDArray[np.int64]
    is_bridge: NDArray[np.bool_]


def level_of(road_class: str) -> str:
    """How important a class is: links as their road, small ways as lanes."""
    base = road_class.removesuffix("_link")
    base = _LEVEL_OF.get(base, base)
    return base if base in LEVELS else "lane"


def edge_lines(roads: RoadNetwork, basemap: Basemap) -> RoadLines:
    """One line for each edge, or for each pair of opposite edges."""
    edges = one_of_each_pair(roads)
    return RoadLines(
        shapes=edge_shapes(roads, edges),
        kind=np.asarray(roads.road_class)[edges].astype(np.int64),
        name=np.asarray(roads.name)[edges].astype(np.int64),
        is_bridge=_is_bridge(roads, basemap, edges),
    )


def one_of_each_pair(roads: RoadNetwork) -> NDArray[np.int64]:
    """Edges, ascending, without those that only run back along another one, and without copies."""
    twin = np.asarray(roads.twin[: roads.n_street_edges], dtype=np.int64)
    return np.flatnonzero((twin < 0) | (twin > np.arange(len(twin))))


def edge_shapes(roads: RoadNetwork, edges: NDArray[np.int64]) -> NDArray[Any]:
    """(n,) line strings in degrees."""
    first = np.asarray(roads.shape_first, dtype=np.int64)
    size = first[edges + 1] - first[edges]
    line = np.repeat(np.arange(len(edges)), size)
    at = np.arange(len(line)) - np.repeat(np.cumsum(size) - size, size) + np.repeat(first[edges], size)
    corners = np.column_stack([np.asarray(roads.shape_lon)[at], np.asarray(roads.shape_lat)[at]])
    shapes: NDArray[Any] = shapely.linestrings(corners, indices=line) if len(edges) else np.array([], dtype=object)
    return shapes


def _is_bridge(roads: RoadNetwork, basemap: Basemap, edges: NDArray[np.int64]) -> NDArray[np.bool_]:
    """An edge is a bridge if it carries hardly more than the bridge's own way."""
    if not len(basemap.bridge_way):
        return np.zeros(len(edges), dtype=np.bool_)
    way, metres = np.asarray(roads.way)[edges], np.asarray(roads.metres)[edges]
    at = np.minimum(np.searchsorted(basemap.bridge_way, way), len(basemap.bridge_way) - 1)
    fits: NDArray[np.bool_] = (basemap.bridge_way[at] == way) & (metres <= 1.1 * basemap.bridge_metres[at] + SPARE_M)
    return fits


def merged(lines: RoadLines, *, by_name: bool) -> RoadLines:
    """The lines of one class (and, `by_name`, of one street and kind of ground) joined where they run on."""
    if not len(lines.shapes):
        return lines
    name = lines.name if by_name else np.zeros_like(lines.name)
    is_bridge = lines.is_bridge if by_name else np.zeros_like(lines.is_bridge)
    key = np.column_stack([lines.kind, name, is_bridge])
    groups, of = np.unique(key, axis=0, return_inverse=True)
    order = np.argsort(of.ravel(), kind="stable")
    joined = shapely.line_merge(shapely.multilinestrings(lines.shapes[order], indices=of.ravel()[order]))
    parts, group = shapely.get_parts(joined, return_index=True)
    return RoadLines(
        shapes=parts, kind=groups[group, 0], name=groups[group, 1], is_bridge=groups[group, 2].astype(np.bool_)
    )
