"""Which lanes lead into a block?

Step 6 of the recipe, before its buildings: a gate on a side street (not on an avenue), a spine from the gate, cross
lanes left and right of it, some joined at their ends to a loop, some spines running through to the street behind.
"""

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import shapely

from fengsui.demo.city.areas import Area
from fengsui.demo.city.axis import Floats
from fengsui.demo.city.lines import Rank
from fengsui.demo.city.network import Edge, Network, weld
from fengsui.demo.city.noding import sides

CHANCE = {"centre": 0.9, "city": 0.9, "new": 0.9, "fringe": 0.75, "estate": 0.6, "seat": 0.6, "town": 0.3, "old": 0.9}
SMALLEST_M2 = 13_000.0
PITCH_M = (50.0, 74.0)
GATE_OFF_CORNER_M = 32.0
STOPS_BEFORE_M = 15.0
LONGEST_LANE_M = 135.0
LOOP_CHANCE = 0.5
THROUGH_CHANCE = 0.22


@dataclass
class Gate:
    """Where a lane leaves a street; the node is known once the street is cut there."""

    edge: int
    along_m: float
    node: int = -1


@dataclass
class Court:
    """The lanes of one block: a spine from its gate, where lanes leave it and how far they go to each side."""

    gate: Gate
    start: Floats
    ahead: Floats
    length_m: float
    through: Gate | None
    lanes: list[tuple[float, float, float]] = field(default_factory=list)  # along the spine; reach left; reach right
    loops: tuple[bool, bool] = (False, False)


def add_compounds(network: Network, ground: list[Area], rng: np.random.Generator) -> None:
    """Draw service lanes into the built blocks."""
    areas = [
        area for area in ground if area.quarter in CHANCE and area.kind != "park" and area.shape.area > SMALLEST_M2
    ]
    numbers = np.array(list(network.edges))
    shapes = np.array([network.edges[n].line for n in numbers], dtype=object)
    beside = sides(shapes, np.array([area.shape for area in areas], dtype=object))
    bounds: list[list[tuple[int, int]]] = [[] for _ in areas]
    for i, side in zip(*np.nonzero(beside >= 0), strict=True):
        bounds[beside[i, side]].append((int(numbers[i]), 1 - 2 * int(side)))
    courts = []
    for area, edges in zip(areas, bounds, strict=True):
        if rng.random() < CHANCE[area.quarter]:
            court = draw_court(network, area, edges, rng)
            if court is not None:
                courts.append(court)
    cut_gates(network, [gate for court in courts for gate in (court.gate, court.through) if gate is not None])
    for court in courts:
        lay_court(network, court)
    weld(network)


def draw_court(network: Network, area: Area, edges: list[tuple[int, int]], rng: np.random.Generator) -> Court | None:
    """Plan the lanes of one block; None where no side street takes a gate or the block is too shallow."""
    fits = [(n, side) for n, side in edges if takes_gate(network.edges[n])]
    if not fits:
        return None
    weight = np.array(
        [network.edges[n].metres * (3.0 if network.edges[n].rank > Rank.TERTIARY else 1.0) for n, _ in fits]
    )
    number, side = fits[int(rng.choice(len(fits), p=weight / weight.sum()))]
    edge = network.edges[number]
    at = float(np.clip(edge.metres * rng.uniform(0.3, 0.7), GATE_OFF_CORNER_M, edge.metres - GATE_OFF_CORNER_M))
    start, ahead = square_to(edge.line, at, side)
    ring = np.asarray(area.shape.exterior.coords)
    depth = ray(ring, start + 2 * ahead, ahead) + 2
    if not 62 < depth < 600:
        return None
    through = opposite(network, edges, start + depth * ahead, number) if rng.random() < THROUGH_CHANCE else None
    length = depth if through else depth - rng.uniform(STOPS_BEFORE_M + 3, 34)
    court = Court(Gate(number, at), start, ahead, length, through)
    court.loops = (bool(rng.random() < LOOP_CHANCE), bool(rng.random() < LOOP_CHANCE))
    court.lanes = lanes_of(ring, court, rng)
    return court if court.lanes else None


def takes_gate(edge: Edge) -> bool:
    """Side streets long enough to have a gate away from their corners."""
    return Rank.TERTIARY <= edge.rank <= Rank.RESIDENTIAL and edge.metres > 2.2 * GATE_OFF_CORNER_M and not edge.bridge


def square_to(line: shapely.LineString, at: float, side: int) -> tuple[Floats, Floats]:
    """The point of a line at `at` and the direction square to it, to the left (1) or right (-1)."""
    before, here, after = (np.array(line.interpolate(s).coords[0]) for s in (at - 3, at, at + 3))
    along = (after - before) / np.hypot(*(after - before))
    return here, side * np.array([-along[1], along[0]])


def ray(ring: Floats, start: Floats, ahead: Floats) -> float:
    """How far one can go straight ahead before meeting the ring; 0 if never."""
    step = np.diff(ring, axis=0)
    rel = ring[:-1] - start
    cross = ahead[0] * step[:, 1] - ahead[1] * step[:, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        far = (rel[:, 0] * step[:, 1] - rel[:, 1] * step[:, 0]) / cross
        on = (rel[:, 0] * ahead[1] - rel[:, 1] * ahead[0]) / cross
    hits = far[(far > 1e-6) & (on >= 0) & (on <= 1)]
    return float(hits.min()) if len(hits) else 0.0


def opposite(network: Network, edges: list[tuple[int, int]], point: Floats, gate_edge: int) -> Gate | None:
    """A second gate where the spine meets the street behind, if that is a side street and not at its corner."""
    here = shapely.Point(point)
    for number, _ in edges:
        edge = network.edges[number]
        if number == gate_edge or not takes_gate(edge) or edge.line.distance(here) > 1:
            continue
        at = float(edge.line.project(here))
        if GATE_OFF_CORNER_M < at < edge.metres - GATE_OFF_CORNER_M:
            return Gate(number, at)
    return None


def lanes_of(ring: Floats, court: Court, rng: np.random.Generator) -> list[tuple[float, float, float]]:
    """Where cross lanes leave the spine; most go to one side only, and without a second gate the last closes it."""
    left = np.array([-court.ahead[1], court.ahead[0]])
    last = court.length_m - 30 if court.through else court.length_m
    lanes = []
    at = rng.uniform(24, 44)
    while at < last + 1:
        if not court.through and last - at < 34:
            at = last
        origin = court.start + at * court.ahead
        reach = [min(ray(ring, origin, sign * left) - STOPS_BEFORE_M, LONGEST_LANE_M) for sign in (1, -1)]
        if at < last and rng.random() < 0.7:
            reach[int(rng.integers(2))] = 0.0
        reach = [r if r > 26 else 0.0 for r in reach]
        if max(reach) > 0 or at == last:
            lanes.append((float(at), float(reach[0]), float(reach[1])))
        at += rng.uniform(*PITCH_M) * (0.62 if min(reach) == 0 else 1.0)
    return lanes


def cut_gates(network: Network, gates: list[Gate]) -> None:
    """Cut the streets at their gates; gates that face each other across a street share a node."""
    by_edge: dict[int, list[Gate]] = {}
    for gate in gates:
        by_edge.setdefault(gate.edge, []).append(gate)
    for number, here in by_edge.items():
        here.sort(key=lambda gate: gate.along_m)
        marks: list[float] = []
        place = []
        for gate in here:
            if not marks or gate.along_m - marks[-1] > 16:
                marks.append(gate.along_m)
            place.append(len(marks) - 1)
        nodes = network.split(number, marks)
        for gate, k in zip(here, place, strict=True):
            gate.node = nodes[k]


def lay_court(network: Network, court: Court) -> None:
    """Put the lanes of a block on the network."""
    left = np.array([-court.ahead[1], court.ahead[0]])
    spine = [court.gate.node]
    tips: tuple[list[tuple[int, float]], list[tuple[int, float]]] = ([], [])
    for at, to_left, to_right in court.lanes:
        node = network.add_node(court.start + at * court.ahead)
        spine.append(node)
        for side, (sign, reach) in enumerate(((1, to_left), (-1, to_right))):
            if reach > 0:
                tip = network.add_node(network.xy[node] + sign * reach * left)
                add_lane(network, node, tip)
                tips[side].append((tip, reach))
    if court.through:
        spine.append(court.through.node)
    for a, b in pairwise(spine):
        add_lane(network, a, b)
    for is_loop, ends in zip(court.loops, tips, strict=True):
        for (a, near), (b, far) in pairwise(ends):
            if is_loop and abs(near - far) < 45:
                add_lane(network, a, b)


def add_lane(network: Network, a: int, b: int) -> None:
    """A straight service lane."""
    network.add_edge(Edge(a, b, np.array([network.xy[a], network.xy[b]]), Rank.SERVICE))
