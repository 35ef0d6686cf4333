"""The map's layers are read from the extract, kept in one file, and a damaged file is not believed."""

from pathlib import Path
from typing import Any

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from drawn_town import Drawing, at, tile_of
from hypothesis import given, settings
from hypothesis import strategies as st

from fengsui.places import mapfile
from fengsui.places.basemap import Basemap, MapSourceUnreadable, build_basemap
from fengsui.places.coast import sea
from fengsui.places.mapfile import MapFileBroken, MapFileMissing
from fengsui.places.tags import LANDMARK_CLASSES, LANDUSE_CLASSES, clean_name, names_of
from fengsui.places.tiles import encode_tile, index_tiles
from fengsui_engine.roads import RoadNetwork


def test_the_layers_of_the_town_are_read_with_both_names(basemap: Basemap) -> None:
    assert (basemap.water.zh, basemap.water.en) == (("朔河",), ("Shuo River",))
    assert len(basemap.waterways) == 1
    assert len(basemap.rail) == 1
    assert sorted(LANDUSE_CLASSES[k] for k in basemap.landuse.kind) == ["built", "green"]
    assert basemap.places.en == ("Shuoquan",)


def test_a_place_tagged_twice_is_one_landmark(basemap: Basemap) -> None:
    assert basemap.landmarks.zh.count("朔泉一中") == 1
    assert basemap.dropped["twin_points"] == 1


def test_a_station_without_a_name_is_kept(basemap: Basemap) -> None:
    kinds = [LANDMARK_CLASSES[k] for k in basemap.landmarks.kind]
    assert basemap.landmarks.zh[kinds.index("fire_station")] == ""


def test_what_is_saved_comes_back(basemap: Basemap, tmp_path: Path) -> None:
    basemap.save(tmp_path / "city.map")
    again = Basemap.open(tmp_path / "city.map")
    assert again.digest == basemap.digest
    assert again.roads_digest == basemap.roads_digest
    assert again.landmarks.zh == basemap.landmarks.zh
    for layer in ("water", "waterways", "landuse", "rail"):
        assert np.all(shapely.equals_identical(getattr(again, layer).shapes, getattr(basemap, layer).shapes))


def test_the_same_extract_gives_the_same_file(extract: Path, roads: RoadNetwork, basemap: Basemap) -> None:
    assert build_basemap(extract, roads).digest == basemap.digest


def test_one_changed_byte_is_noticed_or_lies_between_two_arrays(basemap: Basemap, tmp_path: Path) -> None:
    path = tmp_path / "city.map"
    basemap.save(path)
    whole = path.read_bytes()
    places = range(0, len(whole), max(len(whole) // 50, 1))
    noticed = 0
    for place in places:
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        try:
            assert Basemap.open(path).digest == basemap.digest
        except MapFileBroken:
            noticed += 1
    assert noticed > 0.7 * len(places)


@pytest.mark.parametrize("content", [b"", b"fengsui map\n", b"PK\x03\x04 something else"])
def test_another_file_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "city.map"
    path.write_bytes(content)
    with pytest.raises(MapFileBroken):
        Basemap.open(path)


def test_a_missing_file_is_told_as_such(tmp_path: Path) -> None:
    with pytest.raises(MapFileMissing):
        Basemap.open(tmp_path / "city.map")


def test_a_well_signed_file_with_offsets_that_point_outside_is_refused(tmp_path: Path) -> None:
    arrays = {
        "bridge_way": np.zeros(0, np.int64),
        "bridge_metres": np.zeros(0),
        "rail.corners": np.zeros((2, 2)),
        "rail.offsets0": np.array([0, 2_000_000_000]),
        **{f"{name}.kind": np.zeros(0, np.uint8) for name in ("water", "waterways", "landuse", "places", "landmarks")},
        **{f"{name}.{axis}": np.zeros(0) for name in ("places", "landmarks") for axis in ("lon", "lat")},
        "rail.kind": np.zeros(1, np.uint8),
    }
    names: dict[str, list[list[str]]] = {
        name: [[], []] for name in ("water", "waterways", "landuse", "places", "landmarks")
    }
    facts = {"roads_digest": "", "source": "x", "dropped": {}, "rail": [[""], [""]], **names}
    path = tmp_path / "city.map"
    mapfile.write(path, arrays, facts)
    with pytest.raises(MapFileBroken):
        Basemap.open(path)


def test_an_extract_that_is_cut_short_or_missing_is_refused(extract: Path, tmp_path: Path) -> None:
    short = tmp_path / "short.osm.pbf"
    short.write_bytes(extract.read_bytes()[:-40])
    for path in (short, tmp_path / "nowhere.osm.pbf"):
        with pytest.raises(MapSourceUnreadable):
            build_basemap(path, None)


def test_an_extract_whose_objects_are_in_no_order_gives_the_same_map(tmp_path: Path) -> None:
    corners = "".join(f'<node id="{n}" version="1" lon="{n % 2}" lat="{n // 2 % 2}"/>' for n in range(4))
    ways = [
        f'<way id="{n}" version="1"><nd ref="0"/><nd ref="1"/><nd ref="3"/><nd ref="2"/><nd ref="0"/>'
        f'<tag k="natural" v="water"/><tag k="name" v="湖{n}"/></way>'
        for n in (1, 2, 3)
    ]
    maps = []
    for name, order in (("ordered.osm", (0, 1, 2)), ("other.osm", (2, 0, 1))):
        (tmp_path / name).write_text(f'<osm version="0.6">{corners}{"".join(ways[n] for n in order)}</osm>')
        maps.append(build_basemap(tmp_path / name, None))
    assert maps[1].water.zh == maps[0].water.zh == ("湖1", "湖2", "湖3")


def test_an_outline_that_crosses_itself_is_mended_or_left_out_and_counted(tmp_path: Path) -> None:
    drawing = Drawing()
    drawing.way([(0.0, 0.0), (1.0, 1.0), (1.0, 0.0), (0.0, 1.0), (0.0, 0.0)], natural="water", name="结")
    drawing.way([(2.0, 0.0), (3.0, 0.0), (3.0, 1.0), (2.0, 1.0), (2.0, 0.0)], natural="water", name="湖")
    basemap = build_basemap(drawing.write(tmp_path / "knot.osm.pbf"), None)
    assert "湖" in basemap.water.zh
    assert np.all(shapely.is_valid(basemap.water.shapes))
    assert basemap.dropped.keys() & {"broken_areas", "mended_areas"}


CORNER = st.tuples(st.integers(0, 6), st.integers(0, 6)).map(lambda c: (c[0] / 2, c[1] / 2))
TAGS = st.sampled_from(
    [
        {"natural": "water"},
        {"natural": "coastline"},
        {"landuse": "forest"},
        {"waterway": "river"},
        {"railway": "rail"},
        {"amenity": "hospital", "name": "\u202e医\x01院"},
        {"highway": "primary", "bridge": "yes"},
        {"place": "town", "name": " "},
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.lists(CORNER, min_size=1, max_size=9), st.booleans(), TAGS), min_size=1, max_size=6))
def test_any_scribble_becomes_a_map_that_can_be_kept_and_drawn(
    tmp_path_factory: pytest.TempPathFactory, roads: RoadNetwork, scribble: list[Any]
) -> None:
    drawing, folder = Drawing(), tmp_path_factory.mktemp("scribble")
    for corners, is_closed, tags in scribble:
        drawing.way([*corners, corners[0]] if is_closed else corners, **tags)
    basemap = build_basemap(drawing.write(folder / "scribble.osm.pbf"), roads)
    basemap.save(folder / "city.map")
    index = index_tiles(roads, Basemap.open(folder / "city.map"))
    for z in (8, 14):
        mapbox_vector_tile.decode(encode_tile(index, z, *tile_of(100.002, 40.002, z)))
    assert np.all(shapely.is_valid(basemap.water.shapes))


def test_what_lies_far_from_every_road_is_left_out(extract: Path, roads: RoadNetwork, tmp_path: Path) -> None:
    drawing = Drawing()
    drawing.way([(200.0, 0.0), (201.0, 0.0), (201.0, 1.0), (200.0, 0.0)], natural="water")
    drawing.point(200.0, 0.0, amenity="police", name="远")
    basemap = build_basemap(drawing.write(tmp_path / "far.osm.pbf"), roads)
    assert (len(basemap.water), len(basemap.landmarks)) == (0, 0)
    assert basemap.dropped == {"shapes_far_away": 1, "points_far_away": 1}


def test_the_sea_lies_to_the_right_of_its_shore() -> None:
    box = (0.0, 0.0, 10.0, 10.0)
    northward = shapely.LineString([(4.0, 2.0), (4.0, 8.0)])
    (east,) = sea([northward], box)
    assert east.contains(shapely.Point(9.0, 5.0))
    assert not east.contains(shapely.Point(1.0, 5.0))


def test_an_island_is_not_sea() -> None:
    box = (0.0, 0.0, 10.0, 10.0)
    island = shapely.LineString([(4.0, 4.0), (6.0, 4.0), (6.0, 6.0), (4.0, 6.0), (4.0, 4.0)])  # land on the left
    (water,) = sea([island], box)
    assert water.area == pytest.approx(100.0 - 4.0)


def test_a_town_without_a_shore_has_no_sea() -> None:
    assert sea([], (0.0, 0.0, 1.0, 1.0)) == []


@pytest.mark.parametrize(
    ("tags", "names"),
    [
        ({"name": "南环路", "name:en": "South Ring Road"}, ("南环路", "South Ring Road")),
        ({"name": "南环路"}, ("南环路", "南环路")),
        ({"name:en": "Only English"}, ("Only English", "Only English")),
        ({"name": "Wien", "name:zh": "维也纳"}, ("维也纳", "Wien")),
        ({}, ("", "")),
    ],
)
def test_one_name_stands_in_for_the_other(tags: dict[str, str], names: tuple[str, str]) -> None:
    assert names_of(tags) == names


def test_a_name_is_cut_and_has_no_control_characters() -> None:
    assert clean_name("南\x00环\n 路\u202e") == "南 环 路"
    assert len(clean_name("长" * 10_000)) == 120


def test_a_place_on_the_grid_is_where_it_is_said_to_be() -> None:
    assert at(0, 0) == (100.0, 40.0)
