"""A report comes in: one verb behind the API, the form and every other door.

The same (source, source event id) is the same report, however often it is sent: it gets the same receipt and opens
nothing twice. A receipt is told only after the commit.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from fengsui.base.actors import Actor
from fengsui.base.clock import rfc3339
from fengsui.incidents.locate import Located, call_time, locate
from fengsui.incidents.models import Incident, IncidentType, Report
from fengsui.incidents.numbers import next_number
from fengsui.incidents.particulars import keep
from fengsui.incidents.refusals import UnknownType
from fengsui.incidents.versions import FACETS
from fengsui.journal.record import Subject, act, record


@dataclass(frozen=True, slots=True)
class Signal:
    """What a sender says. `at`, `lon`, `lat` and `place` are taken as they come; a doubt is told, never a refusal."""

    source: str
    source_event_id: str
    type: str
    priority: int | None = None
    at: Any = None
    lon: Any = None
    lat: Any = None
    place: Any = None
    words: str | None = None
    contact: dict[str, Any] = field(default_factory=dict)
    language: str | None = None
    is_test: bool = False


def receive_report(signal: Signal, *, centre: str, by: Actor, now: datetime) -> tuple[Report, bool]:
    """Take a report; (the report with its receipt, whether it is new).

    Raises:
        UnknownType: the type is not one of this installation's.
    """
    known = _before(signal, centre)
    if known is not None:
        return known, False
    kind = IncidentType.objects.filter(code=signal.type).first()
    if kind is None:
        raise UnknownType(type=signal.type[:32], known=", ".join(IncidentType.objects.values_list("code", flat=True)))
    try:
        return _take(signal, kind, centre=centre, by=by, now=now), True
    except IntegrityError:
        # Sent twice at once: the database let one of them in, and this is the other.
        known = _before(signal, centre)
        if known is None:
            raise
        return known, False


def _before(signal: Signal, centre: str) -> Report | None:
    return (
        Report.objects.select_related("incident")
        .filter(centre_code=centre, source=signal.source, source_event_id=signal.source_event_id)
        .first()
    )


@act()
def _take(signal: Signal, kind: IncidentType, *, centre: str, by: Actor, now: datetime) -> Report:
    told_at, called_at, time_doubts = call_time(signal.at, now=now)
    located = locate(signal.lon, signal.lat)
    incident = None
    if not signal.is_test:
        incident = _opened(signal, kind, located, called_at, time_doubts, centre=centre, by=by, now=now)
    with transaction.atomic():
        report = Report.objects.create(
            incident=incident,
            centre_code=centre,
            source=signal.source,
            source_event_id=signal.source_event_id,
            receipt=f"r-{secrets.token_hex(12)}",
            origin=by.origin,
            at=told_at,
            received_at=now,
            is_test=signal.is_test,
        )
    if incident is not None:
        keep(incident, "report", report.receipt, _words(signal, located, time_doubts), now=now)
    _write_down(report, incident, by=by, now=now)
    return report


def _opened(
    signal: Signal,
    kind: IncidentType,
    located: Located,
    called_at: datetime,
    time_doubts: list[str],
    *,
    centre: str,
    by: Actor,
    now: datetime,
) -> Incident:
    return Incident.objects.create(
        number=next_number(centre, now=now),
        centre_code=centre,
        type=kind,
        priority=signal.priority or kind.priority,
        facets=dict.fromkeys(FACETS, 1),
        place=located.place,
        lon=located.lon,
        lat=located.lat,
        doubts=located.doubts + time_doubts,
        origin=by.origin,
        called_at=called_at,
        received_at=now,
    )


def _words(signal: Signal, located: Located, time_doubts: list[str]) -> dict[str, Any]:
    """What is sealed: the caller's words and contact, the place as typed, and what could not be read as it came."""
    as_sent = {"lon": signal.lon, "lat": signal.lat} if located.lon is None else {}
    as_sent |= {"at": signal.at} if time_doubts else {}
    as_sent = {key: str(value)[:200] for key, value in as_sent.items() if value is not None}
    place = signal.place if isinstance(signal.place, str | None) else str(signal.place)
    return {
        "place": place[:500] if place else None,
        "words": signal.words,
        "contact": signal.contact,
        "language": signal.language,
        "as_sent": as_sent,
    }


def _write_down(report: Report, incident: Incident | None, *, by: Actor, now: datetime) -> None:
    facts: dict[str, Any] = {"receipt": report.receipt, "origin": report.origin, "how": by.how}
    facts |= {"device_at": rfc3339(report.at)} if report.at else {}
    if incident is None:
        record(
            "report.tested", centre=report.centre_code, about=[("report", report.receipt)], by=by, facts=facts, now=now
        )
        return
    facts |= {"type": incident.type_id, "priority": incident.priority, "doubts": incident.doubts}
    about: list[Subject] = [incident, ("report", report.receipt)]
    record("incident.opened", centre=incident.centre_code, about=about, by=by, facts=facts, now=now)
