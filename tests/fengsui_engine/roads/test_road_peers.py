"""On larger graphs and on real streets, the engine agrees with scipy to the millisecond."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from cities import network
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra as scipy_dijkstra
from test_road_search import expected, found
from textbook import dijkstra, split_at, turned_round

from fengsui_engine.roads import RoadNetwork, at_nodes, build_from_dimacs, nearest, route, snap
from fengsui_engine.roads.geodesy import haversine_metres

Floats = NDArray[np.float64]


def by_scipy(roads: RoadNetwork, node: int) -> Floats:
    """Milliseconds from every node to one. Times are shifted by a hair, since scipy takes 0 for no edge."""
    best: dict[tuple[int, int], int] = {}
    for tail, head, ms in zip(roads.tail.tolist(), roads.head.tolist(), roads.travel_ms.tolist(), strict=True):
        best[head, tail] = min(ms, best.get((head, tail), ms))
    rows, columns = np.array(list(best)).T
    graph = csr_array((np.array(list(best.values())) + 1e-9, (rows, columns)), shape=(roads.n_nodes,) * 2)
    times = scipy_dijkstra(graph, indices=np.array([node]))[0]
    return np.where(np.isfinite(times), np.floor(times + 0.5), np.inf)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_on_random_one_way_graphs_of_300_nodes(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 300))
    places = np.column_stack((100 + rng.random(n) / 50, rng.random(n) / 50))
    a, b = rng.integers(0, n, (2, 3 * n)).tolist()
    times, is_two_way = rng.integers(0, 20_000, 3 * n).tolist(), (rng.random(3 * n) < 0.3).tolist()
    streets = [(a[i], b[i], times[i], times[i] + 7 if is_two_way[i] else None) for i in range(3 * n)]
    roads = network(places.tolist(), streets)
    check_node(roads, int(rng.integers(0, n)))
    spots = list(zip(rng.integers(0, roads.n_edges, 30).tolist(), rng.random(30).round(3).tolist(), strict=True))
    assert found(roads, spots[0], spots[1:], 5) == expected(roads, spots[0], spots[1:], 5)


def check_node(roads: RoadNetwork, node: int) -> None:
    """Every node's time to one node."""
    everyone = at_nodes(roads, range(roads.n_nodes))
    to = at_nodes(roads, [node])
    if not to.is_near[0]:
        return
    got = nearest(roads, to, everyone, roads.n_nodes)
    times = np.full(roads.n_nodes, np.inf)
    times[got.unit] = got.ms
    wanted = by_scipy(roads, node)
    usable = everyone.is_near
    assert np.array_equal(times[usable], wanted[usable])


def test_on_monaco_every_node(monaco: RoadNetwork) -> None:
    rng = np.random.default_rng(11)
    for node in rng.integers(0, monaco.n_nodes, 20).tolist():
        check_node(monaco, node)
    assert np.isfinite(by_scipy(monaco, 0)).all()  # one strong component


def test_on_monaco_from_the_middle_of_its_streets(monaco: RoadNetwork) -> None:
    rng = np.random.default_rng(12)
    for _ in range(10):
        spots = spots_of(monaco, rng, 60)
        assert found(monaco, spots[0], spots[1:], 8) == expected(monaco, spots[0], spots[1:], 8)


def test_on_monaco_routes_are_the_fastest_and_as_long_as_they_say(monaco: RoadNetwork) -> None:
    rng = np.random.default_rng(13)
    lon = rng.uniform(7.41, 7.44, 31)
    lat = rng.uniform(43.725, 43.75, 31)
    places = snap(monaco, lon, lat)
    spots = list(zip(places.edge.tolist(), places.fraction.tolist(), strict=True))
    graph, nodes = split_at(monaco, spots)
    best = dijkstra(turned_round(graph), nodes[0])
    for i in range(1, 31):
        way = route(monaco, places[i], places[0])
        assert way is not None
        assert (way.ms, round(way.metres * 1000)) == best[nodes[i]]
        assert length_metres(way.lon, way.lat) == pytest.approx(way.metres, abs=0.05)
        assert (way.lon[0], way.lat[0]) == (places.lon[i], places.lat[i])


def test_on_new_york_against_scipy(real_data: Path) -> None:
    graph, coordinates = real_data / "USA-road-t.NY.gr.gz", real_data / "USA-road-d.NY.co.gz"
    roads = build_from_dimacs(graph, coordinates, unit_ms=3.6)
    assert (roads.n_nodes, roads.n_edges) == (264_346, 730_100)
    weights = (roads.into[:, 1].astype(float), roads.into[:, 0], roads.first_in)
    times = scipy_dijkstra(csr_array(weights, shape=(roads.n_nodes,) * 2), indices=np.array([1000]))[0]
    units = np.random.default_rng(3).integers(0, roads.n_nodes, 500)
    got = nearest(roads, at_nodes(roads, [1000]), at_nodes(roads, units), 500)
    assert np.array_equal(got.ms, times[units[got.unit]])
    assert np.all(np.diff(got.ms) >= 0)


def spots_of(roads: RoadNetwork, rng: np.random.Generator, n: int) -> list[tuple[int, float]]:
    fractions: Sequence[float] = rng.choice([0.0, 1.0, *rng.random(10).tolist()], n).tolist()
    return list(zip(rng.integers(0, roads.n_edges, n).tolist(), fractions, strict=True))


def length_metres(lon: Floats, lat: Floats) -> float:
    return float(haversine_metres(lon[:-1], lat[:-1], lon[1:], lat[1:]).sum())
