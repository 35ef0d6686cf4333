"""An incident ends, and can be opened again. Nothing is left stuck: its units are freed in the same act."""

from datetime import datetime
from typing import Any

from fengsui.base.actors import Actor
from fengsui.incidents.models import Disposition, Incident
from fengsui.incidents.particulars import keep_reason, set_expiry
from fengsui.incidents.refusals import UnknownDisposition
from fengsui.incidents.respond import end_active
from fengsui.incidents.versions import change, locked, require_unchanged
from fengsui.journal.record import Subject, act, record
from fengsui_engine.lifecycle import AssignmentStatus, IncidentState, incident_after


@act()
def close_incident(*, incident: Incident, disposition: str, version: int, by: Actor, now: datetime) -> Incident:
    """Close with a disposition; units still on it are cleared.

    Raises:
        IncidentHasMovedOn: it is not open.
        ChangedMeanwhile: it is no longer the one that `by` saw.
        UnknownDisposition: not one of this installation's.
    """
    how = Disposition.objects.filter(code=disposition).first()
    if how is None:
        raise UnknownDisposition(disposition=disposition[:32])
    facts = {"disposition": how.code}
    return _end(incident, "close", version, AssignmentStatus.CLEARED, facts, reason=None, by=by, now=now)


@act()
def cancel_incident(*, incident: Incident, reason: str | None, version: int, by: Actor, now: datetime) -> Incident:
    """Cancel (nothing was there, or it is not ours); units still on it are recalled.

    Raises:
        IncidentHasMovedOn, ChangedMeanwhile: as for closing.
    """
    return _end(incident, "cancel", version, AssignmentStatus.RECALLED, {}, reason=reason, by=by, now=now)


@act()
def reopen_incident(*, incident: Incident, version: int, by: Actor, now: datetime) -> Incident:
    """Open a closed or cancelled incident again; it waits.

    Raises:
        IncidentHasMovedOn, ChangedMeanwhile: as for closing.
    """
    incident = locked(incident)
    state = incident_after(IncidentState(incident.state), "reopen")
    require_unchanged(incident, version)
    change(incident, "state", state=state.value, ended_at=None, disposition=None, any_cleared=False)
    set_expiry(incident)
    record("incident.reopened", centre=incident.centre_code, about=[incident], by=by, facts={"how": by.how}, now=now)
    return incident


def _end(
    incident: Incident,
    verb: str,
    version: int,
    units: AssignmentStatus,
    facts: dict[str, Any],
    *,
    reason: str | None,
    by: Actor,
    now: datetime,
) -> Incident:
    incident = locked(incident)
    state = incident_after(IncidentState(incident.state), verb)
    require_unchanged(incident, version)
    ended = end_active(incident, units, now=now)
    facets = ["state", "units"] if ended else ["state"]
    change(incident, *facets, state=state.value, ended_at=now, disposition_id=facts.get("disposition"))
    set_expiry(incident)
    what = {"close": "incident.closed", "cancel": "incident.cancelled"}[verb]
    about: list[Subject] = [
        incident,
        *(assignment.unit for assignment in ended),
        *ended,
        *keep_reason(incident, reason, now=now),
    ]
    facts = facts | {"how": by.how, "units": [assignment.unit.callsign for assignment in ended]}
    record(what, centre=incident.centre_code, about=about, by=by, facts=facts, now=now)
    return incident
