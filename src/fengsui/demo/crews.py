"""The demo's crews: they drive real routes at road speed, wander on patrol, answer when they are sent, and come back.

What a crew does goes through the same verbs as a person's button. A crew whose page a person has open is driven but not
answered for.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from fengsui.base.actors import Actor
from fengsui.force.models import Unit
from fengsui.incidents.models import Assignment
from fengsui.incidents.respond import set_status
from fengsui.places.closures.now import streets_now
from fengsui_engine.lifecycle import AssignmentStatus
from fengsui_engine.refusal import Refusal
from fengsui_engine.roads import RoadNetwork, route, snap
from fengsui_engine.roads.geodesy import METRES_PER_DEGREE, metres_along, plane_metres

_REFRESH_S = 8.0
_WANDER_M = 1800.0


@dataclass
class Drive:
    """A route being driven: points, how far along each is, and how many metres a second."""

    lon: np.ndarray
    lat: np.ndarray
    along_m: np.ndarray
    metres_a_second: float
    driven_m: float = 0.0

    @property
    def is_over(self) -> bool:
        return self.driven_m >= float(self.along_m[-1])

    def place(self) -> tuple[float, float]:
        at = min(self.driven_m, float(self.along_m[-1]))
        return float(np.interp(at, self.along_m, self.lon)), float(np.interp(at, self.along_m, self.lat))


@dataclass
class Crew:
    """One crew in the generator's memory."""

    unit: Unit
    base: tuple[float, float]
    at: tuple[float, float]
    drive: Drive | None = None
    heading_for: str | None = None  # the assignment it drives to
    next_act_s: float = 0.0  # generator seconds
    told_s: float = -1e9


class Crews:
    """All crews of the demo, advanced by `tick`."""

    def __init__(self, roads: RoadNetwork, *, rng: np.random.Generator) -> None:
        self.roads, self.rng = roads, rng
        self.crews: dict[str, Crew] = {}
        for unit in Unit.objects.select_related("station", "position").order_by("callsign"):
            base = (unit.station.lon, unit.station.lat) if unit.station else (float(roads.lon[0]), float(roads.lat[0]))
            position = getattr(unit, "position", None)
            at = base if position is None else (position.lon, position.lat)
            self.crews[unit.callsign] = Crew(unit, base, at, next_act_s=float(rng.uniform(0, 60)))

    def tick(self, *, seconds: float, clock_s: float, held: set[str], now: datetime) -> list[tuple[Unit, float, float]]:
        """Advance everyone by `seconds` of the generator's time; the moves to be told.

        Args:
            held: call signs a person answers for.
        """
        sent = {one.unit.callsign: one for one in Assignment.objects.active().select_related("unit", "incident")}
        moves = []
        for callsign, crew in self.crews.items():
            assignment = sent.get(callsign)
            self._advance(crew, seconds)
            if assignment is not None:
                self._respond(crew, assignment, clock_s, is_held=callsign in held, now=now)
            elif crew.heading_for is not None:
                crew.heading_for, crew.drive, crew.next_act_s = None, None, clock_s + 20
            elif clock_s >= crew.next_act_s and crew.drive is None:
                self._wander(crew, clock_s)
            if crew.drive is not None or clock_s - crew.told_s >= _REFRESH_S:
                crew.told_s = clock_s
                moves.append((crew.unit, *crew.at))
        return moves

    def stand_still(self) -> list[tuple[Unit, float, float]]:
        """Everyone where they are: the quiet city keeps its positions fresh."""
        return [(crew.unit, *crew.at) for crew in self.crews.values()]

    def _advance(self, crew: Crew, seconds: float) -> None:
        if crew.drive is None:
            return
        crew.drive.driven_m += crew.drive.metres_a_second * seconds
        crew.at = crew.drive.place()
        if crew.drive.is_over:
            crew.drive = None

    def _respond(self, crew: Crew, assignment: Assignment, clock_s: float, *, is_held: bool, now: datetime) -> None:
        """Drive once on the way; take the next step when its time has come, unless a person does."""
        if crew.heading_for != str(assignment.pk):
            crew.heading_for, crew.drive = str(assignment.pk), None
            crew.next_act_s = clock_s + float(self.rng.uniform(4, 14))
        status = AssignmentStatus(assignment.status)
        if status is AssignmentStatus.EN_ROUTE and crew.drive is None and not self._is_there(crew, assignment):
            crew.drive = self._drive_to(crew.at, assignment.incident.lon, assignment.incident.lat)
        if is_held or clock_s < crew.next_act_s:
            return
        following = self._following(crew, assignment, status)
        if following is None:
            return
        self._press(crew, assignment, following, now=now)
        crew.next_act_s = clock_s + self._pause(following)

    def _following(self, crew: Crew, assignment: Assignment, status: AssignmentStatus) -> AssignmentStatus | None:
        if status is AssignmentStatus.EN_ROUTE:
            return AssignmentStatus.ON_SCENE if crew.drive is None or assignment.incident.lon is None else None
        return {
            AssignmentStatus.ORDERED: AssignmentStatus.ACCEPTED,
            AssignmentStatus.ACCEPTED: AssignmentStatus.EN_ROUTE,
            AssignmentStatus.ON_SCENE: AssignmentStatus.CLEARED,
        }.get(status)

    def _pause(self, after: AssignmentStatus) -> float:
        """Seconds until the next step: out of the door in a quarter minute, minutes on scene."""
        if after is AssignmentStatus.ON_SCENE:
            return float(np.clip(self.rng.lognormal(6.2, 0.6), 120, 2400))
        return float(self.rng.uniform(6, 18))

    def _press(self, crew: Crew, assignment: Assignment, status: AssignmentStatus, *, now: datetime) -> None:
        unit = crew.unit
        by = Actor(
            id=f"crew-{unit.callsign}",
            role="crew",
            area=unit.centre_code,
            centre=unit.centre_code,
            unit=unit.callsign,
            source="crew",
            origin="officer",
        )
        # Refused where somebody recalled or closed it a moment ago; the next tick sees it as it is.
        with suppress(Refusal):
            set_status(assignment=assignment, status=status, key=f"demo-{status.value}", at=now, by=by, now=now)

    def _is_there(self, crew: Crew, assignment: Assignment) -> bool:
        lon, lat = assignment.incident.lon, assignment.incident.lat
        return lon is None or lat is None or plane_metres(*crew.at, lon, lat) < 60

    def _wander(self, crew: Crew, clock_s: float) -> None:
        """A patrol drives to some junction near its base; others go home and stay."""
        crew.next_act_s = clock_s + float(self.rng.uniform(40, 200))
        if crew.unit.kind_id == "patrol":
            target = self._junction_near(crew.base)
        elif plane_metres(*crew.at, *crew.base) > 80:
            target = crew.base
        else:
            return
        crew.drive = self._drive_to(crew.at, *target)

    def _junction_near(self, place: tuple[float, float]) -> tuple[float, float]:
        reach = _WANDER_M / METRES_PER_DEGREE
        lon = place[0] + float(self.rng.normal(0, reach))
        lat = place[1] + float(self.rng.normal(0, reach))
        node = int(np.argmin((self.roads.lon - lon) ** 2 + (self.roads.lat - lat) ** 2))
        return float(self.roads.lon[node]), float(self.roads.lat[node])

    def _drive_to(self, at: tuple[float, float], lon: float | None, lat: float | None) -> Drive | None:
        if lon is None or lat is None:
            return None
        roads = streets_now().roads  # a new road file may have come into service since the crews were called
        origin, target = snap(roads, [at[0]], [at[1]]), snap(roads, [lon], [lat])
        if not (origin.is_near[0] and target.is_near[0]):
            return None
        way = route(roads, origin, target)
        if way is None or way.ms == 0 or len(way.lon) < 2:
            return None
        along = metres_along(way.lon, way.lat)
        return Drive(way.lon, way.lat, along, float(along[-1]) / (way.ms / 1000))
