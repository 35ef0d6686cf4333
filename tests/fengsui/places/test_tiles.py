"""A tile shows what is there: decoded by another program, with its classes and names."""

from pathlib import Path

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from drawn_tiles import decoded, shape
from drawn_town import Drawing, at, ground, tile_of

from fengsui.demo.ground import PACKED
from fengsui.places.basemap import build_basemap
from fengsui.places.city import City
from fengsui.places.roadlines import edge_lines, merged
from fengsui.places.tile_geometry import world
from fengsui.places.tiles import LEAST_ZOOM, MOST_BYTES, MOST_ZOOM, ROAD_ZOOM, encode_tile, index_tiles, is_tile
from fengsui_engine.roads import ROAD_CLASSES, RoadNetwork, build_from_osm

READ_ONE_IN = 5


def test_the_town_is_in_its_tile_with_classes_and_names(town: City) -> None:
    layers = decoded(town, 14)
    assert set(layers) == {"road", "water", "waterway", "landuse", "rail", "place", "landmark"}  # no house was drawn
    roads = [f["properties"] for f in layers["road"]["features"]]
    assert {"class": "primary", "name": "南环路", "name_en": "South Ring Road"} in roads
    assert {"class": "service"} in roads
    assert {"class": "secondary", "name": "中山路", "name_en": "Zhongshan Road", "bridge": True} in roads
    assert {f["properties"]["class"] for f in layers["landuse"]["features"]} == {"built", "green"}
    assert layers["waterway"]["features"][0]["properties"] == {"name": "朔河", "name_en": "Shuo River"}
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


def test_the_classes_on_the_map_are_those_of_the_roads(town: City) -> None:
    assert {f["properties"]["class"] for f in decoded(town, 14)["road"]["features"]} <= set(ROAD_CLASSES)


def test_water_is_named_once_and_not_where_its_river_is_named(tmp_path: Path) -> None:
    drawing = Drawing()
    drawing.way([(0.0, 0.0), (20.0, 0.0)], highway="residential")
    drawing.way([(0.0, 1.0), (20.0, 1.0)], waterway="river", name="朔河")
    for left, right, name in ((0.0, 6.0, "月湖"), (6.0, 18.0, "月湖"), (0.0, 18.0, "朔河")):
        top = 5.0 if name == "月湖" else 1.5
        drawing.way([(left, 1.2), (right, 1.2), (right, top), (left, top), (left, 1.2)], natural="water", name=name)
    city = ground(drawing.write(tmp_path / "lake.osm.pbf"))
    z, names = MOST_ZOOM, []
    (west, south), (east, north) = tile_of(*at(-1, -1), z), tile_of(*at(21, 6), z)
    for x in range(west, east + 1):
        for y in range(north, south + 1):
            layers = mapbox_vector_tile.decode(encode_tile(city.tiles, z, x, y))
            assert not any(f["properties"] for f in layers.get("water", {"features": []})["features"])
            names += [f["properties"]["name"] for f in layers.get("water_name", {"features": []})["features"]]
    assert names == ["月湖"]


def tiles_of(roads: RoadNetwork, z: int) -> list[tuple[int, int]]:
    """Every tile in which a road has a junction."""
    found = np.unique((world(np.column_stack([roads.lon, roads.lat])) * (1 << z)).astype(int), axis=0)
    return [(int(x), int(y)) for x, y in found]


EXTRACTS = sorted(
    {
        "monaco_osrm.osm.pbf", "liechtenstein.osm.pbf", "chengdu_centre.osm.pbf", "nanjing_centre.osm.pbf",
        "shanghai_centre.osm.pbf", "Helsinki.osm.pbf", "krems.osm.gz", "north-bayreuth.osm.gz", "poa.osm.pbf",
    }
)  # fmt: skip


@pytest.mark.parametrize("name", EXTRACTS)
def test_no_tile_of_a_real_city_is_too_large_and_all_can_be_read(real_data: Path, name: str) -> None:
    walk_every_tile(real_data / name)


def test_no_tile_of_the_made_up_city_is_too_large_and_all_can_be_read() -> None:
    walk_every_tile(PACKED / "shuoquan-1.osm.pbf")


def walk_every_tile(path: Path) -> None:
    """Every tile with a junction, at every zoom; one in `READ_ONE_IN` is read by another program too."""
    roads = build_from_osm(path)
    index = index_tiles(roads, build_basemap(path, roads))
    for z in range(LEAST_ZOOM, MOST_ZOOM + 1):
        for number, (x, y) in enumerate(tiles_of(roads, z)):
            tile = encode_tile(index, z, x, y)
            assert len(tile) <= MOST_BYTES
            assert tile or z < ROAD_ZOOM["tertiary"]
            if number % READ_ONE_IN == 0:
                mapbox_vector_tile.decode(tile)
