"""A person sends a unit.

The database decides who was first: one active assignment a unit. The entry keeps the recommendation that was on the
screen and what was chosen; where none was given it is recomputed and marked so.
"""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from fengsui.accounts.seats import seat
from fengsui.base.actors import Actor
from fengsui.force.actions import step
from fengsui.force.models import Unit
from fengsui.incidents.models import Assignment, Incident
from fengsui.incidents.recommend import recommend, shown_recommendation
from fengsui.incidents.refusals import UnitNotFree, UnitOfAnotherCentre
from fengsui.incidents.versions import change, locked, require_unchanged
from fengsui.journal.record import act, record
from fengsui_engine.lifecycle import IncidentState, UnitState, incident_after

_PROPOSED = 5


@act()
def dispatch_unit(
    *, incident: Incident, unit: Unit, version: int, recommendation: str | None = None, by: Actor, now: datetime
) -> Assignment:
    """Order a unit to an incident.

    Raises:
        UnitNotFree: someone sent it first (the database decides, not this function), or it is off duty; says where it
        is. IncidentHasMovedOn: the incident no longer takes units. ChangedMeanwhile: the incident is no longer the
        one that `by` saw. UnitOfAnotherCentre: the unit is not of the incident's centre.
    """
    incident = locked(incident)
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    if unit.centre_code != incident.centre_code:
        raise UnitOfAnotherCentre(unit=unit.callsign, centre=unit.centre_code)
    if unit.state != UnitState.AVAILABLE:
        raise _not_free(unit, by)
    state = incident_after(IncidentState(incident.state), "dispatch")
    require_unchanged(incident, version)
    ranking = shown_recommendation(recommendation, incident) or _recomputed(incident, now=now)
    chosen = _chosen(ranking, unit.callsign)
    assignment = _order(incident, unit, chosen["ms"], by=by, now=now)
    step(unit, "commit", now=now)
    # A unit more is a change of the units, and of the state only where it waited before.
    change(incident, "units", *(["state"] if state != incident.state else []), state=state.value)
    facts = {"unit": unit.callsign, "how": by.how, "chosen": chosen, "recommendation": ranking}
    record(
        "unit.dispatched", centre=incident.centre_code, about=[incident, unit, assignment], by=by, facts=facts, now=now
    )
    return assignment


def _order(incident: Incident, unit: Unit, travel_ms: int | None, *, by: Actor, now: datetime) -> Assignment:
    try:
        with transaction.atomic():
            return Assignment.objects.create(
                incident=incident, unit=unit, travel_ms=travel_ms, ordered_at=now, ordered_by=by.id
            )
    except IntegrityError:
        raise _not_free(unit, by) from None


def _not_free(unit: Unit, by: Actor) -> UnitNotFree:
    """Where the unit is, as far as the reader may know."""
    held = Assignment.objects.active().select_related("incident").filter(unit=unit).first()
    if held is None or not by.reaches(held.incident.centre_code):
        return UnitNotFree(unit=unit.callsign, state=unit.state, incident=None, number=None)
    return UnitNotFree(
        unit=unit.callsign,
        state=unit.state,
        incident=str(held.incident_id),
        number=held.incident.number,
        sender=seat(held.ordered_by),
    )


def _recomputed(incident: Incident, *, now: datetime) -> dict[str, Any]:
    return recommend(incident, k=_PROPOSED, now=now).as_facts(shown=False)


def _chosen(ranking: dict[str, Any], callsign: str) -> dict[str, Any]:
    """The rank (from 1) and time of the chosen unit; null where the ranking does not hold it."""
    for rank, (unit, ms, _) in enumerate(ranking["ranking"], start=1):
        if unit == callsign:
            return {"rank": rank, "ms": ms}
    return {"rank": None, "ms": None}
