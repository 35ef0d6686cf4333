"""Rows as the contract writes them: an incident in lists, on the board and in the stream; no words of people."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from fengsui.base.clock import rfc3339
from fengsui.incidents.models import Assignment, Incident, IncidentQuerySet
from fengsui_engine.lifecycle import ACTIVE, IncidentState, is_to_close

Row = dict[str, Any]


def incident_rows(incidents: IncidentQuerySet) -> list[Row]:
    """The items of those incidents, in the order of the query; two queries however many."""
    found = list(incidents)
    by_incident: dict[Any, list[Assignment]] = {incident.pk: [] for incident in found}
    assignments = Assignment.objects.using(incidents.db).select_related("unit").filter(incident__in=list(by_incident))
    for assignment in assignments.order_by("ordered_at", "pk"):
        by_incident[assignment.incident_id].append(assignment)
    return [incident_row(incident, by_incident[incident.pk]) for incident in found]


def present_row(incident: Incident) -> Row:
    """The item of one incident as it is now."""
    return incident_row(incident, incident.assignments.select_related("unit").order_by("ordered_at", "pk"))


def incident_row(incident: Incident, assignments: Iterable[Assignment]) -> Row:
    assigned = list(assignments)
    n_active = sum(assignment.status in ACTIVE for assignment in assigned)
    return {
        "id": str(incident.pk),
        "number": incident.number,
        "centre": incident.centre_code,
        "type": incident.type_id,
        "priority": incident.priority,
        "state": incident.state,
        "to_close": is_to_close(IncidentState(incident.state), any_cleared=incident.any_cleared, n_active=n_active),
        "place": incident.place["zh"] if incident.place else None,
        "place_en": incident.place["en"] if incident.place else None,
        "lon": incident.lon,
        "lat": incident.lat,
        "doubt": incident.doubts or None,
        "origin": incident.origin,
        "clock_from": rfc3339(incident.called_at),
        "received_at": rfc3339(incident.received_at),
        "ended_at": _time(incident.ended_at),
        "disposition": incident.disposition_id,
        "version": incident.version,
        "assignments": [assignment_row(assignment) for assignment in assigned],
    }


def assignment_row(assignment: Assignment) -> Row:
    return {
        "id": str(assignment.pk),
        "unit": assignment.unit.callsign,
        "status": assignment.status,
        "ms": assignment.travel_ms,
        "ordered_at": rfc3339(assignment.ordered_at),
        "accepted_at": _time(assignment.accepted_at),
        "en_route_at": _time(assignment.en_route_at),
        "on_scene_at": _time(assignment.on_scene_at),
        "ended_at": _time(assignment.ended_at),
    }


def _time(at: datetime | None) -> str | None:
    return None if at is None else rfc3339(at)
