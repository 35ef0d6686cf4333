"""Isochrones hold exactly what the definition says, drawn by another route: each place asked about on its own."""

from pathlib import Path

import numpy as np
import pytest
from cities import network
from drawn_networks import drawings, spots_on
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from shapely import contains_xy
from shapely.geometry import MultiPolygon, shape
from test_road_overlay import built_afresh, changes, laid
from test_road_reach import banned_city
from textbook import places

from fengsui.bench.reach import arrival_ms, raster_km2
from fengsui_engine.refusal import Refusal
from fengsui_engine.roads import (
    Isochrone,
    Overlay,
    RoadNetwork,
    Snapped,
    at_nodes,
    build_from_osm,
    isochrones,
    nearest,
    snap,
    snap_one,
)
from fengsui_engine.roads.geodesy import METRES_PER_DEGREE

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]


def belongs(roads: RoadNetwork, sources: Snapped, limit_ms: int, lon: Floats, lat: Floats) -> Flags:
    """By definition: the nearest point on a street is within 100 m, and a crew is there within the limit.

    All streets are straight. Where several are equally near, as at a crossing, either will do; and so will a place just
    before the end of a street that is closed there.
    """
    off, fraction = projected(roads, lon, lat)
    fraction = np.clip(fraction, 1e-9, 1 - 1e-9)
    inside = np.zeros(len(lon), dtype=bool)
    nearest_m = off.min(axis=1)
    for place in np.flatnonzero(nearest_m <= 100).tolist():
        for edge in np.flatnonzero(off[place] <= nearest_m[place] + 1e-6).tolist():
            found = nearest(roads, places([(edge, float(fraction[place, edge]))]), sources, 1)
            inside[place] |= bool(len(found)) and int(found.ms[0]) <= limit_ms
    return inside


def projected(roads: RoadNetwork, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Metres from each place (rows) to each street (columns), and where along the street that is."""
    per_lon = METRES_PER_DEGREE * np.cos(np.radians(float(lat.mean())))
    x, y = (roads.lon - lon[0]) * per_lon, (roads.lat - lat[0]) * METRES_PER_DEGREE
    at_x, at_y = ((lon - lon[0]) * per_lon)[:, None], ((lat - lat[0]) * METRES_PER_DEGREE)[:, None]
    dx, dy = x[roads.head] - x[roads.tail], y[roads.head] - y[roads.tail]
    along = ((at_x - x[roads.tail]) * dx + (at_y - y[roads.tail]) * dy) / np.maximum(dx * dx + dy * dy, 1e-12)
    along = np.clip(along, 0, 1)
    return np.hypot(at_x - x[roads.tail] - along * dx, at_y - y[roads.tail] - along * dy), along


def has_length(roads: RoadNetwork) -> bool:
    """Whether no street begins where it ends: of one that does, all places lie on one spot."""
    return bool(np.all(roads.metres > 1))


def area(isochrone: Isochrone) -> MultiPolygon:
    """As others read it; valid, the outer rings counterclockwise and the holes clockwise."""
    read: MultiPolygon = shape(isochrone.as_geojson())
    assert read.is_valid
    for polygon in read.geoms:
        assert polygon.exterior.is_ccw
        assert not any(hole.is_ccw for hole in polygon.interiors)
    return read


def around(lon: Floats, lat: Floats, metres: float) -> list[tuple[Floats, Floats]]:
    """The same places, shifted to eight sides."""
    steps = [(x, y) for x in (-1, 0, 1) for y in (-1, 0, 1) if x or y]
    per_lon = METRES_PER_DEGREE * np.cos(np.radians(float(lat[0])))
    return [(lon + metres * x / per_lon, lat + metres * y / METRES_PER_DEGREE) for x, y in steps]


def check(roads: RoadNetwork, sources: Snapped, limit_ms: int, lon: Floats, lat: Floats) -> int:
    """Compare at places whose surroundings are all inside or all outside; returns at how many."""
    (isochrone,) = isochrones(roads, sources, limits_ms=[limit_ms])
    wanted = belongs(roads, sources, limit_ms, lon, lat)
    certain = np.ones(len(lon), dtype=bool)
    for metres in (isochrone.cell_m / 2, 1.5 * isochrone.cell_m):
        for x, y in around(lon, lat, metres):
            certain &= belongs(roads, sources, limit_ms, x, y) == wanted
    inside = contains_xy(area(isochrone), lon, lat)
    assert np.array_equal(inside[certain], wanted[certain])
    return int(np.count_nonzero(certain))


def test_a_speck_that_is_not_reached_moves_no_outline() -> None:
    """A crew a hair's breadth from the beginning of a one-way street does not reach that hair; the end is round."""
    roads = network([(100.0, 0.0), (100.0, 0.0005)], [(1, 0, 0, None)])
    (isochrone,) = isochrones(roads, places([(0, 1e-50)]), limits_ms=[0])
    angles = np.linspace(0, np.pi, 60)
    for metres, is_inside in ((97.0, True), (103.0, False)):
        lon = 100.0 + metres * np.cos(angles) / METRES_PER_DEGREE
        lat = 0.0005 + metres * np.sin(angles) / METRES_PER_DEGREE
        assert (contains_xy(area(isochrone), lon, lat) == is_inside).all()


@settings(max_examples=80, deadline=None)
@given(st.data(), st.integers(0, 2**32 - 1))
def test_a_place_is_inside_if_its_nearest_road_point_is_reached(data: st.DataObject, seed: int) -> None:
    roads = network(*data.draw(drawings()))
    assume(has_length(roads))
    sources = places_with_coordinates(roads, data.draw(spots_on(roads, most=2)))
    lon, lat = np.random.default_rng(seed).uniform(-0.002, 0.012, (2, 25))
    check(roads, sources, data.draw(st.integers(0, 60_000)), 100 + lon, lat)


def places_with_coordinates(roads: RoadNetwork, spots: list[tuple[int, float]]) -> Snapped:
    bare = places(spots)
    tail, head = roads.tail[bare.edge], roads.head[bare.edge]
    lon = roads.lon[tail] + bare.fraction * (roads.lon[head] - roads.lon[tail])
    lat = roads.lat[tail] + bare.fraction * (roads.lat[head] - roads.lat[tail])
    return Snapped(bare.edge, bare.fraction, lon, lat, bare.off_metres, bare.is_near)


@settings(max_examples=40, deadline=None)
@given(changes(), st.data())
def test_after_closures_and_speeds_the_area_is_that_of_the_definition(
    changed: tuple[RoadNetwork, list[int], dict[int, float]], data: st.DataObject
) -> None:
    roads, closed, speeds = changed
    assume(has_length(roads))
    now = laid(Overlay(roads), closed, speeds)
    sources = places_with_coordinates(now, data.draw(spots_on(now, most=1)))
    lon, lat = np.random.default_rng(1).uniform(-0.002, 0.012, (2, 20))
    check(now, sources, data.draw(st.integers(0, 60_000)), 100 + lon, lat)


def test_a_slowed_network_has_the_isochrones_of_one_built_afresh(drawn_city: RoadNetwork) -> None:
    speeds = dict.fromkeys(range(0, drawn_city.n_edges, 2), 0.5)
    now, afresh = laid(Overlay(drawn_city), [], speeds), built_afresh(drawn_city, [], speeds)
    here = snap_one(drawn_city, 100.004, 0.0)
    first, second = (isochrones(roads, here, limits_ms=[30_000, 60_000]) for roads in (now, afresh))
    assert [one.as_geojson() for one in first] == [other.as_geojson() for other in second]


def test_a_lake_inside_a_ring_road_is_a_hole() -> None:
    side = 0.01  # about 1.1 km
    corners = [(100.0, 0.0), (100.0 + side, 0.0), (100.0 + side, side), (100.0, side)]
    roads = network(corners, [(a, (a + 1) % 4, 60_000, 60_000) for a in range(4)])
    (ring,) = isochrones(roads, at_nodes(roads, [0]), limits_ms=[130_000])
    ((outer, *holes),) = ring.polygons
    assert len(holes) == 1
    lake, town = (
        area(ring).contains(shape({"type": "Point", "coordinates": at})) for at in ((100.005, 0.005), (100.0, 0.005))
    )
    assert (lake, town) == (False, True)
    band_km2 = 4 * 1.11195 * 0.2  # 100 m on both sides, the corners cut off outside and doubled inside
    assert ring.km2 == pytest.approx(band_km2 - 4 * 0.01 + np.pi * 0.01, rel=0.01)
    assert len(outer) > len(holes[0]) > 4


def test_before_the_ring_is_closed_there_is_no_hole() -> None:
    side = 0.01
    corners = [(100.0, 0.0), (100.0 + side, 0.0), (100.0 + side, side), (100.0, side)]
    roads = network(corners, [(a, (a + 1) % 4, 60_000, 60_000) for a in range(4)])
    (ring,) = isochrones(roads, at_nodes(roads, [0]), limits_ms=[100_000])
    assert [len(polygon) for polygon in ring.polygons] == [1]


def motorway() -> RoadNetwork:
    """A home street, a motorway that can be left only at its end; a fast edge, and beside it lanes that nobody reaches.

    0 ═ 1 → 2 ═ 3; the lanes 4 → 1 … run along the motorway, 20 m off, and only lead back to 1.
    """
    along = np.linspace(100.003, 100.017, 8)
    lanes = [(x, y) for y in (0.0002, -0.0002) for x in along]
    spots = [(100.0, 0.0), (100.002, 0.0), (100.018, 0.0), (100.02, 0.0), *lanes]
    north = [(5 + i, 4 + i, 90_000, None) for i in range(7)] + [(4, 1, 90_000, None)]
    south = [(13 + i, 12 + i, 90_000, None) for i in range(7)] + [(12, 1, 90_000, None)]
    return network(spots, [(0, 1, 20_000, 20_000), (1, 2, 20_000, None), (2, 3, 20_000, 20_000), *north, *south])


def test_the_exit_of_a_motorway_is_an_island() -> None:
    roads = motorway()
    (ring,) = isochrones(roads, at_nodes(roads, [0]), limits_ms=[55_000])
    read = area(ring)
    home, exit_ = ({i for i, p in enumerate(read.geoms) if contains_xy(p, x, 0.0002)} for x in (100.0005, 100.0185))
    assert len(home) == len(exit_) == 1
    beside = contains_xy(read, np.linspace(100.004, 100.016, 50), 0.0006)
    assert not beside.any()
    lon, lat = np.meshgrid(np.linspace(99.998, 100.022, 60), np.linspace(-0.0015, 0.0015, 11))
    assert check(roads, at_nodes(roads, [0]), 55_000, lon.ravel(), lat.ravel()) > 400


def test_a_street_that_is_reached_only_past_a_banned_turn_is_not_inside() -> None:
    roads = banned_city()
    start = places_with_coordinates(roads, [(0, 0.5)])
    lon, lat = np.meshgrid(np.linspace(99.999, 100.021, 40), np.linspace(-0.001, 0.011, 24))
    assert check(roads, start, 2_200, lon.ravel(), lat.ravel()) > 500
    (ring,) = isochrones(roads, start, limits_ms=[2_200])
    assert contains_xy(area(ring), 100.01, 0.008)
    assert not contains_xy(area(ring), 100.012, 0.0)


def test_a_longer_limit_holds_the_shorter_one(drawn_city: RoadNetwork) -> None:
    here = snap_one(drawn_city, 100.003, 0.0051)
    rings = [area(ring).buffer(0.00015) for ring in isochrones(drawn_city, here, limits_ms=[90_000, 20_000, 50_000])]
    assert rings[0].contains(rings[2].buffer(-0.0003))
    assert rings[2].contains(rings[1].buffer(-0.0003))


def test_from_several_places_the_area_is_theirs_together(drawn_city: RoadNetwork) -> None:
    spots = snap(drawn_city, [100.001, 100.0175, 110.0], [0.005, 0.0, 0.0])
    (both,) = isochrones(drawn_city, spots, limits_ms=[15_000])
    one, two = (isochrones(drawn_city, spots[i], limits_ms=[15_000])[0] for i in (0, 1))
    assert len(both.polygons) == 2
    assert both.km2 == pytest.approx(one.km2 + two.km2, rel=0.01)


def test_where_nothing_is_reached_there_is_nothing_and_what_makes_no_sense_is_refused(drawn_city: RoadNetwork) -> None:
    here = at_nodes(drawn_city, [0])
    assert isochrones(drawn_city, here, limits_ms=[]) == []
    for limits_ms, sources, code in (
        ([-1], here, "limit_out_of_range"),
        ([60_000], snap(drawn_city, 110.0, 0.0), "far_from_road"),
    ):
        with pytest.raises(Refusal) as refused:
            isochrones(drawn_city, sources, limits_ms=limits_ms)
        assert refused.value.code == code


@pytest.mark.parametrize("extract", ["monaco_osrm.osm.pbf", "Helsinki.osm.pbf"])
def test_on_real_streets_the_area_is_that_of_a_fine_raster(real_data: Path, extract: str) -> None:
    roads = build_from_osm(real_data / extract)
    nodes = np.random.default_rng(8).choice(roads.n_junctions, 6, replace=False)
    for node in nodes.tolist():
        here = at_nodes(roads, [node])
        for ring, within in zip(isochrones(roads, here, limits_ms=[60_000, 180_000, 300_000]), (5, 2, 2), strict=True):
            area(ring)
            (wanted,) = raster_km2(roads, here, [ring.limit_ms], ring, 5.0 if ring.limit_ms == 60_000 else 10.0)
            assert ring.km2 == pytest.approx(wanted, rel=within / 100)


def test_on_real_streets_places_are_inside_by_definition(monaco: RoadNetwork) -> None:
    rng = np.random.default_rng(21)
    lon, lat = rng.uniform(7.41, 7.44, 2_000), rng.uniform(43.725, 43.75, 2_000)
    here = at_nodes(monaco, [77])
    (ring,) = isochrones(monaco, here, limits_ms=[120_000])
    spots = snap(monaco, lon, lat)
    wanted = (arrival_ms(monaco, here, 120_000, spots) <= 120_000) & (spots.off_metres <= 100)
    read = area(ring)
    aside = ~contains_xy(read.boundary.buffer(1.2 * ring.cell_m / METRES_PER_DEGREE), lon, lat)
    inside = contains_xy(read, lon, lat)
    assert 100 < wanted.sum() < 1_000
    assert np.mean(inside[aside] == wanted[aside]) > 0.995  # slivers narrower than a cell are not drawn


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_no_outline_crosses_itself(monaco: RoadNetwork, data: st.DataObject) -> None:
    spots = [(data.draw(st.integers(0, monaco.n_edges - 1)), data.draw(st.floats(0, 1)))]
    for ring in isochrones(
        monaco, places_with_coordinates(monaco, spots), limits_ms=[data.draw(st.integers(0, 600_000))]
    ):
        area(ring)
