"""Turn bans: every answer on the copied junctions is that of a search over the streets just driven."""

from collections.abc import Sequence
from dataclasses import fields

import numpy as np
import pytest
from cities import network
from drawn_networks import Spots, drawings, fractions
from hypothesis import given
from hypothesis import strategies as st
from line_graph import Ban, LineGraph
from textbook import Label, places

from fengsui_engine.refusal import Refusal
from fengsui_engine.roads import RoadNetwork, StreetName, Told, assemble, at_nodes, nearest, route, turns
from fengsui_engine.roads.network import Edges
from fengsui_engine.roads.turns import obeying

Forbidding = tuple[RoadNetwork, list[Ban]]


def edges_of(roads: RoadNetwork) -> Edges:
    """The edges of a network that has no copies yet."""
    columns = {f.name: getattr(roads, f.name) for f in fields(Edges) if f.name != "copy_of"}
    return Edges(**columns, copy_of=np.full(roads.n_edges, -1, dtype=np.int32))


def forbidding(roads: RoadNetwork, bans: Sequence[Ban]) -> RoadNetwork:
    """The same streets with these bans kept; edges keep their numbers."""
    streets = obeying(roads.lon, roads.lat, edges_of(roads), bans)
    told = Told(names=(StreetName("", ""),), source="drawn", obeys_turns=True)
    return assemble(streets.lon, streets.lat, streets.edges, told, node_copied=streets.node_copied)


@st.composite
def networks_with_bans(draw: st.DrawFn, *, most_edges: int = 2) -> Forbidding:
    """Streets, and bans along random walks of two edges or more."""
    roads = network(*draw(drawings()))
    bans: list[Ban] = []
    for _ in range(draw(st.integers(0, 12))):
        row = [draw(st.integers(0, roads.n_edges - 1))]
        for _ in range(draw(st.integers(1, most_edges - 1))):
            node = int(roads.head[row[-1]])
            out = range(int(roads.first_out[node]), int(roads.first_out[node + 1]))
            if out:
                row.append(draw(st.sampled_from(out)))
        if len(row) > 1:
            bans.append(tuple(row))
    return roads, bans


def spots(roads: RoadNetwork) -> st.SearchStrategy[Spots]:
    return st.lists(st.tuples(st.integers(0, roads.n_street_edges - 1), fractions), min_size=1, max_size=6)


def answers(roads: RoadNetwork, starts: Spots, goal: tuple[int, float]) -> list[Label | None]:
    """What the engine says of each start."""
    found = nearest(roads, places([goal]), places(starts), len(starts))
    said: list[Label | None] = [None] * len(starts)
    for unit, ms, metres in zip(found.unit.tolist(), found.ms.tolist(), found.metres.tolist(), strict=True):
        said[unit] = ms, round(metres * 1000)
    return said


def check_times(roads: RoadNetwork, bans: list[Ban], starts: Spots, goals: Spots) -> None:
    kept, line_graph = forbidding(roads, bans), LineGraph(roads, bans)
    wanted = [line_graph.fastest(start, goals) for start in starts]
    for j, goal in enumerate(goals):
        assert answers(kept, starts, goal) == [row[j] for row in wanted]


@given(st.data())
def test_bans_at_a_junction_are_kept_as_the_line_graph_keeps_them(data: st.DataObject) -> None:
    roads, bans = data.draw(networks_with_bans())
    check_times(roads, bans, data.draw(spots(roads)), data.draw(spots(roads)))


@given(st.data())
def test_bans_by_way_of_other_streets_are_kept_as_an_automaton_keeps_them(data: st.DataObject) -> None:
    roads, bans = data.draw(networks_with_bans(most_edges=5))
    check_times(roads, bans, data.draw(spots(roads)), data.draw(spots(roads)))


@given(st.data())
def test_a_route_breaks_no_ban_and_takes_what_it_says(data: st.DataObject) -> None:
    roads, bans = data.draw(networks_with_bans(most_edges=4))
    kept = forbidding(roads, bans)
    (start,), (goal,) = data.draw(spots(roads).map(lambda s: s[:1])), data.draw(spots(roads).map(lambda s: s[:1]))
    way = route(kept, places([start]), places([goal]))
    assert (way is None) == (answers(kept, [start], goal) == [None])
    if way is None:
        return
    driven = tuple(way.edges.tolist())
    assert all(edge < roads.n_edges for edge in driven)
    assert not any(driven[i : i + len(ban)] == ban for ban in bans for i in range(len(driven)))
    assert way.ms == LineGraph(roads, bans).fastest(start, [goal])[0][0]  # type: ignore[index]


@given(st.data())
def test_a_ban_never_makes_a_way_shorter(data: st.DataObject) -> None:
    roads, bans = data.draw(networks_with_bans(most_edges=4))
    turning = [(e, int(roads.twin[e])) for e in range(roads.n_edges) if roads.twin[e] >= 0]
    one_more = data.draw(st.sampled_from(turning)) if turning else None
    starts, (goal, *_) = data.draw(spots(roads)), data.draw(spots(roads))
    free = answers(roads, starts, goal)
    few = answers(forbidding(roads, bans), starts, goal)
    more = answers(forbidding(roads, [*bans, one_more] if one_more else bans), starts, goal)
    for before, after in (*zip(free, few, strict=True), *zip(few, more, strict=True)):
        assert after is None or (before is not None and before <= after)


def cross(ms: int = 1000) -> RoadNetwork:
    """Four streets to a crossing, node 0; node i at the end of each. Edge numbers: 0-3 out, then 4-7 in."""
    arms = [(100.001, 0.0), (100.0, 0.001), (99.999, 0.0), (100.0, -0.001)]
    return network([(100.0, 0.0), *arms], [(0, i, ms, ms) for i in (1, 2, 3, 4)])


def between(roads: RoadNetwork, a: int, b: int) -> int | None:
    found = nearest(roads, at_nodes(roads, [b]), at_nodes(roads, [a]), 1)
    return int(found.ms[0]) if len(found) else None


def test_a_banned_turn_is_made_by_turning_round_further_on() -> None:
    kept = forbidding(cross(), [(4, 1)])  # from node 1 to node 2
    assert between(cross(), 1, 2) == 2000
    assert between(kept, 1, 2) == 4000
    assert [between(kept, 2, 1), between(kept, 1, 3), between(kept, 0, 2)] == [2000, 2000, 1000]


def test_a_short_ban_holds_for_those_who_come_by_a_longer_one() -> None:
    kept = forbidding(cross(), [(4, 1, 5, 2), (5, 2), (5, 3)])  # a way 1-0-2-0 is remembered, and 2-0-3 is banned
    assert [between(kept, 1, 3), between(kept, 2, 3), between(kept, 2, 4)] == [2000, 4000, 4000]
    line_graph = LineGraph(cross(), [(4, 1, 5, 2), (5, 2), (5, 3)])
    spots = [(edge, 0.5) for edge in range(8)]
    for start in spots:
        assert [answers(kept, [start], goal)[0] for goal in spots] == line_graph.fastest(start, spots)


def test_bans_of_one_street_are_kept_by_one_copy() -> None:
    kept = forbidding(cross(), [(4, 1), (4, 2), (4, 1)])
    assert (len(kept.node_copied), len(kept.edge_copied)) == (1, 2)
    assert kept.edge_copied.tolist() == [0, 3]
    assert kept.twin[kept.n_street_edges :].tolist() == [-1, -1]


def test_where_every_way_out_is_banned_there_is_no_way() -> None:
    kept = forbidding(cross(), [(4, edge) for edge in range(4)])
    assert between(kept, 1, 2) is None
    assert between(kept, 2, 1) == 2000


def test_a_ban_that_is_no_way_through_the_streets_is_refused() -> None:
    for wrong in ((0, 1), (4,)):
        with pytest.raises(Refusal) as refused:
            forbidding(cross(), [wrong])
        assert refused.value.code == "roads_inconsistent"


def test_more_copies_than_there_is_room_for_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "MOST_COPIED_EDGES", 9)
    bans = [(4, 1), (5, 2), (6, 3)]
    forbidding(cross(), bans[:2])
    with pytest.raises(Refusal) as refused:
        forbidding(cross(), bans)
    assert refused.value.code == "too_many_turn_bans"
