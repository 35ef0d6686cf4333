"""How does a crew on a call drive: how fast, where at all, and past which barriers?

Rules as data: a `Profile` is tables, and `RESPONSE` is the one that is used unless another is given. The speeds are
planning assumptions for a crew with lights and siren: an average over a whole stretch, junctions included, close to the
default car profile of OSRM (`profiles/car.lua`, as of 2015-2025), with alleys, yards and bus roads raised to what crews
drive there. They are a start: replace them by the city's own measured times.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from fengsui_engine.roads.dropped import Dropped


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

SURFACE_KMH = {
    **dict.fromkeys(("cement", "compacted", "fine_gravel"), 80.0),
    **dict.fromkeys(("paving_stones", "metal", "metal_grid", "bricks"), 60.0),
    **dict.fromkeys(("grass", "wood", "sett", "grass_paver", "gravel", "unpaved", "ground", "dirt"), 40.0),
    **dict.fromkeys(("pebblestone", "tartan"), 40.0),
    **dict.fromkeys(("cobblestone", "unhewn_cobblestone", "clay"), 30.0),
    **dict.fromkeys(("earth", "stone", "rocky", "sand"), 20.0),
    "mud": 10.0,
}
"""No faster than this on such ground. Source: OSRM car profile, 2016-2025."""

SMOOTHNESS_KMH = {"intermediate": 80.0, "bad": 40.0, "very_bad": 20.0, "horrible": 10.0, "very_horrible": 5.0}
"""As SURFACE_KMH, for `smoothness`; `impassable` is out."""

TRACK_KMH = {"grade1": 60.0, "grade2": 40.0, "grade3": 30.0, "grade4": 25.0, "grade5": 20.0}
"""As SURFACE_KMH, for `tracktype` on roads of any class."""

SERVICE_KMH = {"parking_aisle": 10.0, "driveway": 10.0, "alley": 10.0, "drive-through": 8.0, "drive-thru": 8.0}
"""No faster than this on such service roads; OSRM halves its speed there (2018-2025). Assumed for a crew on a call."""


class Barrier(NamedTuple):
    """What a barrier on a street's point means for a crew."""

    passes: bool
    seconds: float
    """That it costs; half of it on each piece beside it."""
    source: str


OPENS = "opens for a crew; " + ASSUMED
BARRIERS = {
    "gate": Barrier(True, 10, OPENS),
    "swing_gate": Barrier(True, 10, OPENS),
    "sliding_gate": Barrier(True, 10, OPENS),
    "hampshire_gate": Barrier(True, 20, OPENS),
    "bump_gate": Barrier(True, 5, OPENS),
    "lift_gate": Barrier(True, 5, OPENS),
    "sally_port": Barrier(True, 5, OSRM),
    "chain": Barrier(True, 20, "is taken off; " + ASSUMED),
    "rope": Barrier(True, 10, "is taken off; " + ASSUMED),
    "toll_booth": Barrier(True, 0, OSRM),
    "border_control": Barrier(True, 0, OSRM),
    "entrance": Barrier(True, 0, OSRM),
    "cattle_grid": Barrier(True, 0, OSRM),
    "coupure": Barrier(True, 0, "a gap in a dyke, open but in a flood"),
    "kerb": Barrier(True, 0, "is driven over; " + ASSUMED),
    "bollard:rising": Barrier(True, 10, "lowers for a crew; " + ASSUMED),
    "bollard:removable": Barrier(True, 30, "a crew has the key; " + ASSUMED),
    "bollard:foldable": Barrier(True, 20, "a crew has the key; " + ASSUMED),
    "bollard:flexible": Barrier(True, 0, "is driven over; " + ASSUMED),
    "no": Barrier(True, 0, "there is none"),
}
"""What a crew passes, by the node's `barrier`, or by `barrier:kind` where `bollard=kind` is tagged. What is not named
here is not passed: bollards, blocks, cycle barriers, jersey barriers, stiles, walls."""

NO_BARRIER = Barrier(True, 0, "there is none")
CLOSED = Barrier(False, 0, "nobody in a vehicle passes")

NOT_BUILT = frozenset(
    {"construction", "proposed", "planned", "disused", "abandoned", "razed", "demolished", "dismantled", "removed"}
)
"""Values of `highway` for roads that do not exist yet, or no more."""

PASSABLE = frozenset(
    {"yes", "permissive", "designated", "official", "destination", "customers", "delivery", "residents", "permit"}
    | {"private", "agricultural", "forestry", "emergency", "unknown"}
)
"""Access values that do not stop a crew. `private` is a gate that opens for it; `no` may be a wall, so it stops it,
unless buses or emergency vehicles are let through."""

VEHICLE_KEYS = ("emergency", "motorcar", "motor_vehicle", "vehicle")
ACCESS_KEYS = (*VEHICLE_KEYS, "access")
"""The most telling first: what says something about emergency vehicles overrules what is said of all vehicles."""

WAY_KEYS = frozenset(
    {"highway", "route", "area", "impassable", "junction", "bus", "psv"}
    | {"surface", "smoothness", "tracktype", "service", "maxspeed", "maxspeed:forward", "maxspeed:backward"}
    | {"zone:maxspeed", "oneway", "oneway:emergency", "oneway:bus", "oneway:psv", *ACCESS_KEYS}
)
"""All that `driving` reads of a way: ways that are alike in these are driven alike."""

ONE_WAY_WORDS = {"yes": 1, "true": 1, "1": 1, "-1": -1, "reverse": -1, "no": 0, "false": 0, "0": 0, "alternating": 0}
"""1: as drawn, -1: against it, 0: both ways. `alternating` has lights; `reversible` is out: none can promise it."""
ONE_WAY_CLASSES = frozenset({"motorway", "motorway_link"})
ROUNDABOUTS = frozenset({"roundabout", "circular"})
"""A mini-roundabout is a point, and implies nothing about the ways that meet there."""
BUSES_RETURN = ("oneway:bus", "oneway:psv")
"""`no`: buses drive a one-way street against its direction."""


@dataclass(frozen=True)
class Profile:
    """How one kind of crew drives. Replace a table with `dataclasses.replace(RESPONSE, …)`."""

    kmh: Mapping[str, float] = field(default_factory=lambda: {kind.highway: kind.kmh for kind in CLASSES})
    """Average speed by class where no limit is tagged; a class that is missing is not driven."""
    limit_share: float = 0.8
    """Average speed as a share of a tagged limit. Source: OSRM car profile (`speed_reduction`)."""
    least_kmh: float = 5.0
    most_kmh: float = 130.0
    surface_kmh: Mapping[str, float] = field(default_factory=lambda: SURFACE_KMH)
    smoothness_kmh: Mapping[str, float] = field(default_factory=lambda: SMOOTHNESS_KMH)
    track_kmh: Mapping[str, float] = field(default_factory=lambda: TRACK_KMH)
    service_kmh: Mapping[str, float] = field(default_factory=lambda: SERVICE_KMH)
    firm_tracks: frozenset[str] = frozenset({"grade1", "grade2"})
    """`tracktype` of tracks that are driven at all."""
    passable: frozenset[str] = PASSABLE
    barriers: Mapping[str, Barrier] = field(default_factory=lambda: BARRIERS)
    passes_locked: bool = False
    """Whether a gate with `locked=yes` opens for the crew."""
    height_m: float = 3.5
    """Of the vehicle: a height restrictor lets through what is lower. A fire engine is some 3.3 m tall."""
    returns_by_bus_lanes: bool = True
    """Whether a one-way street is driven against its direction where buses are."""


RESPONSE = Profile()
"""A crew on a call."""


class Driving(NamedTuple):
    """What a way means for a crew: its class, and its speed each way (0: not driven that way)."""

    road_class: int
    forward_kmh: float
    backward_kmh: float


def driving(tags: Mapping[str, str], profile: Profile = RESPONSE) -> Driving | Dropped:
    """How a crew drives on an OpenStreetMap way with these tags, or why it does not."""
    reason = _why_not(tags, profile)
    if reason is not None:
        return reason
    direction = one_way(tags, profile)
    if direction is None:
        return Dropped.WAYS_REVERSIBLE
    road_class = CLASS_NUMBER[tags["highway"]]
    forward = 0.0 if direction < 0 else response_kmh(road_class, tags, "forward", profile)
    backward = 0.0 if direction > 0 else response_kmh(road_class, tags, "backward", profile)
    return Driving(road_class, forward, backward)


def _why_not(tags: Mapping[str, str], profile: Profile) -> Dropped | None:
    highway = tags.get("highway", "")
    if tags.get("route") == "ferry":
        return Dropped.WAYS_FERRIES
    if tags.get("area") == "yes":
        return Dropped.WAYS_AREAS
    if highway in NOT_BUILT:
        return Dropped.WAYS_UNDER_CONSTRUCTION
    if highway not in CLASS_NUMBER or highway not in profile.kmh:
        return Dropped.WAYS_NOT_DRIVEN
    if tags.get("impassable") == "yes" or tags.get("smoothness") == "impassable":
        return Dropped.WAYS_IMPASSABLE
    if not may_pass(tags, profile):
        return Dropped.WAYS_NO_ACCESS
    if highway == "track" and tags.get("tracktype") not in profile.firm_tracks:
        return Dropped.TRACKS_SOFT
    return None


def may_pass(tags: Mapping[str, str], profile: Profile = RESPONSE) -> bool:
    """Whether a crew is let through: the most telling access tag decides."""
    stated = next((tags[key] for key in ACCESS_KEYS if key in tags), "yes")
    opened_for_buses = any(tags.get(key) in {"yes", "designated"} for key in ("bus", "psv"))
    return stated in profile.passable or (opened_for_buses and tags.get("emergency") != "no")


def one_way(tags: Mapping[str, str], profile: Profile = RESPONSE) -> int | None:
    """1 as drawn, -1 against it, 0 both ways, None where the direction changes by the hour."""
    for_crews = ONE_WAY_WORDS.get(tags.get("oneway:emergency", ""))
    if for_crews is not None:
        return for_crews
    if profile.returns_by_bus_lanes and any(tags.get(key) == "no" for key in BUSES_RETURN):
        return 0
    stated = tags.get("oneway", "")
    if stated == "reversible":
        return None
    implied = tags.get("junction") in ROUNDABOUTS or tags.get("highway") in ONE_WAY_CLASSES
    return ONE_WAY_WORDS.get(stated, int(implied))


def response_kmh(road_class: int, tags: Mapping[str, str], way_round: str, profile: Profile = RESPONSE) -> float:
    """Average speed of a crew: its class's, or the stated share of the tagged limit; as far as the ground lets it.

    Limits for lorries and limits for some hours do not count.
    """
    stated = (tags.get(key, "") for key in (f"maxspeed:{way_round}", "maxspeed", "zone:maxspeed"))
    limit = next((kmh for kmh in map(limit_kmh, stated) if kmh is not None), None)
    kmh = profile.kmh[ROAD_CLASSES[road_class]] if limit is None else limit * profile.limit_share
    for key, caps in (
        ("surface", profile.surface_kmh),
        ("smoothness", profile.smoothness_kmh),
        ("tracktype", profile.track_kmh),
        ("service", profile.service_kmh),
    ):
        kmh = min(kmh, caps.get(tags.get(key, ""), kmh))
    return min(max(kmh, profile.least_kmh), profile.most_kmh)


@lru_cache(maxsize=1024)
def limit_kmh(stated: str) -> float | None:
    """A limit in km/h: `50`, `30 mph`, `none`, `walk`, `CN:urban`, `DE:30`, `DE:zone:30`; None: it does not say."""
    word = stated.split(";")[0].strip().lower()
    value = LIMIT_WORDS.get(word.rsplit(":", 1)[-1])
    if value is not None:
        return value
    found = re.fullmatch(
        r"(?:.*zone\D?|[a-z]{2}:)?(\d{1,9}(?:\.\d{1,9})?)\s*(km/h|kmh|kph|mph|knots)?", word.removeprefix("~")
    )
    if found is None or float(found[1]) == 0:
        return None
    unit = {"mph": KMH_PER_MPH, "knots": KMH_PER_KNOT}.get(found[2] or "", 1.0)
    return float(found[1]) * unit


def barrier(tags: Mapping[str, str], profile: Profile = RESPONSE) -> Barrier:
    """What a point with these tags means for a crew that comes to it.

    What is said of emergency vehicles decides. Else the table says whether the thing itself can be passed, unless motor
    vehicles are named as let through; and where it can, the access tags say whether a crew may.
    """
    kind = tags.get("barrier")
    if kind is None:
        return NO_BARRIER
    usual = profile.barriers.get(f"{kind}:{tags.get(kind, '')}") or profile.barriers.get(kind, CLOSED)
    if "emergency" in tags:
        return usual._replace(passes=tags["emergency"] in profile.passable)
    if kind == "height_restrictor":
        return NO_BARRIER if _fits_under(tags, profile) else CLOSED
    if tags.get("locked") == "yes" and not profile.passes_locked:
        return CLOSED
    is_open = usual.passes or any(key in tags for key in VEHICLE_KEYS)
    return usual._replace(passes=is_open and may_pass(tags, profile))


def _fits_under(tags: Mapping[str, str], profile: Profile) -> bool:
    found = re.match(r"\d{1,6}(?:\.\d{1,6})?(?=\s*m?$)", tags.get("maxheight", ""))
    return found is not None and float(found[0]) >= profile.height_m
