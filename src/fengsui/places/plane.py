"""How many metres lie between two places of one city?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fengsui_engine.roads import RoadNetwork
from fengsui_engine.roads.geodesy import METRES_PER_DEGREE


@dataclass(frozen=True)
class Plane:
    """Metres east and north of the middle of the city: good to a few parts in a thousand, enough to rank by."""

    lon: float
    lat: float

    def metres(self, lon: ArrayLike, lat: ArrayLike) -> NDArray[np.float64]:
        """(n, 2) metres."""
        east = (np.asarray(lon, dtype=np.float64) - self.lon) * METRES_PER_DEGREE * np.cos(np.radians(self.lat))
        north = (np.asarray(lat, dtype=np.float64) - self.lat) * METRES_PER_DEGREE
        return np.column_stack([np.atleast_1d(east), np.atleast_1d(north)])

    def degrees(self, metres: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n, 2) lon, lat."""
        east = METRES_PER_DEGREE * np.cos(np.radians(self.lat))
        return np.column_stack([self.lon + metres[:, 0] / east, self.lat + metres[:, 1] / METRES_PER_DEGREE])


def plane_of(roads: RoadNetwork) -> Plane:
    """The plane round the middle of these roads."""
    if roads.n_nodes == 0:
        return Plane(0.0, 0.0)
    return Plane(float(np.mean(roads.lon)), float(np.mean(roads.lat)))
