"""The streets of a route are the whole route, in order."""

import pytest
from cities import network
from drawn_networks import drawings, spots_on
from hypothesis import given, settings
from hypothesis import strategies as st
from textbook import dijkstra, places, split_at

from fengsui_engine.roads import RoadNetwork, route, snap_one, streets_along


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_what_is_driven_on_each_edge_sums_to_the_whole(data: st.DataObject) -> None:
    roads = network(*data.draw(drawings()))
    start, goal = data.draw(spots_on(roads, least=2, most=2))
    way = route(roads, places([start]), places([goal]))
    if way is None:
        return
    assert int(way.edge_ms.sum()) == way.ms
    assert sum(round(metres * 1000) for metres in way.edge_metres.tolist()) == round(way.metres * 1000)
    assert len(way.edge_ms) == len(way.edge_metres) == len(way.edges)
    stretches = streets_along(roads, way)
    assert (sum(part.ms for part in stretches), sum(part.metres for part in stretches)) == pytest.approx(
        (way.ms, way.metres), abs=1e-6
    )


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_every_junction_on_a_route_is_reached_as_early_as_can_be(data: st.DataObject) -> None:
    roads = network(*data.draw(drawings()))
    start, goal = data.draw(spots_on(roads, least=2, most=2))
    way = route(roads, places([start]), places([goal]))
    if way is None:
        return
    graph, (first, _) = split_at(roads, [start, goal])
    best = dijkstra(graph, first)
    gone_ms = 0
    for edge, ms in zip(way.edges[:-1].tolist(), way.edge_ms[:-1].tolist(), strict=True):
        gone_ms += ms
        assert best[int(roads.head[edge])][0] == gone_ms


def test_edges_of_one_name_are_one_street(drawn_city: RoadNetwork) -> None:
    start, goal = snap_one(drawn_city, 100.001, 0.0), snap_one(drawn_city, 100.0179, 0.0)
    way = route(drawn_city, start, goal)
    assert way is not None
    assert len(way.edges) == 2
    assert [(street.name.en, street.ms) for street in streets_along(drawn_city, way)] == [("College Road", way.ms)]
