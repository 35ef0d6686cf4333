"""Closures and speeds: every answer on the changed streets is that of a network built afresh."""

import gc
from dataclasses import fields
from itertools import pairwise
from weakref import ref

import numpy as np
import pytest
from cities import network
from drawn_networks import road_networks
from hypothesis import given
from hypothesis import strategies as st
from textbook import fastest, is_cul_de_sac, places

from fengsui_engine.refusal import Refusal
from fengsui_engine.roads import Edges, Overlay, RoadNetwork, Told, assemble, at_nodes, nearest, route


def street(roads: RoadNetwork, edge: int) -> list[int]:
    """An edge and its twin."""
    return [edge, int(roads.twin[edge])] if roads.twin[edge] >= 0 else [edge]


def built_afresh(roads: RoadNetwork, closed: list[int], slowed: dict[int, float]) -> RoadNetwork:
    """The same junctions with the closed edges left out and the slow ones slow."""
    kept = np.array([edge for edge in range(roads.n_edges) if edge not in closed], dtype=np.int64)
    number = np.full(roads.n_edges + 1, -1, dtype=np.int32)
    number[kept] = np.arange(len(kept))
    columns = {f.name: getattr(roads, f.name) for f in fields(Edges) if hasattr(roads, f.name)}
    columns["copy_of"] = np.full(roads.n_edges, -1, dtype=np.int32)
    columns["travel_ms"] = roads.travel_ms.copy()
    for edge, speed in slowed.items():
        columns["travel_ms"][edge] = int(np.floor(roads.travel_ms[edge] / speed + 0.5))
    lengths = np.diff(roads.shape_first)
    points = np.concatenate([np.arange(roads.shape_first[e], roads.shape_first[e + 1]) for e in kept])
    columns = {name: column[kept] for name, column in columns.items() if not name.startswith("shape")}
    columns["twin"] = number[columns["twin"]]
    first = np.concatenate(([0], np.cumsum(lengths[kept]))).astype(np.int32)
    shape = {"shape_first": first, "shape_lon": roads.shape_lon[points], "shape_lat": roads.shape_lat[points]}
    return assemble(roads.lon.copy(), roads.lat.copy(), Edges(**columns, **shape), Told(roads.names, roads.source))


@st.composite
def changes(draw: st.DrawFn) -> tuple[RoadNetwork, list[int], dict[int, float]]:
    """A network, edges to close, and speeds."""
    roads = draw(road_networks())
    edge = st.integers(0, roads.n_edges - 1)
    closed = draw(st.lists(edge, unique=True, max_size=max(1, roads.n_edges // 3)))
    speeds = draw(st.dictionaries(edge, st.floats(0.05, 4.0), max_size=10))
    return roads, closed, speeds


def laid(overlay: Overlay, closed: list[int], speeds: dict[int, float]) -> RoadNetwork:
    return overlay.lay(closed=closed, slowed=list(speeds), speed=list(speeds.values()))


@given(changes(), st.data())
def test_every_answer_between_junctions_is_that_of_a_network_built_afresh(
    changed: tuple[RoadNetwork, list[int], dict[int, float]], data: st.DataObject
) -> None:
    roads, closed, speeds = changed
    if len(closed) == roads.n_edges:
        closed = closed[1:]
    now, afresh = laid(Overlay(roads), closed, speeds), built_afresh(roads, closed, speeds)
    node = st.integers(0, roads.n_nodes - 1)
    to = data.draw(node)
    units = np.array(data.draw(st.lists(node, min_size=1, max_size=6)))
    ends = {v for e in closed if is_cul_de_sac(roads, e) for v in (int(roads.tail[e]), int(roads.head[e]))}
    if ends & {to, *units.tolist()}:
        return  # a network built afresh has no street there at all
    here, there = at_nodes(roads, [to]), at_nodes(roads, units)
    if not (here.is_near.all() and at_nodes(afresh, [to]).is_near.all()):
        return  # a junction without any street is no place
    found, expected = (
        nearest(now, here, there, len(units)),
        nearest(afresh, at_nodes(afresh, [to]), at_nodes(afresh, units), len(units)),
    )
    assert found.unit.tolist() == expected.unit.tolist()
    assert found.ms.tolist() == expected.ms.tolist()
    assert found.metres.tolist() == expected.metres.tolist()


@given(changes(), st.data())
def test_places_in_the_middle_of_streets_agree_with_the_textbook(
    changed: tuple[RoadNetwork, list[int], dict[int, float]], data: st.DataObject
) -> None:
    roads, closed, speeds = changed
    now = laid(Overlay(roads), closed, speeds)
    spot = st.tuples(st.integers(0, roads.n_edges - 1), st.floats(0, 1))
    spots = data.draw(st.lists(spot, min_size=1, max_size=6))
    to = data.draw(spot)
    found = nearest(now, places([to]), places(spots), len(spots))
    expected = {
        unit: label for unit, spot in enumerate(spots) if (label := fastest(now, set(closed), spot, to)) is not None
    }
    assert dict(zip(found.unit.tolist(), found.ms.tolist(), strict=True)) == {u: ms for u, (ms, _) in expected.items()}
    assert [round(m * 1000) for m in found.metres] == [expected[u][1] for u in found.unit.tolist()]


@given(changes(), changes().map(lambda changed: changed[1:]), st.data())
def test_what_is_laid_anew_keeps_nothing_of_what_was_laid_before(
    first: tuple[RoadNetwork, list[int], dict[int, float]],
    second: tuple[list[int], dict[int, float]],
    data: st.DataObject,
) -> None:
    roads, closed, speeds = first
    overlay = Overlay(roads)
    laid(overlay, closed, speeds)
    next_closed = [edge % roads.n_edges for edge in second[0]]
    next_speeds = {edge % roads.n_edges: speed for edge, speed in second[1].items()}
    again, alone = laid(overlay, next_closed, next_speeds), laid(Overlay(roads), next_closed, next_speeds)
    for name in ("travel_ms", "into", "onward"):
        assert np.array_equal(getattr(again, name), getattr(alone, name))
    assert overlay.lay() is roads


def test_a_network_that_was_laid_stays_as_it_was(drawn_city: RoadNetwork) -> None:
    overlay = Overlay(drawn_city)
    first = overlay.lay(closed=[0, 3])
    kept = first.into.copy(), first.onward.copy(), first.travel_ms.copy()
    for edge in range(drawn_city.n_edges):
        overlay.lay(closed=[edge], slowed=[(edge + 1) % drawn_city.n_edges], speed=[0.5])
    assert all(np.array_equal(a, b) for a, b in zip(kept, (first.into, first.onward, first.travel_ms), strict=True))
    with pytest.raises(ValueError, match="read-only"):
        first.into[0, 0] = 1


def test_arrays_are_used_again_once_nobody_holds_their_network(drawn_city: RoadNetwork) -> None:
    overlay = Overlay(drawn_city)
    places_in_memory = {overlay.lay(closed=[edge % drawn_city.n_edges]).into.ctypes.data for edge in range(50)}
    assert len(places_in_memory) <= 2


@given(changes())
def test_closing_never_shortens_and_opening_never_lengthens(
    changed: tuple[RoadNetwork, list[int], dict[int, float]],
) -> None:
    roads, closed, _ = changed
    nodes = np.flatnonzero(at_nodes(roads, np.arange(roads.n_nodes)).is_near)
    to, units = at_nodes(roads, nodes[:1]), at_nodes(roads, nodes)
    overlay = Overlay(roads)
    before = [times(overlay.lay(closed=closed[:n]), to, units) for n in range(len(closed) + 1)]
    for fewer, more in pairwise(before):
        assert np.all(more >= fewer)


@given(road_networks(), st.data())
def test_speeding_up_never_lengthens_and_slowing_never_shortens(roads: RoadNetwork, data: st.DataObject) -> None:
    edge = data.draw(st.integers(0, roads.n_edges - 1))
    slow, fast = sorted(data.draw(st.tuples(st.floats(0.05, 4), st.floats(0.05, 4))))
    nodes = np.flatnonzero(at_nodes(roads, np.arange(roads.n_nodes)).is_near)
    to, units = at_nodes(roads, nodes[:1]), at_nodes(roads, nodes)
    overlay = Overlay(roads)
    assert np.all(
        times(overlay.lay(slowed=[edge], speed=[fast]), to, units)
        <= times(overlay.lay(slowed=[edge], speed=[slow]), to, units)
    )


@given(road_networks(), st.data())
def test_closing_a_street_on_no_fastest_way_changes_nothing(roads: RoadNetwork, data: st.DataObject) -> None:
    nodes = np.flatnonzero(at_nodes(roads, np.arange(roads.n_nodes)).is_near)
    a, b = (at_nodes(roads, [data.draw(st.sampled_from(nodes.tolist()))]) for _ in range(2))
    way = route(roads, a, b)
    if way is None:
        return
    aside = [edge for edge in range(roads.n_edges) if edge not in way.edges]
    closed = data.draw(st.lists(st.sampled_from(aside), unique=True)) if aside else []
    again = route(Overlay(roads).lay(closed=closed), a, b)
    assert again is not None
    assert (again.ms, again.metres) == (way.ms, way.metres)


def times(roads: RoadNetwork, to, units) -> np.ndarray:  # type: ignore[no-untyped-def]
    """Milliseconds of each unit; a very large number where there is no way."""
    found = nearest(roads, to, units, len(units))
    ms = np.full(len(units), 2**62)
    ms[found.unit] = found.ms
    return ms


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"closed": [-1]}, "edge_outside_network"),
        ({"closed": [10_000]}, "edge_outside_network"),
        ({"slowed": [2, 1, 1], "speed": [0.5, 0.5, 0.5]}, "edge_slowed_twice"),
        ({"slowed": [1], "speed": [0.0]}, "speed_out_of_range"),
        ({"slowed": [1], "speed": [float("nan")]}, "speed_out_of_range"),
        ({"slowed": [1, 2], "speed": [0.5]}, "speed_out_of_range"),
    ],
)
def test_changes_that_make_no_sense_are_refused_and_nothing_is_laid(
    drawn_city: RoadNetwork, wrong: dict[str, list[float]], code: str
) -> None:
    overlay = Overlay(drawn_city)
    today = overlay.lay(closed=[2])
    with pytest.raises(Refusal) as refused:
        overlay.lay(**wrong)
    assert refused.value.code == code
    assert overlay.now is today


def test_the_end_of_a_closed_cul_de_sac_is_reached_and_left(drawn_city: RoadNetwork) -> None:
    """7 hangs on 5 alone. Closed, its yard is reached and left, and 5 is passed as before."""
    by_name = {int(name): node for node, name in enumerate(_names(drawn_city))}
    yard = [e for e in range(drawn_city.n_edges) if {by_name[7]} & {drawn_city.tail[e], drawn_city.head[e]}]
    closed = Overlay(drawn_city).lay(closed=yard)
    assert sorted(closed.closed.tolist()) == sorted(yard)
    nodes = at_nodes(drawn_city, np.arange(drawn_city.n_nodes))
    for goal in range(drawn_city.n_nodes):
        usual, now = (nearest(roads, nodes[goal], nodes, 99) for roads in (drawn_city, closed))
        assert (now.unit.tolist(), now.ms.tolist()) == (usual.unit.tolist(), usual.ms.tolist())


def _names(roads: RoadNetwork) -> np.ndarray:
    """The map's own number of each junction."""
    names = np.zeros(roads.n_nodes, dtype=np.int64)
    names[roads.tail], names[roads.head] = roads.from_osm, roads.to_osm
    return names


def test_a_street_slowed_beyond_any_other_is_still_searched_in_order(drawn_city: RoadNetwork) -> None:
    overlay = Overlay(drawn_city)
    nodes = at_nodes(drawn_city, np.arange(drawn_city.n_nodes))
    slow = overlay.lay(slowed=np.arange(drawn_city.n_edges), speed=np.full(drawn_city.n_edges, 0.01))
    usual, slowed = nearest(drawn_city, nodes[0], nodes, 9), nearest(slow, nodes[0], nodes, 9)
    assert slowed.unit.tolist() == usual.unit.tolist()
    assert np.all(np.abs(slowed.ms / 100 - usual.ms) <= 1)


def test_one_of_two_arms_round_a_block_is_closed_like_any_street() -> None:
    """The far junction's streets all lead to one other, but by two ways: who may not take the one takes the other."""
    places_ = [(100.0, 0.0), (100.001, 0.0), (100.002, 0.0)]
    roads = network(places_, [(0, 1, 9, 9), (1, 2, 10, 10), (1, 2, 99, 99)])
    short = [edge for edge in range(roads.n_edges) if roads.travel_ms[edge] == 10]
    now = Overlay(roads).lay(closed=short)
    for start, goal in ((0, 2), (2, 0)):
        assert nearest(now, at_nodes(now, [goal]), at_nodes(now, [start]), 1).ms.tolist() == [9 + 99]


def test_an_overlay_that_nobody_holds_lets_its_network_go() -> None:
    """With a closure in force: a server that took new roads into service must not keep the old city."""
    roads = network([(100.0, 0.0), (100.01, 0.0), (100.02, 0.0)], [(0, 1, 9, 9), (1, 2, 9, 9)])
    overlay = Overlay(roads)
    laid, gone = overlay.lay(closed=[0]), ref(roads)
    nearest(laid, at_nodes(laid, [1]), at_nodes(laid, [2]), 1)
    del roads, overlay, laid
    gc.collect()
    assert gone() is None
