"""The crew answers: forward only, each key once, and what becomes of the incident when units leave it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from control_room import call_back, entries, fresh, last, number, send, states, tell
from fengsui.incidents.models import Assignment
from fengsui.incidents.resolve import close_incident, reopen_incident
from fengsui_engine.lifecycle import AssignmentHasMovedOn

STEPS = ["accepted", "en_route", "on_scene", "cleared"]


@pytest.fixture
def ordered(fire: Any, sq01: Any, dispatcher: Any) -> Assignment:
    """SQ01, ordered to the fire."""
    return send(sq01, fire, by=dispatcher)


# --- forward -----------------------------------------------------------------


def test_a_crew_s_way_is_seen_step_by_step(
    ordered: Assignment, fire: Any, crew: Any, unit: Callable[[str], Any], noon: datetime
) -> None:
    told = []
    for minutes, status in enumerate(STEPS, start=1):
        tell(ordered, status, by=crew, now=noon + timedelta(minutes=minutes))
        told.append((fresh(ordered).status, states(fire).state, unit("SQ01").state))
    assert told == [
        ("accepted", "assigned", "committed"),
        ("en_route", "assigned", "committed"),
        ("on_scene", "on_scene", "committed"),
        ("cleared", "on_scene", "available"),
    ]
    assigned = fresh(ordered)
    times = [assigned.accepted_at, assigned.en_route_at, assigned.on_scene_at, assigned.ended_at]
    assert times == [noon + timedelta(minutes=minutes) for minutes in (1, 2, 3, 4)]


@pytest.mark.parametrize("status", [*STEPS, "declined"])
def test_steps_may_be_skipped(ordered: Assignment, dispatcher: Any, status: str) -> None:
    assert tell(ordered, status, by=dispatcher)["status"] == status


@pytest.mark.parametrize(
    ("now_at", "wanted"),
    [
        ("accepted", "accepted"),
        ("en_route", "accepted"),
        ("on_scene", "en_route"),
        ("on_scene", "declined"),
        ("cleared", "on_scene"),
        ("cleared", "declined"),
        ("declined", "accepted"),
        ("declined", "cleared"),
    ],
)
def test_a_status_never_goes_backward(ordered: Assignment, dispatcher: Any, now_at: str, wanted: str) -> None:
    tell(ordered, now_at, by=dispatcher)
    before = number(), fresh(ordered).status, fresh(ordered).incident.version
    with pytest.raises(AssignmentHasMovedOn) as refused:
        tell(ordered, wanted, by=dispatcher)
    assert (refused.value.code, refused.value.status) == ("assignment_has_moved_on", 409)
    assert (number(), fresh(ordered).status, fresh(ordered).incident.version) == before


def test_a_recalled_assignment_takes_no_status_and_no_second_recall(ordered: Assignment, dispatcher: Any) -> None:
    call_back(ordered, by=dispatcher)
    for again in (lambda: tell(ordered, "accepted", by=dispatcher), lambda: call_back(ordered, by=dispatcher)):
        with pytest.raises(AssignmentHasMovedOn):
            again()
    assert [entry.what for entry in entries()].count("assignment.recalled") == 1


@pytest.mark.parametrize("status", ["ordered", "recalled", "late", "", None, 3])
def test_only_a_crew_s_own_words_are_statuses(desk: Any, ordered: Assignment, status: Any) -> None:
    refused = desk.post(f"/assignments/{ordered.pk}/status", {"status": status, "key": "k"})
    assert (refused.status, refused.facts["field"]) == (422, "status")


# --- the same key -------------------------------------------------------------


def test_the_same_key_gets_the_same_answer_and_changes_nothing(door: Any, ordered: Assignment, desk: Any) -> None:
    phone = door("crew")
    body = {"status": "accepted", "key": "tap-1"}
    first = phone.post(f"/assignments/{ordered.pk}/status", body)
    desk.post(f"/incidents/{ordered.incident_id}/notes", {"words": "风大"})
    before = number()
    assert phone.post(f"/assignments/{ordered.pk}/status", body).body == first.body
    assert phone.post(f"/assignments/{ordered.pk}/status", body | {"status": "cleared"}).body == first.body
    assert (number(), fresh(ordered).status) == (before, "accepted")


def test_a_key_is_answered_still_when_everything_has_moved_on(ordered: Assignment, crew: Any, dispatcher: Any) -> None:
    first = tell(ordered, "accepted", by=crew, key="tap-1")
    call_back(ordered, by=dispatcher)
    assert tell(ordered, "accepted", by=crew, key="tap-1") == first


def test_a_key_belongs_to_its_assignment(ordered: Assignment, flood: Any, sq02: Any, dispatcher: Any) -> None:
    other = send(sq02, flood, by=dispatcher)
    tell(ordered, "accepted", by=dispatcher, key="1")
    assert tell(other, "en_route", by=dispatcher, key="1")["status"] == "en_route"


def test_a_refused_status_keeps_no_key(ordered: Assignment, dispatcher: Any) -> None:
    tell(ordered, "on_scene", by=dispatcher)
    for _ in range(2):
        with pytest.raises(AssignmentHasMovedOn):
            tell(ordered, "accepted", by=dispatcher, key="wrong")
    assert tell(ordered, "cleared", by=dispatcher, key="wrong")["status"] == "cleared"


@pytest.mark.parametrize("body", [{"status": "accepted"}, {"status": "accepted", "key": ""}, {"key": "k"}])
def test_a_status_needs_its_key(desk: Any, ordered: Assignment, body: dict[str, str]) -> None:
    assert desk.post(f"/assignments/{ordered.pk}/status", body).status == 422


# --- the device's time ----------------------------------------------------------


def test_the_device_s_time_is_taken_and_both_are_kept(ordered: Assignment, crew: Any, noon: datetime) -> None:
    tell(ordered, "accepted", by=crew, at=noon + timedelta(seconds=20), now=noon + timedelta(minutes=3))
    assert fresh(ordered).accepted_at == noon + timedelta(seconds=20)
    assert last().at == noon + timedelta(minutes=3)
    assert last().facts["device_at"] == "2026-11-24T04:00:20.000Z"
    assert (last().facts["how"], last().facts["doubts"]) == ("button", [])


@pytest.mark.parametrize(
    ("off", "doubt"), [(timedelta(hours=1), "time_in_future"), (timedelta(hours=-1), "time_before_order")]
)
def test_a_device_s_time_that_cannot_be_is_doubted_and_not_used(
    ordered: Assignment, crew: Any, noon: datetime, off: timedelta, doubt: str
) -> None:
    tell(ordered, "accepted", by=crew, at=noon + off, now=noon)
    assert fresh(ordered).accepted_at == noon
    assert last().facts["doubts"] == [doubt]
    assert last().facts["device_at"]


def test_a_time_that_is_none_is_refused(desk: Any, ordered: Assignment) -> None:
    refused = desk.post(f"/assignments/{ordered.pk}/status", {"status": "accepted", "key": "k", "at": "noonish"})
    assert (refused.status, refused.code) == (422, "time_not_readable")


def test_who_pressed_is_told_a_crew_s_button_or_the_desk_s_hand(
    ordered: Assignment, crew: Any, dispatcher: Any
) -> None:
    tell(ordered, "accepted", by=crew)
    tell(ordered, "en_route", by=dispatcher)
    assert [entry.facts["how"] for entry in entries()[-2:]] == ["button", "desk"]


# --- what becomes of the incident -------------------------------------------------


def test_the_last_unit_cleared_leaves_the_state_and_marks_it_to_close(
    ordered: Assignment, fire: Any, crew: Any
) -> None:
    tell(ordered, "on_scene", by=crew)
    tell(ordered, "cleared", by=crew)
    assert (states(fire).state, states(fire).to_close, states(fire).units) == ("on_scene", True, set())


def test_cleared_from_the_road_it_is_assigned_still_and_to_close(ordered: Assignment, fire: Any, crew: Any) -> None:
    tell(ordered, "cleared", by=crew)
    assert (states(fire).state, states(fire).to_close) == ("assigned", True)


@pytest.mark.parametrize("how", ["recalled", "declined"])
@pytest.mark.parametrize("came", ["ordered", "accepted", "en_route"])
def test_the_last_unit_recalled_or_declined_and_it_waits_again(
    ordered: Assignment, fire: Any, dispatcher: Any, unit: Callable[[str], Any], how: str, came: str
) -> None:
    if came != "ordered":
        tell(ordered, came, by=dispatcher)
    call_back(ordered, by=dispatcher) if how == "recalled" else tell(ordered, "declined", by=dispatcher)
    assert (states(fire).state, states(fire).to_close) == ("waiting", False)
    assert unit("SQ01").state == "available"


def test_recalled_from_the_scene_it_waits_again(ordered: Assignment, fire: Any, dispatcher: Any) -> None:
    tell(ordered, "on_scene", by=dispatcher)
    call_back(ordered, by=dispatcher)
    assert states(fire).state == "waiting"


@pytest.mark.parametrize("how", ["recalled", "declined"])
def test_where_somebody_has_cleared_it_is_to_close_instead(
    ordered: Assignment, fire: Any, sq02: Any, dispatcher: Any, how: str
) -> None:
    second = send(sq02, fire, by=dispatcher)
    tell(ordered, "on_scene", by=dispatcher)
    tell(ordered, "cleared", by=dispatcher)
    assert not states(fire).to_close  # the second is still on its way
    call_back(second, by=dispatcher) if how == "recalled" else tell(second, "declined", by=dispatcher)
    assert (states(fire).state, states(fire).to_close) == ("on_scene", True)


def test_a_unit_sent_anew_takes_the_mark_away_until_it_leaves(
    ordered: Assignment, fire: Any, sq02: Any, dispatcher: Any
) -> None:
    tell(ordered, "cleared", by=dispatcher)
    second = send(sq02, fire, by=dispatcher)
    assert (states(fire).state, states(fire).to_close) == ("assigned", False)
    call_back(second, by=dispatcher)
    assert (states(fire).state, states(fire).to_close) == ("assigned", True)


def test_who_cleared_before_it_last_waited_counts_no_more(
    ordered: Assignment, fire: Any, sq02: Any, dispatcher: Any, noon: datetime
) -> None:
    tell(ordered, "cleared", by=dispatcher)
    close_incident(incident=fire, disposition="settled", version=fresh(fire).version, by=dispatcher, now=noon)
    reopen_incident(incident=fire, version=fresh(fire).version, by=dispatcher, now=noon)
    assert (states(fire).state, states(fire).to_close) == ("waiting", False)
    call_back(send(sq02, fire, by=dispatcher), by=dispatcher)
    assert (states(fire).state, states(fire).to_close) == ("waiting", False)


def test_one_of_two_declines_and_nothing_else_changes(
    ordered: Assignment, fire: Any, sq02: Any, dispatcher: Any
) -> None:
    second = send(sq02, fire, by=dispatcher)
    tell(second, "declined", by=dispatcher)
    assert (states(fire).state, states(fire).units) == ("assigned", {"SQ01"})


def test_why_a_unit_was_recalled_is_sealed_and_shown_with_the_act(desk: Any, ordered: Assignment, fire: Any) -> None:
    assert desk.post(f"/assignments/{ordered.pk}/recall", {"reason": "改派桥头"}).status == 200
    told = desk.get(f"/incidents/{fire.pk}")["timeline"][-1]
    assert (told["what"], told["words"]) == ("assignment.recalled", "改派桥头")
    assert "桥头" not in str(last())


def test_a_recall_needs_no_body(desk: Any, ordered: Assignment) -> None:
    answer = desk.post(f"/assignments/{ordered.pk}/recall", raw=b"", kind="application/json")
    assert (answer.status, answer["status"]) == (200, "recalled")
