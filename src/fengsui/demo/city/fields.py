"""Where does the oasis reach, and how is it parted into fields?

Step 7 of the recipe. The oasis is the contour of (distance to river and settlements + noise). Its fields are laid like
bricks along the valley, bent by soft noise so that they do not lie all one way; neighbours share their corners. Some
lie fallow, some are meadows; the bare strip along the river is left to the river.
"""

from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray

from fengsui.demo.city.areas import Area, polygons, without_holes
from fengsui.demo.city.axis import Floats, Valley, Waves, rounded
from fengsui.demo.city.skeleton import CityPlan
from fengsui.demo.city.valley import ValleyPlan

OASIS_STEP_M = 230.0
REACH_U_M, REACH_V_M = 47_000.0, 9_000.0
ROW_M = (170.0, 330.0)
FIELD_M = (130.0, 430.0)
BEND_M = 70.0
NEAR_M = 450.0
FALLOW, MEADOW = 0.06, 0.06
BANK_M = 70.0
SMALLEST_M2 = 7_000.0
FEWEST_M2 = 60_000.0


def oasis_shapes(
    valley: Valley, plan: CityPlan, land: ValleyPlan, built: list[Area], rng: np.random.Generator
) -> list[shapely.Polygon]:
    """Where water reaches: near the river, the settlements and the canals, with a ragged edge."""
    u, v = np.meshgrid(np.arange(-47_000, 47_001, OASIS_STEP_M), np.arange(-8_500, 9_501, OASIS_STEP_M))
    ragged = 0.42 * Waves.drawn(rng, 3_200).at(u, v) + 0.2 * Waves.drawn(rng, 1_100).at(u, v)
    wet = 1.15 - np.abs(v) / 2_300
    wet = np.maximum(wet, 1.5 - np.hypot(u / 7_200, v / 5_600))
    for place in land.settlements:
        reach = 1_150 if place.kind == "village" else 2_100
        wet = np.maximum(wet, 1.25 - np.hypot(u - place.uv[0], v - place.uv[1]) / reach)
    half = OASIS_STEP_M / 2 + 1
    cells = shapely.box(u - half, v - half, u + half, v + half)[wet + ragged > 0.42]
    city = shapely.union_all(
        [plan.ring.buffer(15), *(a.shape.buffer(6) for a in built if a.quarter in ("fringe", "estate"))]
    )
    shapes = []
    for part in polygons(shapely.union_all(cells)):
        if part.area > 400_000:
            outline = smooth(valley, part)
            shapes += [piece for whole in polygons(outline.difference(city)) for piece in without_holes(whole)]
    return [shape for shape in shapes if shape.area > FEWEST_M2]


def smooth(valley: Valley, part: shapely.Polygon) -> shapely.Polygon:
    """The outline of cells, corners cut, warped; holes below 1 km² are filled."""
    rings = [part.exterior, *(ring for ring in part.interiors if shapely.Polygon(ring).area > 1_000_000)]
    curves = [valley.to_plane(rounded(np.asarray(ring.simplify(130).coords)[:-1], 2)) for ring in rings]
    return shapely.Polygon(curves[0], curves[1:]).buffer(0).simplify(9)


def fields_of(oasis: list[Area], valley: Valley, land: ValleyPlan, rng: np.random.Generator) -> list[Area]:
    """The oasis in single fields."""
    bricks = field_bricks(valley, oasis, rng)
    bricks = bricks[rng.random(len(bricks)) >= FALLOW]
    kinds = np.where(rng.random(len(bricks)) < MEADOW, "meadow", "farmland")
    shapes = [area.shape for area in oasis]
    shapely.prepare(shapes)
    brick, part = shapely.STRtree(bricks).query(shapes, predicate="intersects")[::-1]
    order = np.lexsort((part, brick))
    brick, part = brick[order], part[order]
    of = np.array(shapes, dtype=object)[part]
    pieces = bricks[brick]
    cut = ~shapely.contains(of, pieces)
    pieces[cut] = shapely.intersection(pieces[cut], of[cut])
    bank = shapely.buffer(land.river, BANK_M, quad_segs=2)
    shapely.prepare(bank)
    wet = shapely.intersects(bank, pieces)
    pieces[wet] = shapely.difference(pieces[wet], bank)
    return [
        Area(str(kinds[number]), field)
        for number, piece in zip(brick, pieces, strict=True)
        for field in polygons(piece)
        if field.area > SMALLEST_M2 and not field.interiors
    ]


def field_bricks(valley: Valley, oasis: list[Area], rng: np.random.Generator) -> NDArray[np.object_]:
    """Fields in rows wherever the oasis is near; where three meet, all three have the corner."""
    bend_u, bend_v = Waves.drawn(rng, 4_500), Waves.drawn(rng, 4_500)

    def to_plane(uv: Floats) -> Floats:
        return valley.to_plane(
            uv + BEND_M * np.column_stack([bend(uv[:, 0], uv[:, 1]) for bend in (bend_u.at, bend_v.at)])
        )

    rings = brick_rings(rng)
    middles = shapely.points(to_plane(np.array([0.5 * (ring[0] + ring[-2]) for ring in rings])))
    parts = np.array([area.shape for area in oasis], dtype=object)
    near = np.unique(shapely.STRtree(middles).query(parts, predicate="dwithin", distance=NEAR_M)[1])
    rings = [rings[k] for k in near]
    of = np.repeat(np.arange(len(rings)), [len(ring) for ring in rings])
    return np.asarray(shapely.polygons(shapely.linearrings(to_plane(np.concatenate(rings)), indices=of)))


def brick_rings(rng: np.random.Generator) -> list[Floats]:
    """Closed outlines of bricks over the whole plan, south to north."""
    edges = steps(-REACH_V_M, REACH_V_M, ROW_M, rng)
    breaks = [steps(-REACH_U_M, REACH_U_M, FIELD_M, rng) for _ in edges[1:]]
    rings = []
    for row, (low, high) in enumerate(pairwise(edges)):
        under = np.union1d(breaks[row], breaks[row - 1]) if row else breaks[row]
        over = np.union1d(breaks[row], breaks[row + 1]) if row + 1 < len(breaks) else breaks[row]
        for left, right in pairwise(breaks[row]):
            rings.append(ring_between(between(under, left, right), low, between(over, left, right), high))
    return rings


def between(marks: Floats, least: float, most: float) -> Floats:
    """The sorted marks from `least` to `most`, both included."""
    return marks[np.searchsorted(marks, least) : np.searchsorted(marks, most, side="right")]


def ring_between(south: Floats, low: float, north: Floats, high: float) -> Floats:
    """The closed outline of a field, counter-clockwise."""
    below, above = np.column_stack([south, 0 * south + low]), np.column_stack([north, 0 * north + high])[::-1]
    return np.vstack([below, above, below[:1]])


def steps(start: float, stop: float, size: tuple[float, float], rng: np.random.Generator) -> Floats:
    """Marks from `start` to past `stop`, irregular steps apart."""
    marks = start + np.concatenate([[0.0], np.cumsum(rng.uniform(*size, int((stop - start) / size[0]) + 1))])
    return marks[: np.searchsorted(marks, stop) + 1]
