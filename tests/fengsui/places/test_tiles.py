"""A tile shows what is there: decoded by another program, within a pixel, with its names."""

import threading
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from drawn_town import Drawing, at, tile_of
from hypothesis import given, settings
from hypothesis import strategies as st

from fengsui.places import mvt
from fengsui.places.basemap import build_basemap
from fengsui.places.city import City, assemble
from fengsui.places.roadlines import edge_lines, merged
from fengsui.places.tiles import (
    BUFFER,
    LEAST_ZOOM,
    MOST_BYTES,
    MOST_ZOOM,
    TileCache,
    encode_tile,
    index_tiles,
    is_tile,
    world,
)
from fengsui_engine.roads import ROAD_CLASSES, build_from_osm

PIXEL = 4096 / 512


def decoded(town: City, z: int, lon: float = 100.002, lat: float = 40.002) -> dict[str, Any]:
    x, y = tile_of(lon, lat, z)
    layers: dict[str, Any] = mapbox_vector_tile.decode(
        encode_tile(town.tiles, z, x, y), default_options={"y_coord_down": True}
    )
    return layers


def units(lon: float, lat: float, z: int) -> shapely.Point:
    at_world = world(np.array([[lon, lat]]))[0] * (1 << z)
    return shapely.Point((at_world - np.floor(at_world)) * 4096)


def shape(feature: dict[str, Any]) -> shapely.Geometry:
    return shapely.geometry.shape(feature["geometry"])


def test_the_town_is_in_its_tile_with_classes_and_names(town: City) -> None:
    layers = decoded(town, 14)
    assert set(layers) == {"road", "water", "waterway", "landuse", "rail", "place", "landmark"}
    roads = [f["properties"] for f in layers["road"]["features"]]
    assert {"class": "primary", "name": "南环路", "name_en": "South Ring Road"} in roads
    assert {"class": "service"} in roads
    assert {"class": "secondary", "name": "中山路", "name_en": "Zhongshan Road", "bridge": True} in roads
    assert {f["properties"]["class"] for f in layers["landuse"]["features"]} == {"built", "green"}
    assert layers["water"]["features"][0]["properties"] == {"name": "朔河", "name_en": "Shuo River"}
    hospital = {"class": "hospital", "name": "南关医院", "name_en": "Nanguan Hospital"}
    assert hospital in [f["properties"] for f in layers["landmark"]["features"]]


def test_a_street_is_one_line_where_it_runs_on(town: City) -> None:
    (street,) = [f for f in decoded(town, 14)["road"]["features"] if f["properties"].get("name") == "人民街"]
    assert shape(street).geom_type == "LineString"


def test_a_two_way_street_is_drawn_once(town: City) -> None:
    lines = edge_lines(town.roads, town.basemap)
    assert len(lines.shapes) * 2 == town.roads.n_edges
    assert len({shapely.normalize(line).wkb for line in lines.shapes}) == len(lines.shapes)


def test_joining_loses_no_road(town: City) -> None:
    lines = edge_lines(town.roads, town.basemap)
    for by_name in (True, False):
        joined = merged(lines, by_name=by_name)
        assert shapely.length(joined.shapes).sum() == pytest.approx(shapely.length(lines.shapes).sum())


def test_farther_away_only_the_larger_roads_are_drawn_and_without_names(town: City) -> None:
    classes = {
        z: {f["properties"]["class"] for f in decoded(town, z).get("road", {"features": []})["features"]}
        for z in range(5, 15)
    }
    assert classes[14] == {"primary", "secondary", "residential", "service"}
    assert "residential" not in classes[10]
    for z in range(LEAST_ZOOM, MOST_ZOOM):
        assert classes[z] <= classes[z + 1]
    assert all("name" not in f["properties"] for f in decoded(town, 9)["road"]["features"])


@pytest.fixture(scope="module")
def valley(tmp_path_factory: pytest.TempPathFactory) -> City:
    """A main road that winds for 40 km beside a river, so that tiles cut both."""
    drawing = Drawing()
    along = np.linspace(0.0, 150.0, 2000)
    road = [(float(a), float(np.sin(a * 2.0) * 0.8)) for a in along]
    drawing.way(road, highway="primary", name="谷道", name__en="Valley Road")
    drawing.way([(a, row - 3.0) for a, row in road], waterway="river", name="谷河")
    drawing.way([(-50.0, -60.0), (200.0, -60.0), (200.0, 60.0), (-50.0, 60.0), (-50.0, -60.0)], landuse="farmland")
    path = drawing.write(tmp_path_factory.mktemp("valley") / "valley.osm.pbf")
    roads = build_from_osm(path)
    return assemble(roads, build_basemap(path, roads))


@pytest.mark.parametrize("z", range(LEAST_ZOOM, MOST_ZOOM + 1))
def test_everything_drawn_lies_in_the_tile_and_its_buffer(valley: City, z: int) -> None:
    frame = shapely.box(-BUFFER - 1, -BUFFER - 1, 4096 + BUFFER + 1, 4096 + BUFFER + 1)
    for layer in decoded(valley, z, *at(75, 0)).values():
        assert all(frame.covers(shape(f)) for f in layer["features"])


@settings(max_examples=100, deadline=None)
@given(share=st.floats(0, 1), z=st.integers(10, MOST_ZOOM))
def test_a_point_on_a_road_is_on_the_map_within_a_pixel(valley: City, share: float, z: int) -> None:
    (line,) = edge_lines(valley.roads, valley.basemap).shapes
    point = shapely.line_interpolate_point(line, share, normalized=True)
    drawn = decoded(valley, z, point.x, point.y)["road"]["features"]
    off = min(shape(f).distance(units(point.x, point.y, z)) for f in drawn)
    assert off <= PIXEL


@pytest.mark.parametrize("z", [10, 12, 14])
def test_what_is_drawn_is_no_more_than_the_road(valley: City, z: int) -> None:
    (line,) = edge_lines(valley.roads, valley.basemap).shapes
    x, y = tile_of(*at(75, 0), z)
    on_tile = shapely.transform(line, lambda c: (world(c) * (1 << z) - [x, y]) * 4096)
    for feature in decoded(valley, z, *at(75, 0))["road"]["features"]:
        assert (
            shapely.hausdorff_distance(shape(feature), shapely.intersection(on_tile, shape(feature).buffer(PIXEL)))
            < 2 * PIXEL
        )


def test_water_keeps_its_area(town: City) -> None:
    (water,) = decoded(town, 14)["water"]["features"]
    corners = [units(*at(c, r), 14).coords[0] for c, r in ((1.2, 0.2), (1.8, 0.2), (1.8, 0.8), (1.2, 0.8))]
    assert shape(water).area == pytest.approx(shapely.Polygon(corners).area, rel=0.01)


def test_a_pond_keeps_its_island(tmp_path: Path, town: City) -> None:
    drawing = Drawing()
    drawing.way([(0.0, 0.0), (3.0, 0.0), (3.0, 3.0), (0.0, 3.0), (0.0, 0.0)], natural="water")

    basemap = build_basemap(drawing.write(tmp_path / "pond.osm.pbf"), None)
    island = shapely.box(*at(1, 1), *at(2, 2))
    with_island = shapely.orient_polygons(shapely.difference(basemap.water.shapes[0], island))
    for drawn_either_way in (with_island, shapely.reverse(with_island)):
        basemap.water.shapes[0] = drawn_either_way
        (water,) = decoded(assemble(town.roads, basemap), 14)["water"]["features"]
        assert len(shape(water).interiors) == 1
        assert not shape(water).contains(units(*at(1.5, 1.5), 14))


def test_a_point_is_in_one_tile_only(town: City) -> None:
    z, found = 14, 0
    x0, y0 = tile_of(*at(1.6, 1.7), z)
    for x in range(x0 - 1, x0 + 2):
        for y in range(y0 - 1, y0 + 2):
            layers = mapbox_vector_tile.decode(encode_tile(town.tiles, z, x, y))
            found += sum(
                f["properties"]["class"] == "hospital" for f in layers.get("landmark", {"features": []})["features"]
            )
    assert found == 1


def test_a_tile_of_nothing_is_empty(town: City) -> None:
    assert encode_tile(town.tiles, 14, 0, 0) == b""


def test_the_same_tile_is_the_same_bytes(town: City) -> None:
    x, y = tile_of(100.002, 40.002, 14)
    again = index_tiles(town.roads, town.basemap)
    assert encode_tile(again, 14, x, y) == encode_tile(town.tiles, 14, x, y)


@pytest.mark.parametrize(
    ("z", "x", "y", "is_one"),
    [
        (14, 0, 0, True),
        (14, 2**14, 0, False),
        (4, 0, 0, False),
        (15, 0, 0, False),
        (10, 3, -1, False),
        (10**9, 0, 0, False),
    ],
)
def test_only_tiles_of_the_pyramid_exist(z: int, x: int, y: int, is_one: bool) -> None:
    assert is_tile(z, x, y) == is_one


def test_a_tile_that_would_be_too_large_is_thinned(monkeypatch: pytest.MonkeyPatch, town: City) -> None:
    x, y = tile_of(100.002, 40.002, 14)
    whole = encode_tile(town.tiles, 14, x, y)
    monkeypatch.setattr("fengsui.places.tiles.MOST_BYTES", len(whole) - 1)
    thinned = encode_tile(town.tiles, 14, x, y)
    assert 0 < len(thinned) < len(whole)
    assert any(f["properties"]["class"] == "primary" for f in mapbox_vector_tile.decode(thinned)["road"]["features"])


@given(st.lists(st.integers(0, 2**32 - 1), max_size=50))
def test_packed_numbers_read_back(numbers: list[int]) -> None:
    packed, at_byte = mvt.varints(np.array(numbers, dtype=np.uint32))
    read, value, shift = [], 0, 0
    for byte in packed:
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            read.append(value)
            value, shift = 0, 0
    assert read == numbers
    assert at_byte[-1] == len(packed)


@given(
    st.lists(
        st.lists(st.tuples(st.integers(-200, 4300), st.integers(-200, 4300)), min_size=2, max_size=8, unique=True),
        min_size=1,
        max_size=6,
    )
)
def test_lines_read_back_as_they_were(lines: list[list[tuple[int, int]]]) -> None:
    size = np.array([len(line) for line in lines])
    parts = mvt.Parts(
        corners=np.array([c for line in lines for c in line], dtype=np.int64),
        first=np.concatenate([[0], np.cumsum(size)]),
        feature=np.arange(len(lines)),
    )
    layer = mvt.encode_layer("x", mvt.LINE, parts, [{"n": str(i)} for i in range(len(lines))])
    read = mapbox_vector_tile.decode(layer, default_options={"y_coord_down": True})["x"]
    assert read["extent"] == 4096
    assert [f["properties"]["n"] for f in read["features"]] == [str(i) for i in range(len(lines))]
    assert [list(map(tuple, f["geometry"]["coordinates"])) for f in read["features"]] == lines


def test_the_cache_keeps_within_its_bytes_and_forgets_the_oldest() -> None:
    cache = TileCache(100)
    cache.put("a", b"x" * 60)
    cache.put("b", b"x" * 30)
    assert cache.get("a") is not None  # now the latest
    cache.put("c", b"x" * 40)
    assert (cache.get("a"), cache.get("b")) == (b"x" * 60, None)
    assert cache.n_bytes == 100
    cache.put("c", b"x" * 20)
    assert cache.n_bytes == 80
    cache.put("huge", b"x" * 1000)
    assert cache.n_bytes <= 100


def test_the_cache_counts_right_under_many_threads() -> None:
    cache = TileCache(5_000)

    def work(seed: int) -> None:
        rng = np.random.default_rng(seed)
        for _ in range(500):
            key = int(rng.integers(40))
            if cache.get(key) is None:
                cache.put(key, b"x" * (100 + key))

    threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = [tile for key in range(40) if (tile := cache.get(key)) is not None]
    assert cache.n_bytes == sum(len(tile) for tile in kept) <= 5_000


def test_the_classes_on_the_map_are_those_of_the_roads(town: City) -> None:
    assert {f["properties"]["class"] for f in decoded(town, 14)["road"]["features"]} <= set(ROAD_CLASSES)


@pytest.mark.parametrize("name", ["monaco_osrm", "liechtenstein", "chengdu_centre", "poa"])
def test_no_tile_of_a_real_city_is_too_large_and_all_can_be_read(real_data: Path, name: str) -> None:

    path = real_data / f"{name}.osm.pbf"
    roads = build_from_osm(path)
    index = index_tiles(roads, build_basemap(path, roads))
    for z in (5, 8, 10, 11, 12, 13):
        for x, y in np.unique((world(np.column_stack([roads.lon, roads.lat])) * (1 << z)).astype(int), axis=0):
            tile = encode_tile(index, z, int(x), int(y))
            assert len(tile) <= MOST_BYTES
            mapbox_vector_tile.decode(tile)
