"""What does the map show in one tile?

Layers and properties: `road` (class as in OpenStreetMap, name, name_en, bridge), `water` and `waterway` (name,
name_en), `landuse` (class), `rail`, `place` and `landmark` (class, name, name_en). What is shown, and how finely,
depends on the zoom: the tables below.
"""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from fengsui.places import mvt
from fengsui.places.basemap import Basemap, NamedPoints, NamedShapes
from fengsui.places.roadlines import RoadLines, edge_lines, level_of, merged
from fengsui.places.tags import LANDMARK_CLASSES, LANDUSE_CLASSES, PLACE_CLASSES, WATERWAY_CLASSES
from fengsui_engine.roads import ROAD_CLASSES, RoadNetwork

LEAST_ZOOM, MOST_ZOOM = 5, 14
ENCODER = 1  # part of the map's address: raise it when the same city gives other tiles
MOST_BYTES = 300_000
BUFFER = 128  # tile units round the tile: half the widest road, and room for its name
UNITS_FINE, UNITS_COARSE = 1.0, 4.0  # how far a line may be straightened: at the last zoom, and above it
LEAST_AREA = 64.0  # square units: one screen pixel

# the zoom from which a class is drawn, and from which it carries its name
ROAD_ZOOM = {
    "motorway": 5,
    "trunk": 5,
    "primary": 7,
    "secondary": 9,
    "tertiary": 10,
    "street": 11,
    "lane": 12,
}
NAME_ZOOM = {"motorway": 10, "trunk": 10, "primary": 10, "secondary": 11, "tertiary": 13, "street": 13, "lane": 13}
WATERWAY_ZOOM = {"river": 8, "canal": 10, "stream": 12}
LANDUSE_ZOOM = 8
WATER_ZOOM = 5
RAIL_ZOOM = 9
PLACE_ZOOM = {"city": 5, "town": 8, "suburb": 11, "village": 10, "neighbourhood": 13}
LANDMARK_ZOOM = {
    "police": 12,
    "fire_station": 12,
    "ambulance_station": 12,
    "hospital": 12,
    "station": 12,
    "townhall": 13,
    "marketplace": 13,
    "university": 13,
}
OTHER_LANDMARK_ZOOM = 14
NO_ZOOM = 99

Shapes = NDArray[Any]


@dataclass(frozen=True)
class Layer:
    """Shapes in world units (0 to 1, y down), each with the zooms at which it is drawn and its properties."""

    name: str
    kind: int
    shapes: Shapes
    from_zoom: NDArray[np.int64]
    below_zoom: NDArray[np.int64]
    group: NDArray[np.int64]
    properties: tuple[mvt.Properties, ...]
    box_area: NDArray[np.float64]
    tree: shapely.STRtree


@dataclass(frozen=True)
class TileIndex:
    """Everything that tiles are cut from; made once for a city."""

    layers: tuple[Layer, ...]


def index_tiles(roads: RoadNetwork, basemap: Basemap) -> TileIndex:
    """Sort roads and map into layers that tiles can be cut from."""
    return TileIndex(
        (
            _area_layer("landuse", basemap.landuse, LANDUSE_CLASSES, LANDUSE_ZOOM),
            _area_layer("water", basemap.water, (), WATER_ZOOM),
            _line_layer("waterway", basemap.waterways, [WATERWAY_ZOOM[c] for c in WATERWAY_CLASSES]),
            _line_layer("rail", basemap.rail, [RAIL_ZOOM]),
            _road_layer(roads, basemap),
            _point_layer("place", basemap.places, PLACE_CLASSES, PLACE_ZOOM),
            _point_layer("landmark", basemap.landmarks, LANDMARK_CLASSES, LANDMARK_ZOOM),
        )
    )


def world(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, 2) lon, lat to web Mercator, 0 to 1 from the north-west corner."""
    lat = np.radians(np.clip(degrees[:, 1], -85.0511, 85.0511))
    return np.column_stack([(degrees[:, 0] + 180.0) / 360.0, (1.0 - np.arcsinh(np.tan(lat)) / np.pi) / 2.0])


def _layer(
    name: str,
    kind: int,
    shapes: Shapes,
    from_zoom: NDArray[np.int64],
    below_zoom: NDArray[np.int64] | None,
    group: NDArray[np.int64],
    properties: Sequence[mvt.Properties],
) -> Layer:
    on_world = shapely.transform(shapes, world) if len(shapes) else shapes
    bounds = shapely.bounds(on_world).reshape(-1, 4)
    return Layer(
        name=name,
        kind=kind,
        shapes=on_world,
        from_zoom=from_zoom,
        below_zoom=below_zoom if below_zoom is not None else np.full(len(shapes), NO_ZOOM, dtype=np.int64),
        group=group,
        properties=tuple(properties),
        box_area=(bounds[:, 2] - bounds[:, 0]) * (bounds[:, 3] - bounds[:, 1]),
        tree=shapely.STRtree(on_world),
    )


def _area_layer(name: str, areas: NamedShapes, table: tuple[str, ...], zoom: int) -> Layer:
    from_zoom = np.full(len(areas), zoom, dtype=np.int64)
    properties = [
        ({"class": table[kind]} if table else {}) | _names(zh, en)
        for kind, zh, en in zip(areas.kind, areas.zh, areas.en, strict=True)
    ]
    return _layer(name, mvt.POLYGON, areas.shapes, from_zoom, None, np.arange(len(areas), dtype=np.int64), properties)


def _line_layer(name: str, lines: NamedShapes, zooms: list[int]) -> Layer:
    """Lines of one name and class joined where they run on, as streets are."""
    numbers = {pair: i for i, pair in enumerate(dict.fromkeys(zip(lines.zh, lines.en, strict=True)))}
    number = np.array([numbers[pair] for pair in zip(lines.zh, lines.en, strict=True)], dtype=np.int64)
    joined = merged(
        RoadLines(lines.shapes, lines.kind.astype(np.int64), number, np.zeros(len(lines), dtype=np.bool_)), by_name=True
    )
    zoom = np.array(zooms, dtype=np.int64)[joined.kind]
    return _layer(name, mvt.LINE, joined.shapes, zoom, None, joined.name, [_names(*pair) for pair in numbers])


def _names(zh: str, en: str) -> dict[str, str | bool]:
    return {"name": zh, "name_en": en} if zh else {}


def _road_layer(roads: RoadNetwork, basemap: Basemap) -> Layer:
    """Far away joined by class alone; from the class's name zoom on by street."""
    lines = edge_lines(roads, basemap)
    far, near = merged(lines, by_name=False), merged(lines, by_name=True)
    drawn = np.array([ROAD_ZOOM[level_of(c)] for c in ROAD_CLASSES], dtype=np.int64)
    named = np.array([NAME_ZOOM[level_of(c)] for c in ROAD_CLASSES], dtype=np.int64)
    both = RoadLines(
        shapes=np.concatenate([far.shapes, near.shapes]),
        kind=np.concatenate([far.kind, near.kind]),
        name=np.concatenate([far.name, near.name]),
        is_bridge=np.concatenate([far.is_bridge, near.is_bridge]),
    )
    key = np.column_stack([both.kind, both.name, both.is_bridge])
    groups, group = np.unique(key, axis=0, return_inverse=True)
    properties = [_road_properties(roads, *(int(v) for v in g)) for g in groups]
    return _layer(
        "road",
        mvt.LINE,
        both.shapes,
        np.concatenate([drawn[far.kind], np.maximum(drawn, named)[near.kind]]),
        np.concatenate([named[far.kind], np.full(len(near.kind), NO_ZOOM, dtype=np.int64)]),
        group.ravel().astype(np.int64),
        properties,
    )


def _road_properties(roads: RoadNetwork, kind: int, name: int, is_bridge: int) -> mvt.Properties:
    properties: dict[str, str | bool] = {"class": ROAD_CLASSES[kind]}
    if name:
        properties |= _names(*roads.names[name])
    if is_bridge:
        properties["bridge"] = True
    return properties


def _point_layer(name: str, points: NamedPoints, table: tuple[str, ...], zooms: dict[str, int]) -> Layer:
    shapes = shapely.points(np.column_stack([points.lon, points.lat])) if len(points) else np.array([], dtype=object)
    zoom = np.array([zooms.get(c, OTHER_LANDMARK_ZOOM) for c in table], dtype=np.int64)[points.kind]
    properties = [
        {"class": table[kind]} | _names(zh, en) for kind, zh, en in zip(points.kind, points.zh, points.en, strict=True)
    ]
    return _layer(name, mvt.POINT, shapes, zoom, None, np.arange(len(points), dtype=np.int64), properties)


def is_tile(z: int, x: int, y: int) -> bool:
    """Whether there is such a tile at all."""
    return LEAST_ZOOM <= z <= MOST_ZOOM and 0 <= x < 1 << z and 0 <= y < 1 << z


def encode_tile(index: TileIndex, z: int, x: int, y: int) -> bytes:
    """The tile as Mapbox Vector Tile 2.1, at most `MOST_BYTES`; empty bytes where nothing is.

    A tile that would be larger is drawn coarser, then without its smallest roads and areas, until it fits.
    """
    for thinning in range(8):
        tile = b"".join(_cut(layer, z, x, y, thinning) for layer in index.layers)
        if len(tile) <= MOST_BYTES:
            return tile
    return b""


def _cut(layer: Layer, z: int, x: int, y: int, thinning: int) -> bytes:
    shapes, group = _shown(layer, z, x, y, thinning)
    if not len(shapes):
        return b""
    if layer.kind == mvt.POINT:
        parts, kept = _points_in_units(shapes, z, x, y)
        return mvt.encode_layer(layer.name, layer.kind, parts, [layer.properties[g] for g in group[kept]])
    units = (UNITS_FINE if z == MOST_ZOOM else UNITS_COARSE) * 2.0**thinning
    clipped = shapely.clip_by_rect(shapes, *_box(z, x, y, BUFFER))
    scale = float((1 << z) * mvt.EXTENT)
    # lines may cross themselves when straightened, areas may not
    simple = shapely.simplify(clipped, units / scale, preserve_topology=layer.kind == mvt.POLYGON)
    make = _rings if layer.kind == mvt.POLYGON else _lines
    parts, groups = make(simple, group, z, x, y, LEAST_AREA * 4.0**thinning if z < MOST_ZOOM else 4.0 * 4.0**thinning)
    return mvt.encode_layer(layer.name, layer.kind, parts, [layer.properties[g] for g in groups])


def _box(z: int, x: int, y: int, buffer: int) -> tuple[float, float, float, float]:
    n, edge = float(1 << z), buffer / mvt.EXTENT
    return (x - edge) / n, (y - edge) / n, (x + 1 + edge) / n, (y + 1 + edge) / n


def _shown(layer: Layer, z: int, x: int, y: int, thinning: int) -> tuple[Shapes, NDArray[np.int64]]:
    buffer = 0 if layer.kind == mvt.POINT else BUFFER
    here = np.sort(layer.tree.query(shapely.box(*_box(z, x, y, buffer))))
    # thinning by two looks at the tile as from one zoom farther away
    seen_from = z - thinning // 2
    is_shown = (layer.from_zoom[here] <= seen_from) & (layer.from_zoom[here] <= z) & (z < layer.below_zoom[here])
    if layer.kind == mvt.POLYGON:
        least = LEAST_AREA * 4.0**thinning / float((1 << z) * mvt.EXTENT) ** 2
        is_shown &= (layer.box_area[here] >= least) | (z == MOST_ZOOM)
    here = here[is_shown]
    return layer.shapes[here], layer.group[here]


def _in_units(corners: NDArray[np.float64], z: int, x: int, y: int) -> NDArray[np.int64]:
    units = (corners * float(1 << z) - np.array([x, y], dtype=np.float64)) * mvt.EXTENT
    return np.rint(units).astype(np.int64)


def _points_in_units(shapes: Shapes, z: int, x: int, y: int) -> tuple[mvt.Parts, NDArray[np.int64]]:
    corners = _in_units(shapely.get_coordinates(shapes), z, x, y)
    kept = np.flatnonzero(np.all((corners >= 0) & (corners < mvt.EXTENT), axis=1))
    n = np.arange(len(kept) + 1, dtype=np.int64)
    return mvt.Parts(corners[kept], n, n[:-1]), kept


def _lines(
    shapes: Shapes, group: NDArray[np.int64], z: int, x: int, y: int, _least_area: float
) -> tuple[mvt.Parts, NDArray[np.int64]]:
    """Parts sorted into one feature for each group; called as `_rings` is, though a line has no area."""
    parts, of = shapely.get_parts(shapes, return_index=True)
    is_line = (shapely.get_type_id(parts) == 1) & ~shapely.is_empty(parts)
    parts, part_group = parts[is_line], group[of[is_line]]
    order = np.argsort(part_group, kind="stable")
    corners, line = shapely.get_coordinates(parts[order], return_index=True)
    corners, line = _without_repeats(_in_units(corners, z, x, y), line)
    lines, _, size = _runs(line)
    keep = size >= 2
    corners = corners[np.repeat(keep, size)]
    groups, feature = np.unique(part_group[order][lines[keep]], return_inverse=True)
    return mvt.Parts(corners, _firsts(size[keep]), feature.ravel().astype(np.int64)), groups


def _without_repeats(corners: NDArray[np.int64], of: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    is_new = np.ones(len(corners), dtype=np.bool_)
    is_new[1:] = np.any(corners[1:] != corners[:-1], axis=1) | (of[1:] != of[:-1])
    return corners[is_new], of[is_new]


def _runs(of: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Values of a sorted array, where each starts, and how often it stands there."""
    values, first, size = np.unique(of, return_index=True, return_counts=True)
    return values, first, size


def _firsts(size: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(size)])


def _rings(
    shapes: Shapes, group: NDArray[np.int64], z: int, x: int, y: int, least_area: float
) -> tuple[mvt.Parts, NDArray[np.int64]]:
    """Rings, outer one first, of one feature for each polygon; what shrinks below `least_area` is left out."""
    polygons, of = shapely.get_parts(shapes, return_index=True)
    is_polygon = (shapely.get_type_id(polygons) == 3) & ~shapely.is_empty(polygons)
    polygons, polygon_group = shapely.orient_polygons(polygons[is_polygon]), group[of[is_polygon]]
    rings, polygon = shapely.get_rings(polygons, return_index=True)
    is_outer = np.diff(polygon, prepend=-1) != 0
    corners, ring = shapely.get_coordinates(rings, return_index=True)
    corners, ring = _without_repeats(_in_units(corners, z, x, y), ring)
    numbers, first, size = _runs(ring)
    area = _signed_areas(corners, first, size) * np.where(is_outer[numbers], 1.0, -1.0)
    keep = (size >= 4) & (area >= least_area)
    has_outer = np.zeros(len(polygons), dtype=np.bool_)
    has_outer[polygon[numbers[keep & is_outer[numbers]]]] = True
    keep &= has_outer[polygon[numbers]]
    is_last = np.zeros(len(corners), dtype=np.bool_)
    is_last[first + size - 1] = True  # a ring closes itself in a tile
    corners = corners[np.repeat(keep, size) & ~is_last]
    kept, feature = np.unique(polygon[numbers[keep]], return_inverse=True)
    return mvt.Parts(corners, _firsts(size[keep] - 1), feature.ravel().astype(np.int64)), polygon_group[kept]


def _signed_areas(corners: NDArray[np.int64], first: NDArray[np.int64], size: NDArray[np.int64]) -> NDArray[np.float64]:
    """Square units by the shoelace; positive where the tile format wants an outer ring."""
    if not len(first):
        return np.zeros(0, dtype=np.float64)
    following = np.roll(corners, -1, axis=0)
    cross = corners[:, 0] * following[:, 1] - following[:, 0] * corners[:, 1]
    cross[first + size - 1] = 0  # the closing corner stands there already
    return np.add.reduceat(cross, first).astype(np.float64) / 2.0


class TileCache:
    """The tiles that were asked for last, up to a number of bytes; safe for many threads."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._n_bytes = 0
        self._tiles: OrderedDict[object, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: object) -> bytes | None:
        """The tile, now the latest; None if it is not here."""
        with self._lock:
            tile = self._tiles.get(key)
            if tile is not None:
                self._tiles.move_to_end(key)
            return tile

    def put(self, key: object, tile: bytes) -> None:
        """Keep a tile, and let the oldest go until all fits."""
        with self._lock:
            self._n_bytes += len(tile) - len(self._tiles.pop(key, b""))
            self._tiles[key] = tile
            while self._n_bytes > self._most_bytes and self._tiles:
                self._n_bytes -= len(self._tiles.popitem(last=False)[1])

    @property
    def n_bytes(self) -> int:
        """How much is kept now."""
        return self._n_bytes
