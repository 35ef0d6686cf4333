"""How fast does a crew on a call drive on a road of this kind, and may it drive there at all?

Rules as data. The speeds are planning assumptions for a crew with lights and siren: an average over a whole stretch,
junctions included, close to the default car profile of OSRM (`profiles/car.lua`, as of 2015-2025), with alleys, yards
and bus roads raised to what crews drive there. They are a start: replace them by the city's own measured times.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple


class RoadClass(NamedTuple):
    """A kind of road, as OpenStreetMap's `highway` tells it."""

    highway: str
    kmh: float
    """Average speed of a crew on a call where no limit is tagged."""
    source: str
    """Where the number comes from."""


OSRM = "OSRM car profile"
ASSUMED = "assumed for a crew on a call"

CLASSES = (
    RoadClass("motorway", 90, OSRM),
    RoadClass("motorway_link", 60, "OSRM car profile: 45 to 75 by edition"),
    RoadClass("trunk", 85, OSRM),
    RoadClass("trunk_link", 55, "OSRM car profile: 40 to 70 by edition"),
    RoadClass("primary", 65, OSRM),
    RoadClass("primary_link", 45, "OSRM car profile: 30 to 60 by edition"),
    RoadClass("secondary", 55, OSRM),
    RoadClass("secondary_link", 40, "OSRM car profile: 25 to 50 by edition"),
    RoadClass("tertiary", 40, OSRM),
    RoadClass("tertiary_link", 25, "OSRM car profile: 20 to 30 by edition"),
    RoadClass("unclassified", 30, "OSRM car profile says 25; " + ASSUMED),
    RoadClass("residential", 30, "OSRM car profile says 25; " + ASSUMED),
    RoadClass("living_street", 15, "OSRM car profile says 10; " + ASSUMED),
    RoadClass("service", 15, OSRM),
    RoadClass("busway", 40, ASSUMED),
    RoadClass("track", 15, "firm tracks only (grade 1 and 2); " + ASSUMED),
    RoadClass("road", 25, "a road of unknown kind: as the slowest street"),
)
ROAD_CLASSES = tuple(kind.highway for kind in CLASSES)
"""The classes in the order of `RoadNetwork.road_class`."""

CLASS_NUMBER = {highway: number for number, highway in enumerate(ROAD_CLASSES)}

LIMIT_SHARE = 0.8
"""Average speed as a share of a tagged limit. Source: OSRM car profile (`speed_reduction`)."""
LEAST_KMH, MOST_KMH = 5.0, 130.0
KMH_PER_MPH = 1.609344
KMH_PER_KNOT = 1.852

LIMIT_WORDS = {
    "none": 130.0,
    "walk": 7.0,
    "living_street": 10.0,
    "urban": 50.0,
    "rural": 90.0,
    "trunk": 100.0,
    "motorway": 120.0,
}
"""Limits told as words or zones (`none`, `CN:urban`). Zones differ by country: the common values stand in for all."""

PASSABLE = frozenset(
    {"yes", "permissive", "designated", "official", "destination", "customers", "delivery", "residents", "permit"}
    | {"private", "agricultural", "forestry", "emergency", "unknown"}
)
"""Access values that do not stop a crew. `private` is a gate that opens for it; `no` may be a wall, so it stops it,
unless buses or emergency vehicles are let through."""

ACCESS_KEYS = ("emergency", "motorcar", "motor_vehicle", "vehicle", "access")
"""The most telling first: what says something about emergency vehicles overrules what is said of all vehicles."""

FIRM_TRACKS = frozenset({"grade1", "grade2"})
ONE_WAY_WORDS = {"yes": 1, "true": 1, "1": 1, "-1": -1, "reverse": -1, "no": 0, "false": 0, "0": 0, "alternating": 0}
"""1: as drawn, -1: against it, 0: both ways. `alternating` has lights; `reversible` is out: none can promise it."""
ONE_WAY_CLASSES = frozenset({"motorway", "motorway_link"})
ROUNDABOUTS = frozenset({"roundabout", "circular"})


class Driving(NamedTuple):
    """What a way means for a crew: its class, and its speed each way (0: not driven that way)."""

    road_class: int
    forward_kmh: float
    backward_kmh: float


def driving(tags: Mapping[str, str]) -> Driving | None:
    """How a crew drives on an OpenStreetMap way with these tags; None where it does not."""
    road_class = CLASS_NUMBER.get(tags.get("highway", ""))
    if road_class is None or tags.get("area") == "yes" or tags.get("route") == "ferry" or not may_pass(tags):
        return None
    if tags["highway"] == "track" and tags.get("tracktype") not in FIRM_TRACKS:
        return None
    direction = one_way(tags)
    if direction is None:
        return None
    forward = 0.0 if direction < 0 else response_kmh(road_class, tags, "forward")
    backward = 0.0 if direction > 0 else response_kmh(road_class, tags, "backward")
    return Driving(road_class, forward, backward)


def may_pass(tags: Mapping[str, str]) -> bool:
    """Whether a crew gets through: the most telling access tag decides."""
    if tags.get("impassable") == "yes":
        return False
    stated = next((tags[key] for key in ACCESS_KEYS if key in tags), "yes")
    opened_for_buses = any(tags.get(key) in {"yes", "designated"} for key in ("bus", "psv"))
    return stated in PASSABLE or (opened_for_buses and tags.get("emergency") != "no")


def one_way(tags: Mapping[str, str]) -> int | None:
    """1 as drawn, -1 against it, 0 both ways, None where the direction changes by the hour."""
    if tags.get("oneway:emergency") == "no":
        return 0
    stated = tags.get("oneway", "")
    if stated == "reversible":
        return None
    implied = tags.get("junction") in ROUNDABOUTS or tags.get("highway") in ONE_WAY_CLASSES
    return ONE_WAY_WORDS.get(stated, int(implied))


def response_kmh(road_class: int, tags: Mapping[str, str], way_round: str) -> float:
    """Average speed of a crew: its class's, or the stated share of the tagged limit."""
    limit = limit_kmh(tags.get(f"maxspeed:{way_round}", "")) or limit_kmh(tags.get("maxspeed", ""))
    kmh = CLASSES[road_class].kmh if limit is None else limit * LIMIT_SHARE
    return min(max(kmh, LEAST_KMH), MOST_KMH)


def limit_kmh(stated: str) -> float | None:
    """A `maxspeed` value in km/h: `50`, `30 mph`, `none`, `walk`, `CN:urban`, `DE:zone:30`; None: it does not say."""
    word = stated.split(";")[0].strip().lower()
    value = LIMIT_WORDS.get(word.rsplit(":", 1)[-1])
    if value is not None:
        return value
    found = re.fullmatch(r"(?:.*zone\D?)?(\d+(?:\.\d+)?)\s*(km/h|kmh|kph|mph|knots)?", word.removeprefix("~"))
    if found is None or float(found[1]) == 0:
        return None
    unit = {"mph": KMH_PER_MPH, "knots": KMH_PER_KNOT}.get(found[2] or "", 1.0)
    return float(found[1]) * unit
