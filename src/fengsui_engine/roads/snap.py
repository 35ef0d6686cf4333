"""Where on the streets is this coordinate?

The nearest point **on an edge**, exactly, in a plane laid at the coordinate (a degree of longitude shrunk by the cosine
of its latitude); over 2 km its distances are within 0.1 % of the sphere's. A coordinate that is a node is that node
(fraction 0 or 1). Of two places equally near, a node wins, then the lower number. Of a two-way street the edge of
lower number is named; searches know that the place lies on both.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fengsui_engine.roads.network import RoadNetwork
from fengsui_engine.roads.refusals import FarFromRoad, NodeOutsideNetwork

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]

NEAR_M = 2_000.0
"""A place farther from any road than this is not given a time. Source: the contract, section 2."""


COLUMNS: dict[str, type[np.generic]] = {
    "edge": np.int32, "fraction": np.float64, "lon": np.float64, "lat": np.float64,
    "off_metres": np.float64, "is_near": np.bool_,
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Snapped:
    """Places on the streets, (k,) each. Where `is_near` is False there is none: edge -1, the coordinate as asked."""

    edge: Ints
    fraction: Floats
    """How far along the edge, by length; exactly 0 or 1 at a node."""
    lon: Floats
    lat: Floats
    off_metres: Floats
    """From the coordinate to the place; this way costs no time."""
    is_near: NDArray[np.bool_]

    def __post_init__(self) -> None:
        for name, kind in COLUMNS.items():
            column = np.ascontiguousarray(getattr(self, name), dtype=kind)
            column.flags.writeable = False  # searches remember units by identity
            object.__setattr__(self, name, column)

    def __len__(self) -> int:
        return len(self.edge)

    def __getitem__(self, which: "int | slice | NDArray[np.int64] | NDArray[np.bool_]") -> "Snapped":
        """Some of the places; a single number gives a single place."""
        index = [which] if isinstance(which, int) else which
        edge, fraction, off = self.edge[index], self.fraction[index], self.off_metres[index]
        return Snapped(edge, fraction, self.lon[index], self.lat[index], off, self.is_near[index])


def snap(roads: RoadNetwork, lon: ArrayLike, lat: ArrayLike) -> Snapped:
    """The nearest place on a street to each coordinate.

    Args:
        roads: the road network.
        lon, lat: (k,) or single numbers, degrees WGS-84. NaN, infinite or impossible ones come back as not near.

    Returns:
        (k,) places; `is_near` is False where no road is within NEAR_M.
    """
    from fengsui_engine.roads.kernels.places import nearest_places

    x, y = _column(lon), _column(lat)
    k = len(x)
    edge, off = np.empty(k, dtype=np.int32), np.empty(k)
    fraction, place_lon, place_lat = np.empty(k), np.empty(k), np.empty(k)
    streets = (roads.tail, roads.head, roads.shape_first, roads.shape_lon, roads.shape_lat)
    grid = (roads.grid_first, roads.grid_point, roads.grid_frame, roads.grid_size)
    nearest_places(x, y, *streets, *grid, NEAR_M, edge, fraction, place_lon, place_lat, off)
    return Snapped(edge, fraction, place_lon, place_lat, off, edge >= 0)


def snap_one(roads: RoadNetwork, lon: float, lat: float, *, what: str = "point") -> Snapped:
    """The nearest place on a street to one coordinate.

    Args:
        what: what stands there, for the sentence of the refusal.

    Raises:
        FarFromRoad: no road is within NEAR_M.
    """
    place = snap(roads, lon, lat)
    if not place.is_near[0]:
        raise far_from_road(what, place)
    return place


def far_from_road(what: str, place: Snapped) -> FarFromRoad:
    """The refusal for a single place that is not near a road."""
    lon, lat = (float(x) if np.isfinite(x) else None for x in (place.lon[0], place.lat[0]))
    return FarFromRoad(what=what, lon=lon, lat=lat, limit_km=NEAR_M / 1000)


def at_nodes(roads: RoadNetwork, nodes: ArrayLike) -> Snapped:
    """The places of nodes, told as the end of an edge that meets there.

    Raises:
        NodeOutsideNetwork: there is no such node.
    """
    number = np.atleast_1d(np.asarray(nodes, dtype=np.int64))
    for node in number[(number < 0) | (number >= roads.n_nodes)]:
        raise NodeOutsideNetwork(node=int(node), n_nodes=roads.n_nodes)
    leaves = roads.first_out[number + 1] > roads.first_out[number]
    enters = roads.first_in[number + 1] > roads.first_in[number]
    out = np.minimum(roads.first_out[number], roads.n_edges - 1)
    into = roads.into_edge[np.minimum(roads.first_in[number], roads.n_edges - 1)]
    edge = np.where(leaves, out, np.where(enters, into, -1)).astype(np.int32)
    fraction = np.where(leaves, 0.0, np.where(enters, 1.0, np.nan))
    return Snapped(edge, fraction, roads.lon[number], roads.lat[number], np.zeros(len(number)), edge >= 0)


def _column(degrees: ArrayLike) -> Floats:
    return np.ascontiguousarray(np.atleast_1d(np.asarray(degrees, dtype=np.float64)))
