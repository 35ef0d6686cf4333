"""Footprints keep the shape that was read, and are found where they stand."""

from pathlib import Path

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from drawn_tiles import decoded, shape, units
from drawn_town import Drawing, at, ground, tile_of
from hypothesis import given, settings
from hypothesis import strategies as st

from fengsui.places.basemap import Basemap, build_basemap
from fengsui.places.city import City
from fengsui.places.footprints import Footprints
from fengsui.places.mapfile import MapFileBroken
from fengsui.places.tiles import MOST_ZOOM, encode_tile
from fengsui_engine.roads import RoadNetwork

CENTRE = at(1, 1)


def house(column: float, row: float, width: float = 0.06, depth: float = 0.05) -> list[tuple[float, float]]:
    """A closed ring on the drawn town's grid: some 15 by 11 m."""
    corners = [(column, row), (column + width, row), (column + width, row + depth), (column, row + depth)]
    return [*corners, corners[0]]


def village(n: int = 30) -> Drawing:
    """A street and `n` by `n` houses, each a little larger than the one before."""
    drawing = Drawing()
    drawing.way([(0.0, 1.0), (2.0, 1.0)], highway="residential", name="横街")
    for k in range(n * n):
        size = 0.02 + 0.02 * k / (n * n)
        drawing.way(house(1.05 + (k % n) * 0.05, 1.05 + (k // n) * 0.05, size, size), building="house")
    return drawing


@pytest.fixture(scope="module")
def built_up(tmp_path_factory: pytest.TempPathFactory) -> City:
    return ground(village().write(tmp_path_factory.mktemp("village") / "village.osm.pbf"))


boxes = st.tuples(st.integers(0, 900), st.integers(0, 900), st.integers(5, 90), st.integers(5, 90))


def polygon(x: int, y: int, width: int, depth: int, *, with_court: bool) -> shapely.Polygon:
    outer = shapely.box(100 + x / 1e4, 40 + y / 1e4, 100 + (x + width) / 1e4, 40 + (y + depth) / 1e4)
    return outer.difference(shapely.affinity.scale(outer, 0.5, 0.5)) if with_court else outer


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(boxes, st.booleans()), max_size=12), boxes, st.data())
def test_the_shapes_come_back_and_are_found_as_shapely_finds_them(
    rows: list[tuple[tuple[int, int, int, int], bool]], window: tuple[int, int, int, int], data: st.DataObject
) -> None:
    polygons = np.array([polygon(*box, with_court=court) for box, court in rows] or [], dtype=object)
    kept = Footprints.of(polygons)
    assert len(kept) == len(polygons)
    picked = np.array(data.draw(st.lists(st.integers(0, max(len(rows) - 1, 0)), max_size=5 if rows else 0)), np.int64)
    again = kept.shapes(picked)
    assert shapely.hausdorff_distance(again, polygons[picked]).max(initial=0) < 1e-7
    if len(rows):
        assert kept.boxes == pytest.approx(shapely.bounds(polygons), abs=1e-7)
        outer = shapely.area(shapely.polygons(shapely.get_exterior_ring(polygons)))
        assert kept.areas == pytest.approx(outer, rel=0.01)
    west, south, east, north = shapely.bounds(polygon(*window, with_court=False)) + np.array([-1, -1, 1, 1]) * 5e-6
    touched = shapely.intersects(polygons, shapely.box(west, south, east, north))
    assert set(np.flatnonzero(touched)) <= set(kept.within(west, south, east, north).tolist())


def test_a_map_file_whose_buildings_do_not_fit_together_is_refused(
    built_up: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = built_up.basemap.buildings.arrays("buildings")
    for name, broken in (
        ("buildings.rings", good["buildings.rings"][:-1]),
        ("buildings.first", good["buildings.first"][::-1]),
        ("buildings.rings", np.full_like(good["buildings.rings"], 7)),
        ("buildings.corners", good["buildings.corners"].astype(np.float64)),
        ("buildings.first", good["buildings.first"][:0]),
        ("buildings.first", good["buildings.first"].astype(np.int64) + 1),
    ):
        monkeypatch.setattr(Footprints, "arrays", lambda self, _, name=name, broken=broken: {**good, name: broken})
        built_up.basemap.save(tmp_path / "city.map")
        with pytest.raises(MapFileBroken):
            Basemap.open(tmp_path / "city.map")


def test_buildings_survive_the_map_file(built_up: City, tmp_path: Path) -> None:
    built_up.basemap.save(tmp_path / "city.map")
    again = Basemap.open(tmp_path / "city.map").buildings
    assert len(again) == 900
    for name, array in built_up.basemap.buildings.arrays("buildings").items():
        assert np.array_equal(again.arrays("buildings")[name], array)


def test_what_counts_as_a_building(tmp_path: Path, roads: RoadNetwork) -> None:
    drawing = Drawing()
    drawing.way(house(0.1, 0.1), building="yes")
    drawing.way(house(0.3, 0.1), building="apartments", landuse="residential")
    drawing.way(house(0.5, 0.1), building="hospital", amenity="hospital", name="南关医院")
    drawing.way(house(0.7, 0.1), building="no")
    drawing.way(house(0.9, 0.1), landuse="residential")
    drawing.way([(0.1, 0.3), (0.2, 0.3)], building="yes")  # no ring
    drawing.way(house(190.0, 0.1), building="yes")  # far away
    basemap = build_basemap(drawing.write(tmp_path / "kinds.osm.pbf"), roads)
    assert len(basemap.buildings) == 3
    assert basemap.landmarks.zh == ("南关医院",)
    assert len(basemap.landuse) == 2
    assert basemap.dropped["shapes_far_away"] == 1


def test_a_court_stays_open(tmp_path: Path) -> None:
    corners = [at(*c) for ring in (house(0.1, 0.1, 0.3, 0.3), house(0.2, 0.2, 0.1, 0.1)) for c in ring[:4]]
    nodes = [f'<node id="{n}" version="1" lon="{lon}" lat="{lat}"/>' for n, (lon, lat) in enumerate(corners, start=1)]
    refs = ["".join(f'<nd ref="{first + k % 4}"/>' for k in range(5)) for first in (1, 5)]
    ways = [f'<way id="{n}" version="1">{inside}</way>' for n, inside in enumerate(refs, start=1)]
    members = '<member type="way" ref="1" role="outer"/><member type="way" ref="2" role="inner"/>'
    tags = '<tag k="type" v="multipolygon"/><tag k="building" v="house"/>'
    relation = f'<relation id="1" version="1">{members}{tags}</relation>'
    path = tmp_path / "court.osm"
    path.write_text(f'<osm version="0.6">{"".join(nodes + ways)}{relation}</osm>')
    (kept,) = build_basemap(path, None).buildings.shapes(np.array([0]))
    assert len(kept.interiors) == 1


def test_a_house_is_on_the_map_where_it_stands(built_up: City) -> None:
    (together,) = decoded(built_up, MOST_ZOOM, *at(1.1, 1.1))["building"]["features"]
    drawn = shape(together)
    corners = [units(*at(c, r), MOST_ZOOM).coords[0] for c, r in house(1.05, 1.05, 0.02, 0.02)[:4]]
    expected = shapely.Polygon(corners)
    found = min(shapely.get_parts(drawn), key=lambda part: part.distance(expected.centroid))
    assert found.intersection(expected).area > 0.75 * expected.area


def test_farther_away_there_are_no_buildings(built_up: City) -> None:
    assert "building" in decoded(built_up, 13, *CENTRE)
    assert "building" not in decoded(built_up, 12, *CENTRE)


def test_where_there_is_no_room_the_smallest_buildings_go_first(
    built_up: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    x, y = tile_of(*CENTRE, 13)
    whole = encode_tile(built_up.tiles, 13, x, y)
    n_whole = len(areas(whole))
    for share in (0.9, 0.5, 0.2):
        monkeypatch.setattr("fengsui.places.tiles.MOST_BYTES", int(share * len(whole)))
        tile = encode_tile(built_up.tiles, 13, x, y)
        left = areas(tile)
        assert 0.6 * share * len(whole) < len(tile) <= share * len(whole)
        assert 0 < len(left) < n_whole
        assert left.min() >= 0.8 * np.sort(areas(whole))[-len(left)]  # rounded to tile units
        assert mapbox_vector_tile.decode(tile)["road"] == mapbox_vector_tile.decode(whole)["road"]  # before any road


def areas(tile: bytes) -> np.ndarray:
    """The areas of all buildings of a tile, square units."""
    (feature,) = mapbox_vector_tile.decode(tile)["building"]["features"]
    return np.asarray(shapely.area(shapely.get_parts(shape(feature))))


@pytest.mark.parametrize("most", [100, 200, 400, 1_000])
def test_however_little_room_there_is_a_tile_is_never_empty(
    town: City, built_up: City, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr("fengsui.places.tiles.MOST_BYTES", most)
    for z in (13, 14):
        tile = encode_tile(built_up.tiles, z, *tile_of(*CENTRE, z))
        assert 0 < len(tile) <= most
        assert "road" in mapbox_vector_tile.decode(tile)


def test_the_worst_tile_of_all_is_thinned_to_fit(tmp_path: Path) -> None:
    drawing = Drawing()
    drawing.way([(0.0, 0.0), (2.0, 0.0)], highway="residential")
    rng = np.random.default_rng(7)
    for k in range(5_000):
        drawing.point(*rng.uniform(0, 2, 2), place="city", name=f"{'大' * 40}城第{k}座")
    for k in range(2_000):
        c, r = rng.uniform(0, 2, 2)
        drawing.way([(c, r), (c + 0.5, r + 0.3), (c, r + 0.4)], waterway="river", name=f"河{k}")
    city = ground(drawing.write(tmp_path / "worst.osm.pbf"))
    for z in (5, 10, 14):
        tile = encode_tile(city.tiles, z, *tile_of(*at(0.5, 0.2), z))
        assert 0 < len(tile) <= 300_000
