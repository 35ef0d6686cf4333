"""What are the names of places in this city, and where are they?

Streets and crossings come from the road file, landmarks and settlements from the map beside it. Names are numbered
once; a street, a crossing, a landmark and a settlement are rows of arrays that point to them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from fengsui.places.basemap import Basemap, NamedPoints
from fengsui.places.roadlines import edge_shapes, level_of, one_of_each_pair
from fengsui_engine.roads import ROAD_CLASSES, RoadNetwork
from fengsui_engine.roads.geodesy import METRES_PER_DEGREE

Kind = Literal["place", "landmark", "street", "crossing"]
Name = dict[str, str]

HERE_M = 40.0  # a landmark or settlement this near is the name of the point
AT_CROSSING_M = 20.0  # so is a crossing of which a corner is this near; farther off, one is in the street
CLEAR_M = 1.0  # a street's own point lies this much farther away than any other name reaches
STREET_M = 300.0  # a street farther away says nothing about it
ONE_STREET_GAP_M = 500.0  # pieces of one name this near are one street
ONE_CROSSING_M = 90.0  # the corners of two dual carriageways are one crossing
MOST_NAMES_AT_A_NODE = 8
MAJOR_LEVELS = frozenset({"motorway", "trunk", "primary", "secondary"})


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


@dataclass(frozen=True)
class Streets:
    """One row a street; a name that occurs in two places far apart has two rows. Shapes in metres."""

    name: NDArray[np.int64]
    shape: NDArray[Any]
    metres: NDArray[np.float64]
    is_major: NDArray[np.bool_]
    tree: shapely.STRtree


@dataclass(frozen=True)
class Crossings:
    """One row for each pair of named streets that meet, `first` and `second` numbers of names; metres.

    A row stands at one of the corners, which are all the nodes where named streets meet. A corner bears the names of
    all of them, so that three streets at one node are not told as three crossings.
    """

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    at: NDArray[np.float64]
    corner: NDArray[np.int64]
    corners_at: NDArray[np.float64]
    corner_names: tuple[tuple[str, str], ...]


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
    plane = _plane_of(roads)
    landmarks, places, crossings = _with_names(basemap.landmarks), basemap.places, _crossings(roads, plane)
    landmarks_at, places_at = plane.metres(landmarks.lon, landmarks.lat), plane.metres(places.lon, places.lat)
    return Register(
        plane=plane,
        names=tuple((str(zh), str(en)) for zh, en in roads.names),
        streets=_streets(roads, plane),
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


def _plane_of(roads: RoadNetwork) -> Plane:
    if roads.n_nodes == 0:
        return Plane(0.0, 0.0)
    return Plane(float(np.mean(roads.lon)), float(np.mean(roads.lat)))


def _streets(roads: RoadNetwork, plane: Plane) -> Streets:
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
    piece = _dense(_groups(len(edges), *_neighbours(roads, edges, name)))
    _, first = np.unique(piece, return_index=True)
    piece_name = name[first]
    # most names are one piece: only the others are worth the search for what is near
    _, of, times = np.unique(piece_name, return_inverse=True, return_counts=True)
    several = np.flatnonzero(times[of.ravel()] > 1)
    shapes = _gathered(lines, piece)[several]
    a, b = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=ONE_STREET_GAP_M)
    same = (a < b) & (piece_name[several[a]] == piece_name[several[b]])
    return _dense(_groups(len(piece_name), several[a[same]], several[b[same]])[piece])


def _neighbours(
    roads: RoadNetwork, edges: NDArray[np.int64], name: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of edges (as rows of `edges`) of one name that meet at a node."""
    row = np.tile(np.arange(len(edges)), 2)
    node = np.concatenate([np.asarray(roads.tail)[edges], np.asarray(roads.head)[edges]]).astype(np.int64)
    order = np.lexsort((node, name[row]))
    row, node = row[order], node[order]
    meets = np.flatnonzero((node[1:] == node[:-1]) & (name[row[1:]] == name[row[:-1]]))
    return row[meets], row[meets + 1]


def _dense(values: NDArray[np.int64]) -> NDArray[np.int64]:
    _, dense = np.unique(values, return_inverse=True)
    return dense.ravel().astype(np.int64)


def _groups(n: int, a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.int64]:
    """(n,) the smallest member of the group that each belongs to, pairs (a, b) being together."""
    leader = list(range(n))

    def lead(i: int) -> int:
        while leader[i] != i:
            leader[i] = leader[leader[i]]
            i = leader[i]
        return i

    for i, j in zip(a.tolist(), b.tolist(), strict=True):
        one, other = lead(i), lead(j)
        leader[max(one, other)] = min(one, other)
    return np.array([lead(i) for i in range(n)], dtype=np.int64)


def _crossings(roads: RoadNetwork, plane: Plane) -> Crossings:
    pairs = np.array(sorted(_pairs_at_nodes(roads)), dtype=np.int64).reshape(-1, 3)
    at = plane.metres(np.asarray(roads.lon)[pairs[:, 2]], np.asarray(roads.lat)[pairs[:, 2]])
    kept = _one_of_each_cluster(pairs, at)
    _, first, corner = np.unique(pairs[:, 2], return_index=True, return_inverse=True)
    corner = corner.ravel().astype(np.int64)
    return Crossings(
        first=pairs[kept, 0],
        second=pairs[kept, 1],
        at=at[kept],
        corner=corner[kept],
        corners_at=at[first],
        corner_names=_corner_names(roads, pairs[:, :2], corner),
    )


def _corner_names(
    roads: RoadNetwork, pairs: NDArray[np.int64], corner: NDArray[np.int64]
) -> tuple[tuple[str, str], ...]:
    """The name of each corner: of all the streets of its pairs."""
    met: dict[int, set[int]] = {}
    for of, pair in zip(corner.tolist(), pairs.tolist(), strict=True):
        met.setdefault(of, set()).update(pair)
    return tuple(_crossing_name([roads.names[number] for number in sorted(met[of])]) for of in sorted(met))


def _crossing_name(streets: Sequence[tuple[str, str]]) -> tuple[str, str]:
    zh, en = ([pair[side] for pair in streets] for side in (0, 1))
    return f"{_listed(zh, '、', '与')}路口", _listed(en, ", ", " and ")


def _listed(names: Sequence[str], comma: str, joiner: str) -> str:
    return f"{comma.join(names[:-1])}{joiner}{names[-1]}"


def _pairs_at_nodes(roads: RoadNetwork) -> Iterable[tuple[int, int, int]]:
    """(smaller name, larger name, node) wherever two named streets meet."""
    name = np.asarray(roads.name, dtype=np.int64)
    node = np.concatenate([np.asarray(roads.tail), np.asarray(roads.head)]).astype(np.int64)
    met = np.unique(np.column_stack([node, np.concatenate([name, name])])[np.concatenate([name, name]) > 0], axis=0)
    if not len(met):
        return
    starts = np.flatnonzero(np.diff(met[:, 0], prepend=-1))
    ends = np.append(starts[1:], len(met))
    for start, end in zip(starts[ends - starts > 1].tolist(), ends[ends - starts > 1].tolist(), strict=True):
        names = met[start : min(end, start + MOST_NAMES_AT_A_NODE), 1].tolist()
        for i, a in enumerate(names):
            yield from ((a, b, int(met[start, 0])) for b in names[i + 1 :])


def _one_of_each_cluster(pairs: NDArray[np.int64], at: NDArray[np.float64]) -> NDArray[np.int64]:
    """Rows to keep: of the same two names within reach of one another, the one nearest to their common middle."""
    if not len(pairs):
        return np.zeros(0, dtype=np.int64)
    points = shapely.points(at)
    a, b = shapely.STRtree(points).query(points, predicate="dwithin", distance=ONE_CROSSING_M)
    same = (a < b) & np.all(pairs[a, :2] == pairs[b, :2], axis=1)
    group = _dense(_groups(len(pairs), a[same], b[same]))
    n = np.bincount(group)
    middle = np.column_stack([np.bincount(group, weights=at[:, i]) / n for i in (0, 1)])
    off = np.hypot(*(at - middle[group]).T)
    order = np.lexsort((off, group))
    _, first = np.unique(group[order], return_index=True)
    kept: NDArray[np.int64] = order[first]
    return kept
