"""An incident ends and opens again, and leaves nothing stuck."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from control_room import fresh, last, number, send, states, tell
from fengsui.incidents.models import Assignment, Disposition, Incident


def end(desk: Any, incident: Incident, how: str, version: int | None = None, **body: Any) -> Any:
    version = fresh(incident).version if version is None else version
    body |= {"disposition": "settled"} if how == "closing" else {}
    return desk.post(f"/incidents/{incident.pk}/{how}", body | {"version": version})


@pytest.mark.parametrize(("how", "state"), [("closing", "closed"), ("cancelling", "cancelled")])
@pytest.mark.parametrize("came", ["waiting", "assigned", "on_scene"])
def test_it_ends_from_any_open_state(
    desk: Any, fire: Any, sq01: Any, dispatcher: Any, how: str, state: str, came: str
) -> None:
    if came != "waiting":
        assignment = send(sq01, fire, by=dispatcher)
        tell(assignment, "on_scene" if came == "on_scene" else "accepted", by=dispatcher)
    assert states(fire).state == came
    answer = end(desk, fire, how)
    assert (answer.status, answer["state"], answer["to_close"]) == (200, state, False)
    assert answer["ended_at"]
    assert answer["disposition"] == ("settled" if how == "closing" else None)


@pytest.mark.parametrize(
    ("how", "status", "what"),
    [("closing", "cleared", "incident.closed"), ("cancelling", "recalled", "incident.cancelled")],
)
def test_its_units_are_freed_in_the_same_act(
    desk: Any,
    fire: Any,
    sq01: Any,
    sq02: Any,
    unit: Callable[[str], Any],
    dispatcher: Any,
    how: str,
    status: str,
    what: str,
) -> None:
    assignments = [send(sq01, fire, by=dispatcher), send(sq02, fire, by=dispatcher)]
    tell(assignments[1], "on_scene", by=dispatcher)
    before = number()
    end(desk, fire, how)
    assert {fresh(one).status for one in assignments} == {status}
    assert {unit("SQ01").state, unit("SQ02").state} == {"available"}
    assert (number(), last().what) == (before + 1, what)
    assert {("unit", "SQ01"), ("unit", "SQ02")} <= set(last().about)
    assert last().facts["units"] == ["SQ01", "SQ02"]


def test_assignments_that_had_ended_keep_how_they_ended(desk: Any, fire: Any, sq01: Any, dispatcher: Any) -> None:
    assignment = send(sq01, fire, by=dispatcher)
    tell(assignment, "declined", by=dispatcher)
    end(desk, fire, "closing")
    assert fresh(assignment).status == "declined"


@pytest.mark.parametrize("how", ["closing", "cancelling"])
def test_what_has_ended_cannot_end_again(desk: Any, fire: Any, how: str) -> None:
    end(desk, fire, "closing")
    before = number()
    refused = end(desk, fire, how, version=1)
    assert (refused.status, refused.code, refused.facts["state"]) == (409, "incident_has_moved_on", "closed")
    assert number() == before


def test_a_disposition_nobody_knows_is_refused_before_anything_happens(desk: Any, fire: Any) -> None:
    refused = desk.post(f"/incidents/{fire.pk}/closing", {"disposition": "lost", "version": 1})
    assert (refused.status, refused.code) == (422, "unknown_disposition")
    assert states(fire).state == "waiting"


def test_the_dispositions_are_told_in_both_languages(desk: Any) -> None:
    items = desk.get("/dispositions")["items"]
    assert [one["code"] for one in items] == list(Disposition.objects.order_by("order").values_list("pk", flat=True))
    assert all(set(one) == {"code", "zh", "en"} and one["zh"] and one["en"] for one in items)


@pytest.mark.parametrize("how", ["closing", "cancelling", "reopening"])
def test_somebody_who_saw_an_older_incident_is_stopped(
    desk: Any, fire: Any, sq01: Any, dispatcher: Any, how: str
) -> None:
    if how == "reopening":
        end(desk, fire, "closing")
        end(desk, fire, "reopening")
        end(desk, fire, "closing")
    else:
        send(sq01, fire, by=dispatcher)
    refused = end(desk, fire, how, version=1)
    assert (refused.status, refused.code) == (409, "changed_meanwhile")
    assert refused.facts["version"] == fresh(fire).version
    assert "state" in refused.facts["changed"]


def test_a_note_meanwhile_stops_no_closing(desk: Any, fire: Any) -> None:
    desk.post(f"/incidents/{fire.pk}/notes", {"words": "一切正常"})
    assert end(desk, fire, "closing", version=1).status == 200


@pytest.mark.parametrize("how", ["closing", "cancelling"])
def test_reopened_it_waits_and_nothing_is_stuck(
    desk: Any, fire: Any, sq01: Any, unit: Callable[[str], Any], dispatcher: Any, how: str
) -> None:
    send(sq01, fire, by=dispatcher)
    end(desk, fire, how)
    answer = end(desk, fire, "reopening")
    assert (answer.status, answer["state"], answer["to_close"]) == (200, "waiting", False)
    assert (answer["ended_at"], answer["disposition"]) == (None, None)
    assert not Assignment.objects.active().exists()
    send(unit("SQ01"), fire, by=dispatcher)
    assert states(fire).units == {"SQ01"}


def test_what_is_open_cannot_be_reopened(desk: Any, fire: Any) -> None:
    refused = end(desk, fire, "reopening")
    assert (refused.status, refused.code) == (409, "incident_has_moved_on")


def test_why_it_was_cancelled_is_sealed_and_shown_with_the_act(desk: Any, fire: Any) -> None:
    end(desk, fire, "cancelling", reason="孩子误拨")
    told = desk.get(f"/incidents/{fire.pk}")["timeline"][-1]
    assert (told["what"], told["words"]) == ("incident.cancelled", "孩子误拨")
    assert "误拨" not in str(last())


def test_a_closed_incident_leaves_the_board_and_stays_in_the_list(desk: Any, fire: Any, flood: Any) -> None:
    end(desk, fire, "closing")
    assert [one["id"] for one in desk.get("/board")["incidents"]] == [str(flood.pk)]
    assert [one["id"] for one in desk.get("/incidents")["items"]] == [str(flood.pk)]
    assert [one["id"] for one in desk.get("/incidents", state="closed")["items"]] == [str(fire.pk)]
    assert len(desk.get("/incidents", state="all")["items"]) == 2


def test_when_it_ended_is_the_server_s_time(desk: Any, fire: Any, noon: datetime) -> None:
    end(desk, fire, "closing")
    assert fresh(fire).ended_at > noon
