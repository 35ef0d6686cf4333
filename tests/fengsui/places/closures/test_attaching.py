"""A closure on a road file of another day: found by its way and nodes, or told to be missing."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cities import PLACES, WAYS, draw_city, write_osm

from control_room import NOON, entries
from fengsui.places.basemap import build_basemap
from fengsui.places.city import City, assemble, swap
from fengsui.places.closures.actions import close_street, reattach_closures
from fengsui.places.closures.attach import Attacher
from fengsui.places.closures.models import Closure
from fengsui.places.closures.now import streets_now
from fengsui.places.closures.path import path_between, pieces_of
from fengsui_engine.roads import RoadNetwork, build_from_osm

PEOPLE_W, PEOPLE_M, PEOPLE_E = (100.0, 0.005), (100.009, 0.005), (100.018, 0.005)
COLLEGE_M, COLLEGE_E = (100.009, 0.0), (100.018, 0.0)


@pytest.fixture
def redrawn(tmp_path: Path) -> Any:
    """The drawn city with other ways: `redrawn({103: None})` leaves way 103 out."""

    def drawn_again(ways: dict[int, Any], places: dict[int, tuple[float, float]] | None = None) -> City:
        changed = [one for one in WAYS if one[0] not in ways] + [one for one in ways.values() if one is not None]
        extract = write_osm(tmp_path / "redrawn.osm", PLACES | (places or {}), sorted(changed))
        roads = build_from_osm(extract)
        return assemble(roads, build_basemap(extract, roads))

    return drawn_again


def pieces(here: City, start: tuple[float, float], end: tuple[float, float], *, one_way: bool = False) -> list[Any]:
    path = path_between(here, start, end, one_way=one_way)
    return pieces_of(here.roads, path.edges)


def named(roads: RoadNetwork, edges: Sequence[int] | np.ndarray) -> set[tuple[int, int]]:
    return {(int(roads.from_osm[edge]), int(roads.to_osm[edge])) for edge in edges}


def test_on_the_file_it_was_made_on_a_closure_finds_its_own_edges(drawn: City) -> None:
    for start, end in ((PEOPLE_W, PEOPLE_E), (PEOPLE_M, COLLEGE_M), (COLLEGE_M, COLLEGE_E)):
        path = path_between(drawn, start, end, one_way=False)
        edges, missing = Attacher(drawn.roads).attach(pieces_of(drawn.roads, path.edges))
        assert (edges.tolist(), missing) == (sorted(path.edges.tolist()), 0)


def test_a_new_junction_in_the_street_closes_both_of_its_parts(drawn: City, redrawn: Any) -> None:
    """A new lane meets People's Road in its eastern bend: 2 — 3 becomes 2 — 9 — 3."""
    new = redrawn({110: (110, (9, 13), {"highway": "residential"})}, {13: (100.0135, 0.007)})
    edges, missing = new.attacher.attach(pieces(drawn, PEOPLE_M, PEOPLE_E))
    assert (named(new.roads, edges), missing) == ({(2, 9), (9, 3), (3, 9), (9, 2)}, 0)


def test_one_way_stays_one_way_on_a_street_that_was_split(drawn: City, redrawn: Any) -> None:
    new = redrawn({110: (110, (9, 13), {"highway": "residential"})}, {13: (100.0135, 0.007)})
    edges, missing = new.attacher.attach(pieces(drawn, PEOPLE_E, PEOPLE_M, one_way=True))
    assert (named(new.roads, edges), missing) == ({(3, 9), (9, 2)}, 0)


def test_a_junction_that_is_gone_closes_the_longer_street(drawn: City, redrawn: Any) -> None:
    """Without Bell Tower Street, People's Road runs through from 1 to 3."""
    new = redrawn({103: None})
    edges, missing = new.attacher.attach(pieces(drawn, PEOPLE_W, PEOPLE_M, one_way=True))
    assert missing == 0
    assert len(edges) == 1
    lon = new.roads.shape_lon[new.roads.shape_first[edges[0]] : new.roads.shape_first[edges[0] + 1]]
    assert lon[0] < lon[-1]  # still eastward


def test_a_street_that_is_gone_is_missing_and_closes_nothing_else(drawn: City, redrawn: Any) -> None:
    new = redrawn({103: None})
    edges, missing = new.attacher.attach(pieces(drawn, PEOPLE_M, COLLEGE_M))
    assert (len(edges), missing) == (0, 2)


def test_a_street_that_was_turned_round_no_longer_closes_the_old_direction(drawn: City, redrawn: Any) -> None:
    turned = {106: (106, (6, 10, 5), {"highway": "tertiary", "name": "学府路", "oneway": "yes"})}
    new = redrawn(turned)
    edges, missing = new.attacher.attach(pieces(drawn, COLLEGE_M, COLLEGE_E))
    assert (len(edges), missing) == (0, 1)


def test_a_new_file_tells_the_desks_what_is_missing_and_what_is_found_again(
    prefecture: Any, dispatcher: Any, drawn: City, redrawn: Any, desk: Any
) -> None:
    whole = close_street(start=PEOPLE_W, end=PEOPLE_M, one_way=False, until=None, reason="", by=dispatcher, now=NOON)
    tower = close_street(start=PEOPLE_M, end=COLLEGE_M, one_way=False, until=None, reason="", by=dispatcher, now=NOON)
    new = redrawn({103: None})
    swap(new)
    assert reattach_closures(new, now=NOON) == 1
    told = {row["id"]: row["attached"] for row in desk.get("/board")["closures"]}
    assert told == {str(whole.pk): True, str(tower.pk): False}
    assert [entry.what for entry in entries()][-2:] == ["closure.attached", "closure.detached"]
    assert reattach_closures(new, now=NOON) == 1
    assert len(entries()) == 4  # asked again, nothing new to tell
    now = streets_now().roads
    assert np.count_nonzero(now.onward[:, 0] != now.head) == 2

    swap(drawn)
    assert reattach_closures(drawn, now=NOON) == 0
    assert all(row["attached"] for row in desk.get("/board")["closures"])
    now = streets_now().roads
    assert np.count_nonzero(now.onward[:, 0] != now.head) == 4
    assert Closure.objects.get(pk=tower.pk).version == 3


def test_the_same_extract_built_again_needs_no_entry(prefecture: Any, dispatcher: Any, tmp_path: Path) -> None:
    close_street(start=PEOPLE_W, end=PEOPLE_M, one_way=False, until=None, reason="", by=dispatcher, now=NOON)
    (tmp_path / "again").mkdir()
    extract = draw_city(tmp_path / "again" / "drawn.osm")
    roads = build_from_osm(extract)
    assert reattach_closures(assemble(roads, build_basemap(extract, roads)), now=NOON) == 0
    assert len(entries()) == 1


def test_a_street_of_which_only_a_part_is_found_is_closed_there_and_told_to_be_missing(
    drawn: City, redrawn: Any
) -> None:
    """Bell Tower Street was drawn again: a lane meets it at 70 %, and its southern end is another node."""
    tower = {103: (103, (2, 60, 55), WAYS[2][2]), 111: (111, (60, 61), {"highway": "residential"})}
    places = {60: (100.009, 0.0015), 61: (100.012, 0.0015), 55: (100.009, 0.00001)}
    college = {105: (105, (4, 55), WAYS[4][2]), 106: (106, (55, 10, 6), WAYS[5][2]), 107: None}
    new = redrawn(tower | college, places)
    edges, missing = new.attacher.attach(pieces(drawn, PEOPLE_M, COLLEGE_M, one_way=True))
    assert named(new.roads, edges) == {(2, 60)}
    assert missing == 1


def test_a_curved_street_with_a_junction_more_is_found_whole(redrawn: Any) -> None:
    """A ramp that turns three quarters of a circle; a lane meets it somewhere."""
    places = {
        70 + i: (100.004 + 0.002 * np.cos(a), -0.003 + 0.002 * np.sin(a)) for i, a in enumerate(np.linspace(0, 4.7, 8))
    }
    link = {120: (120, (4, 70), {"highway": "residential"}), 121: (121, (77, 5), {"highway": "residential"})}
    ramp = {122: (122, tuple(range(70, 78)), {"highway": "primary_link", "oneway": "yes"})}
    before = redrawn(link | ramp, places)
    path = [e for e in range(before.roads.n_edges) if before.roads.way[e] == 122]
    piece = pieces_of(before.roads, np.array(path))
    for cut in range(71, 77):
        lane = {123: (123, (cut, 5), {"highway": "service"})}
        edges, missing = redrawn(link | ramp | lane, places).attacher.attach(piece)
        assert (len(edges), missing) == (2, 0), cut
