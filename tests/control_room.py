"""Furnishing the control room, and short ways to act in it."""

import importlib
import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from django.apps import apps
from django.core.management import call_command
from django.db import transaction

from fengsui.accounts.models import Account, Grant, Token
from fengsui.base.actors import Actor
from fengsui.base.models import Area, AreaLevel
from fengsui.force.models import Position, Station, Unit
from fengsui.incidents.dispatch import dispatch_unit
from fengsui.incidents.models import Assignment, Incident
from fengsui.incidents.receive import Signal, receive_report
from fengsui.incidents.respond import recall, set_status
from fengsui.journal.read import Entry, entries_after, head
from fengsui_engine.lifecycle import AssignmentStatus

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
CENTRES = ("SQC", "SQL")
# callsign: (kind, centre, lon, lat)
UNITS = {
    "SQ01": ("patrol", "SQC", 100.000, 0.005),
    "SQ02": ("patrol", "SQC", 100.009, 0.005),
    "SQ03": ("medic", "SQC", 100.018, 0.005),
    "LQ01": ("patrol", "SQL", 100.018, 0.000),
}
# who: (role, centre, unit, seat)
PEOPLE = {
    "dispatcher": ("dispatcher", "SQC", "", "二席"),
    "other_dispatcher": ("dispatcher", "SQC", "", "三席"),
    "county_dispatcher": ("dispatcher", "SQL", "", "县席"),
    "call_taker": ("call_taker", "SQC", "", "接警席"),
    "shift_lead": ("shift_lead", "SQC", "", "值班长"),
    "crew": ("crew", "SQC", "SQ01", "朔01"),
    "other_crew": ("crew", "SQC", "SQ02", "朔02"),
    "planner": ("planner", "SQC", "", "规划席"),
    "auditor": ("auditor", "SQC", "", "审计席"),
    "administrator": ("administrator", "SQC", "", "管理席"),
}
_FILLED = (
    "fengsui.base.migrations.0002_retention_filled",
    "fengsui.places.closures.migrations.0002_retention_filled",
    "fengsui.force.migrations.0002_kinds_filled",
    "fengsui.incidents.migrations.0002_types_and_dispositions_filled",
)
_events = itertools.count(1)


@dataclass
class Prefecture:
    """Who works here; tokens are issued when somebody first asks."""

    grants: dict[str, Grant]
    tokens: dict[str, str] = field(default_factory=dict)

    def actor(self, who: str) -> Actor:
        return self.grants[who].actor()

    def token(self, who: str) -> str:
        if who not in self.tokens:
            with transaction.atomic():
                self.tokens[who] = Token.issue(self.grants[who], now=NOON)
        return self.tokens[who]


def empty() -> None:
    """Both databases as after their first migration, but without any row."""
    for database in ("default", "keys"):
        call_command("flush", database=database, interactive=False, verbosity=0, inhibit_post_migrate=True)


def furnish(seen_at: datetime | None = None) -> Prefecture:
    """Fill an empty database: types, areas, units on duty at `seen_at` (now), people."""
    seen_at = seen_at or datetime.now(UTC)
    with transaction.atomic():
        for name in _FILLED:
            importlib.import_module(name).fill(apps, None)
        _areas()
        _units(seen_at)
        return Prefecture({who: _grant(who, *seat) for who, seat in PEOPLE.items()})


def _areas() -> None:
    AreaLevel.objects.create(code="county", labels={"zh": "县区", "en": "County"})
    prefecture = Area.objects.create(code="SQ", level_id="county", name={"zh": "朔泉市", "en": "Shuoquan"})
    for code in CENTRES:
        Area.objects.create(
            code=code, parent=prefecture, level_id="county", name={"zh": code, "en": code}, is_centre=True
        )


def _units(seen_at: datetime) -> None:
    for callsign, (kind, centre, lon, lat) in UNITS.items():
        name = {"zh": f"朔{callsign[-2:]}", "en": callsign}
        station = Station.objects.create(name=name, kind="police", area_code=centre, lon=lon, lat=lat, valid_from=NOON)
        one = Unit.objects.create(
            callsign=callsign,
            name=name,
            kind_id=kind,
            station=station,
            centre_code=centre,
            state="available",
            state_since=NOON,
            valid_from=NOON,
        )
        Position.objects.create(unit=one, lon=lon, lat=lat, at=seen_at)


def _grant(who: str, role: str, centre: str, unit: str, seat: str) -> Grant:
    account = Account(username=who, label={"zh": seat, "en": who})
    account.set_unusable_password()
    account.save()
    return Grant.objects.create(account=account, role=role, area_code=centre, centre_code=centre, unit=unit)


# --- acts, in few words -------------------------------------------------------


def report(kind: str = "help", *, by: Actor, now: datetime = NOON, **said: Any) -> Incident:
    """Report something; the incident it opened."""
    said = {"source": "desk", "source_event_id": f"event-{next(_events)}"} | said
    taken, _ = receive_report(Signal(type=kind, **said), centre=by.centre, by=by, now=now)
    assert taken.incident is not None
    return taken.incident


def send(unit: Unit, incident: Incident, *, by: Actor, now: datetime = NOON, **options: Any) -> Assignment:
    """Send a unit to the incident as it is now."""
    version = options.pop("version", None) or fresh(incident).version
    return dispatch_unit(incident=incident, unit=unit, version=version, by=by, now=now, **options)


def tell(assignment: Assignment, status: str, *, by: Actor, now: datetime = NOON, **options: Any) -> dict[str, Any]:
    """A status of an assignment, under a key of its own unless one is given."""
    key = options.pop("key", None) or f"key-{next(_events)}"
    return set_status(
        assignment=assignment, status=AssignmentStatus(status), key=key, at=options.get("at"), by=by, now=now
    )


def call_back(assignment: Assignment, *, by: Actor, now: datetime = NOON, reason: str | None = None) -> Assignment:
    return recall(assignment=assignment, reason=reason, by=by, now=now)


def fresh(thing: Any) -> Any:
    """The same row as it is now."""
    return type(thing).objects.get(pk=thing.pk)


def entries(centre: str = "SQC", *, after: int = 0) -> list[Entry]:
    """What the journal of a centre says."""
    return entries_after(centre, after, limit=10_000, using="default")


def last(centre: str = "SQC") -> Entry:
    return entries(centre)[-1]


def number(centre: str = "SQC") -> int:
    """The journal's last number."""
    return head(centre, using="default").seq


def states(incident: Incident) -> SimpleNamespace:
    """What the contract says about an incident: its state, whether it is to be closed, its active units."""
    from fengsui.incidents.rows import present_row

    said = present_row(fresh(incident))
    active = {"ordered", "accepted", "en_route", "on_scene"}
    units = {one["unit"] for one in said["assignments"] if one["status"] in active}
    return SimpleNamespace(state=said["state"], to_close=said["to_close"], units=units, version=said["version"])
