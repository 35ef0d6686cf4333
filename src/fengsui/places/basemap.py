"""What lies around the roads: water, land, buildings, railways, and the places that have names?

Read once from the extract that the road file was built from, and kept in one file beside it. The roads themselves are
drawn from the road file, so that the map and the routing agree.
"""

import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Sized
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import osmium
import shapely
from numpy.typing import NDArray

from fengsui.places import mapfile
from fengsui.places.coast import sea
from fengsui.places.footprints import Footprints
from fengsui.places.mapfile import MapFileBroken
from fengsui.places.tags import (
    BRIDGE,
    BUILDING,
    COASTLINE,
    KEPT_WITHOUT_NAME,
    LANDMARK_CLASSES,
    LANDUSE,
    LANDUSE_CLASSES,
    PLACE_CLASSES,
    PLACES,
    RAILWAYS,
    READ,
    WATER,
    WATERWAY_CLASSES,
    WATERWAYS,
    class_of,
    has_any,
    is_building,
    landmark_of,
    names_of,
)
from fengsui_engine.array_file import Content, digest_of
from fengsui_engine.refusal import Refusal, say
from fengsui_engine.roads import RoadNetwork
from fengsui_engine.roads.geodesy import METRES_PER_DEGREE, plane_metres

Geometries = NDArray[Any]  # of shapely geometries, degrees
Arrays = dict[str, NDArray[Any]]

MOST_CORNERS = 20_000_000  # of all kept shapes together: about 320 MB
MOST_CORNERS_OF_ONE = 500_000
MOST_POINTS = 500_000  # places and landmarks
TWIN_M = 150.0  # a school is often both a node and an outline
ROUND_ROADS_DEG = 0.15
WKB_LETTERS_A_CORNER = 32


class MapSourceUnreadable(Refusal):
    sentence = say("The extract %(path)s cannot be read: %(why)s. Fetch it again.")


class MapSourceTooLarge(Refusal):
    sentence = say("The extract holds more than %(most)s map corners. Cut out the city and its surroundings first.")


@dataclass(frozen=True)
class NamedPoints:
    """Points with a class and two names; `kind` indexes the class table of what they are."""

    kind: NDArray[np.uint8]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    zh: tuple[str, ...]
    en: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.zh)


@dataclass(frozen=True)
class NamedShapes:
    """Lines or polygons in degrees, with a class (0 where there is but one) and two names, empty for none."""

    shapes: Geometries
    kind: NDArray[np.uint8]
    zh: tuple[str, ...]
    en: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.zh)


@dataclass(frozen=True)
class Basemap:
    """All that is drawn under and beside the roads, in degrees, and the named points for the search."""

    water: NamedShapes
    waterways: NamedShapes
    landuse: NamedShapes
    rail: NamedShapes
    buildings: Footprints
    places: NamedPoints
    landmarks: NamedPoints
    bridge_way: NDArray[np.int64]
    bridge_metres: NDArray[np.float64]
    roads_digest: str
    source: str
    dropped: dict[str, int]
    digest: str = field(default="", compare=False)

    def save(self, path: Path) -> None:
        """Write the one file; whole or not at all."""
        mapfile.write(path, *_as_arrays(self))

    @classmethod
    def open(cls, path: Path) -> "Basemap":
        """Load and check. Raises MapFileMissing or MapFileBroken."""
        content = mapfile.read(path)
        try:
            return _from_arrays(content)
        except (KeyError, ValueError, TypeError, IndexError, shapely.errors.ShapelyError):
            raise MapFileBroken(path=path.name, why="its arrays do not fit together") from None


def build_basemap(
    extract: Path, roads: RoadNetwork | None, *, progress: Callable[[str], None] | None = None
) -> Basemap:
    """Read the map's layers from an extract (.osm.pbf, .osm.gz, .osm.bz2, .osm).

    Args:
        extract: the extract that `roads` was built from.
        roads: bounds the map to their surroundings (0.15 degrees), and ties the file to their digest; None: neither.
        progress: told now and then what was read.

    Returns:
        The map. Shapes that cannot be mended are left out and counted in `dropped`.

    Raises:
        MapSourceUnreadable: missing, cut short, or not an extract.
        MapSourceTooLarge: more than `MOST_CORNERS` corners or `MOST_POINTS` named points.
    """
    try:
        found = _found(extract, progress or (lambda _: None))
    except (RuntimeError, OSError, UnicodeDecodeError, osmium.InvalidLocationError) as error:
        raise MapSourceUnreadable(path=extract.name, why=str(error)[:200]) from None
    return _assembled(found, extract, roads)


ShapeRow = tuple[shapely.Geometry, str, str, str]  # shape, class, zh, en
PointRow = tuple[str, float, float, str, str]  # class, lon, lat, zh, en
Box = tuple[float, float, float, float]


@dataclass
class _Found:
    water: list[ShapeRow] = field(default_factory=list)
    coast: list[shapely.Geometry] = field(default_factory=list)
    waterways: list[ShapeRow] = field(default_factory=list)
    landuse: list[ShapeRow] = field(default_factory=list)
    rail: list[ShapeRow] = field(default_factory=list)
    buildings: list[str] = field(default_factory=list)  # as WKB, hexadecimal
    places: list[PointRow] = field(default_factory=list)
    landmarks: list[PointRow] = field(default_factory=list)
    bridges: dict[int, float] = field(default_factory=dict)
    dropped: Counter[str] = field(default_factory=Counter)
    n_corners: int = 0

    def count(self, n_corners: int) -> None:
        self.n_corners += n_corners
        if self.n_corners > MOST_CORNERS:
            raise MapSourceTooLarge(most=MOST_CORNERS)
        if len(self.places) + len(self.landmarks) > MOST_POINTS:
            raise MapSourceTooLarge(most=MOST_POINTS)


def _found(extract: Path, progress: Callable[[str], None]) -> _Found:
    found = _Found()
    try:
        _read(extract, found, progress)
        _read_buildings(extract, found, progress)
    except RuntimeError as error:
        if "out of order" not in str(error):
            raise
        # Areas are put together from ids in order; some tools write an extract in another.
        found = _Found()
        with tempfile.TemporaryDirectory() as folder:
            copy = _sorted(extract, Path(folder))
            _read(copy, found, progress)
            _read_buildings(copy, found, progress)
    return found


def _sorted(extract: Path, folder: Path) -> Path:
    """A copy of the extract in `folder`, its objects in the order of their ids."""
    copy = folder / "sorted.osm.pbf"
    reader = osmium.MergeInputReader()
    reader.add_file(str(extract))
    with osmium.SimpleWriter(str(copy)) as writer:
        reader.apply(writer)
    return copy


def _read(extract: Path, found: _Found, progress: Callable[[str], None]) -> None:
    wanted = osmium.filter.TagFilter(*READ)
    processor = osmium.FileProcessor(str(extract)).with_areas(wanted).with_filter(wanted)
    factory = osmium.geom.WKBFactory()
    things: Iterable[Any] = processor
    for n, thing in enumerate(things):
        if n % 20_000 == 0:
            progress(f"{n} map objects read")
        if thing.is_node():
            _take_point(found, thing.tags, thing.location.valid(), thing.location)
        elif thing.is_way():
            _take_way(found, thing)
        elif thing.is_area():
            _take_area(found, thing, factory)


def _read_buildings(extract: Path, found: _Found, progress: Callable[[str], None]) -> None:
    """A reading of its own: they are chosen by key alone, and nothing else about them is looked at one by one."""
    wanted = osmium.filter.KeyFilter(BUILDING)
    processor = osmium.FileProcessor(str(extract)).with_areas(wanted)
    processor = processor.with_filter(osmium.filter.EntityFilter(osmium.osm.AREA)).with_filter(wanted)
    factory = osmium.geom.WKBFactory()
    things: Iterable[Any] = processor
    for n, area in enumerate(things):
        if n % 20_000 == 0:
            progress(f"{n} buildings read")
        if not is_building(area.tags):
            continue
        try:
            found.buildings.append(factory.create_multipolygon(area))
        except RuntimeError:
            found.dropped["broken_areas"] += 1
            continue
        found.count(len(found.buildings[-1]) // WKB_LETTERS_A_CORNER)


def _take_point(found: _Found, tags: Any, is_valid: bool, at: Any) -> None:
    if is_valid:
        _take_named(found, tags, float(at.lon), float(at.lat))
    else:
        found.dropped["points_without_place"] += 1


def _take_named(found: _Found, tags: Any, lon: float, lat: float) -> None:
    zh, en = names_of(tags)
    if zh and (kind := class_of(tags, PLACES)):
        found.places.append((kind, lon, lat, zh, en))
    elif (kind := landmark_of(tags)) and (zh or kind in KEPT_WITHOUT_NAME):
        found.landmarks.append((kind, lon, lat, zh, en))
    found.count(0)


def _take_way(found: _Found, way: Any) -> None:
    kind, is_rail = class_of(way.tags, WATERWAYS), has_any(way.tags, RAILWAYS)
    is_coast = has_any(way.tags, frozenset({COASTLINE}))
    is_bridge = way.tags.get(BRIDGE[0]) is not None and way.tags.get("highway") is not None
    if not (kind or is_rail or is_coast or is_bridge):
        return
    corners = [(n.lon, n.lat) for n in way.nodes if n.location.valid()]
    if len(corners) < 2 or len(corners) > MOST_CORNERS_OF_ONE:
        found.dropped["broken_lines"] += 1
        return
    line = shapely.LineString(corners)
    if is_bridge:
        found.bridges[int(way.id)] = _metres(line)
    if kind:
        found.waterways.append((line, kind, *names_of(way.tags)))
    if is_rail and way.tags.get("tunnel") in (None, "no"):
        found.rail.append((line, "rail", "", ""))
    if is_coast:
        found.coast.append(line)
    found.count(len(corners))


def _take_area(found: _Found, area: Any, factory: Any) -> None:
    is_water, kind = has_any(area.tags, WATER), class_of(area.tags, LANDUSE)
    is_named = bool(landmark_of(area.tags) or class_of(area.tags, PLACES))
    if not (is_water or kind or is_named):
        return
    try:
        shape = shapely.from_wkb(factory.create_multipolygon(area))
    except (RuntimeError, shapely.errors.ShapelyError):
        found.dropped["broken_areas"] += 1
        return
    parts = _mended(shape, found)
    if not parts:
        return
    if is_named:
        centre = shapely.centroid(shape)
        _take_named(found, area.tags, float(centre.x), float(centre.y))
    if is_water:
        found.water.extend((part, "water", *names_of(area.tags)) for part in parts)
    elif kind:
        found.landuse.extend((part, kind, "", "") for part in parts)


def _mended(shape: shapely.Geometry, found: _Found) -> list[shapely.Geometry]:
    """The sound polygons of a shape; nothing, and one more dropped, where there is none."""
    n_corners = shapely.get_num_coordinates(shape)
    if n_corners > MOST_CORNERS_OF_ONE or shapely.is_empty(shape):
        found.dropped["broken_areas"] += 1
        return []
    if not shapely.is_valid(shape):
        found.dropped["mended_areas"] += 1
        shape = shapely.make_valid(shape)
    parts = [p for p in shapely.get_parts(shapely.get_parts(shape)) if p.geom_type == "Polygon" and p.area > 0]
    found.dropped["broken_areas"] += not parts
    found.count(n_corners)
    return parts


def _metres(line: shapely.Geometry) -> float:
    corners = shapely.get_coordinates(line)
    step = np.diff(corners, axis=0) * METRES_PER_DEGREE
    return float(np.hypot(step[:, 0] * np.cos(np.radians(corners[0, 1])), step[:, 1]).sum())


def _assembled(found: _Found, extract: Path, roads: RoadNetwork | None) -> Basemap:
    box = _box_of(roads)
    found.water.extend(_sea(found, box))
    basemap = Basemap(
        water=_inside(found.water, ("water",), "Polygon", box, found),
        waterways=_inside(found.waterways, WATERWAY_CLASSES, "LineString", box, found),
        landuse=_inside(found.landuse, LANDUSE_CLASSES, "Polygon", box, found),
        rail=_inside(found.rail, ("rail",), "LineString", box, found),
        buildings=_buildings(found, box),
        places=_points(found.places, PLACE_CLASSES, box, found),
        landmarks=_points(found.landmarks, LANDMARK_CLASSES, box, found),
        bridge_way=np.array(sorted(found.bridges), dtype=np.int64),
        bridge_metres=np.array([found.bridges[way] for way in sorted(found.bridges)], dtype=np.float64),
        roads_digest=roads.digest if roads is not None else "",
        source=extract.name,
        dropped={what: n for what, n in sorted(found.dropped.items()) if n},
    )
    object.__setattr__(basemap, "digest", digest_of(*_as_arrays(basemap)))
    return basemap


def _box_of(roads: RoadNetwork | None) -> Box | None:
    if roads is None or roads.n_nodes == 0:
        return None
    west, south, east, north = (float(v) for v in (roads.lon.min(), roads.lat.min(), roads.lon.max(), roads.lat.max()))
    return (west - ROUND_ROADS_DEG, south - ROUND_ROADS_DEG, east + ROUND_ROADS_DEG, north + ROUND_ROADS_DEG)


def _inside(rows: list[ShapeRow], table: tuple[str, ...], wanted: str, box: Box | None, found: _Found) -> NamedShapes:
    """The parts of the shapes inside the box, of the wanted geometry type only."""
    shapes = np.empty(len(rows), dtype=object)
    shapes[:] = [row[0] for row in rows]
    if box is not None and len(rows):
        shapes = _cut(shapes, box, found)
    parts, of = shapely.get_parts(shapes, return_index=True)
    parts, deeper = shapely.get_parts(parts, return_index=True)
    is_wanted = (shapely.get_type_id(parts) == (3 if wanted == "Polygon" else 1)) & ~shapely.is_empty(parts)
    kept = [rows[i] for i in of[deeper[is_wanted]]]
    return NamedShapes(
        shapes=parts[is_wanted],
        kind=np.array([table.index(kind) for _, kind, _, _ in kept], dtype=np.uint8),
        zh=tuple(zh for _, _, zh, _ in kept),
        en=tuple(en for _, _, _, en in kept),
    )


def _buildings(found: _Found, box: Box | None) -> Footprints:
    """The sound polygons of all buildings that touch the box."""
    shapes = shapely.from_wkb(np.array(found.buildings, dtype=object), on_invalid="ignore")
    found.buildings.clear()
    is_broken = shapely.is_missing(shapes) | (shapely.get_num_coordinates(shapes) > MOST_CORNERS_OF_ONE)
    shapes = shapes[~is_broken]
    is_bent = ~shapely.is_valid(shapes)
    shapes[is_bent] = shapely.make_valid(shapes[is_bent])
    parts = shapely.get_parts(shapely.get_parts(shapes))
    parts = parts[(shapely.get_type_id(parts) == shapely.GeometryType.POLYGON) & (shapely.area(parts) > 0)]
    found.dropped["broken_areas"] += int(is_broken.sum())
    found.dropped["mended_areas"] += int(is_bent.sum())
    if box is not None and len(parts):
        is_near = shapely.intersects(parts, shapely.box(*box))
        found.dropped["shapes_far_away"] += int((~is_near).sum())
        parts = parts[is_near]
    return Footprints.of(parts)


def _cut(shapes: Geometries, box: Box, found: _Found) -> Geometries:
    """What of each shape lies in the box, empty where nothing does."""
    frame = shapely.box(*box)
    try:
        cut: Geometries = shapely.intersection(shapes, frame)
    except shapely.errors.GEOSException:  # one of them: find out which
        cut = np.array([_cut_one(shape, frame, found) for shape in shapes], dtype=object)
    found.dropped["shapes_far_away"] += int(shapely.is_empty(cut).sum())
    return cut


def _cut_one(shape: shapely.Geometry, frame: shapely.Geometry, found: _Found) -> shapely.Geometry:
    try:
        return shapely.intersection(shape, frame)
    except shapely.errors.GEOSException:
        found.dropped["broken_shapes"] += 1
        return shapely.Polygon()


def _sea(found: _Found, box: Box | None) -> list[ShapeRow]:
    try:
        return [(piece, "water", "", "") for piece in sea(found.coast, box)]
    except shapely.errors.GEOSException:
        found.dropped["broken_shores"] += len(found.coast)
        return []


def _points(
    rows: list[PointRow],
    table: tuple[str, ...],
    box: Box | None,
    found: _Found,
) -> NamedPoints:
    kept: list[PointRow] = []
    seen: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for row in rows:
        kind, lon, lat, zh, _ = row
        if box is not None and not (box[0] <= lon <= box[2] and box[1] <= lat <= box[3]):
            found.dropped["points_far_away"] += 1
        elif any(plane_metres(lon, lat, *other) < TWIN_M for other in seen.setdefault((kind, zh), [])[:100]):
            found.dropped["twin_points"] += 1
        else:
            seen[kind, zh].append((lon, lat))
            kept.append(row)
    return NamedPoints(
        kind=np.array([table.index(r[0]) for r in kept], dtype=np.uint8),
        lon=np.array([r[1] for r in kept], dtype=np.float64),
        lat=np.array([r[2] for r in kept], dtype=np.float64),
        zh=tuple(r[3] for r in kept),
        en=tuple(r[4] for r in kept),
    )


_SHAPES = {
    "water": (shapely.GeometryType.POLYGON, ("water",)),
    "waterways": (shapely.GeometryType.LINESTRING, WATERWAY_CLASSES),
    "landuse": (shapely.GeometryType.POLYGON, LANDUSE_CLASSES),
    "rail": (shapely.GeometryType.LINESTRING, ("rail",)),
}
_POINTS = {"places": PLACE_CLASSES, "landmarks": LANDMARK_CLASSES}


def _as_arrays(basemap: Basemap) -> tuple[Arrays, dict[str, Any]]:
    facts: dict[str, Any] = {
        "roads_digest": basemap.roads_digest,
        "source": basemap.source,
        "dropped": basemap.dropped,
    }
    arrays: Arrays = {"bridge_way": basemap.bridge_way, "bridge_metres": basemap.bridge_metres}
    for name in _SHAPES:
        shapes: NamedShapes = getattr(basemap, name)
        arrays |= {f"{name}.kind": shapes.kind} | _ragged(name, shapes.shapes)
        facts[name] = [shapes.zh, shapes.en]
    arrays |= basemap.buildings.arrays("buildings")
    for name in _POINTS:
        points: NamedPoints = getattr(basemap, name)
        arrays |= {f"{name}.kind": points.kind, f"{name}.lon": points.lon, f"{name}.lat": points.lat}
        facts[name] = [points.zh, points.en]
    return arrays, facts


def _ragged(name: str, shapes: Geometries) -> Arrays:
    if not len(shapes):
        return {}
    _, corners, offsets = shapely.to_ragged_array(shapes, include_z=False)
    levels = {f"{name}.offsets{i}": np.asarray(level, dtype=np.int64) for i, level in enumerate(offsets)}
    return {f"{name}.corners": corners, **levels}


def _from_arrays(content: Content) -> Basemap:
    facts, arrays = content.told, content.arrays
    shapes: dict[str, Any] = {name: _shapes(name, facts[name], arrays, *told) for name, told in _SHAPES.items()}
    points: dict[str, Any] = {name: _named(name, facts[name], arrays, table) for name, table in _POINTS.items()}
    return Basemap(
        **shapes,
        **points,
        buildings=Footprints.from_arrays("buildings", arrays),
        bridge_way=arrays["bridge_way"],
        bridge_metres=arrays["bridge_metres"],
        roads_digest=str(facts["roads_digest"]),
        source=str(facts["source"]),
        dropped={str(what): int(n) for what, n in facts["dropped"].items()},
        digest=content.digest,
    )


def _shapes(
    name: str, names: list[list[str]], arrays: Arrays, geometry: shapely.GeometryType, table: tuple[str, ...]
) -> NamedShapes:
    shapes = NamedShapes(
        shapes=_unragged(name, arrays, geometry),
        kind=_indexes(arrays[f"{name}.kind"], table),
        zh=tuple(str(n) for n in names[0]),
        en=tuple(str(n) for n in names[1]),
    )
    _require_one_length(shapes.shapes, shapes.kind, shapes.zh, shapes.en)
    return shapes


def _unragged(name: str, arrays: Arrays, geometry: shapely.GeometryType) -> Geometries:
    if f"{name}.corners" not in arrays:
        return np.array([], dtype=object)
    corners = arrays[f"{name}.corners"]
    offsets = tuple(arrays[f"{name}.offsets{i}"] for i in range(2 if geometry == shapely.GeometryType.POLYGON else 1))
    inner = len(corners)
    for level in offsets:  # checked here, so that it does not rest on what shapely checks
        if len(level) < 1 or level[0] != 0 or level[-1] != inner or np.any(np.diff(level) < 0):
            raise ValueError(name)
        inner = len(level) - 1
    if corners.ndim != 2 or corners.shape[1] != 2 or not np.all(np.isfinite(corners)):
        raise ValueError(name)
    shapes: Geometries = shapely.from_ragged_array(geometry, corners, offsets)
    return shapes


def _named(name: str, names: list[list[str]], arrays: Arrays, table: tuple[str, ...]) -> NamedPoints:
    points = NamedPoints(
        kind=_indexes(arrays[f"{name}.kind"], table),
        lon=arrays[f"{name}.lon"],
        lat=arrays[f"{name}.lat"],
        zh=tuple(str(n) for n in names[0]),
        en=tuple(str(n) for n in names[1]),
    )
    _require_one_length(points.kind, points.lon, points.lat, points.zh, points.en)
    return points


def _indexes(kinds: NDArray[Any], table: tuple[str, ...]) -> NDArray[np.uint8]:
    if len(kinds) and kinds.max() >= len(table):
        raise ValueError(int(kinds.max()))
    return kinds.astype(np.uint8)


def _require_one_length(*rows: Sized) -> None:
    if len({len(row) for row in rows}) != 1:
        raise ValueError([len(row) for row in rows])
