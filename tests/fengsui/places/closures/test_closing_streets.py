"""Closing a street by two points: what is closed, for how long, who may, and what everybody then drives."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from django.db import IntegrityError, transaction

from control_room import NOON, entries
from fengsui.places.closures import now as closures_now
from fengsui.places.closures.actions import close_street, expire_closures, forget_closures, lift_closure
from fengsui.places.closures.models import Closure, State
from fengsui.places.closures.now import streets_now

TOWER_N, TOWER_S = [100.009, 0.005], [100.009, 0.0]  # the ends of Bell Tower Street
MID_TOWER = [100.009, 0.0025]
PEOPLE_W, PEOPLE_M = [100.0, 0.005], [100.009, 0.005]
COLLEGE_M, COLLEGE_E = [100.009, 0.0], [100.018, 0.0]  # one-way, to the east
FAR = [103.0, 3.0]


@pytest.fixture
def close(dispatcher: Any) -> Callable[..., Closure]:
    """Close between two points: `close(TOWER_N, TOWER_S)`."""

    def closed(start: list[float], end: list[float], **said: Any) -> Closure:
        said = {"one_way": False, "until": None, "reason": "", "by": dispatcher, "now": NOON} | said
        return close_street(start=(start[0], start[1]), end=(end[0], end[1]), **said)

    return closed


def seconds(desk: Any, incident: Any) -> dict[str, float]:
    """Of each unit, by call sign."""
    return {one["unit"]: one["seconds"] for one in desk.get(f"/incidents/{incident.pk}/recommendation")["units"]}


def test_the_path_is_shown_before_anything_is_closed(desk: Any) -> None:
    shown = desk.post("/closures/path", {"from": TOWER_N, "to": TOWER_S})
    assert shown.status == 200
    assert shown["metres"] == pytest.approx(556, abs=1)
    assert shown["streets"] == [{"zh": "钟楼街", "en": "Bell Tower Street"}]
    assert (shown["edges"], shown["already"]) == (2, 0)
    assert {tuple(c) for c in shown["geometry"]["coordinates"]} == {tuple(TOWER_N), tuple(TOWER_S)}
    assert not Closure.objects.exists()


def test_the_next_recommendation_and_every_route_go_round_it(desk: Any, fire: Any) -> None:
    before = seconds(desk, fire)
    route = desk.get(f"/incidents/{fire.pk}/route", unit="SQ02")
    made = desk.post("/closures", {"from": TOWER_N, "to": TOWER_S, "reason": "塌方"})
    assert made.status == 201
    assert (made["state"], made["version"], made["reason"], made["until"]) == ("closed", 1, "塌方", None)
    after = seconds(desk, fire)
    assert after["SQ02"] > before["SQ02"] + 60
    assert (next(iter(before)), next(iter(after))) == ("SQ02", "SQ01")  # by West Street it is nearer
    round_it = desk.get(f"/incidents/{fire.pk}/route", unit="SQ02")
    assert round_it["metres"] > route["metres"] + 1000
    assert [100.0, 0.0] in round_it["geometry"]["coordinates"]  # by West Street
    assert desk.delete(f"/closures/{made['id']}")["state"] == "lifted"
    assert seconds(desk, fire) == before


def test_a_place_on_the_closed_street_is_reached_from_its_open_ends(desk: Any, report: Callable[..., Any]) -> None:
    inside = report("medical", lon=MID_TOWER[0], lat=MID_TOWER[1])
    before = seconds(desk, inside)
    desk.post("/closures", {"from": TOWER_N, "to": TOWER_S})
    assert seconds(desk, inside) == before  # SQ02 stands at one end, SQ01 comes by the other or the same


def test_closing_part_of_a_street_closes_it_from_junction_to_junction(close: Callable[..., Closure]) -> None:
    whole, part = close(TOWER_N, TOWER_S), close([100.009, 0.004], [100.009, 0.003])
    assert whole.pieces == part.pieces
    assert part.metres == pytest.approx(556, abs=1)


def test_a_click_hard_by_a_junction_does_not_close_the_street_beyond_it(close: Callable[..., Closure]) -> None:
    meant = close(TOWER_N, TOWER_S)
    for beyond in (
        [100.00886, 0.005],
        [100.00914, 0.005],
        [100.009, 0.0051],
    ):  # some 15 m along another street, or off it
        assert close(beyond, TOWER_S).pieces == meant.pieces
    assert len(close([100.0085, 0.005], TOWER_S).pieces) > len(meant.pieces), "55 m away it is another street"
    assert close([100.009, 0.00499], [100.009, 0.00488]).pieces == meant.pieces, (
        "both by one junction: their own street"
    )


def test_both_ways_are_closed_unless_one_is_asked_for(close: Callable[..., Closure], dispatcher: Any) -> None:
    both = close(PEOPLE_W, PEOPLE_M)
    lift_closure(closure=both, by=dispatcher, now=NOON)
    one = close(PEOPLE_W, PEOPLE_M, one_way=True)
    assert (len(both.pieces), len(one.pieces)) == (2, 1)
    assert one.pieces[0][1:3] == [1, 2]  # from the first point to the second
    now = streets_now().roads
    closed = np.flatnonzero(now.onward[:, 0] != now.head)
    assert [(int(now.from_osm[e]), int(now.to_osm[e])) for e in closed] == [(1, 2)]


def test_the_direction_of_the_clicks_does_not_matter_on_a_one_way_street(close: Callable[..., Closure]) -> None:
    along, against = close(COLLEGE_M, COLLEGE_E), close(COLLEGE_E, COLLEGE_M)
    assert along.pieces == against.pieces
    assert len(along.pieces) == 1


def test_the_end_of_a_closed_cul_de_sac_is_reached_all_the_same(desk: Any, report: Callable[..., Any]) -> None:
    yard = report("fire", lon=100.009, lat=-0.002)
    before = seconds(desk, yard)
    assert desk.post("/closures", {"from": [100.009, -0.0005], "to": [100.009, -0.002]}).status == 201
    assert seconds(desk, yard) == before
    assert len(before) == 3


def test_what_no_screen_shows_is_left_out_of_the_reason(desk: Any) -> None:
    made = desk.post("/closures", {"from": TOWER_N, "to": TOWER_S, "reason": "\u0000 施\u0007工 "})
    assert made["reason"] == "施工"


def test_what_overlaps_stays_closed_until_the_last_is_lifted(
    desk: Any, fire: Any, close: Callable[..., Closure], dispatcher: Any
) -> None:
    before = seconds(desk, fire)
    first, second = close(TOWER_N, TOWER_S), close(PEOPLE_M, TOWER_S)
    shown = desk.post("/closures/path", {"from": TOWER_N, "to": TOWER_S})
    assert shown["already"] == 2
    lift_closure(closure=first, by=dispatcher, now=NOON)
    assert seconds(desk, fire) != before
    lift_closure(closure=second, by=dispatcher, now=NOON)
    assert seconds(desk, fire) == before


def test_lifting_twice_is_one_act(close: Callable[..., Closure], desk: Any) -> None:
    made = close(TOWER_N, TOWER_S)
    first, again = desk.delete(f"/closures/{made.pk}"), desk.delete(f"/closures/{made.pk}")
    assert (first.status, again.status) == (200, 200)
    assert first.body == again.body
    assert [entry.what for entry in entries("SQC")].count("closure.lifted") == 1


def test_a_closure_ends_when_its_time_passes_and_the_journal_says_so(
    close: Callable[..., Closure], desk: Any, fire: Any
) -> None:
    before = seconds(desk, fire)
    made = close(TOWER_N, TOWER_S, until=NOON + timedelta(minutes=30))
    assert expire_closures(now=NOON + timedelta(minutes=29)) == 0
    assert seconds(desk, fire) != before
    assert expire_closures(now=NOON + timedelta(minutes=30)) == 1
    assert seconds(desk, fire) == before
    assert expire_closures(now=NOON + timedelta(minutes=31)) == 0
    told = [entry for entry in entries("SQC") if entry.about == (("closure", str(made.pk)),)]
    assert [entry.what for entry in told] == ["closure.made", "closure.expired"]
    assert told[-1].by["role"] == "system"


def test_an_entry_holds_what_was_closed_and_no_words(close: Callable[..., Closure], drawn: Any) -> None:
    close(TOWER_N, TOWER_S, reason="施工，张师傅说到五点")
    (told,) = (entry for entry in entries("SQC") if entry.what == "closure.made")
    assert told.facts["pieces"] == [[103, 2, 5], [103, 5, 2]]
    assert told.facts["roads"] == drawn.roads.digest
    assert "张" not in json.dumps(told.facts, ensure_ascii=False)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"from": FAR, "to": TOWER_S}, 422, "far_from_road"),
        ({"from": [0.005, 100.009], "to": TOWER_S}, 422, "far_from_road"),  # swapped
        ({"from": TOWER_N, "to": TOWER_S, "until": "yesterday"}, 422, "time_not_readable"),
        ({"from": TOWER_N, "to": TOWER_S, "until": "2020-01-01T00:00:00Z"}, 422, "until_has_passed"),
        ({"from": TOWER_N, "to": TOWER_N}, 409, "no_path"),  # a junction, no street
        ({"from": [100.009001, 0.005001], "to": [100.009001, 0.005001]}, 409, "no_path"),  # the same
        # against a one-way street: only by a way round the blocks
        ({"from": [100.0125, 0.0], "to": [100.0115, 0.0], "one_way": True}, 422, "path_too_long"),
        ({"from": TOWER_N}, 422, "field_not_understood"),
        ({"from": [100.009, "x"], "to": TOWER_S}, 422, "field_not_understood"),
        ({"from": [100.009, "0.005"], "to": TOWER_S}, 422, "field_not_understood"),
        ({"from": [True, 0], "to": TOWER_S}, 422, "field_not_understood"),
        ({"from": [100.009, None], "to": TOWER_S}, 422, "field_not_understood"),
        ({"from": [100.009], "to": TOWER_S}, 422, "field_not_understood"),
        ({"from": [181.0, 0.0], "to": TOWER_S}, 422, "field_not_understood"),
        ({"from": TOWER_N, "to": TOWER_S, "who": "x"}, 422, "field_not_understood"),
        ({"from": TOWER_N, "to": TOWER_S, "reason": "x" * 201}, 422, "field_not_understood"),
    ],
)
def test_what_cannot_be_closed_is_refused_with_its_code_and_nothing_is_closed(
    desk: Any, body: dict[str, Any], status: int, code: str
) -> None:
    answer = desk.post("/closures", body)
    assert (answer.status, answer.code) == (status, code)
    assert not Closure.objects.exists()


def test_a_body_that_is_not_json_is_refused(desk: Any) -> None:
    answer = desk.post("/closures", raw=b'{"from": [NaN, 1], "to": [1, 2]}')
    assert answer.status == 400


@pytest.mark.parametrize(
    ("who", "may"), [("shift_lead", True), ("call_taker", False), ("crew", False), ("planner", False)]
)
def test_who_may_close_is_who_sends_units(door: Callable[..., Any], who: str, may: bool) -> None:
    answer = door(who).post("/closures", {"from": TOWER_N, "to": TOWER_S})
    assert answer.status == (201 if may else 403)


def test_another_centre_neither_sees_nor_lifts_it_but_drives_round_it(
    door: Callable[..., Any], close: Callable[..., Closure]
) -> None:
    made = close(TOWER_N, TOWER_S)
    county = door("county_dispatcher")
    assert county.get("/closures")["items"] == []
    assert county.delete(f"/closures/{made.pk}").status == 404
    assert county.delete("/closures/nothing").status == 404
    assert streets_now().roads is not streets_now().roads.as_built


def test_a_board_and_the_entries_after_it_tell_the_same_closures(
    desk: Any, close: Callable[..., Closure], dispatcher: Any
) -> None:
    from fengsui.live.rows import rows_about

    kept = close(TOWER_N, TOWER_S, until=datetime(2030, 1, 1, tzinfo=UTC))
    gone = close(PEOPLE_W, PEOPLE_M)
    lift_closure(closure=gone, by=dispatcher, now=NOON)
    (told,) = desk.get("/board")["closures"]
    assert (told["id"], told["state"], told["until"]) == (str(kept.pk), "closed", "2030-01-01T00:00:00.000Z")
    rows = rows_about([("closure", str(kept.pk)), ("closure", str(gone.pk))])["closures"]
    assert [(row["state"], row["version"]) for row in rows] == [("closed", 1), ("lifted", 2)]
    assert rows[0] == told


def test_a_crew_sees_what_its_centre_closed(prefecture: Any, close: Callable[..., Closure], crew: Any) -> None:
    from fengsui.live.board import board

    made = close(TOWER_N, TOWER_S)
    assert [row["id"] for row in board("SQC", reader=crew)["closures"]] == [str(made.pk)]


def test_every_process_sees_one_state_of_the_streets(
    close: Callable[..., Closure], drawn: Any, dispatcher: Any
) -> None:
    """Another process knows nothing of what this one laid: only the stamp in the database tells."""
    assert streets_now().roads is drawn.roads
    made = close(TOWER_N, TOWER_S)
    first = streets_now().roads
    assert first is not drawn.roads
    assert streets_now().roads is first
    closures_now._laid = None  # as in a process that has just begun
    assert np.array_equal(streets_now().roads.onward, first.onward)
    lift_closure(closure=made, by=dispatcher, now=NOON)
    assert streets_now().roads is drawn.roads


def test_the_row_of_a_lifted_closure_goes_after_its_time_and_the_journal_stays(
    close: Callable[..., Closure], dispatcher: Any
) -> None:
    open_, lifted = close(TOWER_N, TOWER_S), close(PEOPLE_W, PEOPLE_M)
    lift_closure(closure=lifted, by=dispatcher, now=NOON)
    assert forget_closures(now=NOON + timedelta(days=366)) == 0
    assert forget_closures(now=NOON + timedelta(days=367)) == 1
    assert list(Closure.objects.all()) == [open_]
    assert len(entries("SQC")) == 3


@pytest.mark.parametrize(
    "wrong", [{"state": "ajar"}, {"state": State.LIFTED}, {"lifted_at": NOON}, {"until": NOON - timedelta(seconds=1)}]
)
def test_the_database_refuses_a_closure_that_cannot_be(close: Callable[..., Closure], wrong: dict[str, Any]) -> None:
    made = close(TOWER_N, TOWER_S)
    with pytest.raises(IntegrityError), transaction.atomic():
        Closure.objects.filter(pk=made.pk).update(**wrong)
