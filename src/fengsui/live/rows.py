"""The present rows of what an entry is about, as the board shows them."""

from collections.abc import Iterable
from typing import Any

from fengsui.base.actors import Actor
from fengsui.force.models import Unit, UnitQuerySet
from fengsui.force.rows import unit_rows
from fengsui.incidents.models import Assignment, Incident
from fengsui.incidents.rows import incident_rows
from fengsui.journal.stores import READER
from fengsui.places.closures.models import Closure
from fengsui.places.closures.rows import closure_rows

Row = dict[str, Any]
Rows = dict[str, list[Row]]


def unit_items(units: UnitQuerySet) -> list[Row]:
    """Units in the query's order, with what they are on: the incident's number and the active assignment's status."""
    rows = unit_rows(units.using(READER))
    callsigns = [row["callsign"] for row in rows]
    active = Assignment.objects.using(READER).active().filter(unit__callsign__in=callsigns)
    on = {
        callsign: (number, status)
        for callsign, number, status in active.values_list("unit__callsign", "incident__number", "status")
    }
    for row in rows:
        row["incident"], row["status"] = on.get(row["callsign"], (None, None))
    return rows


def rows_about(refs: Iterable[tuple[str, str]], *, reader: Actor | None = None) -> Rows:
    """Present rows of the incidents, units and closures among `refs`; for a reader, only what it may see."""
    ids: dict[str, set[str]] = {"incident": set(), "unit": set(), "closure": set()}
    for kind, about_id in refs:
        if kind in ids:
            ids[kind].add(about_id)
    incidents = Incident.objects.using(READER).filter(pk__in=ids["incident"])
    units = Unit.objects.using(READER).filter(callsign__in=ids["unit"])
    closures = Closure.objects.using(READER).filter(pk__in=ids["closure"])
    if reader is not None:
        incidents, units = incidents.seen_by(reader), units.seen_by(reader)
        closures = closures.seen_by(reader)
    rows = {
        "incidents": incident_rows(incidents.order_by("pk")) if ids["incident"] else [],
        "units": unit_items(units.order_by("callsign")) if ids["unit"] else [],
        "closures": closure_rows(closures.order_by("pk")) if ids["closure"] else [],
    }
    return {kind: found for kind, found in rows.items() if found}
