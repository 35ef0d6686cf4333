"""The words of people around an incident: sealed, opened with a line, deleted when their time is over."""

from datetime import datetime, timedelta
from typing import Any

from django.db import models

from fengsui.base.actors import Actor, system
from fengsui.base.ids import new_id
from fengsui.base.models import RetentionRule
from fengsui.incidents.models import Incident, Particulars
from fengsui.incidents.versions import locked
from fengsui.journal.access import note_access
from fengsui.journal.record import act, record
from fengsui.journal.sealing import WordsErased, erase, seal, unseal

RETENTION = "incident_particulars"


def keep(incident: Incident, about: str, about_id: str, words: dict[str, Any], *, now: datetime) -> None:
    """Seal `words` beside the incident. Nothing is kept where nothing was said."""
    said = {key: value for key, value in words.items() if value not in (None, "", {})}
    if not said:
        return
    Particulars.objects.create(
        incident=incident,
        about=about,
        about_id=about_id,
        sealed=seal(str(incident.pk), said, now=now),
        written_at=now,
        expires_at=_expiry(incident),
    )


def keep_reason(incident: Incident, words: str | None, *, now: datetime) -> list[tuple[str, str]]:
    """Seal what somebody wrote about an act of theirs; what the act's entry is then about, too."""
    if not words:
        return []
    note = str(new_id())
    keep(incident, "note", note, {"words": words}, now=now)
    return [("note", note)]


def open_words(incident: Incident, *, by: Actor, purpose: str, now: datetime) -> list[tuple[str, str, dict[str, Any]]]:
    """All sealed words of an incident as (about, about id, words), oldest first. Leaves an access line first.

    What was erased meanwhile comes back as no words, not as an error: the incident itself can still be read.
    """
    note_access(
        by=by, centre=incident.centre_code, kind="incident", about_id=str(incident.pk), purpose=purpose, now=now
    )
    return [
        (kept.about, kept.about_id, _opened(incident, bytes(kept.sealed)))
        for kept in incident.particulars.order_by("written_at", "pk")
    ]


def set_expiry(incident: Incident) -> None:
    """From now on the incident's words expire, or no longer do (reopened)."""
    incident.particulars.update(expires_at=_expiry(incident))


def expire_particulars(*, now: datetime, limit: int = 100) -> int:
    """Delete the words whose time is over, their key first: one act an incident, `limit` of them looked up at a time.

    Returns:
        How many incidents were cleaned.
    """
    n_cleaned = 0
    while due := list(_due(now).values_list("incident", flat=True).distinct()[:limit]):
        n_cleaned += sum(_expire(incident, now=now) for incident in Incident.objects.filter(pk__in=due))
    return n_cleaned


def _due(now: datetime) -> "models.QuerySet[Particulars]":
    return Particulars.objects.filter(expires_at__lte=now)


@act()
def _expire(incident: Incident, *, now: datetime) -> bool:
    """Clean one incident, if nobody has opened it again since it was looked up."""
    if not _due(now).filter(incident=locked(incident)).exists():
        return False
    erase(str(incident.pk))
    n_deleted, _ = incident.particulars.all().delete()
    record(
        "incident.words_expired",
        centre=incident.centre_code,
        about=[incident],
        by=system(incident.centre_code),
        facts={"deleted": n_deleted, "rule": RETENTION},
        now=now,
    )
    return True


def _expiry(incident: Incident) -> datetime | None:
    if incident.ended_at is None:
        return None
    return incident.ended_at + timedelta(days=RetentionRule.objects.get(code=RETENTION).days)


def _opened(incident: Incident, sealed: bytes) -> dict[str, Any]:
    try:
        return unseal(str(incident.pk), sealed)
    except WordsErased:
        return {}
