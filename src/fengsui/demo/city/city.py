"""What is the made-up prefecture, as a whole?

`build_city` runs the recipe's steps in order and says how far it is. The same seed gives the same city.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely

from fengsui.demo.city.areas import Area
from fengsui.demo.city.axis import Floats, Valley, Waves, draw_valley
from fengsui.demo.city.blocks import Block, cut_blocks
from fengsui.demo.city.compounds import add_compounds
from fengsui.demo.city.fabric import Footprint, build_fabric
from fengsui.demo.city.fields import fields_of
from fengsui.demo.city.gates import set_gates
from fengsui.demo.city.ground import lay_ground
from fengsui.demo.city.lines import Line, Rank
from fengsui.demo.city.motorway import add_motorway
from fengsui.demo.city.names import name_streets
from fengsui.demo.city.network import Network, mark_bridges, network_of, turn_roundabout
from fengsui.demo.city.noding import Pieces, faces_of, noded, sides, with_lines, without_dangles, without_slivers
from fengsui.demo.city.skeleton import CityPlan, draw_city, fringe_is_built
from fengsui.demo.city.stations import Place, settle, settlement_names
from fengsui.demo.city.valley import ValleyPlan, draw_valley_plan
from fengsui.demo.city.words import Name, said
from fengsui_engine.refusal import say

Progress = Callable[[float, str], None]
RAGGED = ("town", "seat", "fringe")
EAST = np.array([20.0, 0.0])


@dataclass(frozen=True)
class City:
    """The whole made-up prefecture."""

    seed: int
    valley: Valley
    plan: CityPlan
    land: ValleyPlan
    network: Network
    blocks: list[Block]
    ground: list[Area]
    places: list[Place]
    streets: dict[int, Name]
    """Names of streets, by edge number."""
    buildings: list[Footprint]
    gates: list[tuple[Floats, str]]
    """Where gates stand on lanes, and their kinds (the value of `barrier`)."""


def build_city(seed: int, *, progress: Progress | None = None) -> City:
    """Draw the city of this seed."""
    tell = progress or (lambda fraction, words: None)
    rng = np.random.default_rng([seed, 20_261])
    fabric_rng = np.random.default_rng([seed, 20_262])  # apart, so that houses never move a street
    valley = draw_valley(rng)
    tell(0.02, say("planning the streets"))
    plan = draw_city(valley, rng)
    land = draw_valley_plan(valley, plan, rng)
    tell(0.05, say("finding where lines meet"))
    lines = plan.lines + land.lines
    pieces = without_slivers(without_dangles(noded(lines), 25.0))
    tell(0.15, say("cutting the blocks"))
    faces = faces_of(pieces)
    quarters = quarters_of(faces, valley, plan, land, rng, pieces)
    pieces = kept(pieces, faces, quarters)
    blocks, cuts = cut_blocks(with_directions(faces, quarters, valley), rng)
    blocks = with_ragged_edges(blocks, plan.ring, rng)
    tell(0.3, say("cleaning the streets"))
    network = street_network(pieces, blocks, cuts)
    mark_bridges(network, land.river)
    turn_roundabout(network, "drum-ring")
    tell(0.4, say("laying the ground"))
    ground = lay_ground(network, blocks, valley, plan, land, rng)
    add_compounds(network, ground, rng)
    add_motorway(network, land.motorway_line, land.interchanges)
    tell(0.45, say("naming the streets"))
    settlements = settlement_names(land, rng)
    towns = [place.area for place in land.settlements if place.kind != "village"]
    streets = name_streets(network, plan.old, plan.ring, towns, village_roads(land, settlements), rng)
    tell(0.47, say("placing the stations"))
    places = settle(plan, land, network, blocks, streets, settlements, rng)
    tell(0.5, say("parting the fields"))
    oasis = [area for area in ground if area.kind == "oasis"]
    fields = fields_of(oasis, valley, land, fabric_rng)
    building = say("setting up the buildings")
    fabric = build_fabric(network, ground, plan, land, fabric_rng, lambda share: tell(0.65 + 0.3 * share, building))
    gates = set_gates(network, ground)
    tell(1.0, say("the city is drawn"))
    ground = fields + ground[len(oasis) :] + fabric.ground
    return City(seed, valley, plan, land, network, blocks, ground, places, streets, fabric.buildings, gates)


def village_roads(land: ValleyPlan, names: dict[int, Name]) -> dict[str, Name]:
    """The road to a village bears its name."""
    return {
        place.road: Name(f"{names[k].zh[:-1]}路", f"{said(names[k].zh[:-1])} Road")
        for k, place in enumerate(land.settlements)
        if place.road
    }


def quarters_of(
    faces: np.ndarray, valley: Valley, plan: CityPlan, land: ValleyPlan, rng: np.random.Generator, pieces: Pieces
) -> list[str]:
    """What each face will be: a quarter's name, or nothing."""
    inside = shapely.point_on_surface(faces)
    xy = shapely.get_coordinates(inside)
    uv = valley.to_plan(xy)
    area = shapely.area(faces)
    quarter = np.full(len(faces), "", dtype="<U10")
    ring_away = shapely.distance(inside, plan.ring)
    noise = Waves.drawn(rng, 2_000)
    fringe = fringe_is_built(noise, uv[:, 0], uv[:, 1], ring_away) & (ring_away < 1500) & (np.abs(uv[:, 1]) > 165)
    fringe &= uv[:, 1] > plan.grid.rail_v
    quarter[fringe & (area < 700_000)] = "fringe"
    quarter[shapely.contains(plan.estate, inside)] = "estate"
    old_centre = plan.old.centroid
    in_ring = shapely.contains(plan.ring, inside)
    quarter[in_ring] = np.where(shapely.distance(inside, old_centre) < 2600, "centre", "city")[in_ring]
    quarter[in_ring & shapely.contains(plan.new, inside)] = "new"
    quarter[in_ring & shapely.contains(plan.old, inside)] = "old"
    quarter[shapely.contains(plan.strip, inside) & in_ring] = "strip"
    quarter[shapely.contains(plan.strip, inside) & ~in_ring] = ""
    quarter[shapely.contains(plan.lake_park, inside)] = "lake"
    quarter[shapely.contains(plan.drum_ring, inside)] = "drum"
    for town in land.settlements:
        fits = shapely.contains(town.area, inside) & (area < (400_000 if town.kind == "seat" else 200_000))
        if town.kind == "village":
            fits &= (area < 30_000) & (rng.random(len(faces)) < 0.85)
        quarter[fits] = town.kind
    return [str(q) for q in joined_to_ring(quarter, faces, pieces)]


def joined_to_ring(quarter: np.ndarray, faces: np.ndarray, pieces: Pieces) -> np.ndarray:
    """Built groups of the fringe that do not touch the city become fields."""
    beside = sides(pieces.shape, faces)
    pairs = beside[(beside >= 0).all(axis=1)]
    loose = quarter == "fringe"
    joined = ~loose & (quarter != "")
    for _ in range(12):
        reach = joined[pairs[:, 0]] | joined[pairs[:, 1]]
        joined[np.unique(pairs[reach])] |= loose[np.unique(pairs[reach])]
    quarter[loose & ~joined] = ""
    return quarter


def kept(pieces: Pieces, faces: np.ndarray, quarters: list[str]) -> Pieces:
    """Soft pieces stay only beside something built."""
    built = np.array([*(q != "" for q in quarters), False])
    beside = sides(pieces.shape, faces)
    return pieces.only(~pieces.soft | built[beside].any(axis=1))


def with_directions(
    faces: np.ndarray, quarters: list[str], valley: Valley
) -> list[tuple[shapely.Polygon, str, np.ndarray | None]]:
    """Built faces with the direction of the city's own grid, where they follow it."""
    centre = shapely.get_coordinates(shapely.centroid(faces))
    uv = valley.to_plan(centre)
    step = valley.to_plane(uv + EAST) - valley.to_plane(uv - EAST)
    along = step / np.hypot(*step.T)[:, None]
    bent = {"centre", "city", "fringe", "old"}
    return [
        (face, quarter, along[i] if quarter in bent else None)
        for i, (face, quarter) in enumerate(zip(faces, quarters, strict=True))
        if quarter not in ("", "strip", "lake", "drum")
    ]


def with_ragged_edges(blocks: list[Block], ring: shapely.Polygon, rng: np.random.Generator) -> list[Block]:
    """Leave out some small blocks at the edge of towns and of the fringe: a town does not end in a straight line."""
    shapes = [block.shape for block in blocks]
    built = shapely.union_all([*shapes, ring], grid_size=0.1)
    edge = shapely.union_all([shapely.LineString(line) for line in rings_of(built)])
    shapely.prepare(edge)
    is_outer = shapely.dwithin([shape.boundary for shape in shapes], edge, 0.5)
    return [
        block
        for block, shape, outer in zip(blocks, shapes, is_outer, strict=True)
        if not (outer and block.quarter in RAGGED and shape.area < 60_000 and rng.random() < 0.3)
    ]


def rings_of(shape: shapely.Geometry) -> list[shapely.LinearRing]:
    """The outer rings of all polygons in a geometry."""
    return [part.exterior for part in shapely.get_parts(shape) if isinstance(part, shapely.Polygon)]


def street_network(pieces: Pieces, blocks: list[Block], cuts: list[Line]) -> Network:
    """Node the kept pieces together with the edges of the blocks, and clean."""
    lines = [
        Line(shape, Rank(int(rank)), str(tag), bool(soft))
        for shape, rank, tag, soft in zip(pieces.shape, pieces.rank, pieces.tag, pieces.soft, strict=True)
    ]
    rings = [Line(shapely.LineString(np.vstack([b.ring, b.ring[:1]])), Rank.RESIDENTIAL) for b in blocks]
    # soft lines come back with the rings of the blocks that stay; here they only say which class such a street has
    union = noded([line for line in lines if not line.soft] + rings)
    return network_of(with_lines(union.shape, lines + cuts + rings))
