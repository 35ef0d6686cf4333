"""What are the names of places in this city, and where are they?

Streets and crossings come from the road file, landmarks and settlements from the map beside it. Names are numbered
once; a street, a crossing, a landmark and a settlement are rows of arrays that point to them.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import shapely
from numpy.typing import NDArray

from fengsui.places.basemap import Basemap, NamedPoints
from fengsui.places.crossings import Crossings, crossings_of
from fengsui.places.plane import Plane, plane_of
from fengsui.places.streets import Streets, streets_of
from fengsui_engine.roads import RoadNetwork

Kind = Literal["place", "landmark", "street", "crossing"]
Name = dict[str, str]

HERE_M = 40.0  # a landmark or settlement this near is the name of the point
AT_CROSSING_M = 20.0  # so is a crossing of which a corner is this near; farther off, one is in the street
CLEAR_M = 1.0  # a street's own point lies this much farther away than any other name reaches
STREET_M = 300.0  # a street farther away says nothing about it


@dataclass(frozen=True)
class Marks:
    """Points with a name of their own and how far it reaches: landmarks, settlements, corners of crossings. Metres."""

    at: NDArray[np.float64]
    reach_m: NDArray[np.float64]
    names: tuple[tuple[str, str], ...]
    tree: shapely.STRtree

    def nearest(self, here: NDArray[np.float64]) -> int | None:
        """The nearest of those that reach to `here`; of two at one place the first."""
        if not len(self.at):
            return None
        metres = np.hypot(self.at[:, 0] - here[0], self.at[:, 1] - here[1])
        metres[metres > self.reach_m] = np.inf
        nearest = int(np.argmin(metres))
        return nearest if np.isfinite(metres[nearest]) else None

    def reached(self, shape: shapely.Geometry) -> shapely.Geometry:
        """The ground round `shape` where one of these is the name, and a little more."""
        near = self.tree.query(shape, predicate="dwithin", distance=HERE_M + CLEAR_M)
        return shapely.union_all(shapely.buffer(self.tree.geometries[near], self.reach_m[near] + CLEAR_M))


@dataclass(frozen=True)
class Register:
    """All names of a city, ready for the search and for naming a point."""

    plane: Plane
    names: tuple[tuple[str, str], ...]  # of streets: (zh, en), number 0 is no name
    streets: Streets
    crossings: Crossings
    places: NamedPoints
    places_at: NDArray[np.float64]
    landmarks: NamedPoints
    landmarks_at: NDArray[np.float64]
    marks: Marks

    def name_near(self, lon: float, lat: float) -> Name | None:
        """What people would call this point: the nearest landmark, settlement or crossing at it, else its street."""
        if not (np.isfinite(lon) and np.isfinite(lat)):
            return None
        here = self.plane.metres(lon, lat)[0]
        mark = self.marks.nearest(here)
        return self._street_near(here) if mark is None else _name(self.marks.names[mark])

    def crossing_name(self, crossing: int) -> Name:
        """`甲路与乙街路口`, `A Road and B Street`."""
        return _name(self.crossings.corner_names[self.crossings.corner[crossing]])

    def point_of(self, street: int, here: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
        """A point that is called by the street, nearest to `here` or to its middle; metres.

        Where other names reach all along, the street is too short for that: then just its nearest point.
        """
        shape = self.streets.shape[street]
        own = shapely.difference(shape, self.marks.reached(shape))
        aim = shapely.centroid(shape) if here is None else shapely.Point(here)
        at: NDArray[np.float64] = shapely.get_coordinates(
            shapely.shortest_line(shape if shapely.is_empty(own) else own, aim)
        )[0]
        return at

    def _street_near(self, here: NDArray[np.float64]) -> Name | None:
        found = self.streets.tree.query_nearest(shapely.Point(here), max_distance=STREET_M, all_matches=False)
        if not len(found):
            return None
        return _name(self.names[self.streets.name[found[0]]])


def _name(pair: tuple[str, str]) -> Name:
    return {"zh": pair[0], "en": pair[1]}


def build_register(roads: RoadNetwork, basemap: Basemap) -> Register:
    """Collect the names; done once when a city is loaded."""
    plane = plane_of(roads)
    landmarks, places, crossings = _with_names(basemap.landmarks), basemap.places, crossings_of(roads, plane)
    landmarks_at, places_at = plane.metres(landmarks.lon, landmarks.lat), plane.metres(places.lon, places.lat)
    return Register(
        plane=plane,
        names=tuple((str(zh), str(en)) for zh, en in roads.names),
        streets=streets_of(roads, plane),
        crossings=crossings,
        places=places,
        places_at=places_at,
        landmarks=landmarks,
        landmarks_at=landmarks_at,
        marks=_marks(landmarks, landmarks_at, places, places_at, crossings),
    )


def _marks(
    landmarks: NamedPoints,
    landmarks_at: NDArray[np.float64],
    places: NamedPoints,
    places_at: NDArray[np.float64],
    crossings: Crossings,
) -> Marks:
    at = np.concatenate([landmarks_at, places_at, crossings.corners_at])
    n_points = len(landmarks) + len(places)
    return Marks(
        at=at,
        reach_m=np.where(np.arange(len(at)) < n_points, HERE_M, AT_CROSSING_M),
        names=(
            *zip(landmarks.zh, landmarks.en, strict=True),
            *zip(places.zh, places.en, strict=True),
            *crossings.corner_names,
        ),
        tree=shapely.STRtree(shapely.points(at)),
    )


def _with_names(points: NamedPoints) -> NamedPoints:
    rows = [i for i, zh in enumerate(points.zh) if zh]
    names = (tuple(side[i] for i in rows) for side in (points.zh, points.en))
    return NamedPoints(points.kind[rows], points.lon[rows], points.lat[rows], *names)
