"""The demo's day: calls come and crews move, faster, slower or paused. The server's clock stays real."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from fengsui.accounts.models import Grant
from fengsui.base.actors import Actor
from fengsui.base.clock import rfc3339
from fengsui.base.ids import new_id
from fengsui.demo.areas import Plan
from fengsui.demo.callers import Call, Callers
from fengsui.demo.crews import Crews
from fengsui.demo.people import COLLEAGUE, SEATS
from fengsui.force.actions import move_units
from fengsui.force.models import Station, Unit
from fengsui.incidents.dispatch import dispatch_unit
from fengsui.incidents.models import Incident
from fengsui.incidents.receive import Signal, receive_report
from fengsui.incidents.recommend import recommend
from fengsui.incidents.resolve import close_incident
from fengsui.live.hub import held_units
from fengsui.places.city import city
from fengsui.web.warmth import warmth
from fengsui_engine.lifecycle import IncidentState
from fengsui_engine.refusal import Refusal

TICK_S = 1.0
N_FIRST_CALLS = 3
_QUIET_REFRESH_S = 8.0
# How long the made-up colleague leaves a new call to whoever sits at the desk, and a finished one unclosed.
_COLLEAGUE_AFTER = timedelta(seconds=90)
_CLOSES_AFTER = timedelta(seconds=45)
_SHARE_OF_FIRST = 0.8


@dataclass(frozen=True)
class Settings:
    """What `fengsui demo` was asked for."""

    calls_per_day: float
    speed: float
    seed: int


class Generator:
    """Calls, crews, and the colleague at the other seats."""

    def __init__(self, plan: Plan, settings: Settings, *, is_real_streets: bool) -> None:
        self.plan, self.settings = plan, settings
        self.is_real_streets = is_real_streets
        self.speed, self.is_paused = settings.speed, False
        self.is_quiet = settings.calls_per_day == 0
        self.rng = np.random.default_rng([settings.seed, 7])
        self.clock_s = 0.0
        self._quiet_told_s = -1e9
        self._lock = threading.Lock()
        self._is_begun = False

    def state(self) -> dict[str, Any]:
        """What a page shows of the demo."""
        return {
            "speed": self.speed,
            "paused": self.is_paused,
            "quiet": self.is_quiet,
            "real_streets": self.is_real_streets,
        }

    def set(self, *, speed: int | None = None, paused: bool | None = None) -> None:
        with self._lock:
            self.speed = self.speed if speed is None else float(speed)
            self.is_paused = self.is_paused if paused is None else paused

    def one_click(self) -> list[dict[str, Any]]:
        """The accounts that the sign-in page offers by one click."""
        keys = [seat for seat in SEATS if seat.is_one_click]
        grants = {grant.account.username: grant for grant in Grant.objects.select_related("account")}
        return [
            {
                "grant": str(grants[seat.key].pk),
                "role": seat.role.value,
                "zh": seat.zh,
                "en": seat.en,
                "unit": grants[seat.key].unit,
            }
            for seat in keys
            if seat.key in grants
        ]

    def tick(self, now: datetime) -> None:
        """One second of the demo. It begins when the kernels are there: a tick must not wait for a compiler."""
        if not warmth.is_warm:
            return
        if not self._is_begun:
            self._begin()
            self._first_calls(now)
        if self.is_quiet:
            self._keep_fresh(now)
        elif not self.is_paused:
            seconds = TICK_S * self.speed
            self.clock_s += seconds
            moves = self.crews.tick(seconds=seconds, clock_s=self.clock_s, held=held_units(), now=now)
            self._move(moves, now)
            self._calls(seconds, now)
            self._colleague(now)
        else:
            self._keep_fresh(now)

    def _begin(self) -> None:
        roads = city().roads
        self.crews = Crews(roads, rng=np.random.default_rng([self.settings.seed, 8]))
        self.callers = {}
        for number, centre in enumerate((self.plan.first, self.plan.second)):
            near = list(Station.objects.filter(area_code=centre).values_list("lon", "lat"))
            share = _SHARE_OF_FIRST if number == 0 else 1 - _SHARE_OF_FIRST
            self.callers[centre] = Callers(
                roads,
                near,
                calls_per_day=self.settings.calls_per_day * share,
                timezone=self.plan.timezone,
                rng=np.random.default_rng([self.settings.seed, 9, number]),
            )
        self._is_begun = True

    def _first_calls(self, now: datetime) -> None:
        """A new city is not asleep: a few calls are already waiting when its first desk opens."""
        if Incident.objects.exists() or self.is_quiet:
            return
        for _ in range(N_FIRST_CALLS):
            self._report(self.plan.first, self.callers[self.plan.first].call(), now)

    def _keep_fresh(self, now: datetime) -> None:
        at = now.timestamp()
        if at - self._quiet_told_s >= _QUIET_REFRESH_S:
            self._quiet_told_s = at
            self._move(self.crews.stand_still(), now)

    def _move(self, moves: list[tuple[Unit, float, float]], now: datetime) -> None:
        if moves:
            move_units(moves, at=now)

    def _calls(self, seconds: float, now: datetime) -> None:
        for centre, callers in self.callers.items():
            for call in callers.calls(now, seconds):
                self._report(centre, call, now)

    def _report(self, centre: str, call: Call, now: datetime) -> None:
        signal = Signal(
            source="demo",
            source_event_id=str(new_id()),
            type=call.type,
            at=rfc3339(now - timedelta(seconds=call.seconds_ago)),
            lon=call.lon,
            lat=call.lat,
            place=None if call.lon is not None else "说不清在哪，听得见车站广播",
            words=call.words,
        )
        receive_report(signal, centre=centre, by=self._caller(centre), now=now)

    def _colleague(self, now: datetime) -> None:
        """The made-up dispatcher at the other seats takes what nobody took, and closes what is done."""
        for incident in Incident.objects.open().order_by("pk"):
            try:
                self._attend(incident, now)
            except Refusal:
                continue  # a person was quicker

    def _attend(self, incident: Incident, now: datetime) -> None:
        haste = max(1, self.speed / 3)  # a fast day leaves less time to whoever sits at the desk
        if incident.state == IncidentState.WAITING:
            if now - incident.received_at > _COLLEAGUE_AFTER / haste:
                self._take_on(incident, now)
        elif incident.any_cleared and not incident.assignments.active().exists():
            last = incident.assignments.order_by("-ended_at").values_list("ended_at", flat=True).first()
            if last is not None and now - last > _CLOSES_AFTER / haste:
                self._close(incident, self._ending(), now)

    def _take_on(self, incident: Incident, now: datetime) -> None:
        """Send the first of the ranking; close what nobody can find."""
        ranked = recommend(incident, k=5, now=now)
        if ranked.units:
            dispatch_unit(
                incident=incident,
                unit=Unit.objects.get(callsign=ranked.units[0].unit),
                version=incident.version,
                recommendation=ranked.as_text(),
                by=self._colleague_of(incident.centre_code),
                now=now,
            )
        elif incident.lon is None and now - incident.received_at > 4 * _COLLEAGUE_AFTER:
            self._close(incident, "nothing_found", now)

    def _close(self, incident: Incident, disposition: str, now: datetime) -> None:
        by = self._colleague_of(incident.centre_code)
        close_incident(incident=incident, disposition=disposition, version=incident.version, by=by, now=now)

    def _ending(self) -> str:
        return str(
            self.rng.choice(
                ["settled", "assisted", "handed_over", "nothing_found", "false_alarm"], p=[0.5, 0.25, 0.1, 0.1, 0.05]
            )
        )

    def _colleague_of(self, centre: str) -> Actor:
        grant: Grant = Grant.objects.get(account__username=f"{COLLEAGUE}_{centre.lower()}")
        return grant.actor()

    def _caller(self, centre: str) -> Actor:
        return Actor(id="demo-caller", role="system", area=centre, centre=centre, source="demo", origin="caller")
