"""What covers the ground between the streets?

Land use and water: housing, works, shops, parks and schools by block, the green strip along the river, the oasis as a
whole (`fields` parts it), the river and the lake.
"""

from collections.abc import Iterator

import numpy as np
import shapely

from fengsui.demo.city.areas import Area, pieces_of, polygons, without_holes
from fengsui.demo.city.axis import Valley
from fengsui.demo.city.blocks import Block
from fengsui.demo.city.fields import oasis_shapes
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
    "meadow": {"landuse": "meadow"},
    "pitch": {"leisure": "pitch", "sport": "athletics"},
    "pond": {"natural": "water", "water": "pond"},
    "river": {"natural": "water", "water": "river"},
    "lake": {"natural": "water", "water": "lake"},
}
NAME_CHANCE = {"residential": 0.85, "industrial": 0.75, "commercial": 0.8, "park": 1.0}


def lay_ground(
    network: Network, blocks: list[Block], valley: Valley, plan: CityPlan, land: ValleyPlan, rng: np.random.Generator
) -> list[Area]:
    """Every area of the map, the oasis first, water last."""
    faces = np.array(shapely.get_parts(shapely.polygonize([e.line for e in network.edges.values()])), dtype=object)
    inside = shapely.point_on_surface(faces)
    tree = shapely.STRtree([block.shape for block in blocks])
    owner = np.full(len(faces), -1)
    i, j = tree.query(inside, predicate="within")
    owner[i] = j
    built = [block_area(faces[k], blocks[owner[k]], plan, rng) for k in range(len(faces)) if owner[k] >= 0]
    green = green_areas(faces[owner < 0], plan, land)
    oasis = [Area("oasis", shape) for shape in oasis_shapes(valley, plan, land, built, rng)]
    water = [Area("river", shape, name=Name("绥水", "Sui River")) for shape in pieces_of(land.river, 12)] + [
        Area("lake", plan.lake, name=Name("燧月湖", "Suiyue Lake"))
    ]
    return oasis + named(built, rng) + green + water


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
