"""What covers the ground between the streets?

Land use only, no buildings: housing, works, shops, parks and schools by block, the green strip along the river, fields
as the contour of (distance to river and settlements + noise), and the water.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely

from fengsui.demo.city.axis import Valley, Waves, rounded
from fengsui.demo.city.blocks import Block
from fengsui.demo.city.network import Network
from fengsui.demo.city.skeleton import CityPlan
from fengsui.demo.city.valley import ValleyPlan
from fengsui.demo.city.words import AREA_WORDS, COMPOUND_FIRST, FIRST, LAST, Name, said

TAGS = {
    "residential": {"landuse": "residential"},
    "industrial": {"landuse": "industrial"},
    "commercial": {"landuse": "commercial"},
    "park": {"leisure": "park"},
    "education": {"landuse": "education"},
    "farmland": {"landuse": "farmland"},
    "river": {"natural": "water", "water": "river"},
    "lake": {"natural": "water", "water": "lake"},
}
FIELD_STEP_M = 230.0
NAME_CHANCE = {"residential": 0.85, "industrial": 0.75, "commercial": 0.8, "park": 1.0}


@dataclass(frozen=True)
class Area:
    """A polygon of one kind, perhaps named."""

    kind: str
    shape: shapely.Polygon
    quarter: str = ""
    name: Name | None = None


def lay_ground(
    network: Network, blocks: list[Block], valley: Valley, plan: CityPlan, land: ValleyPlan, rng: np.random.Generator
) -> list[Area]:
    """Every area of the map, fields first, water last."""
    faces = np.array(shapely.get_parts(shapely.polygonize([e.line for e in network.edges.values()])), dtype=object)
    inside = shapely.point_on_surface(faces)
    tree = shapely.STRtree([block.shape for block in blocks])
    owner = np.full(len(faces), -1)
    i, j = tree.query(inside, predicate="within")
    owner[i] = j
    built = [block_area(faces[k], blocks[owner[k]], plan, rng) for k in range(len(faces)) if owner[k] >= 0]
    green = green_areas(faces[owner < 0], plan, land)
    fields = [Area("farmland", shape) for shape in field_shapes(valley, plan, land, built, rng)]
    water = [Area("river", shape, name=Name("绥水", "Sui River")) for shape in pieces_of(land.river, 12)] + [
        Area("lake", plan.lake, name=Name("燧月湖", "Suiyue Lake"))
    ]
    return fields + named(built, rng) + green + water


def block_area(face: shapely.Polygon, block: Block, plan: CityPlan, rng: np.random.Generator) -> Area:
    """What a block is used for."""
    chance = rng.random()
    quarter = block.quarter
    near_tower = face.distance(plan.drum) < 1900
    if quarter == "estate":
        kind = "industrial" if chance < 0.9 else "residential"
    elif quarter == "fringe":
        kind = "industrial" if chance < 0.4 else "residential"
    elif quarter in ("centre", "city", "new", "seat"):
        shops = 0.2 if near_tower else 0.1
        kind = "park" if chance < 0.05 else "commercial" if chance < 0.05 + shops else "residential"
        if block.is_large and quarter != "seat":
            kind = "park" if chance < 0.4 else "education" if chance < 0.7 else kind
        elif 0.92 < chance < 0.97:
            kind = "education"
    else:
        kind = "industrial" if quarter == "town" and chance < 0.1 else "residential"
    return Area(kind, face, quarter)


def named(areas: list[Area], rng: np.random.Generator) -> list[Area]:
    """Names for most compounds, works and shops, and for all parks, of the city and the towns."""
    pools = {kind: shuffled(area_names(kind), rng) for kind in NAME_CHANCE}
    out = []
    for area in areas:
        share = NAME_CHANCE.get(area.kind, 0.0) * (0.5 if area.quarter == "town" else 1.0)
        is_named = area.quarter not in ("old", "village") and rng.random() < share
        out.append(Area(area.kind, area.shape, area.quarter, next(pools[area.kind], None) if is_named else None))
    return out


def area_names(kind: str) -> Iterator[Name]:
    """All names that areas of this kind may have."""
    pairs = [a + b for a in FIRST for b in LAST if a != b]
    firsts = [*COMPOUND_FIRST, *pairs[::5]] if kind == "residential" else pairs
    for first in firsts:
        for last, english in AREA_WORDS[kind]:
            yield Name(first + last, f"{said(first)} {english}")


def shuffled(names: Iterator[Name], rng: np.random.Generator) -> Iterator[Name]:
    """The names in an order of this seed."""
    pool = list(names)
    return iter([pool[i] for i in rng.permutation(len(pool))])


def green_areas(faces: np.ndarray, plan: CityPlan, land: ValleyPlan) -> list[Area]:
    """The banks of the river within the ring, and the lake's park."""
    inside = shapely.point_on_surface(faces)
    is_bank = shapely.contains(plan.strip, inside) & shapely.contains(plan.ring, inside)
    is_bank |= shapely.intersects(faces, plan.strip) & shapely.contains(plan.ring, inside)
    banks = [Area("park", part, "strip") for face in faces[is_bank] for part in polygons(face.difference(land.river))]
    park = without_holes(plan.lake_park.difference(plan.lake))
    name = Name("燧月湖公园", "Suiyue Lake Park")
    return banks + [Area("park", part, "lake", name if k == 0 else None) for k, part in enumerate(park)]


def field_shapes(
    valley: Valley, plan: CityPlan, land: ValleyPlan, built: list[Area], rng: np.random.Generator
) -> list[shapely.Polygon]:
    """Where water reaches: near the river, the settlements and the canals, with a ragged edge."""
    u, v = np.meshgrid(np.arange(-47_000, 47_001, FIELD_STEP_M), np.arange(-8_500, 9_501, FIELD_STEP_M))
    ragged = 0.42 * Waves.drawn(rng, 3_200).at(u, v) + 0.2 * Waves.drawn(rng, 1_100).at(u, v)
    wet = 1.15 - np.abs(v) / 2_300
    wet = np.maximum(wet, 1.5 - np.hypot(u / 7_200, v / 5_600))
    for place in land.settlements:
        reach = 1_150 if place.kind == "village" else 2_100
        wet = np.maximum(wet, 1.25 - np.hypot(u - place.uv[0], v - place.uv[1]) / reach)
    half = FIELD_STEP_M / 2 + 1
    cells = shapely.box(u - half, v - half, u + half, v + half)[wet + ragged > 0.42]
    city = shapely.union_all(
        [plan.ring.buffer(15), *(a.shape.buffer(6) for a in built if a.quarter in ("fringe", "estate"))]
    )
    shapes = []
    for part in polygons(shapely.union_all(cells)):
        if part.area > 400_000:
            outline = smooth(valley, part)
            shapes += [piece for whole in polygons(outline.difference(city)) for piece in without_holes(whole)]
    return [shape for shape in shapes if shape.area > 60_000]


def smooth(valley: Valley, part: shapely.Polygon) -> shapely.Polygon:
    """The outline of cells, corners cut, warped; holes below 1 km² are filled."""
    rings = [part.exterior, *(ring for ring in part.interiors if shapely.Polygon(ring).area > 1_000_000)]
    curves = [valley.to_plane(rounded(np.asarray(ring.simplify(130).coords)[:-1], 2)) for ring in rings]
    return shapely.Polygon(curves[0], curves[1:]).buffer(0).simplify(9)


def polygons(shape: shapely.Geometry) -> list[shapely.Polygon]:
    """The polygons in any geometry."""
    return [part for part in shapely.get_parts(shape) if isinstance(part, shapely.Polygon) and not part.is_empty]


def without_holes(shape: shapely.Polygon) -> list[shapely.Polygon]:
    """The same area in pieces without holes, so that each can be one closed way."""
    if not shape.interiors:
        return [shape]
    at = shapely.Polygon(shape.interiors[0]).centroid.x
    x0, y0, x1, y1 = shape.bounds
    halves = (shapely.box(x0 - 1, y0 - 1, at, y1 + 1), shapely.box(at, y0 - 1, x1 + 1, y1 + 1))
    return [piece for half in halves for part in polygons(shape.intersection(half)) for piece in without_holes(part)]


def pieces_of(shape: shapely.Polygon, n: int) -> list[shapely.Polygon]:
    """A long polygon in `n` pieces from west to east."""
    x0, y0, x1, y1 = shape.bounds
    marks = np.linspace(x0 - 1, x1 + 1, n + 1)
    return [
        part for a, b in pairwise(marks) for part in polygons(shape.intersection(shapely.box(a, y0 - 1, b, y1 + 1)))
    ]
