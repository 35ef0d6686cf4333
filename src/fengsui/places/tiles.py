"""What does the map show in one tile?

Layers and properties: `road` (class as in OpenStreetMap, name, name_en, bridge), `water`, `waterway` and `water_name`
(name, name_en), `landuse` (class), `building`, `rail`, `place` and `landmark` (class, name, name_en). What is shown,
and how finely, depends on the zoom: the tables below.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from fengsui.places import mvt
from fengsui.places.basemap import Basemap, NamedPoints, NamedShapes
from fengsui.places.footprints import Footprints, Rows
from fengsui.places.roadlines import RoadLines, edge_lines, level_of, merged
from fengsui.places.tags import LANDMARK_CLASSES, LANDUSE_CLASSES, PLACE_CLASSES, WATERWAY_CLASSES
from fengsui.places.tile_geometry import Shapes, box_of, degrees, lines_in_units, points_in_units, rings_in_units, world
from fengsui_engine.roads import ROAD_CLASSES, RoadNetwork

LEAST_ZOOM, MOST_ZOOM = 5, 14
ENCODER = 2  # part of the map's address: raise it when the same city gives other tiles
MOST_BYTES = 300_000
MOST_THINNING = 40  # a shape that is straightened so often has no corners left
HALVED_FROM = 7
BUFFER = 128  # tile units round the tile: half the widest road, and room for its name
UNITS_FINE, UNITS_COARSE = 1.0, 4.0  # how far a line may be straightened: at the last zoom, and above it
LEAST_AREA, LEAST_AREA_FINE = 64.0, 4.0  # square units: one screen pixel; and at the last zoom, which is enlarged

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
BUILDING_ZOOM = 13
WATER_ZOOM = 5
WATER_NAME_ZOOM = 11
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
    buildings: Footprints


def index_tiles(roads: RoadNetwork, basemap: Basemap) -> TileIndex:
    """Sort roads and map into layers that tiles can be cut from."""
    return TileIndex(
        (
            _area_layer("landuse", basemap.landuse, LANDUSE_CLASSES, LANDUSE_ZOOM),
            _area_layer("water", basemap.water, (), WATER_ZOOM),
            _water_name_layer(basemap.water, basemap.waterways),
            _line_layer("waterway", basemap.waterways, [WATERWAY_ZOOM[c] for c in WATERWAY_CLASSES]),
            _line_layer("rail", basemap.rail, [RAIL_ZOOM]),
            _road_layer(roads, basemap),
            _point_layer("place", basemap.places, PLACE_CLASSES, PLACE_ZOOM),
            _point_layer("landmark", basemap.landmarks, LANDMARK_CLASSES, LANDMARK_ZOOM),
        ),
        basemap.buildings,
    )


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
    properties: list[mvt.Properties] = [{"class": table[kind]} if table else {} for kind in areas.kind]
    return _layer(name, mvt.POLYGON, areas.shapes, from_zoom, None, np.arange(len(areas), dtype=np.int64), properties)


def _water_name_layer(water: NamedShapes, waterways: NamedShapes) -> Layer:
    """Each name once, in its largest water, since tiles would repeat it. A river's name stands along its line."""
    written = set(waterways.zh) | {""}
    rows = []
    for row in np.argsort(-shapely.area(water.shapes), kind="stable") if len(water) else []:
        if water.zh[row] not in written:
            written.add(water.zh[row])
            rows.append(int(row))
    points = shapely.point_on_surface(water.shapes[rows]) if rows else np.array([], dtype=object)
    number = np.arange(len(rows), dtype=np.int64)
    names = [_names(water.zh[row], water.en[row]) for row in rows]
    return _layer("water_name", mvt.POINT, points, np.full(len(rows), WATER_NAME_ZOOM), None, number, names)


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

    A tile that would be larger loses its smallest buildings first. If it is too large without any, it is drawn coarser,
    then without its smallest roads and areas, then with half of what is left, and so on.
    """
    for thinning in range(MOST_THINNING):
        ground = b"".join(_cut(layer, z, x, y, thinning) for layer in index.layers)
        if len(ground) <= MOST_BYTES:
            return ground + _cut_buildings(index.buildings, z, x, y, MOST_BYTES - len(ground))
    return b""


def _cut_buildings(buildings: Footprints, z: int, x: int, y: int, most_bytes: int) -> bytes:
    """All buildings as one feature, without the smallest where there is no room: nothing is told of one alone."""
    if z < BUILDING_ZOOM:
        return b""
    rows = buildings.within(*degrees(*box_of(z, x, y, BUFFER)))
    while len(rows):
        tile = _encoded_buildings(buildings, rows, z, x, y)
        if len(tile) <= most_bytes:
            return tile
        larger_first = rows[np.argsort(-buildings.areas[rows], kind="stable")]
        rows = np.sort(larger_first[: int(len(rows) * 0.95 * most_bytes / len(tile))])
    return b""


def _encoded_buildings(buildings: Footprints, rows: Rows, z: int, x: int, y: int) -> bytes:
    shapes = shapely.transform(buildings.shapes(rows), world)
    clipped = shapely.clip_by_rect(shapes, *box_of(z, x, y, BUFFER))
    simple = shapely.simplify(clipped, UNITS_FINE / float((1 << z) * mvt.EXTENT), preserve_topology=True)
    least_area = LEAST_AREA_FINE * 4.0 ** (MOST_ZOOM - z)
    parts, _ = rings_in_units(simple, np.zeros(len(simple), dtype=np.int64), z, x, y, least_area)
    together = mvt.Parts(parts.corners, parts.first, np.zeros(len(parts.feature), dtype=np.int64))
    return mvt.encode_layer("building", mvt.POLYGON, together, [{}] if len(parts.feature) else [])


def _cut(layer: Layer, z: int, x: int, y: int, thinning: int) -> bytes:
    shapes, group = _shown(layer, z, x, y, thinning)
    if not len(shapes):
        return b""
    if layer.kind == mvt.POINT:
        parts, kept = points_in_units(shapes, z, x, y)
        return mvt.encode_layer(layer.name, layer.kind, parts, [layer.properties[g] for g in group[kept]])
    units = (UNITS_FINE if z == MOST_ZOOM else UNITS_COARSE) * 2.0**thinning
    clipped = shapely.clip_by_rect(shapes, *box_of(z, x, y, BUFFER))
    scale = float((1 << z) * mvt.EXTENT)
    # lines may cross themselves when straightened, areas may not
    simple = shapely.simplify(clipped, units / scale, preserve_topology=layer.kind == mvt.POLYGON)
    if layer.kind == mvt.LINE:
        parts, groups = lines_in_units(simple, group, z, x, y)
    else:
        least_area = (LEAST_AREA if z < MOST_ZOOM else LEAST_AREA_FINE) * 4.0**thinning
        parts, groups = rings_in_units(simple, group, z, x, y, least_area)
    return mvt.encode_layer(layer.name, layer.kind, parts, [layer.properties[g] for g in groups])


def _shown(layer: Layer, z: int, x: int, y: int, thinning: int) -> tuple[Shapes, NDArray[np.int64]]:
    buffer = 0 if layer.kind == mvt.POINT else BUFFER
    here = np.sort(layer.tree.query(shapely.box(*box_of(z, x, y, buffer))))
    # thinning by two looks at the tile as from one zoom farther away
    seen_from = max(LEAST_ZOOM, z - min(thinning, HALVED_FROM) // 2)
    is_shown = (layer.from_zoom[here] <= seen_from) & (layer.from_zoom[here] <= z) & (z < layer.below_zoom[here])
    if layer.kind == mvt.POLYGON:
        least = LEAST_AREA * 4.0**thinning / float((1 << z) * mvt.EXTENT) ** 2
        is_shown &= (layer.box_area[here] >= least) | (z == MOST_ZOOM)
    here = here[is_shown]
    if thinning >= HALVED_FROM:
        here = here[: max(1, len(here) >> (thinning - HALVED_FROM + 1))]
    return layer.shapes[here], layer.group[here]
