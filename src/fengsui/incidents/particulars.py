"""The words of people around an incident: sealed, opened with a line, deleted when their time is over."""

from datetime import datetime, timedelta
from typing import Any

from fengsui.base.actors import Actor, system
from fengsui.base.ids import new_id
from fengsui.base.models import RetentionRule
from fengsui.incidents.models import Incident, Particulars
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
    """Delete the words whose time is over, their key first: one act an incident. How many incidents were cleaned."""
    due = Particulars.objects.filter(expires_at__lte=now).values_list("incident", flat=True).distinct()[:limit]
    for incident in Incident.objects.filter(pk__in=list(due)):
        _expire(incident, now=now)
    return len(due)


@act()
def _expire(incident: Incident, *, now: datetime) -> None:
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


def _expiry(incident: Incident) -> datetime | None:
    if incident.ended_at is None:
        return None
    return incident.ended_at + timedelta(days=RetentionRule.objects.get(code=RETENTION).days)


def _opened(incident: Incident, sealed: bytes) -> dict[str, Any]:
    try:
        return unseal(str(incident.pk), sealed)
    except WordsErased:
        return {}
