"""Every address of the API for every role: the contract's *who may*, written down here once more, by hand.

An address that is new and stands in no row fails the test: somebody must say who may.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction

from api_door import BASE, openapi
from control_room import NOON, fresh, number, report, send
from fengsui.accounts.who_may import MAY, Role
from fengsui.force.models import Unit
from fengsui.incidents.models import Incident
from fengsui.incidents.resolve import cancel_incident
from fengsui.places.closures.actions import close_street

EVERYBODY = {"call_taker", "dispatcher", "shift_lead", "crew", "planner", "auditor", "administrator"}
DESKS = {"dispatcher", "shift_lead"}
READERS = EVERYBODY - {"administrator"}  # "administrator: […] no case content"

# "call_taker: reads, reports, notes, relocation. dispatcher, shift_lead: all of it, status too. crew: reads its
#  incidents, its own unit's status and state. planner: reads lists. auditor: reads, and the access lines.
#  administrator: accounts, and the registers of units, posts and devices; no case content."
WHO_MAY: dict[tuple[str, str], set[str]] = {
    ("GET", "/incidents"): READERS,
    ("GET", "/board"): READERS,
    ("GET", "/live"): READERS,
    ("GET", "/dispositions"): READERS,
    ("GET", "/units"): EVERYBODY,
    ("GET", "/incidents/{incident_id}"): READERS - {"planner"},
    ("GET", "/incidents/{incident_id}/recommendation"): READERS - {"planner", "crew"},  # it tells where others are
    ("GET", "/incidents/{incident_id}/route"): READERS,
    ("GET", "/access-lines"): {"auditor"},
    ("POST", "/reports"): DESKS | {"call_taker"},  # a crew's reports come with step 4
    ("POST", "/incidents/{incident_id}/notes"): DESKS | {"call_taker"},
    ("POST", "/incidents/{incident_id}/relocation"): DESKS | {"call_taker"},
    ("POST", "/incidents/{incident_id}/assignments"): DESKS,
    ("POST", "/incidents/{incident_id}/closing"): DESKS,
    ("POST", "/incidents/{incident_id}/cancelling"): DESKS,
    ("POST", "/incidents/{incident_id}/reopening"): DESKS,
    ("POST", "/incidents/{incident_id}/correction"): DESKS,
    ("POST", "/assignments/{assignment_id}/recall"): DESKS,
    ("POST", "/assignments/{assignment_id}/status"): DESKS | {"crew"},
    ("POST", "/units/{callsign}/state"): DESKS | {"crew"},
    ("GET", "/closures"): READERS,  # a crew drives round them
    ("POST", "/closures/path"): DESKS,
    ("POST", "/closures"): DESKS,
    ("DELETE", "/closures/{closure_id}"): DESKS,
}
# The stream itself is sent from the event loop, which is not here; who may follow it is asked all the same.
DONE = {("POST", "/reports"): 201, ("POST", "/closures"): 201, ("GET", "/live"): 503} | {
    ("POST", f"/incidents/{{incident_id}}/{what}"): 201 for what in ("notes", "assignments", "correction")
}
ROUTES = sorted(WHO_MAY)
BELL_TOWER: dict[str, Any] = {"start": (100.009, 0.005), "end": (100.009, 0.0), "one_way": False}


@dataclass
class Scene:
    """A fire with SQ01 on it, as each address wants to meet it."""

    incident: Incident
    assignment: Any
    closure: Any
    query: dict[str, Any]
    body: dict[str, Any]

    def path(self, template: str, **other: str) -> str:
        named = {"incident_id": str(self.incident.pk), "assignment_id": str(self.assignment.pk), "callsign": "SQ01"}
        named["closure_id"] = str(self.closure.pk)
        return template.format(**named | other)


@pytest.fixture
def scene(prefecture: Any, dispatcher: Any) -> Callable[[str], Scene]:
    """A fresh scene for one address: `scene("/incidents/{incident_id}/closing")`. Whatever was before has ended."""

    def end(incident: Incident) -> None:
        cancel_incident(
            incident=incident, reason=None, version=incident.version, by=dispatcher, now=incident.received_at
        )

    def build(template: str) -> Scene:
        for incident in Incident.objects.open():
            end(incident)
        with transaction.atomic():
            Unit.objects.update(state="available")
        incident = report("fire", by=dispatcher, lon=100.009, lat=0.0)
        opened = number()
        assignment = send(Unit.objects.get(callsign="SQ01"), incident, by=dispatcher)
        if template.endswith(("/reopening", "/state")):
            end(fresh(incident))
        closure = close_street(**BELL_TOWER, until=None, reason="", by=dispatcher, now=NOON)
        return Scene(fresh(incident), assignment, closure, *said(template, fresh(incident), opened))

    return build


def said(template: str, incident: Incident, opened: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """(query, body) that the address accepts."""
    version = {"version": incident.version}
    bodies: dict[str, dict[str, Any]] = {
        "reports": {"source_event_id": str(uuid4()), "type": "help"},
        "notes": {"words": "风大"},
        "relocation": {"lon": 100.0, "lat": 0.0} | version,
        "assignments": {"unit": "SQ02"} | version,
        "closing": {"disposition": "settled"} | version,
        "cancelling": version,
        "reopening": version,
        "correction": {"seq": opened, "at": "2026-11-24T03:59:00Z"},
        "status": {"status": "accepted", "key": str(uuid4())},
        "state": {"state": "out_of_service"},
        "recall": {},
        "closures": {"from": BELL_TOWER["start"], "to": BELL_TOWER["end"]},
        "path": {"from": BELL_TOWER["start"], "to": BELL_TOWER["end"]},
    }
    query = {"unit": "SQ01"} if template.endswith("/route") else {}
    return query, bodies.get(template.rpartition("/")[2], {})


def ask(door: Any, method: str, template: str, scene: Scene, **other: str) -> Any:
    path = scene.path(template, **other)
    if method == "DELETE":
        return door.delete(path)
    return door.get(path, **scene.query) if method == "GET" else door.post(path, scene.body)


def test_every_address_has_a_row_here_and_every_row_an_address() -> None:
    published = {
        (method.upper(), path.removeprefix(BASE)) for path, methods in openapi()["paths"].items() for method in methods
    }
    assert published == set(WHO_MAY)


def test_the_roles_are_the_contract_s() -> None:
    assert {role.value for role in Role} == EVERYBODY == set(MAY)


@pytest.mark.parametrize(("method", "template"), ROUTES)
def test_each_role_may_what_the_contract_says_and_no_more(
    door: Callable[..., Any], scene: Callable[[str], Scene], method: str, template: str
) -> None:
    for role in sorted(EVERYBODY):
        stage = scene(template)
        before = number()
        answer = ask(door(role), method, template, stage)
        if role in WHO_MAY[method, template]:
            assert answer.status == DONE.get((method, template), 200), (role, answer)
        else:
            assert (answer.status, answer.code) == (403, "verb_not_allowed"), (role, answer)
            assert answer.facts["role"] == role
            assert number() == before


@pytest.mark.parametrize(("method", "template"), ROUTES)
def test_nobody_gets_in_without_a_valid_token(
    door: Callable[..., Any], scene: Callable[[str], Scene], method: str, template: str
) -> None:
    stage = scene(template)
    before = number()
    for token in (None, "", "nonsense"):
        stranger = door()
        if token is not None:
            stranger.headers["Authorization"] = f"Bearer {token}"
        answer = ask(stranger, method, template, stage)
        assert (answer.status, answer.code) == (401, "not_signed_in")
    assert number() == before


WITH_A_THING = [route for route in ROUTES if "{" in route[1] and "{callsign}" not in route[1]]


@pytest.mark.parametrize(("method", "template"), WITH_A_THING)
def test_what_lies_outside_one_s_area_is_as_if_it_were_not_there(
    door: Callable[..., Any], scene: Callable[[str], Scene], method: str, template: str
) -> None:
    stage, nowhere = scene(template), str(uuid4())
    stranger = door("county_dispatcher")
    if template.endswith("/route"):
        stage.query = {"unit": "LQ01"}
    outside = ask(stranger, method, template, stage)
    for absent in (nowhere, "nonsense", "00000000-0000-0000-0000-000000000000"):
        missing = ask(stranger, method, template, stage, incident_id=absent, assignment_id=absent)
        assert (missing.status, missing.body, dict(missing.headers)) == (404, outside.body, dict(outside.headers))
    assert (outside.status, outside.code, outside.facts) == (404, "no_such_thing", {})


OWN = [("GET", "/incidents/{incident_id}"), ("POST", "/assignments/{assignment_id}/status")]


@pytest.mark.parametrize(("method", "template"), OWN)
def test_what_is_another_crew_s_is_as_if_it_were_not_there(
    door: Callable[..., Any], scene: Callable[[str], Scene], method: str, template: str
) -> None:
    stage = scene(template)
    others = ask(door("other_crew"), method, template, stage)
    missing = ask(door("other_crew"), method, template, stage, incident_id=str(uuid4()), assignment_id=str(uuid4()))
    assert (others.status, others.body) == (missing.status, missing.body) == (404, missing.body)


@pytest.mark.parametrize("who", ["dispatcher", "crew"])
def test_a_unit_that_one_may_not_see_is_as_if_it_were_not_there(door: Callable[..., Any], who: str, sq02: Any) -> None:
    unseen = "LQ01" if who == "dispatcher" else "SQ02"
    answers = [door(who).post(f"/units/{one}/state", {"state": "off_duty"}) for one in (unseen, "ZZ99")]
    assert [answer.status for answer in answers] == [404, 404]
    assert answers[0]["sentence"].replace(unseen, "ZZ99") == answers[1]["sentence"]
    assert fresh(sq02).state == "available"


def test_lists_hold_one_s_own_area_only(door: Callable[..., Any], county_dispatcher: Any, fire: Any) -> None:
    there = report("help", by=county_dispatcher)
    ours, theirs = door("dispatcher"), door("county_dispatcher")
    assert [one["id"] for one in ours.get("/incidents")["items"]] == [str(fire.pk)]
    assert [one["id"] for one in theirs.get("/incidents", state="all")["items"]] == [str(there.pk)]
    assert {one["centre"] for one in ours.get("/units")["items"]} == {"SQC"}
    assert [one["callsign"] for one in theirs.get("/units")["items"]] == ["LQ01"]


def test_a_crew_lists_its_own(door: Callable[..., Any], fire: Any, flood: Any, sq01: Any, dispatcher: Any) -> None:
    send(sq01, fire, by=dispatcher)
    assert [one["id"] for one in door("crew").get("/incidents", state="all")["items"]] == [str(fire.pk)]
    assert [one["callsign"] for one in door("crew").get("/units")["items"]] == ["SQ01"]


def test_the_administrator_s_register_of_units_says_nothing_of_incidents(
    door: Callable[..., Any], fire: Any, sq01: Any, dispatcher: Any
) -> None:
    send(sq01, fire, by=dispatcher)
    told = door("administrator").get("/units")
    assert {(one["incident"], one["status"]) for one in told["items"]} == {(None, None)}
    assert fire.number not in str(told.body)
    assert fire.number in str(door("planner").get("/units").body)
