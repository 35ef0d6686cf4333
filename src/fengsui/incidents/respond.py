"""The crew answers: accepted, on the way, there, done; or it cannot come; or it is called back.

The same key again gives the same answer and changes nothing, so a phone may repeat until it hears. A crew presses its
own buttons; the desk does each step for a crew that speaks by radio.
"""

from datetime import datetime, timedelta
from typing import Any

from fengsui.base.actors import Actor
from fengsui.base.clock import rfc3339
from fengsui.force.actions import step, touch
from fengsui.force.models import Unit
from fengsui.incidents.models import Assignment, Incident, StatusKey
from fengsui.incidents.particulars import keep_reason
from fengsui.incidents.versions import change, locked
from fengsui.journal.record import Subject, act, record
from fengsui_engine.lifecycle import (
    ACTIVE,
    AssignmentStatus,
    IncidentState,
    assignment_after,
    incident_after,
    verb_to,
    waits_again,
)

_TIME_OF = {
    AssignmentStatus.ACCEPTED: "accepted_at",
    AssignmentStatus.EN_ROUTE: "en_route_at",
    AssignmentStatus.ON_SCENE: "on_scene_at",
}
_DEVICE_AHEAD = timedelta(seconds=60)


@act()
def set_status(
    *, assignment: Assignment, status: AssignmentStatus, key: str, at: datetime | None, by: Actor, now: datetime
) -> dict[str, Any]:
    """Take a step forward; the answer, which the same key gets again.

    Raises:
        AssignmentHasMovedOn: the step would go backward, or the assignment has ended.
    """
    given = StatusKey.objects.filter(assignment=assignment, key=key).first()
    if given is not None:
        return dict(given.answer)
    incident = locked(assignment.incident)
    fresh = Assignment.objects.select_related("unit").get(pk=assignment.pk)
    after = assignment_after(AssignmentStatus(fresh.status), verb_to(status))
    doubts = _doubts(fresh, at, now)
    when = now if at is None or doubts else at
    if after in ACTIVE:
        _go_on(incident, fresh, after, when)
    else:
        _end(incident, fresh, after, when, now=now)
    facts = {"unit": fresh.unit.callsign, "status": after.value, "how": by.how, "doubts": doubts}
    facts |= {"device_at": rfc3339(at)} if at else {}
    about: list[Subject] = [incident, fresh.unit, fresh]
    record("assignment.status_set", centre=incident.centre_code, about=about, by=by, facts=facts, now=now)
    answer: dict[str, Any] = {"id": str(fresh.pk), "incident": str(incident.pk), "unit": fresh.unit.callsign}
    answer |= {"status": after.value, "version": incident.version}
    StatusKey.objects.create(assignment=fresh, key=key, answer=answer)
    return answer


@act()
def recall(*, assignment: Assignment, reason: str | None, by: Actor, now: datetime) -> Assignment:
    """Call a unit back from its assignment.

    Raises:
        AssignmentHasMovedOn: it has already ended.
    """
    incident = locked(assignment.incident)
    fresh = Assignment.objects.select_related("unit").get(pk=assignment.pk)
    after = assignment_after(AssignmentStatus(fresh.status), "recall")
    _end(incident, fresh, after, now, now=now)
    facts = {"unit": fresh.unit.callsign, "how": by.how}
    about: list[Subject] = [incident, fresh.unit, fresh, *keep_reason(incident, reason, now=now)]
    record("assignment.recalled", centre=incident.centre_code, about=about, by=by, facts=facts, now=now)
    return fresh


def end_active(incident: Incident, after: AssignmentStatus, *, now: datetime) -> list[Assignment]:
    """End every active assignment of an incident inside the act that ends it, and free the units."""
    ended = list(incident.assignments.active().select_related("unit"))
    for assignment in ended:
        _finish(assignment, after, now, now=now)
    return ended


def _doubts(assignment: Assignment, at: datetime | None, now: datetime) -> list[str]:
    if at is None:
        return []
    if at > now + _DEVICE_AHEAD:
        return ["time_in_future"]
    return ["time_before_order"] if at < assignment.ordered_at - _DEVICE_AHEAD else []


def _go_on(incident: Incident, assignment: Assignment, after: AssignmentStatus, when: datetime) -> None:
    assignment.status = after.value
    setattr(assignment, _TIME_OF[after], when)
    assignment.save(update_fields=["status", _TIME_OF[after]])
    touch(assignment.unit)
    if after is AssignmentStatus.ON_SCENE:
        state = incident_after(IncidentState(incident.state), "arrive")
        change(incident, *(["state"] if state != incident.state else []), state=state.value)
    else:
        change(incident)


def _end(incident: Incident, assignment: Assignment, after: AssignmentStatus, when: datetime, *, now: datetime) -> None:
    _finish(assignment, after, when, now=now)
    any_cleared = incident.any_cleared or after is AssignmentStatus.CLEARED
    is_last = not incident.assignments.active().exists()
    if is_last and after is not AssignmentStatus.CLEARED and waits_again(any_cleared=any_cleared):
        state = incident_after(IncidentState(incident.state), "lose_last_unit")
        change(incident, "units", "state", state=state.value, any_cleared=False)
    else:
        change(incident, "units", any_cleared=any_cleared)


def _finish(assignment: Assignment, after: AssignmentStatus, when: datetime, *, now: datetime) -> None:
    assignment.status, assignment.ended_at = after.value, when
    assignment.save(update_fields=["status", "ended_at"])
    unit: Unit = assignment.unit
    step(unit, "release", now=now)
