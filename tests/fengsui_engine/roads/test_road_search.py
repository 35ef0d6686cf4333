"""The engine's answers against the textbook's, and laws that every answer must keep."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from cities import network
from drawn_networks import Spots, drawings, spots_on
from hypothesis import given, settings
from hypothesis import strategies as st
from textbook import Label, dijkstra, places, split_at, turned_round

from fengsui_engine.roads import FarFromRoad, RoadNetwork, at_nodes, nearest, route, search, snap, warm_up
from fengsui_engine.roads.buckets import Buckets
from fengsui_engine.roads.refusals import NotOnePlace


def expected(roads: RoadNetwork, to: tuple[int, float], units: Spots, k: int) -> list[tuple[int, int, int]]:
    """(ms, unit, millimetres) by the textbook."""
    graph, nodes = split_at(roads, [to, *units])
    best: dict[int, Label] = dijkstra(turned_round(graph), nodes[0])
    reached = [(best[node][0], unit, best[node][1]) for unit, node in enumerate(nodes[1:]) if node in best]
    return sorted(reached)[:k]


def found(roads: RoadNetwork, to: tuple[int, float], units: Spots, k: int) -> list[tuple[int, int, int]]:
    got = nearest(roads, places([to]), places(units), k)
    metres = (round(float(metres) * 1000) for metres in got.metres)
    return list(zip(got.ms.tolist(), got.unit.tolist(), metres, strict=True))


@settings(max_examples=1000, deadline=None)
@given(st.data())
def test_nearest_units_are_the_textbooks_to_the_millisecond(data: st.DataObject) -> None:
    roads = network(*data.draw(drawings()))
    units, (to,) = data.draw(spots_on(roads)), data.draw(spots_on(roads, most=1))
    k = data.draw(st.integers(1, 9))
    assert found(roads, to, units, k) == expected(roads, to, units, k)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_route_is_driven_edge_by_edge_and_takes_the_time_it_says(data: st.DataObject) -> None:
    roads = network(*data.draw(drawings()))
    start, goal = data.draw(spots_on(roads, least=2, most=2))
    graph, (a, b) = split_at(roads, [start, goal])
    best = dijkstra(graph, a)
    way = route(roads, places([start]), places([goal]))
    if b not in best:
        assert way is None
        return
    assert way is not None
    assert (way.ms, round(way.metres * 1000)) == best[b]
    heads, tails = roads.head[way.edges], roads.tail[way.edges]
    assert np.array_equal(heads[:-1], tails[1:])
    assert int(roads.travel_ms[way.edges[1:-1]].sum()) <= way.ms
    assert len(way.lon) == len(way.lat) >= 2


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_place_is_no_time_from_itself_and_a_detour_is_never_shorter(data: st.DataObject) -> None:
    roads = network(*data.draw(drawings()))
    x, y, z = data.draw(spots_on(roads, least=3, most=3))
    assert time_between(roads, x, x) == 0
    by_y = time_between(roads, x, y), time_between(roads, y, z)
    straight = time_between(roads, x, z)
    if by_y[0] is not None and by_y[1] is not None:
        assert straight is not None
        assert straight <= by_y[0] + by_y[1]


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_where_all_streets_are_two_way_there_and_back_take_the_same(data: st.DataObject) -> None:
    roads = network(*data.draw(drawings(two_way_alike=True)))
    x, y = data.draw(spots_on(roads, least=2, most=2))
    assert time_between(roads, x, y) == time_between(roads, y, x)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_turning_every_street_round_swaps_start_and_goal(data: st.DataObject) -> None:
    spots, streets = data.draw(drawings())
    one_way = [(a, b, ms, None) for a, b, ms, _ in streets]
    roads = network(spots, one_way)
    other = network(spots, [(b, a, ms, None) for a, b, ms, _ in one_way])
    nodes = st.integers(0, len(spots) - 1)
    a, b = data.draw(nodes), data.draw(nodes)
    assert time_between_nodes(roads, a, b) == time_between_nodes(other, b, a)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_new_numbers_and_another_order_of_streets_change_nothing(data: st.DataObject) -> None:
    spots, streets = data.draw(drawings())
    number = data.draw(st.permutations(range(len(spots))))
    shuffled = data.draw(st.permutations([(number[a], number[b], ms, back) for a, b, ms, back in streets]))
    moved = [spot for _, spot in sorted(zip(number, spots, strict=True))]
    roads, other = network(spots, streets), network(moved, shuffled)
    nodes = st.integers(0, len(spots) - 1)
    a, b = data.draw(nodes), data.draw(nodes)
    assert time_between_nodes(roads, a, b) == time_between_nodes(other, number[a], number[b])


@settings(max_examples=200, deadline=None)
@given(st.data(), st.sampled_from([2, 16, 1024]))
def test_times_twice_as_long_are_answers_twice_as_long(data: st.DataObject, scale: int) -> None:
    spots, streets = data.draw(drawings())
    slower = [(a, b, ms * scale, None if back is None else back * scale) for a, b, ms, back in streets]
    nodes = st.integers(0, len(spots) - 1)
    a, b = data.draw(nodes), data.draw(nodes)
    ms = time_between_nodes(network(spots, streets), a, b)
    assert time_between_nodes(network(spots, slower), a, b) == (None if ms is None else ms * scale)


def time_between(roads: RoadNetwork, start: tuple[int, float], goal: tuple[int, float]) -> int | None:
    got = found(roads, goal, [start], 1)
    return got[0][0] if got else None


def time_between_nodes(roads: RoadNetwork, start: int, goal: int) -> int | None:
    from_, to = at_nodes(roads, [start]), at_nodes(roads, [goal])
    if not (from_.is_near[0] and to.is_near[0]):
        return 0 if start == goal else None  # a node without a street
    got = nearest(roads, to, from_, 1)
    return int(got.ms[0]) if len(got) else None


@pytest.fixture(scope="module")
def one_street() -> RoadNetwork:
    """0 ═ 1 ═ 2 two-way, then 2 → 0 one-way."""
    return network(
        [(100.0, 0.0), (100.01, 0.0), (100.01, 0.01)],
        [(0, 1, 10_000, 12_000), (1, 2, 20_000, 20_000), (2, 0, 5_000, None)],
    )


def street(roads: RoadNetwork, tail: int, head: int) -> int:
    return int(np.flatnonzero((roads.tail == tail) & (roads.head == head))[0])


@pytest.mark.parametrize(
    ("unit", "incident", "ms"),
    [
        (0.25, 0.75, 5_000),  # ahead, the way the street is drawn
        (0.75, 0.25, 6_000),  # back, at the speed of the other direction
        (0.5, 0.5, 0),
        (0.0, 0.5, 5_000),
        (0.5, 1.0, 5_000),
    ],
)
def test_a_unit_on_the_incidents_own_street_comes_straight(
    one_street: RoadNetwork, unit: float, incident: float, ms: int
) -> None:
    edge = street(one_street, 0, 1)
    assert time_between(one_street, (edge, unit), (edge, incident)) == ms


def test_on_a_one_way_street_a_unit_past_the_incident_drives_round(one_street: RoadNetwork) -> None:
    edge = street(one_street, 2, 0)
    assert time_between(one_street, (edge, 0.2), (edge, 0.6)) == 2_000
    assert time_between(one_street, (edge, 0.6), (edge, 0.2)) == 2_000 + 10_000 + 20_000 + 1_000


def test_a_place_is_the_same_whichever_edge_of_its_street_tells_it(one_street: RoadNetwork) -> None:
    there, back = street(one_street, 1, 2), street(one_street, 2, 1)
    unit = (street(one_street, 0, 1), 0.5)
    assert time_between(one_street, unit, (there, 0.25)) == time_between(one_street, unit, (back, 0.75))


def test_units_equally_soon_come_in_the_order_given(one_street: RoadNetwork) -> None:
    edge = street(one_street, 0, 1)
    spots: Spots = [(edge, 0.9), (edge, 0.1), (edge, 0.1), (edge, 0.1)]
    assert [unit for _, unit, _ in found(one_street, (edge, 0.0), spots, 2)] == [1, 2]
    assert [unit for _, unit, _ in found(one_street, (edge, 0.0), spots, 4)] == [1, 2, 3, 0]


@pytest.mark.parametrize(
    ("by_detour", "straight_on"), [((5_000, 1_000), (1_000, 5_000)), ((1_000, 5_000), (5_000, 1_000))]
)
def test_of_two_equally_fast_ways_the_shorter_is_told(by_detour: tuple[int, int], straight_on: tuple[int, int]) -> None:
    spots = [(100.0, 0.0), (100.01, 0.0), (100.005, 0.01), (100.005, 0.0)]
    detour = [(0, 2, by_detour[0], None), (2, 1, by_detour[1], None)]
    roads = network(spots, [*detour, (0, 3, straight_on[0], None), (3, 1, straight_on[1], None)])
    units, to = at_nodes(roads, [0]), at_nodes(roads, [1])
    assert nearest(roads, to, units, 1).metres[0] == pytest.approx(0.01 * np.radians(1) * 6_371_008.8, abs=0.001)
    way = route(roads, units, to)
    assert way is not None
    assert (way.ms, way.edges.tolist()) == (6_000, [street(roads, 0, 3), street(roads, 3, 1)])


def test_a_unit_far_from_any_road_is_never_found(one_street: RoadNetwork) -> None:
    units = snap(one_street, [100.0, 110.0, 100.005], [0.0, 0.0, 0.0])
    assert nearest(one_street, at_nodes(one_street, [1]), units, 5).unit.tolist() == [2, 0]


def test_an_incident_far_from_any_road_is_refused(one_street: RoadNetwork) -> None:
    far = snap(one_street, 110.0, 0.0)
    with pytest.raises(FarFromRoad) as refusal:
        nearest(one_street, far, at_nodes(one_street, [0]), 1)
    assert refusal.value.facts["lon"] == 110.0


def test_no_way_is_no_route() -> None:
    roads = network([(100.0, 0.0), (100.01, 0.0), (100.02, 0.0)], [(0, 1, 1000, None), (1, 2, 1000, None)])
    assert route(roads, at_nodes(roads, [2]), at_nodes(roads, [0])) is None
    assert len(nearest(roads, at_nodes(roads, [0]), at_nodes(roads, [1, 2]), 2)) == 0


def test_a_route_begins_and_ends_at_its_places(drawn_city: RoadNetwork) -> None:
    start, goal = snap(drawn_city, 100.003, 0.0051), snap(drawn_city, 100.0135, -0.0001)
    way = route(drawn_city, start, goal)
    assert way is not None
    assert (way.lon[0], way.lat[0]) == pytest.approx((100.003, 0.005), abs=1e-9)
    assert (way.lon[-1], way.lat[-1]) == pytest.approx((100.0135, 0.0), abs=1e-9)
    assert way.edges.tolist()[-1] == goal.edge[0]


def test_a_route_follows_the_bend_of_a_street(drawn_city: RoadNetwork) -> None:
    way = route(drawn_city, snap(drawn_city, 100.009, 0.005), snap(drawn_city, 100.018, 0.005))
    assert way is not None
    assert (100.0135, 0.0055) in list(zip(way.lon.tolist(), way.lat.tolist(), strict=True))


def test_new_units_replace_the_old_ones_in_the_same_thread(one_street: RoadNetwork) -> None:
    to = at_nodes(one_street, [0])
    for nodes in ([1], [2, 1], [0], [1, 1, 2], [2]):
        wanted = sorted((ms, u) for u, ms in enumerate(time_between_nodes(one_street, n, 0) for n in nodes))
        got = nearest(one_street, to, at_nodes(one_street, nodes), 9)
        assert list(zip(got.ms.tolist(), got.unit.tolist(), strict=True)) == wanted


def test_threads_search_side_by_side(drawn_city: RoadNetwork) -> None:
    rng = np.random.default_rng(7)
    spots: Spots = list(zip(rng.integers(0, drawn_city.n_edges, 60).tolist(), rng.random(60).tolist(), strict=True))
    jobs: Sequence[tuple[tuple[int, float], Spots]] = [(spots[i], spots[i + 1 : i + 20]) for i in range(40)] * 10
    alone = [found(drawn_city, to, units, 3) for to, units in jobs]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda job: found(drawn_city, job[0], job[1], 3), jobs))
    assert together == alone


class Meagre(Buckets):
    """A queue that only ever doubles, from eight entries."""

    def make_room(self, n_entries: int) -> None:
        super().make_room(2 * len(self.queue) if hasattr(self, "queue") else 8)


def test_a_search_without_room_asks_again_and_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    line = network([(100.0 + i / 1000, 0.0) for i in range(201)], [(i, i + 1, 9, 9) for i in range(200)])
    buckets = Meagre.over(line)
    monkeypatch.setattr(search, "buckets_of", lambda _: buckets)
    assert time_between_nodes(line, 0, 200) == 1800
    assert len(buckets.queue) > 200
    assert (search._workspaces.of(line).label == search.NEVER).all()
    way = route(line, at_nodes(line, [0]), at_nodes(line, [200]))
    assert way is not None
    assert way.ms == int(way.edge_ms.sum()) == 1800


def test_any_number_of_units_may_be_asked_for_and_be_in_one_place(one_street: RoadNetwork) -> None:
    edge = street(one_street, 0, 1)
    spots: Spots = [(edge, 0.5)] * 3_000 + [(edge, 0.4)] * 3_000
    got = nearest(one_street, places([(edge, 0.6)]), places(spots), 10**30)
    assert got.unit.tolist() == list(range(6_000))
    assert np.array_equal(got.ms, np.repeat([1_000, 2_000], 3_000))


def test_some_of_the_units_are_taken_by_any_slice(one_street: RoadNetwork) -> None:
    edge = street(one_street, 0, 1)
    units = places([(edge, 0.9), (edge, 0.5), (edge, 0.1), (edge, 0.2)])
    assert nearest(one_street, places([(edge, 0.0)]), units[::-2], 4).ms.tolist() == [2_000 * 12 // 10, 6_000]


@pytest.mark.parametrize("count", [0, 2])
def test_a_question_about_one_place_refuses_none_and_several(one_street: RoadNetwork, count: int) -> None:
    to = at_nodes(one_street, [0] * count)
    with pytest.raises(NotOnePlace):
        nearest(one_street, to, at_nodes(one_street, [1]), 1)
    with pytest.raises(NotOnePlace):
        route(one_street, to, at_nodes(one_street, [1]))


def test_a_way_of_twelve_days_is_none(one_street: RoadNetwork) -> None:
    line = network([(100.0, 0.0), (100.01, 0.0), (100.02, 0.0)], [(0, 1, 2**30 - 1, 5), (1, 2, 1, 2**31 - 1)])
    assert time_between_nodes(line, 0, 1) == 2**30 - 1
    assert time_between_nodes(line, 0, 2) is None
    assert time_between_nodes(line, 2, 1) is None
    assert time_between_nodes(line, 1, 0) == 5


def test_a_way_of_more_than_6442_km_is_none() -> None:
    equator = network([(18.0 * i, 0.0) for i in range(5)], [(i, i + 1, 7, 7) for i in range(4)])
    assert time_between_nodes(equator, 0, 3) == 21
    assert time_between_nodes(equator, 4, 0) is None


def test_warming_up_asks_each_question_once(one_street: RoadNetwork) -> None:
    warm_up(one_street)
    warm_up()
