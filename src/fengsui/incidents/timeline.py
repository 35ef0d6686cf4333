"""Everything that was done about an incident, in order: who, when, by which clock, how the time came to be."""

from typing import Any

from django.utils.translation import gettext as _

from fengsui.accounts.seats import seats
from fengsui.accounts.who_may import only_own
from fengsui.base.actors import Actor
from fengsui.base.clock import rfc3339
from fengsui.incidents.models import Incident
from fengsui.journal.read import Entry, entries_about
from fengsui_engine.refusal import say

STATUSES = {
    "accepted": say("%(unit)s accepted"),
    "declined": say("%(unit)s cannot come"),
    "en_route": say("%(unit)s is on the way"),
    "on_scene": say("%(unit)s is on scene"),
    "cleared": say("%(unit)s is done"),
}
ACTS = {
    "incident.opened": say("Incident opened, receipt given"),
    "unit.dispatched": say("%(unit)s sent"),
    "assignment.recalled": say("%(unit)s recalled"),
    "incident.closed": say("Closed"),
    "incident.cancelled": say("Cancelled"),
    "incident.reopened": say("Opened again"),
    "incident.relocated": say("Put at another place"),
    "incident.noted": say("Note"),
    "incident.time_corrected": say("Time corrected"),
    "incident.words_expired": say("Words and contact deleted, their time was over"),
}

Row = dict[str, Any]


# Of an entry's facts a crew hears only these: a ranking tells where others are.
_FOR_CREW = ("unit", "status", "how", "type", "priority", "disposition", "doubts", "corrects", "was", "at")


def facts_for_crew(entry: Entry) -> dict[str, Any]:
    """What of an entry's facts a crew is told."""
    return {key: entry.facts[key] for key in _FOR_CREW if key in entry.facts}


def timeline(incident: Incident, words: list[tuple[str, str, dict[str, Any]]], *, by: Actor) -> list[Row]:
    """The incident's entries with their sentences, as `by` may read them; `words`: its opened particulars."""
    entries = entries_about("incident", str(incident.pk))
    names = seats(sorted({entry.by["id"] for entry in entries}))
    said = {about_id: opened for _about, about_id, opened in words}
    corrected = {entry.facts["corrects"]: entry.seq for entry in entries if entry.what == "incident.time_corrected"}
    is_crew = only_own(by, "read_incident")
    return [
        _row(entry, names, said)
        | {"facts": facts_for_crew(entry) if is_crew else entry.facts, "corrected_by": corrected.get(entry.seq)}
        for entry in entries
    ]


def _row(entry: Entry, names: dict[str, str], said: dict[str, dict[str, Any]]) -> Row:
    notes = [said[id_].get("words") for kind, id_ in entry.about if kind == "note" and id_ in said]
    return {
        "seq": entry.seq,
        "at": rfc3339(entry.at),
        "what": entry.what,
        "by": entry.by | {"name": names[entry.by["id"]]},
        "how": entry.facts.get("how", "system"),
        "device_at": entry.facts.get("device_at"),
        "sentence": _sentence(entry),
        "words": notes[0] if notes else None,
    }


def _sentence(entry: Entry) -> str:
    is_status = entry.what == "assignment.status_set"
    sentence = STATUSES[entry.facts["status"]] if is_status else ACTS.get(entry.what, entry.what)
    return _(sentence) % entry.facts
