"""The board: everything a desk shows of a centre, and the journal's number it stands at, from one snapshot."""

from typing import Any

from django.db import transaction

from fengsui.base.actors import Actor
from fengsui.base.models import Area
from fengsui.base.refusals import NoSuchThing
from fengsui.force.models import Unit
from fengsui.incidents.models import Incident
from fengsui.incidents.rows import incident_rows
from fengsui.journal.read import head
from fengsui.journal.stores import READER
from fengsui.live.rows import unit_items
from fengsui.places.closures.models import Closure
from fengsui.places.closures.rows import closure_rows


def board(centre: str, *, reader: Actor) -> dict[str, Any]:
    """{"last", "incidents" (open), "units", "closures" (in force)} of a centre, as far as `reader` may see them."""
    with transaction.atomic(using=READER):
        last = head(centre, using=READER).seq
        incidents = Incident.objects.using(READER).seen_by(reader).of_centre(centre).open()
        units = Unit.objects.using(READER).seen_by(reader).of_centre(centre)
        closures = Closure.objects.using(READER).seen_by(reader).of_centre(centre).in_force()
        return {
            "last": last,
            "incidents": incident_rows(incidents.order_by("pk")),
            "units": unit_items(units.order_by("callsign")),
            "closures": closure_rows(closures.order_by("pk")),
        }


def centre_for(reader: Actor, asked: str | None) -> str:
    """The centre that is asked for, the reader's own by default.

    Raises:
        NoSuchThing: there is none of that code, or it lies outside the reader's area.
    """
    code = asked or reader.centre
    if not reader.reaches(code) or not Area.objects.using(READER).centres().filter(code=code).exists():
        raise NoSuchThing()
    return code
