"""`reach`, `matrix` and `nearest` are one truth, told by different loops: the textbook's, to the millisecond."""

import mmap
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from cities import network
from drawn_networks import Spots, drawings, road_networks, spots_on
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from test_road_peers import by_scipy
from textbook import dijkstra, fastest, places, split_at, turned_round

from fengsui_engine.refusal import Refusal
from fengsui_engine.roads import (
    LONGEST_LIMIT_MS,
    UNREACHED,
    Edges,
    Matrix,
    Overlay,
    RoadNetwork,
    Snapped,
    Told,
    assemble,
    at_nodes,
    build_from_osm,
    matrix,
    nearest,
    reach,
    route,
    snap,
)
from fengsui_engine.roads.network import UNNAMED

limits = st.one_of(st.just(LONGEST_LIMIT_MS), st.integers(0, 150_000))


def by_textbook(roads: RoadNetwork, sources: Spots, limit_ms: int, *, towards: bool = False) -> list[int]:
    """The time of every junction."""
    graph, nodes = split_at(roads, sources)
    labels = [dijkstra(turned_round(graph) if towards else graph, node) for node in nodes]
    times = [min((label[v][0] for label in labels if v in label), default=UNREACHED) for v in range(roads.n_nodes)]
    return [ms if ms <= limit_ms else UNREACHED for ms in times]


def rows_of(found: Matrix) -> list[dict[int, int]]:
    rows = [found.row(source) for source in range(len(found.first) - 1)]
    assert all(np.all(np.diff(to) > 0) for to, _ in rows)  # ascending, none twice
    return [dict(zip(to.tolist(), ms.tolist(), strict=True)) for to, ms in rows]


@settings(max_examples=1000, deadline=None)
@given(st.data())
def test_every_junction_is_reached_when_the_textbook_says(data: st.DataObject) -> None:
    roads = network(*data.draw(drawings()))
    sources, limit_ms, towards = data.draw(spots_on(roads, most=4)), data.draw(limits), data.draw(st.booleans())
    found = reach(roads, places(sources), limit_ms=limit_ms, towards=towards)
    assert found.tolist() == by_textbook(roads, sources, limit_ms, towards=towards)


@settings(max_examples=1000, deadline=None)
@given(st.data())
def test_many_to_many_is_one_to_one_many_times(data: st.DataObject) -> None:
    roads = network(*data.draw(drawings()))
    sources, targets = data.draw(spots_on(roads, most=4)), data.draw(spots_on(roads, most=4))
    limit_ms = data.draw(limits)
    within = rows_of(matrix(roads, places(sources), targets=places(targets), limit_ms=limit_ms))
    for source, row in zip(sources, within, strict=True):
        for number, target in enumerate(targets):
            ways = (
                route(roads, places([source]), places([target])),
                nearest(roads, places([target]), places([source]), 1),
            )
            ms = {way.ms if way else None for way in ways[:1]} | {int(ways[1].ms[0]) if len(ways[1]) else None}
            assert len(ms) == 1
            (only,) = ms
            assert row.get(number) == (only if only is not None and only <= limit_ms else None)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_rows_of_a_matrix_are_what_each_place_reaches(data: st.DataObject) -> None:
    roads = network(*data.draw(drawings()))
    sources, limit_ms = data.draw(spots_on(roads)), data.draw(limits)
    for source, row in zip(sources, rows_of(matrix(roads, places(sources), limit_ms=limit_ms)), strict=True):
        times = reach(roads, places([source]), limit_ms=limit_ms)
        assert row == {int(node): int(times[node]) for node in np.flatnonzero(times < UNREACHED)}


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_longer_limit_never_loses_a_junction_and_never_changes_a_time(data: st.DataObject) -> None:
    roads = network(*data.draw(drawings()))
    sources = places(data.draw(spots_on(roads, most=3)))
    near, far = sorted((data.draw(limits), data.draw(limits)))
    there, further = reach(roads, sources, limit_ms=near), reach(roads, sources, limit_ms=far)
    assert np.array_equal(there, np.where(further <= near, further, UNREACHED))


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_from_several_places_the_nearest_counts(data: st.DataObject) -> None:
    roads = network(*data.draw(drawings()))
    sources, towards = data.draw(spots_on(roads, most=4)), data.draw(st.booleans())
    each = [reach(roads, places([source]), limit_ms=LONGEST_LIMIT_MS, towards=towards) for source in sources]
    together = reach(roads, places(sources), limit_ms=LONGEST_LIMIT_MS, towards=towards)
    assert np.array_equal(together, np.min(each, axis=0))


@given(road_networks(), st.data())
def test_after_closures_and_speeds_every_loop_agrees_with_the_textbook(roads: RoadNetwork, data: st.DataObject) -> None:
    edge = st.integers(0, roads.n_edges - 1)
    closed = data.draw(st.lists(edge, unique=True, max_size=max(1, roads.n_edges // 3)))
    speeds = data.draw(st.dictionaries(edge, st.floats(0.05, 4.0), max_size=6))
    overlay = Overlay(roads)
    overlay.lay(closed=data.draw(st.lists(edge, unique=True)))  # of which nothing may stay
    now = overlay.lay(closed=closed, slowed=list(speeds), speed=list(speeds.values()))
    sources, targets = data.draw(spots_on(roads, most=3)), data.draw(spots_on(roads, most=3))
    within = rows_of(matrix(now, places(sources), targets=places(targets), limit_ms=LONGEST_LIMIT_MS))
    for source, row in zip(sources, within, strict=True):
        labels = {i: fastest(now, set(closed), source, target) for i, target in enumerate(targets)}
        assert row == {i: label[0] for i, label in labels.items() if label is not None}
        junctions = {
            v: fastest(now, set(closed), source, end_at(now, v)) for v in range(roads.n_nodes) if is_met(roads, v)
        }
        from_here = reach(now, places([source]), limit_ms=LONGEST_LIMIT_MS)
        assert {v: int(from_here[v]) for v in junctions if from_here[v] < UNREACHED} == told(junctions)
        to_here = reach(now, places([source]), limit_ms=LONGEST_LIMIT_MS, towards=True)
        backwards = {v: fastest(now, set(closed), end_at(now, v), source) for v in junctions}
        assert {v: int(to_here[v]) for v in junctions if to_here[v] < UNREACHED} == told(backwards)


def end_at(roads: RoadNetwork, node: int) -> tuple[int, float]:
    place = at_nodes(roads, [node])
    return int(place.edge[0]), float(place.fraction[0])


def is_met(roads: RoadNetwork, node: int) -> bool:
    """Whether any street meets there."""
    return bool(at_nodes(roads, [node]).is_near[0])


def told(labels: dict[int, tuple[int, int] | None]) -> dict[int, int]:
    return {v: label[0] for v, label in labels.items() if label is not None}


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_turning_every_street_round_turns_reach_round(data: st.DataObject) -> None:
    spots, streets = data.draw(drawings())
    roads = network(spots, streets)
    other = network(spots, [(b, a, ms, back) for a, b, ms, back in streets])
    node = data.draw(st.integers(0, len(spots) - 1))
    if not is_met(roads, node):
        return
    there = reach(roads, at_nodes(roads, [node]), limit_ms=LONGEST_LIMIT_MS)
    assert np.array_equal(there, reach(other, at_nodes(other, [node]), limit_ms=LONGEST_LIMIT_MS, towards=True))


def agrees_with_scipy(roads: RoadNetwork, node: int, times: NDArray[np.int32]) -> bool:
    """Whether these are the times from every junction to one."""
    return np.array_equal(np.where(times < UNREACHED, times, np.inf), by_scipy(roads, node)[: roads.n_junctions])


EXTRACTS = (
    "monaco_osrm.osm.pbf",
    "Helsinki.osm.pbf",
    "liechtenstein.osm.pbf",
    "krems.osm.gz",
    "north-bayreuth.osm.gz",
    "columbus.osm.pbf",
    "chengdu_centre.osm.pbf",
    "nanjing_centre.osm.pbf",
    "shanghai_centre.osm.pbf",
    "poa.osm.pbf",
)
QUICK = EXTRACTS[:2]


@pytest.mark.parametrize(
    "extract", [pytest.param(name, marks=() if name in QUICK else pytest.mark.long) for name in EXTRACTS]
)
def test_on_an_extract_all_searches_and_scipy_agree_and_the_wrong_way_round_does_not(
    real_data: Path, extract: str
) -> None:
    roads = build_from_osm(real_data / extract)
    rng = np.random.default_rng(17)
    nodes = rng.choice(roads.n_junctions, 6, replace=False)
    for node in nodes[:3].tolist():
        to = at_nodes(roads, [node])
        assert agrees_with_scipy(roads, node, reach(roads, to, limit_ms=LONGEST_LIMIT_MS, towards=True))
        wrong_way_round = reach(roads, to, limit_ms=LONGEST_LIMIT_MS)  # as by a search that mistook tails for heads
        assert not agrees_with_scipy(roads, node, wrong_way_round)
    agree_on(roads, snap_near(roads, rng, 12), rng)


def snap_near(roads: RoadNetwork, rng: np.random.Generator, n: int) -> Snapped:
    """Places beside streets, a few metres off junctions that are drawn."""
    nodes = rng.integers(0, roads.n_junctions, n)
    off = rng.normal(0, 0.0005, (2, n))
    return snap(roads, roads.lon[nodes] + off[0], roads.lat[nodes] + off[1])


def agree_on(roads: RoadNetwork, spots: Snapped, rng: np.random.Generator) -> None:
    """Between all pairs of places: nearest, route and both matrices; from each place: reach and a row."""
    units = len(spots)
    pairs = rows_of(matrix(roads, spots, targets=spots, limit_ms=LONGEST_LIMIT_MS))
    rows = rows_of(matrix(roads, spots, limit_ms=LONGEST_LIMIT_MS, threads=2))
    for to in range(units):
        found = nearest(roads, spots[to], spots, units)
        assert {int(u): int(ms) for u, ms in zip(found.unit, found.ms, strict=True)} == {
            unit: row[to] for unit, row in enumerate(pairs) if to in row
        }
        unit = int(rng.integers(0, units))
        way = route(roads, spots[unit], spots[to])
        assert (way.ms if way else None) == pairs[unit].get(to)
        times = reach(roads, spots[to], limit_ms=LONGEST_LIMIT_MS)
        assert rows[to] == {int(v): int(times[v]) for v in np.flatnonzero(times < UNREACHED)}


def test_a_matrix_is_the_same_by_one_thread_and_by_two(drawn_city: RoadNetwork) -> None:
    rng = np.random.default_rng(5)
    spots = snap_near(drawn_city, rng, 100)
    for targets in (None, spots):
        one, two, many = (
            matrix(drawn_city, spots, targets=targets, limit_ms=90_000, threads=threads) for threads in (1, 2, 5)
        )
        for other in (two, many):
            assert np.array_equal(one.first, other.first)
            assert np.array_equal(one.to, other.to)
            assert np.array_equal(one.ms, other.ms)
    assert len(one) > 1000


def test_rows_longer_than_the_room_they_were_given_are_whole(
    drawn_city: RoadNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    spots = at_nodes(drawn_city, np.arange(drawn_city.n_junctions))
    whole = matrix(drawn_city, spots, limit_ms=LONGEST_LIMIT_MS)
    monkeypatch.setattr(sys.modules["fengsui_engine.roads.matrix"], "ROOM", 1)
    again = matrix(drawn_city, spots, limit_ms=LONGEST_LIMIT_MS)
    assert np.array_equal(whole.to, again.to)
    assert np.array_equal(whole.ms, again.ms)


class Unmovable(mmap.mmap):
    """Pages of a system that cannot move them."""

    def resize(self, newsize: int, /) -> None:
        raise SystemError


def test_rows_grow_where_the_system_cannot_move_pages(drawn_city: RoadNetwork, monkeypatch: pytest.MonkeyPatch) -> None:
    spots = at_nodes(drawn_city, np.tile(np.arange(drawn_city.n_junctions), 400))
    whole = matrix(drawn_city, spots, limit_ms=LONGEST_LIMIT_MS)
    monkeypatch.setattr(sys.modules["fengsui_engine.roads.matrix"], "_pages", lambda n_bytes: Unmovable(-1, n_bytes))
    again = matrix(drawn_city, spots, limit_ms=LONGEST_LIMIT_MS)
    assert len(again) > mmap.PAGESIZE
    assert np.array_equal(whole.to, again.to)
    assert np.array_equal(whole.ms, again.ms)


def test_a_guess_asks_for_little_more_than_there_is(drawn_city: RoadNetwork, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first rows may be long and all others empty: a system refuses more pages than it could ever have."""
    module = sys.modules["fengsui_engine.roads.matrix"]
    monkeypatch.setattr(module, "SPARE", 1e12)
    spots = at_nodes(drawn_city, np.tile(np.arange(drawn_city.n_junctions), 400))
    assert len(matrix(drawn_city, spots, limit_ms=LONGEST_LIMIT_MS)) == 400 * drawn_city.n_junctions**2


def test_when_one_block_fails_the_others_are_left(drawn_city: RoadNetwork, monkeypatch: pytest.MonkeyPatch) -> None:
    search = sys.modules["fengsui_engine.roads.matrix"]._Search
    begun, has_failed, block = [], threading.Event(), search._block

    def failing(self: object, sources: Snapped, lane: object) -> object:
        begun.append(sources)
        if len(begun) == 1:
            has_failed.set()
            raise MemoryError
        has_failed.wait()
        time.sleep(0.01)  # long enough for the other to be told
        return block(self, sources, lane)

    monkeypatch.setattr(search, "_block", failing)
    spots = at_nodes(drawn_city, np.tile(np.arange(drawn_city.n_junctions), 200))
    with pytest.raises(MemoryError):
        matrix(drawn_city, spots, limit_ms=1_000, threads=2)
    assert len(begun) < 20 < len(spots) / 8


def test_a_queue_that_is_full_is_made_longer(drawn_city: RoadNetwork) -> None:
    from fengsui_engine.roads.buckets import buckets_of

    spots = at_nodes(drawn_city, np.arange(drawn_city.n_junctions))
    whole, from_one = matrix(drawn_city, spots, limit_ms=900_000), reach(drawn_city, spots[:1], limit_ms=900_000)
    buckets_of(drawn_city).make_room(1)
    again = matrix(drawn_city, spots, limit_ms=900_000)
    assert np.array_equal(whole.ms, again.ms)
    buckets_of(drawn_city).make_room(1)
    assert np.array_equal(from_one, reach(drawn_city, spots[:1], limit_ms=900_000))


def test_places_far_from_any_road_reach_nothing_and_are_not_reached(drawn_city: RoadNetwork) -> None:
    spots = snap(drawn_city, [100.0, 110.0, 100.009], [0.0, 0.0, 0.0])
    assert [len(row) for row in rows_of(matrix(drawn_city, spots, limit_ms=900_000))][1] == 0
    near = rows_of(matrix(drawn_city, spots, targets=spots, limit_ms=900_000))
    assert [sorted(row) for row in near] == [[0, 2], [], [0, 2]]
    both = reach(drawn_city, spots, limit_ms=900_000)
    assert np.array_equal(both, reach(drawn_city, spots[np.array([0, 2])], limit_ms=900_000))


@pytest.mark.parametrize("limit_ms", [-1, LONGEST_LIMIT_MS + 1])
def test_a_limit_that_makes_no_sense_is_refused(drawn_city: RoadNetwork, limit_ms: int) -> None:
    here = at_nodes(drawn_city, [0])
    for ask in (reach, matrix):
        with pytest.raises(Refusal) as refused:
            ask(drawn_city, here, limit_ms=limit_ms)
        assert refused.value.code == "limit_out_of_range"


def test_when_no_place_is_near_a_road_reach_says_so(drawn_city: RoadNetwork) -> None:
    with pytest.raises(Refusal) as refused:
        reach(drawn_city, snap(drawn_city, 110.0, 0.0), limit_ms=60_000)
    assert refused.value.code == "far_from_road"


def random_city(seed: int, n: int, share_two_way: float) -> RoadNetwork:
    rng = np.random.default_rng(seed)
    spots = np.column_stack((100 + rng.random(n) / 50, rng.random(n) / 50)).tolist()
    a, b = rng.integers(0, n, (2, 3 * n)).tolist()
    times, is_two_way = rng.integers(0, 20_000, 3 * n).tolist(), (rng.random(3 * n) < share_two_way).tolist()
    streets: Sequence[tuple[int, int, int, int | None]] = [
        (a[i], b[i], times[i], times[i] + 7 if is_two_way[i] else None) for i in range(3 * n)
    ]
    return network(spots, streets)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_on_one_way_graphs_of_300_nodes_all_searches_agree(seed: int) -> None:
    rng = np.random.default_rng(seed)
    roads = random_city(seed, int(rng.integers(2, 300)), 0.3)
    spots: Spots = list(zip(rng.integers(0, roads.n_edges, 6).tolist(), rng.random(6).round(3).tolist(), strict=True))
    agree_on(roads, places(spots), rng)


def test_turn_bans_hold_in_every_search() -> None:
    """Left turns from 0 → 1 into 1 → 2 are banned: whoever comes that way drives on to 3 and back."""
    roads = banned_city()
    assert (roads.n_junctions, len(roads.node_copied)) == (4, 1)
    start = places([(int(np.flatnonzero((roads.tail == 0) & (roads.head >= 4))[0]), 0.5)])
    times = reach(roads, start, limit_ms=LONGEST_LIMIT_MS)
    assert times.tolist()[1:] == [500, 500 + 2 * 1000 + 1000, 1500]
    agree_on(roads, at_nodes(roads, np.arange(4)), np.random.default_rng(1))


def banned_city() -> RoadNetwork:
    """0 ═ 1 ═ 2 and 1 ═ 3, a second each; node 4 is the copy of 1 that 0 → 1 enters and that lacks 1 → 2."""
    arcs = [(0, 4, -1), (1, 0, -1), (1, 2, -1), (2, 1, -1), (1, 3, -1), (3, 1, -1), (4, 0, 1), (4, 3, 4)]
    tail, head, copy_of = (np.array(column, dtype=np.int32) for column in zip(*arcs, strict=True))
    lon, lat = np.array([100.0, 100.01, 100.02, 100.01, 100.01]), np.array([0.0, 0.0, 0.0, 0.01, 0.0])
    m, ends = len(arcs), np.column_stack((tail, head)).ravel()
    edges = Edges(
        tail=tail, head=head, travel_ms=np.full(m, 1000, dtype=np.int32), metres=np.full(m, 1000.0),
        twin=np.array([1, 0, 3, 2, 5, 4, 0, 5], dtype=np.int32), way=np.arange(m), from_osm=np.arange(m),
        to_osm=np.arange(m), name=np.zeros(m, dtype=np.int32), road_class=np.zeros(m, dtype=np.uint8), copy_of=copy_of,
        shape_first=np.arange(0, 2 * m + 1, 2, dtype=np.int32), shape_lon=lon[ends], shape_lat=lat[ends],
    )  # fmt: skip
    return assemble(lon, lat, edges, Told(names=(UNNAMED,), source="drawn"), node_copied=np.array([1], dtype=np.int32))
