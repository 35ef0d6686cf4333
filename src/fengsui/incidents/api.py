"""The incidents' addresses: read the request, call one verb, shape the reply."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Status
from pydantic import Field

from fengsui.accounts.sessions import actor_of
from fengsui.base import clock
from fengsui.base.actors import Actor
from fengsui.base.clock import read_time, rfc3339
from fengsui.base.ids import read_id
from fengsui.base.paging import address_of_next
from fengsui.base.refusals import NoSuchThing, TimeNotReadable
from fengsui.force.models import Unit
from fengsui.incidents import amend, resolve, respond
from fengsui.incidents.dispatch import dispatch_unit
from fengsui.incidents.models import Assignment, Disposition, Incident
from fengsui.incidents.reasons import told
from fengsui.incidents.receive import Signal, receive_report
from fengsui.incidents.recommend import recommend
from fengsui.incidents.route import route_to
from fengsui.incidents.rows import incident_rows, present_row
from fengsui.incidents.schemas import (
    AssignmentIn,
    AssignmentOut,
    CancellingIn,
    ClosingIn,
    CorrectionIn,
    DispositionList,
    IncidentList,
    IncidentRow,
    IncidentWhole,
    NoteIn,
    RecallIn,
    RecommendationOut,
    RelocationIn,
    ReopeningIn,
    ReportIn,
    ReportOut,
    RouteOut,
    StateAsked,
    StatusIn,
)
from fengsui.incidents.whole import whole_incident
from fengsui.journal.stores import READER
from fengsui_engine.lifecycle import AssignmentStatus

router = Router(tags=["incidents"])
Row = dict[str, Any]


def _incident(incident_id: str, actor: Actor) -> Incident:
    found = Incident.objects.seen_by(actor).filter(pk=read_id(incident_id)).first()
    if found is None:
        raise NoSuchThing()
    return found


def _assignment(assignment_id: str, actor: Actor) -> Assignment:
    found = (
        Assignment.objects.seen_by(actor).select_related("incident", "unit").filter(pk=read_id(assignment_id)).first()
    )
    if found is None:
        raise NoSuchThing()
    return found


@router.post("/reports", response={201: ReportOut, 200: ReportOut})
def create_report(request: HttpRequest, body: ReportIn) -> Status[Row]:
    """Take a report. The same (source, source_event_id) again is the same report: 200 and the same receipt."""
    actor = actor_of(request, "report")
    signal = Signal(
        source=body.source or actor.source,
        source_event_id=body.source_event_id,
        type=body.type,
        priority=body.priority,
        at=body.at,
        lon=body.lon,
        lat=body.lat,
        place=body.place,
        words=body.words,
        contact=body.contact.dict(exclude_none=True) if body.contact else {},
        language=body.language,
        is_test=body.test,
    )
    report, is_new = receive_report(signal, centre=actor.centre, by=actor, now=clock.now())
    incident = report.incident
    answer = {"receipt": report.receipt, "incident": None, "number": None}
    if incident is not None:
        answer |= {"incident": str(incident.pk), "number": incident.number}
    return Status(201 if is_new else 200, answer)


@router.get("/incidents", response=IncidentList)
def list_incidents(
    request: HttpRequest,
    state: StateAsked = "open",
    limit: Annotated[int, Field(ge=1, le=500)] = 100,
    before: str | None = None,
) -> Row:
    """Incidents of one's area, newest first. `state` is open, a state, or all."""
    actor = actor_of(request, "read_lists")
    found = Incident.objects.using(READER).seen_by(actor).in_state(state)
    if before is not None:
        found = found.filter(pk__lt=read_id(before))
    rows = incident_rows(found.order_by("-pk")[: limit + 1])
    following = None
    if len(rows) > limit:
        following = address_of_next(request, state=state, limit=limit, before=rows[limit - 1]["id"])
    return {"items": rows[:limit], "next": following}


@router.get("/incidents/{incident_id}", response=IncidentWhole)
def read_incident(
    request: HttpRequest,
    incident_id: str,
    purpose: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.]{0,63}$")] = "dispatch",
) -> Row:
    """One incident whole, with the caller's words and contact. This read leaves an access line, with its purpose."""
    actor = actor_of(request, "read_incident")
    return whole_incident(_incident(incident_id, actor), by=actor, purpose=purpose, now=clock.now())


@router.get("/incidents/{incident_id}/recommendation", response=RecommendationOut, by_alias=True)
def read_recommendation(request: HttpRequest, incident_id: str, k: Annotated[int, Field(ge=1, le=50)] = 5) -> Row:
    """The k units that can be there soonest by road, with reasons, and why others are not there."""
    actor = actor_of(request, "recommend")
    found = recommend(_incident(incident_id, actor), k=k, now=clock.now())
    units = [
        {
            "unit": proposal.unit,
            "kind": proposal.kind,
            "seconds": proposal.ms / 1000,
            "metres": round(proposal.metres, 1),
            "state": proposal.state,
            "position_age_s": proposal.position_age_s,
            "why": told(proposal.why),
        }
        for proposal in found.units
    ]
    against = [{"unit": one.unit, "kind": one.kind, "reasons": told(one.reasons)} for one in found.against]
    told_of = {"id": found.as_text(), "roads": found.roads, "at": rfc3339(found.at)}
    return told_of | {"units": units, "not": against, "doubt": found.doubts or None}


@router.get("/incidents/{incident_id}/route", response=RouteOut)
def read_route(request: HttpRequest, incident_id: str, unit: str) -> Row:
    """The way of one unit to the incident, as a line to draw."""
    actor = actor_of(request, "read_lists")
    return route_to(_incident(incident_id, actor), Unit.objects.seen_by(actor).called(unit))


@router.post("/incidents/{incident_id}/assignments", response={201: AssignmentOut})
def create_assignment(request: HttpRequest, incident_id: str, body: AssignmentIn) -> Status[Row]:
    """Send a unit."""
    actor = actor_of(request, "dispatch")
    assignment = dispatch_unit(
        incident=_incident(incident_id, actor),
        unit=Unit.objects.seen_by(actor).called(body.unit),
        version=body.version,
        recommendation=body.recommendation,
        by=actor,
        now=clock.now(),
    )
    return Status(201, _assignment_out(assignment))


def _assignment_out(assignment: Assignment) -> Row:
    return {
        "id": str(assignment.pk),
        "incident": str(assignment.incident_id),
        "unit": assignment.unit.callsign,
        "status": assignment.status,
        "version": assignment.incident.version,
    }


@router.post("/assignments/{assignment_id}/status", response=AssignmentOut)
def create_status(request: HttpRequest, assignment_id: str, body: StatusIn) -> Row:
    """A crew's step, or the desk's for a crew that speaks by radio. The same key again gives the same answer."""
    actor = actor_of(request, "set_status")
    assignment = _assignment(assignment_id, actor)
    at = None if body.at is None else read_time(body.at)
    if body.at is not None and at is None:
        raise TimeNotReadable(at=body.at)
    status = AssignmentStatus(body.status)
    return respond.set_status(assignment=assignment, status=status, key=body.key, at=at, by=actor, now=clock.now())


@router.post("/assignments/{assignment_id}/recall", response=AssignmentOut)
def create_recall(request: HttpRequest, assignment_id: str, body: RecallIn | None = None) -> Row:
    """Call a unit back."""
    actor = actor_of(request, "recall")
    reason = None if body is None else body.reason
    found = _assignment(assignment_id, actor)
    return _assignment_out(respond.recall(assignment=found, reason=reason, by=actor, now=clock.now()))


@router.post("/incidents/{incident_id}/closing", response=IncidentRow)
def create_closing(request: HttpRequest, incident_id: str, body: ClosingIn) -> Row:
    actor = actor_of(request, "close")
    incident = _incident(incident_id, actor)
    closed = resolve.close_incident(
        incident=incident, disposition=body.disposition, version=body.version, by=actor, now=clock.now()
    )
    return present_row(closed)


@router.post("/incidents/{incident_id}/cancelling", response=IncidentRow)
def create_cancelling(request: HttpRequest, incident_id: str, body: CancellingIn) -> Row:
    actor = actor_of(request, "cancel")
    incident = _incident(incident_id, actor)
    return present_row(
        resolve.cancel_incident(incident=incident, reason=body.reason, version=body.version, by=actor, now=clock.now())
    )


@router.post("/incidents/{incident_id}/reopening", response=IncidentRow)
def create_reopening(request: HttpRequest, incident_id: str, body: ReopeningIn) -> Row:
    actor = actor_of(request, "reopen")
    incident = _incident(incident_id, actor)
    return present_row(resolve.reopen_incident(incident=incident, version=body.version, by=actor, now=clock.now()))


@router.post("/incidents/{incident_id}/relocation", response=IncidentRow)
def create_relocation(request: HttpRequest, incident_id: str, body: RelocationIn) -> Row:
    actor = actor_of(request, "relocate")
    moved = amend.relocate(
        incident=_incident(incident_id, actor),
        lon=body.lon,
        lat=body.lat,
        place=body.place,
        version=body.version,
        by=actor,
        now=clock.now(),
    )
    return present_row(moved)


@router.post("/incidents/{incident_id}/notes", response={201: IncidentRow})
def create_note(request: HttpRequest, incident_id: str, body: NoteIn) -> Status[Row]:
    actor = actor_of(request, "note")
    noted = amend.add_note(incident=_incident(incident_id, actor), words=body.words, by=actor, now=clock.now())
    return Status(201, present_row(noted))


@router.post("/incidents/{incident_id}/correction", response={201: IncidentRow})
def create_correction(request: HttpRequest, incident_id: str, body: CorrectionIn) -> Status[Row]:
    """The right time of entry `seq`, as a new entry."""
    actor = actor_of(request, "correct")
    at = read_time(body.at)
    if at is None:
        raise TimeNotReadable(at=body.at)
    incident = _incident(incident_id, actor)
    return Status(
        201, present_row(amend.correct_time(incident=incident, seq=body.seq, at=at, by=actor, now=clock.now()))
    )


@router.get("/dispositions", response=DispositionList)
def list_dispositions(request: HttpRequest) -> Row:
    actor_of(request, "read_lists")
    found = Disposition.objects.order_by("order", "code")
    return {"items": [{"code": one.code, **one.labels} for one in found], "next": None}
