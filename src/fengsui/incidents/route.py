"""The way of a unit to an incident, for a map."""

from typing import Any

import numpy as np

from fengsui.force.models import Position, Unit
from fengsui.incidents.models import Incident
from fengsui.journal.stores import READER
from fengsui.places.closures.now import streets_now
from fengsui_engine.refusal import Refusal, say
from fengsui_engine.roads import RoadNetwork, Snapped, route, snap


class NoRoute(Refusal):
    status = 409
    sentence = say(
        "There is no way to draw: the unit or the incident has no place near a road, or no street joins them."
    )


def route_to(incident: Incident, unit: Unit) -> dict[str, Any]:
    """Seconds, metres and the line from where the unit was last seen to the incident.

    Raises:
        NoRoute: one of them has no place near a road, or no street joins them.
    """
    seen = Position.objects.using(READER).filter(unit=unit).first()
    if seen is None or incident.lon is None or incident.lat is None:
        raise NoRoute()
    roads = streets_now().roads
    origin, target = _snapped(roads, seen.lon, seen.lat), _snapped(roads, incident.lon, incident.lat)
    way = route(roads, origin, target)
    if way is None:
        raise NoRoute()
    line = np.round(np.column_stack([way.lon, way.lat]), 6).tolist()
    geometry = {"type": "LineString", "coordinates": line}
    return {"seconds": way.ms / 1000, "metres": round(way.metres, 1), "geometry": geometry}


def _snapped(roads: RoadNetwork, lon: float, lat: float) -> Snapped:
    found = snap(roads, [lon], [lat])
    if not bool(found.is_near[0]):
        raise NoRoute()
    return found
