"""A coordinate lies on the nearest street, exactly."""

import math

import numpy as np
import pytest
from cities import network
from hypothesis import given, settings
from hypothesis import strategies as st
from test_road_search import drawings

from fengsui_engine.roads import FarFromRoad, NodeOutsideNetwork, RoadNetwork, at_nodes, snap, snap_one
from fengsui_engine.roads.geodesy import EARTH_RADIUS_M

PER_DEGREE = math.radians(1) * EARTH_RADIUS_M


def nearest_by_trying_all(roads: RoadNetwork, lon: float, lat: float) -> float:
    """Metres to the nearest piece of any street, in a plane laid at the coordinate."""
    starts = np.setdiff1d(np.arange(len(roads.shape_lon)), roads.shape_first[1:] - 1)
    scale = PER_DEGREE * math.cos(math.radians(lat))
    a = np.column_stack(((roads.shape_lon[starts] - lon) * scale, (roads.shape_lat[starts] - lat) * PER_DEGREE))
    b = np.column_stack(((roads.shape_lon[starts + 1] - lon) * scale, (roads.shape_lat[starts + 1] - lat) * PER_DEGREE))
    d = b - a
    length2 = np.maximum((d**2).sum(axis=1), 1e-30)
    along = np.clip(-(a * d).sum(axis=1) / length2, 0, 1)
    return float(np.sqrt(((a + along[:, None] * d) ** 2).sum(axis=1)).min())


@settings(max_examples=300, deadline=None)
@given(drawings(), st.floats(99.97, 100.04), st.floats(-0.03, 0.04))
def test_the_place_found_is_the_nearest_there_is(
    drawing: tuple[list[tuple[float, float]], list[tuple[int, int, int, int | None]]], lon: float, lat: float
) -> None:
    roads = network(*drawing)
    place, metres = snap(roads, lon, lat), nearest_by_trying_all(roads, lon, lat)
    assert place.is_near[0] == (metres <= 2000)
    if place.is_near[0]:
        assert place.off_metres[0] == pytest.approx(metres, abs=1e-6)


def test_the_place_found_on_real_streets_is_the_nearest_there_is(monaco: RoadNetwork) -> None:
    rng = np.random.default_rng(5)
    lon = rng.uniform(monaco.lon.min() - 0.02, monaco.lon.max() + 0.02, 150)
    lat = rng.uniform(monaco.lat.min() - 0.02, monaco.lat.max() + 0.02, 150)
    places = snap(monaco, lon, lat)
    metres = np.array([nearest_by_trying_all(monaco, x, y) for x, y in zip(lon, lat, strict=True)])
    assert np.array_equal(places.is_near, metres <= 2000)
    assert places.off_metres[places.is_near] == pytest.approx(metres[places.is_near], abs=1e-6)
    assert 0 < places.is_near.sum() < 150


def test_a_coordinate_that_is_a_node_is_that_node(monaco: RoadNetwork) -> None:
    places = snap(monaco, monaco.lon, monaco.lat)
    ends = np.where(places.fraction == 0.0, monaco.tail[places.edge], monaco.head[places.edge])
    assert set(places.fraction.tolist()) == {0.0, 1.0}
    same_spot = (monaco.lon[ends] == monaco.lon) & (monaco.lat[ends] == monaco.lat)
    assert same_spot.all()
    assert np.all(places.off_metres == 0)


def test_a_place_in_the_middle_of_a_street_is_told_on_its_lower_edge(drawn_city: RoadNetwork) -> None:
    place = snap(drawn_city, 100.0045, 0.0051)
    edge = int(place.edge[0])
    assert drawn_city.name_of(edge).zh == "人民路"
    assert drawn_city.twin[edge] > edge
    assert (place.lon[0], place.lat[0]) == pytest.approx((100.0045, 0.005))
    assert place.off_metres[0] == pytest.approx(0.0001 * PER_DEGREE, rel=1e-6)
    assert place.fraction[0] == pytest.approx(0.5, abs=1e-9)


def test_of_two_streets_at_one_spot_the_junction_wins() -> None:
    crossing = [(100.0, -0.001), (100.0, 0.001), (100.0, 0.0), (100.001, 0.0)]
    roads = network(crossing, [(0, 1, 1000, 1000), (2, 3, 1000, 1000)])  # a bridge over the end of a street
    place = snap(roads, 100.0, 0.0)
    assert roads.tail[place.edge[0]] == 2
    assert place.fraction[0] == 0.0


def test_beyond_two_kilometres_there_is_no_place(drawn_city: RoadNetwork) -> None:
    per_lat = 1 / PER_DEGREE
    places = snap(drawn_city, [100.0, 100.0], [0.005 + 1999.9 * per_lat, 0.005 + 2000.1 * per_lat])
    assert places.is_near.tolist() == [True, False]
    assert places.edge[1] == -1


@pytest.mark.parametrize("lon", [math.nan, math.inf, 181.0, 1e300])
def test_a_coordinate_that_is_none_has_no_place(drawn_city: RoadNetwork, lon: float) -> None:
    assert not snap(drawn_city, lon, 0.0).is_near[0]
    assert not snap(drawn_city, 100.0, lon).is_near[0]
    with pytest.raises(FarFromRoad):
        snap_one(drawn_city, lon, 0.0)


def test_a_street_shorter_than_a_cell_and_one_longer_than_many_are_found_alike() -> None:
    roads = network([(100.0, 0.0), (100.3, 0.2), (100.00001, 0.0)], [(0, 1, 1000, None), (0, 2, 10, None)])
    place = snap(roads, 100.15, 0.1001)
    assert place.off_metres[0] == pytest.approx(nearest_by_trying_all(roads, 100.15, 0.1001))
    assert place.off_metres[0] < 12


def test_nodes_are_places_too(drawn_city: RoadNetwork) -> None:
    places = at_nodes(drawn_city, range(drawn_city.n_nodes))
    ends = np.where(places.fraction == 0.0, drawn_city.tail[places.edge], drawn_city.head[places.edge])
    assert ends.tolist() == list(range(drawn_city.n_nodes))
    with pytest.raises(NodeOutsideNetwork):
        at_nodes(drawn_city, [drawn_city.n_nodes])


def test_some_of_many_places_are_places(drawn_city: RoadNetwork) -> None:
    places = at_nodes(drawn_city, [0, 1, 2])
    assert places[1].edge.tolist() == [places.edge[1]]
    assert len(places[np.array([0, 2])]) == 2
