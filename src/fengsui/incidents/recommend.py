"""Who can be there soonest, by road, and why not the others.

The ranking is the engine's policy over arrays; its reasons are told afterwards. A recommendation travels as a signed
text: what was on the screen comes back with the dispatch word for word, from any process, without a table of things
merely looked at.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.core import signing
from numpy.typing import NDArray

from fengsui.force.models import Position, Unit
from fengsui.incidents.models import Incident
from fengsui.places.closures.now import StreetsNow, streets_now
from fengsui_engine.dispatching import POLICY_VERSION, nearest_first, reasons_against, reasons_for
from fengsui_engine.dispatching.nearest_first import UNREACHED
from fengsui_engine.dispatching.reasons import Reason
from fengsui_engine.lifecycle import UnitState
from fengsui_engine.roads import RoadNetwork, Snapped, nearest, snap

MOST_NOT = 20
_BUSY_SHOWN = 12
_SALT = "fengsui.recommendation"


@dataclass(frozen=True, slots=True)
class Proposal:
    unit: str
    kind: str
    ms: int
    metres: float
    state: str
    position_age_s: int
    why: list[Reason]


@dataclass(frozen=True, slots=True)
class NotProposed:
    unit: str
    kind: str
    reasons: list[Reason]


@dataclass(frozen=True, slots=True)
class Recommendation:
    """The ranking for an incident at one moment: proposals best first, and reasons for those not proposed."""

    incident: str
    at: datetime
    roads: str
    closures: str | None
    units: list[Proposal]
    against: list[NotProposed]
    doubts: list[str]

    def as_facts(self, *, shown: bool) -> dict[str, Any]:
        """What a dispatch entry keeps of it: ranking, times, versions, and whether it was on the screen."""
        ranking = [[proposal.unit, proposal.ms, round(proposal.metres)] for proposal in self.units]
        rests_on = {"policy": POLICY_VERSION, "roads": self.roads, "closures": self.closures}
        return rests_on | {"ranking": ranking, "shown": shown}

    def as_text(self) -> str:
        """The signed text that is this recommendation's id."""
        return signing.dumps({"incident": self.incident, "facts": self.as_facts(shown=True)}, salt=_SALT, compress=True)


def shown_recommendation(text: str | None, incident: Incident) -> dict[str, Any] | None:
    """The facts of the recommendation with that id, if it is one of ours and of this incident."""
    if not text:
        return None
    try:
        told = signing.loads(text, salt=_SALT, max_age=24 * 3600)
    except signing.BadSignature:
        return None
    return dict(told["facts"]) if told["incident"] == str(incident.pk) else None


def recommend(incident: Incident, *, k: int, now: datetime) -> Recommendation:
    """The k units of the incident's centre that can be there soonest, exactly, by road time."""
    streets = streets_now()
    roads = streets.roads
    fleet = _Fleet.of(incident.centre_code)
    target = _pinned(roads, incident)
    if target is None:
        doubt = "no_pin" if incident.lon is None else "far_from_roads"
        return Recommendation(str(incident.pk), now, roads.digest, streets.closures, [], [], [doubt])
    return _Search(incident, streets, fleet, target, k, now).recommendation()


def _pinned(roads: RoadNetwork, incident: Incident) -> Snapped | None:
    if incident.lon is None or incident.lat is None:
        return None
    target = snap(roads, [incident.lon], [incident.lat])
    return target if bool(target.is_near[0]) else None


@dataclass(frozen=True, slots=True)
class _Fleet:
    """The units of a centre as columns, ordered by call sign (equal times are ordered so)."""

    callsign: list[str]
    kind: list[str]
    state: list[str]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]

    @classmethod
    def of(cls, centre: str) -> "_Fleet":
        columns = ("callsign", "kind_id", "state", "position__lon", "position__lat")
        rows = list(Unit.objects.of_centre(centre).order_by("callsign").values_list(*columns))
        return cls(
            callsign=[row[0] for row in rows],
            kind=[row[1] for row in rows],
            state=[row[2] for row in rows],
            # None becomes NaN
            lon=np.array([row[3] for row in rows], dtype=np.float64),
            lat=np.array([row[4] for row in rows], dtype=np.float64),
        )

    def is_available(self) -> NDArray[np.bool_]:
        return np.array([state == UnitState.AVAILABLE for state in self.state], dtype=np.bool_)


class _Search:
    """One recommendation in the making: two bounded searches, then the policy, then the reasons."""

    def __init__(
        self, incident: Incident, streets: StreetsNow, fleet: _Fleet, target: Snapped, k: int, now: datetime
    ) -> None:
        self.incident, self.streets, self.roads = incident, streets, streets.roads
        self.fleet, self.target, self.k, self.now = fleet, target, k, now
        self.on_it = set(incident.assignments.active().values_list("unit__callsign", flat=True))
        n_units = len(fleet.callsign)
        self.travel_ms = np.full(n_units, UNREACHED, dtype=np.int64)
        self.metres = np.zeros(n_units)
        self.off_metres = np.zeros(n_units)
        self.is_near = np.zeros(n_units, dtype=np.bool_)
        self.is_beyond = np.zeros(n_units, dtype=np.bool_)

    def recommendation(self) -> Recommendation:
        is_available = self.fleet.is_available()
        # A few more than asked for: the next ones are told as "farther".
        self._reach(np.flatnonzero(is_available), self.k + MOST_NOT - _BUSY_SHOWN)
        self._reach(np.flatnonzero(~is_available), _BUSY_SHOWN)
        ranked = nearest_first(self.travel_ms, is_available, k=self.k)
        ages_s = self._ages_s([self.fleet.callsign[unit] for unit in ranked])
        return Recommendation(
            incident=str(self.incident.pk),
            at=self.now,
            roads=self.roads.digest,
            closures=self.streets.closures,
            units=[self._proposal(rank, int(unit), int(ranked[0]), ages_s) for rank, unit in enumerate(ranked)],
            against=self._against([int(unit) for unit in ranked]),
            doubts=[] if len(ranked) else ["no_free_unit"],
        )

    def _reach(self, which: NDArray[np.intp], k: int) -> None:
        """Times of the k nearest of `which` that have a position near a road."""
        placed = which[~np.isnan(self.fleet.lon[which])]
        if not len(placed):
            return
        seen = snap(self.roads, self.fleet.lon[placed], self.fleet.lat[placed])
        self.is_near[placed] = seen.is_near
        self.off_metres[placed] = seen.off_metres
        near = np.flatnonzero(seen.is_near)
        if not len(near):
            return
        found = nearest(self.roads, self.target, seen[near], k=k)
        units = placed[near[found.unit]]
        self.travel_ms[units] = found.ms
        self.metres[units] = found.metres
        # A search that stopped at its k-th says nothing of the rest; one that ran dry says there is no way.
        self.is_beyond[placed[near]] = len(units) == k
        self.is_beyond[units] = False

    def _ages_s(self, callsigns: list[str]) -> dict[str, int]:
        """Whole seconds since each was seen; asked for the proposed alone, since times are dear to read."""
        seen = Position.objects.filter(unit__callsign__in=callsigns).values_list("unit__callsign", "at")
        return {callsign: max(0, int((self.now - at).total_seconds())) for callsign, at in seen}

    def _proposal(self, rank: int, unit: int, first: int, ages_s: dict[str, int]) -> Proposal:
        age_s = ages_s.get(self.fleet.callsign[unit], 0)
        ms, best_ms = int(self.travel_ms[unit]), int(self.travel_ms[first])
        return Proposal(
            unit=self.fleet.callsign[unit],
            kind=self.fleet.kind[unit],
            ms=ms,
            metres=float(self.metres[unit]),
            state=self.fleet.state[unit],
            position_age_s=age_s,
            why=reasons_for(
                rank, ms=ms, best_ms=best_ms, position_age_s=age_s, off_metres=float(self.off_metres[unit])
            ),
        )

    def _against(self, proposed: list[int]) -> list[NotProposed]:
        """Those not proposed, nearest first, at most MOST_NOT."""
        last_ms = int(self.travel_ms[proposed[-1]]) if proposed else None
        # Stable, and the fleet is in the order of call signs: of equal times the first call sign comes first.
        by_time = np.argsort(self.travel_ms, kind="stable").tolist()
        taken = set(proposed)
        others = [unit for unit in by_time if unit not in taken]
        return [
            NotProposed(self.fleet.callsign[unit], self.fleet.kind[unit], self._reasons_against(unit, last_ms))
            for unit in others[:MOST_NOT]
        ]

    def _reasons_against(self, unit: int, last_ms: int | None) -> list[Reason]:
        is_reached = bool(self.travel_ms[unit] < UNREACHED)
        return reasons_against(
            state=self.fleet.state[unit],
            is_on_it=self.fleet.callsign[unit] in self.on_it,
            has_position=not bool(np.isnan(self.fleet.lon[unit])),
            is_near_road=bool(self.is_near[unit]),
            is_reached=is_reached,
            is_beyond=bool(self.is_beyond[unit]),
            ms=int(self.travel_ms[unit]) if is_reached else None,
            last_ms=last_ms,
        )
