"""Who opened personal data, of what, and what for?

Every opening leaves a line, and the line is committed before the data are handed out: if it cannot be written, the read
fails. The lines are append-only and hold ids and codes, never the data.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from fengsui.base.actors import Actor
from fengsui.base.clock import from_microseconds, microseconds
from fengsui.journal.models import AccessLine
from fengsui.journal.plain import check_centre, check_code, check_purpose, check_ref
from fengsui.journal.stores import READER


@dataclass(frozen=True, slots=True)
class Access:
    """One opening."""

    at: datetime
    actor: str
    role: str
    centre: str
    purpose: str


def note_access(kind: str, about_id: str, *, by: Actor, centre: str, purpose: str, now: datetime) -> None:
    """Write the line, for good, before the data are read.

    Args:
        kind: kind of the thing whose personal data are opened, `incident`.
        about_id: its id.
        by: who opens it.
        centre: the centre whose thing it is.
        purpose: a code, `incident.page`.
        now: the time of the opening.

    Raises:
        RuntimeError: called inside a transaction, where the line could still be rolled back.
        NotForTheJournal: a sentence where a code belongs.
    """
    check_ref(kind, about_id)
    check_centre(centre)
    check_purpose(purpose)
    check_code(by.id, under="by")
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO journal_accessline (id, at, actor, role, centre, kind, about_id, purpose)"
            " SELECT COALESCE(MAX(id), 0) + 1, %s, %s, %s, %s, %s, %s, %s FROM journal_accessline",
            (microseconds(now), by.id, by.role, centre, kind, about_id, purpose),
        )


def lines_about(kind: str, about_id: str, *, using: str = READER) -> list[Access]:
    """Every opening of one thing, the earliest first."""
    lines = AccessLine.objects.using(using).filter(kind=kind, about_id=about_id).order_by("id")
    return [
        Access(at=from_microseconds(at), actor=actor, role=role, centre=centre, purpose=purpose)
        for at, actor, role, centre, purpose in lines.values_list("at", "actor", "role", "centre", "purpose")
    ]
