"""A better place, a note, a time that was wrong: nothing is overwritten in the record."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from control_room import entries, fresh, last, number, report, send, states, tell
from fengsui.journal.models import JournalEntry

# --- another place ------------------------------------------------------------


def test_it_is_put_somewhere_else_and_the_old_place_stays_in_the_record(desk: Any, fire: Any) -> None:
    answer = desk.post(f"/incidents/{fire.pk}/relocation", {"lon": 100.0, "lat": 0.0025, "version": 1})
    assert (answer.status, answer["lon"], answer["lat"], answer["place"]) == (200, 100.0, 0.0025, "西街")
    assert last().facts["was"] == [100_009_000, 0]
    assert last().facts["pin"] == [100_000_000, 2500]


def test_a_pin_takes_the_doubts_about_the_place_away_and_keeps_those_about_the_time(desk: Any, dispatcher: Any) -> None:
    incident = report("help", by=dispatcher, at="sometime", place="老桥")
    assert incident.doubts == ["no_pin", "time_unreadable"]
    answer = desk.post(f"/incidents/{incident.pk}/relocation", {"lon": 100.0, "lat": 0.0, "version": 1})
    assert answer["doubt"] == ["time_unreadable"]


def test_a_place_in_words_alone_takes_the_pin_away_and_is_shown_only_inside(desk: Any, fire: Any) -> None:
    answer = desk.post(f"/incidents/{fire.pk}/relocation", {"place": "老桥头三号", "version": 1})
    assert (answer["lon"], answer["place"], answer["doubt"]) == (None, None, ["no_pin"])
    assert desk.get(f"/incidents/{fire.pk}")["place_words"] == "老桥头三号"


@pytest.mark.parametrize(
    "body", [{}, {"place": ""}, {"lon": 100.0}, {"lon": 200.0, "lat": 0.0}, {"lon": 0.0, "lat": 91.0}]
)
def test_nowhere_is_no_place_to_move_to(desk: Any, fire: Any, body: dict[str, Any]) -> None:
    refused = desk.post(f"/incidents/{fire.pk}/relocation", body | {"version": 1})
    assert (refused.status, refused.code) == (422, "pin_not_readable")
    assert (number(), states(fire).version) == (1, 1)


def test_what_has_ended_is_not_moved(desk: Any, fire: Any) -> None:
    desk.post(f"/incidents/{fire.pk}/cancelling", {"version": 1})
    refused = desk.post(f"/incidents/{fire.pk}/relocation", {"lon": 100.0, "lat": 0.0, "version": 1})
    assert (refused.status, refused.code) == (409, "incident_has_moved_on")


def test_two_who_move_it_at_once_one_is_told(desk: Any, fire: Any) -> None:
    body = {"lon": 100.0, "lat": 0.0, "version": 1}
    assert desk.post(f"/incidents/{fire.pk}/relocation", body).status == 200
    refused = desk.post(f"/incidents/{fire.pk}/relocation", body)
    assert (refused.code, refused.facts["changed"]) == ("changed_meanwhile", ["place"])


# --- notes --------------------------------------------------------------------


def test_a_note_raises_the_version_and_its_words_are_only_inside(desk: Any, fire: Any) -> None:
    answer = desk.post(f"/incidents/{fire.pk}/notes", {"words": "门牌看不清"})
    assert (answer.status, answer["version"]) == (201, 2)
    assert [one["words"] for one in desk.get(f"/incidents/{fire.pk}")["timeline"]] == [None, "门牌看不清"]
    assert "门牌" not in str(last())
    assert "门牌" not in str(desk.get("/board").body)


def test_a_note_may_follow_the_end(desk: Any, fire: Any) -> None:
    desk.post(f"/incidents/{fire.pk}/closing", {"disposition": "settled", "version": 1})
    assert desk.post(f"/incidents/{fire.pk}/notes", {"words": "已回访"}).status == 201
    assert states(fire).state == "closed"


def test_a_version_may_go_with_a_note_a_correction_and_a_recall_and_stops_none(desk: Any, fire: Any) -> None:
    ordered = desk.post(f"/incidents/{fire.pk}/assignments", {"unit": "SQ01", "version": 1})
    stale = {"version": 0}
    assert desk.post(f"/incidents/{fire.pk}/notes", {"words": "门牌看不清"} | stale).status == 201
    corrected = desk.post(f"/incidents/{fire.pk}/correction", {"seq": 1, "at": "2026-11-24T03:58:30Z"} | stale)
    assert corrected.status == 201
    assert desk.post(f"/assignments/{ordered['id']}/recall", stale).status == 200


def test_an_empty_note_is_none(desk: Any, fire: Any) -> None:
    assert desk.post(f"/incidents/{fire.pk}/notes", {"words": ""}).status == 422


# --- a time that was wrong -------------------------------------------------------


@pytest.fixture
def arrival(fire: Any, sq01: Any, dispatcher: Any, noon: datetime) -> int:
    """The entry that says when SQ01 arrived."""
    tell(send(sq01, fire, by=dispatcher), "on_scene", by=dispatcher, now=noon + timedelta(minutes=9))
    return last().seq


def test_a_correction_is_a_new_entry_and_the_old_one_stays_word_for_word(desk: Any, fire: Any, arrival: int) -> None:
    before = JournalEntry.objects.get(seq=arrival).body
    answer = desk.post(f"/incidents/{fire.pk}/correction", {"seq": arrival, "at": "2026-11-24T04:05:00Z"})
    assert answer.status == 201
    assert answer["assignments"][0]["on_scene_at"] == "2026-11-24T04:05:00.000Z"
    assert JournalEntry.objects.get(seq=arrival).body == before
    assert last().what == "incident.time_corrected"
    assert last().facts == {
        "corrects": arrival,
        "what": "assignment.status_set",
        "was": "2026-11-24T04:09:00.000Z",
        "at": "2026-11-24T04:05:00.000Z",
        "how": "correction",
    }


def test_the_timeline_shows_which_entry_was_corrected_by_which(desk: Any, fire: Any, arrival: int) -> None:
    desk.post(f"/incidents/{fire.pk}/correction", {"seq": arrival, "at": "2026-11-24T04:05:00Z"})
    told = {one["seq"]: one for one in desk.get(f"/incidents/{fire.pk}")["timeline"]}
    assert told[arrival]["corrected_by"] == last().seq
    assert told[arrival]["at"] == "2026-11-24T04:09:00.000Z"
    assert told[last().seq]["how"] == "correction"


def test_a_correction_may_itself_be_corrected_by_naming_the_first_again(desk: Any, fire: Any, arrival: int) -> None:
    for minute in (5, 6):
        desk.post(f"/incidents/{fire.pk}/correction", {"seq": arrival, "at": f"2026-11-24T04:0{minute}:00Z"})
    assert last().facts["was"] == "2026-11-24T04:05:00.000Z"
    assert desk.get(f"/incidents/{fire.pk}")["timeline"][2]["corrected_by"] == last().seq


def test_the_time_of_the_call_is_corrected_and_the_clock_with_it(desk: Any, fire: Any) -> None:
    answer = desk.post(f"/incidents/{fire.pk}/correction", {"seq": 1, "at": "2026-11-24T03:58:30Z"})
    assert answer["clock_from"] == "2026-11-24T03:58:30.000Z"
    assert answer["received_at"] == "2026-11-24T04:00:00.000Z"


@pytest.mark.parametrize("status", ["accepted", "en_route", "on_scene", "cleared", "declined"])
def test_each_status_has_a_time_of_its_own_to_correct(
    desk: Any, fire: Any, sq01: Any, dispatcher: Any, status: str
) -> None:
    tell(send(sq01, fire, by=dispatcher), status, by=dispatcher)
    answer = desk.post(f"/incidents/{fire.pk}/correction", {"seq": last().seq, "at": "2026-11-24T04:01:00Z"})
    column = {"cleared": "ended_at", "declined": "ended_at"}.get(status, f"{status}_at")
    assert answer["assignments"][0][column] == "2026-11-24T04:01:00.000Z"


def test_only_an_entry_of_this_incident_that_states_a_time_is_corrected(
    desk: Any, fire: Any, flood: Any, report: Callable[..., Any]
) -> None:
    desk.post(f"/incidents/{fire.pk}/notes", {"words": "x"})
    before = number()
    for seq in (2, 3, 99):  # another incident's opening, a note, nothing
        refused = desk.post(f"/incidents/{fire.pk}/correction", {"seq": seq, "at": "2026-11-24T04:05:00Z"})
        assert (refused.status, refused.code) == (422, "no_such_time")
    refused = desk.post(f"/incidents/{fire.pk}/correction", {"seq": 1, "at": "five past"})
    assert (refused.status, refused.code) == (422, "time_not_readable")
    assert number() == before


def test_a_correction_raises_the_version_and_stops_no_dispatcher(
    desk: Any, fire: Any, sq01: Any, dispatcher: Any
) -> None:
    desk.post(f"/incidents/{fire.pk}/correction", {"seq": 1, "at": "2026-11-24T03:58:30Z"})
    assert states(fire).version == 2
    send(sq01, fire, version=1, by=dispatcher)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_step_is_not_corrected_to_before_its_order(
    door: Callable[..., Any], fire: Any, arrival: int, language: str
) -> None:
    before = number()
    body = {"seq": arrival, "at": "2026-11-24T03:59:59Z"}
    refused = door("dispatcher", language=language).post(f"/incidents/{fire.pk}/correction", body)
    assert (refused.status, refused.code) == (422, "time_before_order")
    assert refused.facts == {"at": "2026-11-24T03:59:59.000Z", "ordered_at": "2026-11-24T04:00:00.000Z"}
    assert ("早于派出时间" if language == "zh" else "before the order") in refused["sentence"]
    assert number() == before


def test_a_step_may_be_corrected_to_the_second_of_its_order(
    desk: Any, fire: Any, sq01: Any, dispatcher: Any, noon: datetime
) -> None:
    """A page asks for whole seconds, an order is kept finer."""
    ordered = noon + timedelta(milliseconds=900)
    tell(send(sq01, fire, by=dispatcher, now=ordered), "on_scene", by=dispatcher, now=noon + timedelta(minutes=9))
    answer = desk.post(f"/incidents/{fire.pk}/correction", {"seq": last().seq, "at": "2026-11-24T04:00:00Z"})
    assert answer.status == 201


# --- the whole story --------------------------------------------------------------


def test_the_incident_page_tells_every_act_who_and_how(desk: Any, door: Any, fire: Any, prefecture: Any) -> None:
    ordered = desk.post(f"/incidents/{fire.pk}/assignments", {"unit": "SQ01", "version": 1})
    phone = door("crew")
    phone.post(f"/assignments/{ordered['id']}/status", {"status": "accepted", "key": "1", "at": "2026-11-24T04:00:09Z"})
    desk.post(f"/assignments/{ordered['id']}/status", {"status": "on_scene", "key": "2"})
    desk.post(f"/incidents/{fire.pk}/closing", {"disposition": "settled", "version": fresh(fire).version})
    told = desk.get(f"/incidents/{fire.pk}")["timeline"]
    assert [(one["what"], one["by"]["role"], one["how"]) for one in told] == [
        ("incident.opened", "dispatcher", "desk"),
        ("unit.dispatched", "dispatcher", "desk"),
        ("assignment.status_set", "crew", "button"),
        ("assignment.status_set", "dispatcher", "desk"),
        ("incident.closed", "dispatcher", "desk"),
    ]
    assert told[2]["device_at"] == "2026-11-24T04:00:09.000Z"
    assert told[2]["by"]["name"] == "crew"
    assert all(one["sentence"] for one in told)
    assert [one["seq"] for one in told] == [entry.seq for entry in entries()]
    zh = door("dispatcher", language="zh").get(f"/incidents/{fire.pk}")["timeline"]
    assert zh[2]["by"]["name"] == "朔01"
    assert all(one["sentence"] != other["sentence"] for one, other in zip(told, zh, strict=True))
