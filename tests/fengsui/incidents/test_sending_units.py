"""A person sends a unit: one active assignment a unit, refusals in order, the record of the choice."""

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import connection, connections, transaction

from control_room import call_back, entries, fresh, last, number, report, send, states, tell
from fengsui.accounts.models import Account, Grant
from fengsui.force.actions import set_unit_state
from fengsui.incidents.amend import add_note, relocate
from fengsui.incidents.dispatch import dispatch_unit
from fengsui.incidents.models import Assignment, Incident
from fengsui.incidents.recommend import recommend
from fengsui.incidents.refusals import ChangedMeanwhile, UnitNotFree, UnitOfAnotherCentre
from fengsui.incidents.resolve import cancel_incident, close_incident, reopen_incident
from fengsui_engine.lifecycle import IncidentHasMovedOn, UnitState


def test_a_unit_cannot_be_sent_to_two_incidents_at_once(
    fire: Any, flood: Any, sq01: Any, dispatcher: Any, other_dispatcher: Any
) -> None:
    send(sq01, fire, by=dispatcher)
    with pytest.raises(UnitNotFree) as refused:
        send(sq01, flood, by=other_dispatcher)
    assert refused.value.facts["unit"] == "SQ01"
    assert refused.value.facts["incident"] == str(fire.pk)
    assert refused.value.facts["number"] == fire.number
    assert states(flood).state == "waiting"


def test_sending_commits_the_unit_and_assigns_the_incident(
    fire: Any, sq01: Any, unit: Callable[[str], Any], dispatcher: Any, noon: datetime
) -> None:
    assignment = send(sq01, fire, by=dispatcher)
    assert (assignment.status, assignment.ordered_at, assignment.ordered_by) == ("ordered", noon, dispatcher.id)
    assert (unit("SQ01").state, states(fire).state, states(fire).units) == ("committed", "assigned", {"SQ01"})
    assert unit("SQ01").version > sq01.version
    assert states(fire).version > fire.version


def test_the_answer_over_http_is_the_contract_s(desk: Any, fire: Any) -> None:
    answer = desk.post(f"/incidents/{fire.pk}/assignments", {"unit": "SQ01", "version": 1})
    assert answer.status == 201
    assert answer.body == {
        "id": str(Assignment.objects.get().pk),
        "incident": str(fire.pk),
        "unit": "SQ01",
        "status": "ordered",
        "version": fresh(fire).version,
    }


def test_several_units_may_go_to_one_incident(fire: Any, sq01: Any, sq02: Any, sq03: Any, dispatcher: Any) -> None:
    for unit in (sq01, sq02, sq03):
        send(unit, fire, by=dispatcher)
    assert states(fire).units == {"SQ01", "SQ02", "SQ03"}


def test_a_unit_that_came_back_may_be_sent_to_the_same_incident_again(fire: Any, sq01: Any, dispatcher: Any) -> None:
    call_back(send(sq01, fire, by=dispatcher), by=dispatcher)
    send(sq01, fire, by=dispatcher)
    assert Assignment.objects.filter(incident=fire).count() == 2
    assert states(fire).units == {"SQ01"}


@pytest.mark.parametrize("state", ["off_duty", "out_of_service"])
def test_a_unit_that_is_not_there_cannot_be_sent(
    fire: Any, sq01: Any, dispatcher: Any, noon: datetime, state: str
) -> None:
    set_unit_state(unit=sq01, wanted=UnitState(state), by=dispatcher, now=noon)
    with pytest.raises(UnitNotFree) as refused:
        send(sq01, fire, by=dispatcher)
    assert (refused.value.facts["incident"], refused.value.facts["state"]) == (None, state)


def test_a_unit_nobody_knows_is_told_as_such(desk: Any, fire: Any) -> None:
    for callsign in ("ZZ99", "LQ01", "sq01", "朔01", "' OR 1=1"):
        refused = desk.post(f"/incidents/{fire.pk}/assignments", {"unit": callsign, "version": 1})
        assert (refused.status, refused.code, refused.facts) == (404, "no_such_unit", {"unit": callsign})


def test_the_database_itself_allows_one_active_assignment_a_unit(
    fire: Any, flood: Any, sq01: Any, dispatcher: Any, noon: datetime
) -> None:
    send(sq01, fire, by=dispatcher)
    with pytest.raises(Exception, match="UNIQUE") as refused, transaction.atomic():
        Assignment.objects.create(incident=flood, unit=sq01, ordered_at=noon, ordered_by="x")
    assert type(refused.value).__name__ == "IntegrityError"


def test_the_index_decides_where_the_check_is_fooled(
    fire: Any, flood: Any, sq01: Any, dispatcher: Any, noon: datetime
) -> None:
    send(sq01, fire, by=dispatcher)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE force_unit SET state = 'available' WHERE callsign = 'SQ01'")
    before = number()
    with pytest.raises(UnitNotFree):
        send(sq01, flood, by=dispatcher)
    assert (number(), states(flood).state, states(flood).version) == (before, "waiting", 1)


# --- who is told what about a unit that is not free -----------------------------------


def test_where_the_unit_is_is_told_only_to_who_may_see_it(
    fire: Any, sq01: Any, dispatcher: Any, county_dispatcher: Any, noon: datetime
) -> None:
    elsewhere = report("help", by=county_dispatcher)
    with transaction.atomic():  # no verb leads here; two databases merged might
        Assignment.objects.create(incident=elsewhere, unit=sq01, ordered_at=noon, ordered_by=county_dispatcher.id)
        type(sq01).objects.filter(pk=sq01.pk).update(state="committed")
    with pytest.raises(UnitNotFree) as refused:
        send(sq01, fire, by=dispatcher)
    assert refused.value.facts == {"unit": "SQ01", "state": "committed", "incident": None, "number": None}
    assert elsewhere.number not in str(refused.value)


def test_the_other_is_told_who_has_it(desk: Any, door: Any, fire: Any, flood: Any) -> None:
    desk.post(f"/incidents/{fire.pk}/assignments", {"unit": "SQ01", "version": 1})
    refused = door("other_dispatcher").post(f"/incidents/{flood.pk}/assignments", {"unit": "SQ01", "version": 1})
    assert (refused.status, refused.code) == (409, "unit_not_free")
    assert refused.facts["incident"] == str(fire.pk)
    assert fire.number in refused["sentence"]
    assert "dispatcher" in refused["sentence"]  # the seat that sent it, in the reader's language
    refused = door("other_dispatcher", language="zh").post(
        f"/incidents/{flood.pk}/assignments", {"unit": "SQ01", "version": 1}
    )
    assert "二席" in refused["sentence"]


# --- the order of refusals ---------------------------------------------------------


def test_of_several_refusals_the_first_of_the_contract_is_given(
    fire: Any, flood: Any, sq01: Any, sq02: Any, dispatcher: Any, noon: datetime
) -> None:
    send(sq01, flood, by=dispatcher)
    close_incident(incident=fire, disposition="settled", version=1, by=dispatcher, now=noon)
    with pytest.raises(UnitNotFree):
        send(sq01, fire, version=1, by=dispatcher)  # busy, closed and changed
    with pytest.raises(IncidentHasMovedOn):
        send(sq02, fire, version=1, by=dispatcher)  # closed and changed
    reopen_incident(incident=fire, version=fresh(fire).version, by=dispatcher, now=noon)
    with pytest.raises(ChangedMeanwhile):
        send(sq02, fire, version=1, by=dispatcher)  # changed
    send(sq02, fire, by=dispatcher)


def test_a_refused_dispatch_changes_nothing_and_writes_no_entry(desk: Any, fire: Any, flood: Any, sq01: Any) -> None:
    desk.post(f"/incidents/{fire.pk}/assignments", {"unit": "SQ01", "version": 1})
    before, board = number(), desk.get("/board").body
    for body, status in [
        ({"unit": "SQ01", "version": 1}, 409),
        ({"unit": "SQ02", "version": 99}, 409),
        ({"unit": "ZZ99", "version": 1}, 404),
        ({"unit": "SQ02"}, 422),
        ({"unit": "SQ02", "version": "1"}, 422),
        ({"unit": "SQ02", "version": -1}, 422),
        ({"unit": "SQ02", "version": 1, "kind": "stacked"}, 422),
    ]:
        assert desk.post(f"/incidents/{flood.pk}/assignments", body).status == status
    assert (number(), desk.get("/board").body) == (before, board)


# --- changed meanwhile -------------------------------------------------------------


def changes(who: Any, now: datetime) -> dict[str, Callable[[Incident], Any]]:
    """What can happen to an incident between a look and a decision."""

    def version(incident: Incident) -> int:
        return int(fresh(incident).version)

    return {
        "another unit sent": lambda one: None,
        "note": lambda one: add_note(incident=one, words="听到爆炸声", by=who, now=now),
        "relocated": lambda one: relocate(
            incident=one, lon=100.0, lat=0.005, place=None, version=version(one), by=who, now=now
        ),
        "closed and reopened": lambda one: (
            close_incident(incident=one, disposition="settled", version=version(one), by=who, now=now),
            reopen_incident(incident=one, version=version(one), by=who, now=now),
        ),
        "cancelled and reopened": lambda one: (
            cancel_incident(incident=one, reason=None, version=version(one), by=who, now=now),
            reopen_incident(incident=one, version=version(one), by=who, now=now),
        ),
    }


@pytest.mark.parametrize(
    ("what", "changed"),
    [
        ("note", []),
        ("relocated", ["place"]),
        ("closed and reopened", ["state"]),
        ("cancelled and reopened", ["state"]),
    ],
)
def test_a_dispatcher_is_stopped_only_by_what_matters(
    fire: Any, sq01: Any, dispatcher: Any, noon: datetime, what: str, changed: list[str]
) -> None:
    changes(dispatcher, noon)[what](fire)
    if not changed:
        send(sq01, fire, version=1, by=dispatcher)
        return
    with pytest.raises(ChangedMeanwhile) as refused:
        send(sq01, fire, version=1, by=dispatcher)
    assert refused.value.facts["changed"] == changed
    assert refused.value.facts["version"] == fresh(fire).version


@pytest.mark.parametrize(
    ("steps", "changed"),
    [
        (["accepted"], []),
        (["accepted", "en_route"], []),
        (["accepted", "en_route", "on_scene"], ["state"]),
        (["declined"], ["state", "units"]),
        (["cleared"], ["units"]),
    ],
)
def test_a_status_on_the_way_stops_nobody_and_an_arrival_or_an_end_does(
    fire: Any, sq01: Any, sq02: Any, dispatcher: Any, steps: list[str], changed: list[str]
) -> None:
    assignment = send(sq01, fire, by=dispatcher)
    seen = fresh(fire).version
    for status in steps:
        tell(assignment, status, by=dispatcher)
    if not changed:
        send(sq02, fire, version=seen, by=dispatcher)
        return
    with pytest.raises(ChangedMeanwhile) as refused:
        send(sq02, fire, version=seen, by=dispatcher)
    assert sorted(refused.value.facts["changed"]) == changed


def test_two_desks_that_saw_the_same_send_one_unit_and_the_second_is_told(
    fire: Any, sq01: Any, sq02: Any, dispatcher: Any, other_dispatcher: Any
) -> None:
    send(sq01, fire, version=1, by=dispatcher)
    with pytest.raises(ChangedMeanwhile) as refused:
        send(sq02, fire, version=1, by=other_dispatcher)
    assert sorted(refused.value.facts["changed"]) == ["state", "units"]
    assert (refused.value.code, refused.value.status) == ("changed_meanwhile", 409)


def test_a_version_that_nobody_can_have_seen_is_refused(fire: Any, sq01: Any, dispatcher: Any) -> None:
    with pytest.raises(ChangedMeanwhile):
        send(sq01, fire, version=99, by=dispatcher)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_version_ahead_of_the_server_s_is_told_in_a_sentence_of_its_own(
    door: Callable[..., Any], fire: Any, language: str
) -> None:
    body = {"unit": "SQ01", "version": 99}
    refused = door("dispatcher", language=language).post(f"/incidents/{fire.pk}/assignments", body)
    assert (refused.code, refused.facts) == ("changed_meanwhile", {"version": 1, "changed": []})
    assert "()" not in refused["sentence"]
    assert "（）" not in refused["sentence"]
    assert "1" in refused["sentence"]


def test_eight_desks_send_the_same_unit_at_once_and_one_wins(
    report: Callable[..., Any], sq01: Any, dispatcher: Any, noon: datetime
) -> None:
    incidents = [report("help") for _ in range(8)]
    outcomes: list[str] = []
    start = threading.Barrier(8)

    def press(incident: Incident) -> None:
        try:
            start.wait()
            dispatch_unit(incident=incident, unit=sq01, version=1, by=dispatcher, now=noon)
            outcomes.append("sent")
        except UnitNotFree as refused:
            outcomes.append(refused.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press, args=(one,)) for one in incidents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["sent"] + ["unit_not_free"] * 7
    assert Assignment.objects.active().count() == 1
    assert [entry.what for entry in entries()].count("unit.dispatched") == 1


# --- the record of the choice --------------------------------------------------------


def test_the_entry_keeps_the_ranking_that_was_on_the_screen(desk: Any, fire: Any, sq03: Any, dispatcher: Any) -> None:
    shown = desk.get(f"/incidents/{fire.pk}/recommendation", k=3)
    desk.post("/units/SQ02/state", {"state": "off_duty"})  # the screen does not know yet
    body = {"unit": "SQ03", "version": 1, "recommendation": shown["id"]}
    assert desk.post(f"/incidents/{fire.pk}/assignments", body).status == 201
    facts = last().facts
    assert facts["recommendation"]["shown"] is True
    assert facts["recommendation"]["roads"] == shown["roads"]
    assert facts["recommendation"]["policy"] == "nearest_first/1"
    assert [[one["unit"], round(one["seconds"] * 1000), round(one["metres"])] for one in shown["units"]] == facts[
        "recommendation"
    ]["ranking"]
    assert facts["recommendation"]["ranking"][0][0] == "SQ02"
    assert facts["chosen"] == {"rank": 3, "ms": round(shown["units"][2]["seconds"] * 1000)}
    assert Assignment.objects.get().travel_ms == facts["chosen"]["ms"]


def test_a_choice_outside_the_ranking_is_kept_as_such(desk: Any, fire: Any) -> None:
    shown = desk.get(f"/incidents/{fire.pk}/recommendation", k=1)
    body = {"unit": "SQ01", "version": 1, "recommendation": shown["id"]}
    desk.post(f"/incidents/{fire.pk}/assignments", body)
    assert last().facts["chosen"] == {"rank": None, "ms": None}


def forged(text: str) -> str:
    head, _, tail = text.partition(":")
    return ("A" if head[0] != "A" else "B") + head[1:] + ":" + tail


@pytest.mark.parametrize("which", ["none", "empty", "nonsense", "forged", "of another incident", "not ascii"])
def test_where_no_ranking_of_ours_was_shown_it_is_computed_again_and_marked(
    desk: Any, fire: Any, flood: Any, which: str
) -> None:
    own = desk.get(f"/incidents/{fire.pk}/recommendation")["id"]
    given = {
        "none": None,
        "empty": "",
        "nonsense": "no such thing",
        "forged": forged(own),
        "of another incident": desk.get(f"/incidents/{flood.pk}/recommendation")["id"],
        "not ascii": "推荐:一:二",
    }[which]
    body = {"unit": "SQ02", "version": 1, "recommendation": given}
    assert desk.post(f"/incidents/{fire.pk}/assignments", body).status == 201
    facts = last().facts
    assert facts["recommendation"]["shown"] is False
    assert [unit for unit, _, _ in facts["recommendation"]["ranking"]] == ["SQ02", "SQ01", "SQ03"]
    assert facts["chosen"]["rank"] == 1


def test_without_a_pin_a_unit_is_sent_all_the_same(report: Callable[..., Any], sq01: Any, dispatcher: Any) -> None:
    send(sq01, report("help", place="老桥头"), by=dispatcher)
    assert last().facts["recommendation"]["ranking"] == []
    assert last().facts["chosen"] == {"rank": None, "ms": None}


def test_the_ranking_in_the_entry_is_the_engine_s(fire: Any, sq01: Any, dispatcher: Any, noon: datetime) -> None:
    found = recommend(fire, k=5, now=noon)
    send(sq01, fire, by=dispatcher)
    assert last().facts["recommendation"] == found.as_facts(shown=False)


# --- whose units ----------------------------------------------------------------------


def test_a_unit_of_another_centre_is_not_sent_by_this_one(
    prefecture: Any, fire: Any, lq01: Any, noon: datetime
) -> None:
    """Each centre's board follows its own journal; a unit lent across would change on a board that hears nothing."""
    with transaction.atomic():
        account = Account.objects.create(username="prefecture", label={})
        over_both = Grant.objects.create(account=account, role="dispatcher", area_code="SQ", centre_code="SQC").actor()
    with pytest.raises(UnitOfAnotherCentre) as refused:
        send(lq01, fire, by=over_both)
    assert (refused.value.code, refused.value.status) == ("unit_of_another_centre", 422)
    assert (fresh(lq01).state, states(fire).version) == ("available", 1)
