"""How does a part of a street run on the map?"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fengsui_engine.roads.geodesy import metres_along
from fengsui_engine.roads.network import RoadNetwork

Floats = NDArray[np.float64]
Line = tuple[Floats, Floats]
"""Longitudes and latitudes along a line, degrees."""


def clipped(roads: RoadNetwork, edge: int, start: float, stop: float) -> Line:
    """The shape of an edge between two fractions of its length, 0 ≤ start ≤ stop ≤ 1; both ends included."""
    points = slice(roads.shape_first[edge], roads.shape_first[edge + 1])
    lon, lat = roads.shape_lon[points], roads.shape_lat[points]
    if (start, stop) == (0.0, 1.0):
        return lon, lat
    along = metres_along(lon, lat)
    at = np.array([start, stop]) * along[-1]
    inside = (along > at[0]) & (along < at[1])
    where = np.concatenate((at[:1], along[inside], at[1:]))
    return np.interp(where, along, lon), np.interp(where, along, lat)


def joined(lines: Sequence[Line]) -> Line:
    """Lines laid end to end, a point that follows itself told once; at least two points."""
    lon, lat = np.concatenate([line[0] for line in lines]), np.concatenate([line[1] for line in lines])
    kept = np.ones(len(lon), dtype=bool)
    kept[1:] = (lon[1:] != lon[:-1]) | (lat[1:] != lat[:-1])
    if np.count_nonzero(kept) < 2:
        kept[[0, -1]] = True
    return lon[kept], lat[kept]
