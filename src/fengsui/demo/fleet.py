"""The demo's force: crews at their stations, two centres, forty and more in the first."""

from collections import defaultdict
from datetime import datetime

import numpy as np

from fengsui.base.actors import system
from fengsui.demo.areas import Plan, centre_of
from fengsui.force.models import Position, Station, Unit
from fengsui.journal.record import act, record
from fengsui.places import stations as found_stations
from fengsui.places.basemap import Basemap
from fengsui_engine.lifecycle import UnitState
from fengsui_engine.roads import RoadNetwork

# (kind of unit, kind of station, call sign prefix, Chinese prefix, how many in the first centre, in the second);
# the centre's own prefix where none is given.
CREWS = [
    ("patrol", "police", None, None, 34, 9),
    ("medic", "medic", "MD", "急", 7, 2),
    ("fire", "fire", "FE", "消", 7, 2),
    ("special", "police", "SP", "特", 3, 0),
]
# Crews stand together at the larger stations; the other posts are reached from there.
MOST_BASES = {"patrol": 9, "medic": 4, "fire": 4, "special": 1}
FEWEST_STATIONS = {"police": 6, "fire": 2, "medic": 2}


@act()
def make_force(roads: RoadNetwork, basemap: Basemap, plan: Plan, *, rng: np.random.Generator, now: datetime) -> None:
    """Stations and units of both centres, on duty and at their stations: one import, one entry a centre."""
    tagged = enough_stations(roads, basemap, rng)
    centres = centre_of(tagged, basemap, plan)
    kept = [
        Station(
            name={"zh": one.zh, "en": one.en}, kind=one.kind, area_code=centre, lon=one.lon, lat=one.lat, valid_from=now
        )
        for one, centre in zip(tagged, centres, strict=True)
    ]
    Station.objects.bulk_create(kept)
    numbers: defaultdict[str, int] = defaultdict(int)
    for centre in (plan.first, plan.second):
        units = [unit for row in CREWS for unit in _crews(row, centre, kept, plan, numbers, now=now)]
        Unit.objects.bulk_create(units)
        Position.objects.bulk_create(
            [_at_station(unit, now=now) for unit in units if unit.state == UnitState.AVAILABLE]
        )
        facts = {"units": len(units), "stations": sum(one.area_code == centre for one in kept)}
        record("force.imported", centre=centre, about=[("area", centre)], by=system(centre), facts=facts, now=now)


def enough_stations(roads: RoadNetwork, basemap: Basemap, rng: np.random.Generator) -> list[found_stations.Station]:
    """The extract's stations, and made-up ones at junctions where it has too few of a kind."""
    tagged = found_stations.stations(basemap)
    for kind in found_stations.ALL_KINDS:
        missing = FEWEST_STATIONS[kind] - sum(one.kind == kind for one in tagged)
        if missing > 0:
            tagged += found_stations.seed_stations(roads, missing, rng, kinds=(kind,))
    return tagged


def _crews(
    row: tuple[str, str, str | None, str | None, int, int],
    centre: str,
    stations: list[Station],
    plan: Plan,
    numbers: defaultdict[str, int],
    *,
    now: datetime,
) -> list[Unit]:
    kind, station_kind, prefix, zh, n_first, n_second = row
    own_prefix, own_zh = plan.prefixes[centre]
    prefix, zh = prefix or own_prefix, zh or own_zh
    bases = [one for one in stations if one.area_code == centre and one.kind == station_kind]
    bases = _some(bases or [one for one in stations if one.area_code == centre] or stations, MOST_BASES[kind])
    units = []
    for i in range(n_first if centre == plan.first else n_second):
        numbers[prefix] += 1
        number = f"{numbers[prefix]:02d}"
        units.append(
            Unit(
                callsign=f"{prefix}{number}",
                name={"zh": f"{zh}{number}", "en": f"{prefix}{number}"},
                kind_id=kind,
                station=bases[i % len(bases)],
                centre_code=centre,
                state=_state(kind, i),
                state_since=now,
                valid_from=now,
            )
        )
    return units


def _some(stations: list[Station], most: int) -> list[Station]:
    """At most that many of them, spread over the list."""
    step = max(1, -(-len(stations) // most))
    return stations[::step]


def _state(kind: str, i: int) -> str:
    """Nearly all are free; one patrol rests and one is in the workshop, as on any night."""
    resting = {("patrol", 22): UnitState.OFF_DUTY, ("patrol", 27): UnitState.OUT_OF_SERVICE}
    return resting.get((kind, i), UnitState.AVAILABLE).value


def _at_station(unit: Unit, *, now: datetime) -> Position:
    station = unit.station
    if station is None:
        raise ValueError(f"{unit.callsign} has no station")
    return Position(unit=unit, lon=station.lon, lat=station.lat, at=now)
