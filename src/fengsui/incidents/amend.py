"""What people learn afterwards: a better place, a note, a time that was wrong. Nothing is overwritten in the record."""

from datetime import datetime
from typing import Any

from fengsui.base.actors import Actor
from fengsui.base.clock import rfc3339
from fengsui.base.ids import new_id
from fengsui.incidents.locate import CLOCK_AHEAD, locate
from fengsui.incidents.models import Assignment, Incident
from fengsui.incidents.particulars import keep, keep_reason
from fengsui.incidents.refusals import NoSuchTime, PinNotReadable, TimeBeforeOrder, TimeInTheFuture
from fengsui.incidents.versions import change, locked, require_unchanged
from fengsui.journal.read import Entry, entries_about
from fengsui.journal.record import Subject, act, record
from fengsui_engine.lifecycle import IncidentHasMovedOn

# The entries that state a time, and the column that holds the best present knowledge of it.
_COLUMN = {
    "accepted": "accepted_at",
    "en_route": "en_route_at",
    "on_scene": "on_scene_at",
    "cleared": "ended_at",
    "declined": "ended_at",
}


@act()
def relocate(
    *, incident: Incident, lon: Any, lat: Any, place: str | None, version: int, by: Actor, now: datetime
) -> Incident:
    """Put an open incident somewhere else. The old place stays in the record; words typed are sealed.

    Raises:
        IncidentHasMovedOn: it is not open.
        ChangedMeanwhile: it is no longer the one that `by` saw.
        PinNotReadable: neither a pin on the earth nor words.
    """
    incident = locked(incident)
    if not incident.is_open:
        raise IncidentHasMovedOn(state=incident.state, verb="relocate")
    require_unchanged(incident, version)
    located = locate(lon, lat)
    if located.lon is None and (not place or lon is not None or lat is not None):
        raise PinNotReadable()
    was = _pin(incident.lon, incident.lat)
    time_doubts = [doubt for doubt in incident.doubts if doubt.startswith("time_")]
    doubts = located.doubts + time_doubts
    change(incident, "place", lon=located.lon, lat=located.lat, place=located.place, doubts=doubts)
    keep(incident, "place", str(new_id()), {"place": place}, now=now)
    facts: dict[str, Any] = {"was": was, "pin": _pin(located.lon, located.lat), "doubts": located.doubts, "how": by.how}
    record("incident.relocated", centre=incident.centre_code, about=[incident], by=by, facts=facts, now=now)
    return incident


@act()
def add_note(*, incident: Incident, words: str, by: Actor, now: datetime) -> Incident:
    """Write something down about an incident, open or not. The words are sealed."""
    incident = locked(incident)
    about: list[Subject] = [incident, *keep_reason(incident, words, now=now)]
    change(incident)
    record("incident.noted", centre=incident.centre_code, about=about, by=by, facts={"how": by.how}, now=now)
    return incident


@act()
def correct_time(*, incident: Incident, seq: int, at: datetime, by: Actor, now: datetime) -> Incident:
    """A time in the record was wrong: say the right one in a new entry, which names the entry it corrects.

    Raises:
        NoSuchTime: entry `seq` is not one of this incident's that states a time.
        TimeInTheFuture: `at` is more than a minute ahead of the server.
        TimeBeforeOrder: a crew's step would lie before the order that it answers.
    """
    if at > now + CLOCK_AHEAD:
        raise TimeInTheFuture(at=rfc3339(at))
    incident = locked(incident)
    entry = next((entry for entry in entries_about("incident", str(incident.pk)) if entry.seq == seq), None)
    if entry is None:
        raise NoSuchTime(seq=seq)
    was = _correct(incident, entry, at)
    change(incident)
    facts = {"corrects": seq, "what": entry.what, "was": rfc3339(was), "at": rfc3339(at), "how": "correction"}
    about: list[Subject] = [incident, *(("assignment", id_) for kind, id_ in entry.about if kind == "assignment")]
    record("incident.time_corrected", centre=incident.centre_code, about=about, by=by, facts=facts, now=now)
    return incident


def _correct(incident: Incident, entry: Entry, at: datetime) -> datetime:
    """Put the right time into the row that tells it now; what stood there."""
    if entry.what == "incident.opened":
        was, incident.called_at = incident.called_at, at
        incident.save(update_fields=["called_at"])
        return was
    column = _COLUMN.get(str(entry.facts.get("status")))
    assignment = Assignment.objects.filter(pk__in=[id_ for kind, id_ in entry.about if kind == "assignment"]).first()
    if entry.what != "assignment.status_set" or column is None or assignment is None:
        raise NoSuchTime(seq=entry.seq)
    if at < assignment.ordered_at.replace(microsecond=0):  # people write whole seconds
        raise TimeBeforeOrder(at=rfc3339(at), ordered_at=rfc3339(assignment.ordered_at))
    was = getattr(assignment, column)
    setattr(assignment, column, at)
    assignment.save(update_fields=[column])
    return was or entry.at


def _pin(lon: float | None, lat: float | None) -> list[int] | None:
    """A pin as whole micro-degrees, since an entry holds no floats."""
    return None if lon is None or lat is None else [round(lon * 1e6), round(lat * 1e6)]
