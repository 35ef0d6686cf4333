"""What are the names of places in this city, and where are they?

Streets and crossings come from the road file, landmarks and settlements from the map beside it. Names are numbered
once; a street, a crossing, a landmark and a settlement are rows of arrays that point to them.
"""

from collections.abc import Iterable
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

HERE_M = 40.0  # a name this near is the name of the point
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
    """One row a street; a name that occurs in two places far apart has two rows. Shapes and middles in metres."""

    name: NDArray[np.int64]
    shape: NDArray[Any]
    middle: NDArray[np.float64]
    metres: NDArray[np.float64]
    is_major: NDArray[np.bool_]
    tree: shapely.STRtree


@dataclass(frozen=True)
class Crossings:
    """One row for each pair of named streets that meet, `first` and `second` numbers of names; metres."""

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    at: NDArray[np.float64]


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

    def name_near(self, lon: float, lat: float) -> Name | None:
        """What people would call this point: a place or else a crossing within 40 m, else the nearest street."""
        if not (np.isfinite(lon) and np.isfinite(lat)):
            return None
        here = self.plane.metres(lon, lat)[0]
        for points, at in ((self.landmarks, self.landmarks_at), (self.places, self.places_at)):
            if (i := _nearest_within(at, here, HERE_M)) is not None:
                return {"zh": points.zh[i], "en": points.en[i]}
        if (i := _nearest_within(self.crossings.at, here, HERE_M)) is not None:
            return self.crossing_name(i)
        return self._street_near(here)

    def crossing_name(self, crossing: int) -> Name:
        """`甲路与乙街路口`, `A Road and B Street`."""
        a, b = self.names[self.crossings.first[crossing]], self.names[self.crossings.second[crossing]]
        return {"zh": f"{a[0]}与{b[0]}路口", "en": f"{a[1]} and {b[1]}"}

    def _street_near(self, here: NDArray[np.float64]) -> Name | None:
        found = self.streets.tree.query_nearest(shapely.Point(here), max_distance=STREET_M, all_matches=False)
        if not len(found):
            return None
        zh, en = self.names[self.streets.name[found[0]]]
        return {"zh": zh, "en": en}


def _nearest_within(at: NDArray[np.float64], here: NDArray[np.float64], radius_m: float) -> int | None:
    if not len(at):
        return None
    metres = np.hypot(at[:, 0] - here[0], at[:, 1] - here[1])
    nearest = int(np.argmin(metres))
    return nearest if metres[nearest] <= radius_m else None


def build_register(roads: RoadNetwork, basemap: Basemap) -> Register:
    """Collect the names; done once when a city is loaded."""
    plane = _plane_of(roads)
    landmarks = _with_names(basemap.landmarks)
    return Register(
        plane=plane,
        names=tuple((str(zh), str(en)) for zh, en in roads.names),
        streets=_streets(roads, plane),
        crossings=_crossings(roads, plane),
        places=basemap.places,
        places_at=plane.metres(basemap.places.lon, basemap.places.lat),
        landmarks=landmarks,
        landmarks_at=plane.metres(landmarks.lon, landmarks.lat),
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
    middle = shapely.get_coordinates(shapely.get_point(shapely.shortest_line(shape, shapely.centroid(shape)), 0))
    is_major = np.array([level_of(c) in MAJOR_LEVELS for c in ROAD_CLASSES], dtype=np.bool_)
    return Streets(
        name=name[first],
        shape=shape,
        middle=middle,
        metres=shapely.length(shape),
        is_major=np.bincount(street, weights=is_major[np.asarray(roads.road_class)[edges]]) > 0,
        tree=shapely.STRtree(shape),
    )


def _no_streets() -> Streets:
    ints, floats = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float64)
    shapes = np.array([], dtype=object)
    return Streets(ints, shapes, np.zeros((0, 2)), floats, np.zeros(0, dtype=np.bool_), shapely.STRtree(shapes))


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
    return Crossings(first=pairs[kept, 0], second=pairs[kept, 1], at=at[kept])


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
