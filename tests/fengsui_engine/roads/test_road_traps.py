"""One hand-drawn map that holds every trap of reading OpenStreetMap, with the graph that it has to become.

A ladder along the equator. Each bay between two rungs holds one trap, from `a` to `b`; `m` and `n` are points of its
own between them, or beyond. The rungs and the rail below are plain two-way residential streets.

        n
        │
    a ──m── b      a ─────── b      a ──►──── b
    │       │      │   trap  │      │   trap  │
    p ───── q ──── p ─────── q ──── p ─────── q ──── …

Sides are a thousandth of a degree, 111.19 m: 13,343 ms at 30 km/h. `m` is in the middle between `a` and `b`, `n`
half a side above it. Rungs are unnamed; the rail, and what runs from `a` to `b`, bear names, so that the corners are
junctions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from xml.sax.saxutils import quoteattr

import numpy as np
import pytest

from fengsui_engine.roads import RoadNetwork, build_from_osm

Tags = Mapping[str, str]
Ways = Sequence[tuple[str, Tags]]
Edge = tuple[str, str, int]

SIDE = 0.001
SIDE_M = np.radians(SIDE) * 6_371_008.8


def t(kmh: float, *, sides: float = 1, extra_s: float = 0) -> int:
    """Milliseconds for so many sides at this speed."""
    return int(np.floor(SIDE_M * sides / kmh * 3600 + extra_s * 1000 + 0.5))


def both(a: str, b: str, ms: int) -> list[Edge]:
    return [(a, b, ms), (b, a, ms)]


@dataclass(frozen=True)
class Trap:
    """What is drawn in a bay, what becomes of it, and what is drawn when the trap is not there."""

    name: str
    edges: list[Edge]
    """Of the network, without rail and rungs."""
    ways: Ways = (("a b", {}),)
    points: Mapping[str, Tags] = field(default_factory=dict)
    """Tags of points."""
    other_ways: Ways | None = None
    """The same without the trap; None: as `ways`."""
    other_points: Mapping[str, Tags] | None = None
    missing: str = ""
    """Points that the extract lacks."""
    other_missing: str | None = None
    together: tuple[str, ...] = ()
    """Points that are drawn at the place of `m`."""


def trap(name: str, tags: Tags, edges: list[Edge], *, other: Tags | None = None) -> Trap:
    """A trap that lies in the tags of one way."""
    return Trap(name, edges, ways=(("a b", tags),), other_ways=(("a b", other or {}),))


def barred(name: str, tags: Tags, *, extra_s: float | None, other: Tags | None = None) -> Trap:
    """A trap that lies in the tags of a point in the middle; `extra_s` None: it parts the street."""
    parted = [*both("a", "m", t(30, sides=0.5)), *both("b", "m", t(30, sides=0.5))]
    edges = parted if extra_s is None else both("a", "b", t(30, extra_s=extra_s))
    return Trap(name, edges, ways=(("a m b", {}),), points={"m": tags}, other_points={"m": other or {}})


OPEN = both("a", "b", t(30))
HALVES = [*both("a", "m", t(30, sides=0.5)), *both("m", "b", t(30, sides=0.5))]
DIAGONAL = 2**0.5
NOBODY: list[Edge] = []
RAIL = {"name": "rail"}

TRAPS = (
    # --- direction
    trap("one-way", {"oneway": "yes"}, [("a", "b", t(30))]),
    trap("one-way against the drawing", {"oneway": "-1"}, [("b", "a", t(30))]),
    trap("one-way, not for emergencies", {"oneway": "yes", "oneway:emergency": "no"}, OPEN, other={"oneway": "yes"}),
    trap("one-way, but buses return", {"oneway": "yes", "oneway:psv": "no"}, OPEN, other={"oneway": "yes"}),
    trap("direction by the hour", {"oneway": "reversible"}, NOBODY),
    Trap(
        "roundabout",
        [("a", "b", t(30)), ("b", "a", t(30, sides=DIAGONAL))],
        ways=(("a m b n a", {"junction": "roundabout"}),),
        other_ways=(("a m b n a", {}),),
    ),
    Trap(
        "mini-roundabout, which is a point and no one-way",
        OPEN,
        ways=(("a m b", {}),),
        points={"m": {"highway": "mini_roundabout"}},
        other_ways=(("a m b", {"junction": "roundabout"}),),
    ),
    # --- no road, or not yet
    trap("footway", {"highway": "footway"}, NOBODY),
    trap("under construction", {"highway": "construction", "construction": "residential"}, NOBODY),
    trap("proposed", {"highway": "proposed"}, NOBODY),
    trap("area", {"highway": "service", "area": "yes"}, NOBODY),
    trap("pedestrian square", {"highway": "pedestrian"}, NOBODY),
    trap("ferry", {"highway": "", "route": "ferry"}, NOBODY),
    trap("ferry with a road's class", {"route": "ferry"}, NOBODY),
    trap("soft track", {"highway": "track", "tracktype": "grade4"}, NOBODY),
    trap("firm track", {"highway": "track", "tracktype": "grade1"}, both("a", "b", t(15)), other={"highway": "track"}),
    trap("closed to all", {"access": "no"}, NOBODY),
    trap("closed to all but emergencies", {"access": "no", "emergency": "yes"}, OPEN, other={"access": "no"}),
    trap("private", {"access": "private"}, OPEN, other={"access": "no"}),
    trap("impassable", {"smoothness": "impassable"}, NOBODY),
    # --- speed
    trap("living street", {"highway": "living_street"}, both("a", "b", t(15))),
    trap("service road", {"highway": "service"}, both("a", "b", t(15))),
    trap("parking aisle", {"highway": "service", "service": "parking_aisle"}, both("a", "b", t(10))),
    trap("link road", {"highway": "primary_link"}, both("a", "b", t(45))),
    trap("limit", {"maxspeed": "50"}, both("a", "b", t(40))),
    trap("limit in miles", {"maxspeed": "30 mph"}, both("a", "b", t(0.8 * 48.28032)), other={"maxspeed": "30"}),
    trap("limit in knots", {"maxspeed": "20 knots"}, both("a", "b", t(0.8 * 37.04)), other={"maxspeed": "20"}),
    trap("limit of a zone", {"maxspeed": "DE:zone:20"}, both("a", "b", t(16))),
    trap("limit in words", {"maxspeed": "walk"}, both("a", "b", t(5.6))),
    trap("limit for lorries", {"maxspeed:hgv": "10"}, OPEN, other={"maxspeed": "10"}),
    trap("limit for some hours", {"maxspeed:conditional": "10 @ (22:00-06:00)"}, OPEN, other={"maxspeed": "10"}),
    trap("limit that differs by direction", {"maxspeed:forward": "20"}, [("a", "b", t(16)), ("b", "a", t(30))]),
    trap("cobblestones", {"highway": "tertiary", "surface": "cobblestone"}, OPEN, other={"highway": "tertiary"}),
    trap("holes", {"smoothness": "very_bad"}, both("a", "b", t(20))),
    # --- barriers
    barred("bollard", {"barrier": "bollard"}, extra_s=None),
    barred(
        "bollard, open to emergencies",
        {"barrier": "bollard", "emergency": "yes"},
        extra_s=0,
        other={"barrier": "bollard"},
    ),
    barred("rising bollard", {"barrier": "bollard", "bollard": "rising"}, extra_s=10),
    barred("block", {"barrier": "block"}, extra_s=None),
    barred("cycle barrier", {"barrier": "cycle_barrier"}, extra_s=None),
    barred("kerb", {"barrier": "kerb"}, extra_s=0, other={"barrier": "block"}),
    barred("gate", {"barrier": "gate"}, extra_s=10),
    barred("lift gate", {"barrier": "lift_gate"}, extra_s=5),
    barred("locked gate", {"barrier": "gate", "locked": "yes"}, extra_s=None),
    barred("gate closed to all", {"barrier": "gate", "access": "no"}, extra_s=None),
    barred("gate for feet", {"barrier": "gate", "motor_vehicle": "no"}, extra_s=None),
    barred("private gate", {"barrier": "gate", "access": "private"}, extra_s=10),
    barred("low beam", {"barrier": "height_restrictor", "maxheight": "2.1"}, extra_s=None),
    barred("high beam", {"barrier": "height_restrictor", "maxheight": "4.5 m"}, extra_s=0, other={"barrier": "block"}),
    # --- what meets, and what does not
    Trap(
        "edge of the extract",
        NOBODY,
        ways=(("a m b", {}),),
        missing="m",
        other_missing="",
    ),
    Trap(
        "bridge over a street",
        [*both("a", "q", t(30, sides=DIAGONAL)), *both("p", "b", t(30, sides=DIAGONAL))],
        ways=(("a q", {"bridge": "yes", "layer": "1"}), ("p b", {})),
        other_ways=(("a m q", {"bridge": "yes", "layer": "1"}), ("p m b", {})),
    ),
    Trap(
        "point shared by ways on two layers",
        [*HALVES, *both("m", "n", t(30, sides=0.5))],
        ways=(("a m b", {"bridge": "yes", "layer": "1"}), ("m n", {})),
        other_ways=(("a m b", {"bridge": "yes", "layer": "1"}),),
    ),
    Trap(
        "two points at one place",
        HALVES[:2] + both("n", "b", t(30, sides=0.5)),
        ways=(("a m", {}), ("n b", {})),
        other_ways=(("a m", {}), ("m b", {})),
        together=("n",),
    ),
    Trap("way that comes twice", OPEN, ways=(("a b", {"": "twice"}),), other_ways=(("a b", {}), ("a b", {}))),
    Trap("way that stands still", OPEN, ways=(("a a b b", {}),), other_ways=(("a n a b", {}),)),
    Trap("way that goes nowhere", OPEN, ways=(("a b", {}), ("n n", {})), other_ways=(("a b", {}), ("b n", {}))),
)

POINTS = {"p": 0, "q": 1, "a": 2, "b": 3, "m": 4, "n": 5}
OFFSETS = {"p": (0, 0), "q": (1, 0), "a": (0, 1), "b": (1, 1), "m": (0.5, 1), "n": (0.5, 1.5)}


def point_id(bay: int, letter: str) -> int:
    return 10 * (bay + 1) + POINTS[letter]


def drawing(without: int | None = None) -> str:
    """The whole map as XML; `without` names a bay where the trap is not drawn."""
    nodes: list[str] = []
    ways: list[str] = []
    for bay, each in enumerate(TRAPS):
        drawn = _without(each) if bay == without else each
        nodes += _nodes(bay, drawn)
        plain = [("p q", RAIL), ("p a", {}), ("q b", {})]
        for k, (points, tags) in enumerate(plain):
            ways.append(_way(1000 * (bay + 1) + k, [point_id(bay, letter) for letter in points.split()], tags))
        if bay:
            ways.append(_way(1000 * (bay + 1) + 3, [point_id(bay - 1, "q"), point_id(bay, "p")], RAIL))
        for k, (points, tags) in enumerate(drawn.ways):
            refs = [point_id(bay, letter) for letter in points.split()]
            told = {"name": each.name, **{key: value for key, value in tags.items() if key}}
            ways += [_way(1000 * (bay + 1) + 10 + k, refs, told)] * (2 if tags.get("") == "twice" else 1)
    return "\n".join(["<osm version='0.6'>", *nodes, *ways, "</osm>"])


def _without(each: Trap) -> Trap:
    return replace(
        each,
        ways=each.ways if each.other_ways is None else each.other_ways,
        points=each.points if each.other_points is None else each.other_points,
        missing=each.missing if each.other_missing is None else each.other_missing,
        together=each.together,
    )


def _nodes(bay: int, each: Trap) -> list[str]:
    nodes = []
    for letter, (x, y) in OFFSETS.items():
        if letter in each.missing.split():
            continue
        x, y = OFFSETS["m"] if letter in each.together else (x, y)
        if each.name.startswith("bridge") and letter == "m":
            y = 0.5
        tags = "".join(f"<tag k={quoteattr(k)} v={quoteattr(v)}/>" for k, v in each.points.get(letter, {}).items())
        lon, lat = 100 + SIDE * (2 * bay + x), SIDE * y
        nodes.append(f'<node id="{point_id(bay, letter)}" version="1" lon="{lon:.7f}" lat="{lat:.7f}">{tags}</node>')
    return nodes


def _way(way: int, refs: list[int], tags: Tags) -> str:
    told = {"highway": "residential", **tags}
    inside = [f'<nd ref="{ref}"/>' for ref in refs]
    inside += [f"<tag k={quoteattr(k)} v={quoteattr(v)}/>" for k, v in told.items() if v]
    return f'<way id="{way}" version="1">{"".join(inside)}</way>'


def graph(roads: RoadNetwork) -> list[tuple[int, int, int]]:
    """The edges, from and to points of the map, with milliseconds."""
    return sorted(zip(roads.from_osm.tolist(), roads.to_osm.tolist(), roads.travel_ms.tolist(), strict=True))


def expected() -> list[tuple[int, int, int]]:
    """The table above, with rail and rungs."""
    edges: list[tuple[int, int, int]] = []
    for bay, each in enumerate(TRAPS):
        plain = [*both("p", "q", t(30)), *both("p", "a", t(30)), *both("q", "b", t(30))]
        edges += [(point_id(bay, x), point_id(bay, y), ms) for x, y, ms in (*plain, *each.edges)]
        if bay:
            edges += [(point_id(bay - 1, "q"), point_id(bay, "p"), t(30))]
            edges += [(point_id(bay, "p"), point_id(bay - 1, "q"), t(30))]
    return sorted(edges)


def built(tmp_path: Path, without: int | None = None) -> RoadNetwork:
    extract = tmp_path / "traps.osm"
    extract.write_text(drawing(without), encoding="utf-8")
    return build_from_osm(extract)


def test_every_trap_becomes_the_graph_beside_it(tmp_path: Path) -> None:
    assert graph(built(tmp_path)) == expected()


@pytest.mark.parametrize("bay", range(len(TRAPS)), ids=[each.name for each in TRAPS])
def test_without_a_trap_the_graph_is_another(tmp_path: Path, bay: int) -> None:
    """What the first test is worth: each trap is really there."""
    assert graph(built(tmp_path, without=bay)) != expected()


def test_what_the_traps_leave_out_is_counted(tmp_path: Path) -> None:
    assert built(tmp_path).dropped == {
        "ways_not_driven": 2,
        "ways_no_access": 1,
        "ways_impassable": 1,
        "ways_under_construction": 2,
        "ways_areas": 1,
        "ways_ferries": 2,
        "ways_reversible": 1,
        "ways_repeated": 1,
        "tracks_soft": 1,
        "pieces_cut_at_the_edge": 2,
        "barriers_not_passed": 7,
    }
