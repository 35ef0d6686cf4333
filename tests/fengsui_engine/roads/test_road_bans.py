"""Turn bans as a map tells them: which turns they take from the streets, and which bans say nothing to crews.

     c                 All streets are two-way and residential; `p–q` is drawn in two ways of one name that meet in
     │                 the bend `m`, so that `m` is a junction only where a ban needs it.
a ───b─── d
│    │    │
p ─m─ q ──e
"""

from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import quoteattr

import numpy as np
import pytest
from line_graph import Ban, LineGraph
from textbook import places

from fengsui_engine.refusal import Refusal
from fengsui_engine.roads import RoadNetwork, build_from_osm, nearest, turns
from fengsui_engine.roads import osm as reader
from fengsui_engine.roads.dropped import WORDS, Dropped

POINTS = {"a": (0, 1), "b": (1, 1), "c": (1, 2), "d": (2, 1), "p": (0, 0), "m": (0.5, 0), "q": (1, 0), "e": (2, 0)}
WAYS = ("a b", "b c", "b d", "b q", "a p", "p m", "m q", "q e", "d e")
NAMED = {"p m": "underpass", "m q": "underpass"}
Relation = tuple[dict[str, str], Sequence[tuple[str, str]]]


def point_id(letter: str) -> int:
    return 1 + list(POINTS).index(letter)


def way_id(way: str) -> int:
    return 101 + WAYS.index(way)


def ban(kind: str, from_: str, via: str, to: str, **tags: str) -> Relation:
    """A restriction; `via` is a point, or ways set apart by commas."""
    middle = [("via", each) for each in via.split(",")]
    return {"type": "restriction", "restriction": kind, **tags}, [("from", from_), *middle, ("to", to)]


def drawn(folder: Path, relations: Sequence[Relation], *, footway: str = "") -> Path:
    lines = ["<osm version='0.6'>"]
    for letter, (x, y) in POINTS.items():
        lines.append(f'<node id="{point_id(letter)}" version="1" lon="{100 + x / 1000}" lat="{y / 1000}"/>')
    for way in WAYS:
        refs = "".join(f'<nd ref="{point_id(letter)}"/>' for letter in way.split())
        kind = "footway" if way == footway else "residential"
        tags = f'<tag k="highway" v="{kind}"/><tag k="name" v="{NAMED.get(way, way)}"/>'
        lines.append(f'<way id="{way_id(way)}" version="1">{refs}{tags}</way>')
    for number, (tags_of, members) in enumerate(relations):
        lines.append(f'<relation id="{number + 1}" version="1">')
        for role, what in members:
            kind, ref = ("node", point_id(what)) if len(what) == 1 else ("way", way_id(what) if what in WAYS else 999)
            lines.append(f'<member type="{kind}" ref="{ref}" role="{role}"/>')
        lines += [f"<tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in tags_of.items()]
        lines.append("</relation>")
    path = folder / "bans.osm"
    path.write_text("\n".join([*lines, "</osm>"]), encoding="utf-8")
    return path


def missing_turns(roads: RoadNetwork) -> set[str]:
    """The turns that a copy lacks, as the points driven by: `abc` is the turn from a–b to b–c."""
    letter = {point_id(each): each for each in POINTS}
    come_by: dict[int, str] = {}
    for edge in range(roads.n_street_edges):
        if roads.head[edge] >= roads.n_junctions:
            come_by[int(roads.head[edge])] = letter[int(roads.from_osm[edge])] + letter[int(roads.to_osm[edge])]
    for edge in range(roads.n_street_edges, roads.n_edges):
        if roads.head[edge] >= roads.n_junctions and int(roads.head[edge]) not in come_by:
            come_by[int(roads.head[edge])] = come_by[int(roads.tail[edge])] + letter[int(roads.to_osm[edge])]
    missing = set()
    for copy, row in come_by.items():
        junction = roads.junction_of(copy)
        out = {int(roads.to_osm[e]) for e in range(roads.first_out[junction], roads.first_out[junction + 1])}
        kept = {int(roads.to_osm[e]) for e in range(roads.first_out[copy], roads.first_out[copy + 1])}
        missing |= {row + letter[node] for node in out - kept}
    return missing


@pytest.mark.parametrize(
    ("relation", "wanted"),
    [
        (ban("no_left_turn", "a b", "b", "b c"), {"abc"}),
        (ban("no_right_turn", "b c", "b", "a b"), {"cba"}),
        (ban("no_straight_on", "a b", "b", "b d"), {"abd"}),
        (ban("only_straight_on", "a b", "b", "b d"), {"abc", "abq", "aba"}),
        (ban("only_right_turn", "a b", "b", "b q"), {"abc", "abd", "aba"}),
        (ban("no_u_turn", "a b", "b", "a b"), {"aba"}),
        (ban("no_u_turn", "p m", "m", "p m"), {"pmp"}),
        (ban("no_left_turn", "p m", "m", "m q"), {"pmq"}),
        (ban("no_left_turn", "a b", "b q", "m q"), {"abqp"}),
        (ban("no_u_turn", "a p", "p m,m q", "b q"), {"apqb"}),
        (ban("no_u_turn", "a p", "m q,p m", "b q"), {"apqb"}),  # members in the wrong order
        (ban("only_left_turn", "a b", "b q", "q e"), {"abqp", "abqb"}),
        (ban("no_left_turn", "a b", "b", "b c", **{"except": "bus;taxi"}), {"abc"}),
    ],
)
def test_which_turns_a_ban_takes(tmp_path: Path, relation: Relation, wanted: set[str]) -> None:
    roads = build_from_osm(drawn(tmp_path, [relation]), obey_turns=True)
    assert missing_turns(roads) == wanted
    assert roads.dropped == {Dropped.TURN_BANS_READ: 1}
    assert roads.obeys_turns


def _junctions(roads: RoadNetwork) -> str:
    return "".join(each for each in POINTS if point_id(each) in roads.from_osm)


@pytest.mark.parametrize(
    ("relation", "reason"),
    [
        (ban("no_left_turn", "a b", "b", "b c", **{"except": "psv; emergency"}), Dropped.TURN_BANS_FOR_OTHERS),
        (({"type": "restriction", "restriction:hgv": "no_left_turn"}, []), Dropped.TURN_BANS_FOR_OTHERS),
        (({"type": "restriction", "restriction:conditional": "no_left_turn @ (Mo)"}, []), Dropped.TURN_BANS_FOR_OTHERS),
        (ban("no_left_turn", "a b", "b", "nowhere at all"), Dropped.TURN_BANS_WITHOUT_EFFECT),
        (ban("no_left_turn", "a b", "b", "d e"), Dropped.TURN_BANS_WITHOUT_EFFECT),
        (ban("no_left_turn", "a b", "b", "a p"), Dropped.TURN_BANS_WITHOUT_EFFECT),
        (ban("only_straight_on", "a b", "b q,d e", "q e"), Dropped.TURN_BANS_WITHOUT_EFFECT),
        (ban("no_such_thing", "a b", "b", "b c"), Dropped.TURN_BANS_NOT_UNDERSTOOD),
        (ban("no_left_turn", "a b", "b", "a b"), Dropped.TURN_BANS_NOT_UNDERSTOOD),
        (ban("no_left_turn", "a b", "b,q", "b c"), Dropped.TURN_BANS_NOT_UNDERSTOOD),
        (ban("no_left_turn", "a b", "b,b q", "b c"), Dropped.TURN_BANS_NOT_UNDERSTOOD),
        (({"type": "restriction", "restriction": "no_left_turn"}, [("from", "a b"), ("via", "b")]),
         Dropped.TURN_BANS_NOT_UNDERSTOOD),
    ],
)  # fmt: skip
def test_bans_that_take_nothing_are_counted(tmp_path: Path, relation: Relation, reason: Dropped) -> None:
    roads = build_from_osm(drawn(tmp_path, [relation]), obey_turns=True)
    assert (len(roads.node_copied), missing_turns(roads)) == (0, set())
    assert roads.dropped == {Dropped.TURN_BANS_READ: 1, reason: 1}


def test_a_ban_onto_a_way_that_is_not_driven_takes_nothing(tmp_path: Path) -> None:
    relations = [ban("only_straight_on", "a b", "b", "b c"), ban("no_left_turn", "a b", "b", "b c")]
    roads = build_from_osm(drawn(tmp_path, relations, footway="b c"), obey_turns=True)
    assert len(roads.node_copied) == 0
    assert roads.dropped[Dropped.TURN_BANS_WITHOUT_EFFECT] == 2


def test_crews_do_not_obey_unless_they_are_told_to(tmp_path: Path) -> None:
    extract = drawn(tmp_path, [ban("no_left_turn", "a b", "b", "b c"), ban("no_u_turn", "p m", "m", "p m")])
    roads = build_from_osm(extract)
    assert (roads.n_nodes, roads.obeys_turns) == (roads.n_junctions, False)
    assert roads.dropped == {Dropped.TURN_BANS_READ: 2, Dropped.TURN_BANS_NOT_OBEYED: 2}
    assert "m" not in _junctions(roads)
    assert "m" in _junctions(build_from_osm(extract, obey_turns=True))


def test_several_bans_of_one_street_meet_in_one_copy(tmp_path: Path) -> None:
    relations = [ban("no_left_turn", "a b", "b", "b c"), ban("no_u_turn", "a b", "b", "a b")]
    roads = build_from_osm(drawn(tmp_path, relations), obey_turns=True)
    assert missing_turns(roads) == {"abc", "aba"}
    assert len(roads.node_copied) == 1


def test_a_network_that_obeys_is_kept_in_its_file(tmp_path: Path) -> None:
    roads = build_from_osm(drawn(tmp_path, [ban("no_left_turn", "a b", "b", "b c")]), obey_turns=True)
    roads.save(tmp_path / "city.roads")
    again = RoadNetwork.open(tmp_path / "city.roads")
    assert (again.digest, again.obeys_turns, again.dropped) == (roads.digest, True, dict(roads.dropped))
    assert missing_turns(again) == {"abc"}


def test_every_reason_has_its_words() -> None:
    assert set(WORDS) == set(Dropped)


REAL = {
    "monaco_osrm.osm.pbf": 27,
    "Helsinki.osm.pbf": 45,
    "krems.osm.gz": 9,
    "north-bayreuth.osm.gz": 40,
    "liechtenstein.osm.pbf": 3,
    "nanjing_centre.osm.pbf": 5,
}


@pytest.mark.parametrize("name", REAL)
def test_the_bans_of_a_real_extract_are_kept_as_the_line_graph_keeps_them(
    name: str, real_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[Ban] = []

    def watched(lon: np.ndarray, lat: np.ndarray, edges: object, bans: set[Ban]) -> turns.Obeying:
        order = np.argsort(edges.tail, kind="stable")  # type: ignore[attr-defined]
        number = np.empty(len(order), dtype=np.int64)
        number[order] = np.arange(len(order))
        kept.extend(tuple(int(number[edge]) for edge in row) for row in bans)
        return turns.obeying(lon, lat, edges, bans)  # type: ignore[arg-type]

    monkeypatch.setattr(reader, "obeying", watched)
    roads = build_from_osm(real_data / name, obey_turns=True)
    assert roads.dropped[Dropped.TURN_BANS_READ] == REAL[name]
    assert kept
    line_graph, rng = LineGraph(roads, kept), np.random.default_rng(7)
    turning = [(row[-1], 0.5) for row in kept]
    goals = [turning[i] for i in rng.integers(0, len(turning), 12).tolist()]
    starts = [(int(kept[i][0]), 0.25) for i in rng.integers(0, len(kept), 12).tolist()]
    for start in starts:
        wanted = line_graph.fastest(start, goals)
        for goal, label in zip(goals, wanted, strict=True):
            found = nearest(roads, places([goal]), places([start]), 1)
            said = (int(found.ms[0]), round(float(found.metres[0]) * 1000)) if len(found) else None
            assert said == label


def test_bans_that_are_too_many_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "MOST_STEPS", 3)
    extract = drawn(tmp_path, [ban("only_straight_on", "a b", "b", "b d")])
    build_from_osm(extract)
    with pytest.raises(Refusal) as refused:
        build_from_osm(extract, obey_turns=True)
    assert refused.value.code == "too_many_turn_bans"
