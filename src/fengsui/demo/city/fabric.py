"""What stands on the lots?

Step 6 of the recipe: shop strips along the streets first, then every lot filled by its use, schools round their sports
pitch, some parks with a pond, the drum tower on its ring and the station's hall beside the rails.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from fengsui.demo.city.areas import Area
from fengsui.demo.city.axis import Floats
from fengsui.demo.city.fills import FILLS, filled
from fengsui.demo.city.lines import Rank
from fengsui.demo.city.lots import MARGIN_M, Cells, Lot, Obstacles, cells_of, lots_of, obstacles, sides_of
from fengsui.demo.city.network import Network
from fengsui.demo.city.noding import sides
from fengsui.demo.city.skeleton import CityPlan
from fengsui.demo.city.valley import ValleyPlan

SHOP_CHANCE = {"slabs": 1.0, "towers": 0.7, "houses": 0.25, "offices": 0.0}
SHOP_STREETS = {
    Rank.PRIMARY: 0.45,
    Rank.SECONDARY: 0.75,
    Rank.TERTIARY: 0.8,
    Rank.UNCLASSIFIED: 0.5,
    Rank.RESIDENTIAL: 0.5,
}
SHOP_DEPTH_M = (9.0, 12.0)
SHOP_WIDTH_M = (14.0, 36.0)
SHOP_GAP_M = (1.5, 5.0)
SHOP_OFF_CORNER_M = 14.0
SHOP_EMPTY = 0.12
BEHIND_SHOPS_M = 7.0
PITCH_M = ((96.0, 52.0), (64.0, 40.0))
POND_CHANCE = 0.45
DRUM_TOWER_M = 12.0
TELL_EVERY = 100
HALL_M = (110.0, 26.0)
HALL_OFF_RAIL_M = 30.0


@dataclass(frozen=True)
class Footprint:
    """One building: an open ring, counter-clockwise, what it is (the value of `building`) and its storeys."""

    ring: Floats
    tag: str
    storeys: int


@dataclass(frozen=True)
class Fabric:
    """Everything that stands on the lots, and the pitches and ponds among them."""

    buildings: list[Footprint]
    ground: list[Area]


def build_fabric(
    network: Network, ground: list[Area], plan: CityPlan, land: ValleyPlan, rng: np.random.Generator,
    tell: Callable[[float], None],
) -> Fabric:  # fmt: skip
    """Fill every built block; buildings keep off streets, lanes, rails, water and each other. `tell` the share done."""
    lots = lots_of(ground, network, rng)
    ponds = [pond for area in ground if (pond := pond_in(area, rng)) is not None]
    wide = obstacles(network, ground, land, narrow=False)
    narrow = obstacles(network, ground, land, narrow=True)
    shops, shop_lots = shop_strips(network, lots, wide, rng)
    by_lot: list[list[int]] = [[] for _ in lots]
    for k, lot in enumerate(shop_lots):
        by_lot[lot].append(k)
    behind = shapely.orient_polygons(shapely.buffer(shops, BEHIND_SHOPS_M, join_style="mitre"))
    buildings, pitches = [drum_tower(plan), station_hall(plan, land)], []
    for number, (lot, here) in enumerate(zip(lots, by_lot, strict=True)):
        if number % TELL_EVERY == 0:
            tell(number / len(lots))
        buildings += [Footprint(ring_of(shops[k]), "retail", int(rng.integers(1, 4))) for k in here]
        around = (narrow if lot.is_narrow else wide).sides(lot.shape)
        cells = cells_of(lot, np.vstack([around, sides_of(behind[here])]), FILLS[lot.use].cell_m)
        if lot.use == "school":
            pitches += [Area("pitch", shape, lot.quarter) for shape in sports_pitch(cells)]
        buildings += filled_lot(cells, lot.use, rng)
    return Fabric(buildings, pitches + ponds)


def filled_lot(cells: Cells, use: str, rng: np.random.Generator) -> list[Footprint]:
    """The buildings of a lot; where it is too small for its use, houses."""
    for kind in (use, "houses"):
        found = [Footprint(ring, FILLS[kind].tag, storeys) for ring, storeys in filled(cells, FILLS[kind], rng)]
        if found:
            break
    return found


def ring_of(shape: shapely.Polygon) -> Floats:
    """The outer corners, the first not repeated."""
    return np.asarray(shape.exterior.coords)[:-1]


def shop_strips(
    network: Network, lots: list[Lot], wide: Obstacles, rng: np.random.Generator
) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """Shops along the streets round housing, and the lot that each stands on."""
    edges = [edge for edge in network.edges.values() if edge.rank in SHOP_STREETS and not edge.bridge]
    lines = np.array([edge.line for edge in edges], dtype=object)
    shapes = np.array([lot.shape for lot in lots], dtype=object)
    beside = sides(lines, shapes)
    rows: list[tuple[int, int, int, float, float, float]] = []  # edge, lot, side, from, to, depth
    for k, side in zip(*np.nonzero(beside >= 0), strict=True):
        lot = int(beside[k, side])
        chance = SHOP_CHANCE.get(lots[lot].use, 0.0) * SHOP_STREETS[edges[k].rank]
        if rng.random() < chance:
            depth = rng.uniform(*SHOP_DEPTH_M)
            rows += [(int(k), lot, 1 - 2 * int(side), a, b, depth) for a, b in fronts(edges[k].metres, rng)]
    table = np.array(rows)
    edge, lot_of = table[:, 0].astype(np.int64), table[:, 1].astype(np.int64)
    margin = np.array([MARGIN_M[e.rank] for e in edges])[edge]
    shops = fronting(lines[edge], table[:, 3:5], table[:, 2], margin, table[:, 5])
    fits = shapely.contains(shapes[lot_of], shops)
    shop, _ = wide.tree.query(shapely.buffer(shops, -0.7, join_style="mitre"), predicate="intersects")
    fits[shop] = False
    fits &= apart(shops, fits)
    return shops[fits], lot_of[fits]


def fronts(metres: float, rng: np.random.Generator) -> Iterator[tuple[float, float]]:
    """Where shops begin and end along a street."""
    at = SHOP_OFF_CORNER_M
    while (stop := at + rng.uniform(*SHOP_WIDTH_M)) < metres - SHOP_OFF_CORNER_M:
        if rng.random() >= SHOP_EMPTY:
            yield at, stop
        at = stop + rng.uniform(*SHOP_GAP_M)


def fronting(
    lines: NDArray[np.object_], spans: Floats, side: Floats, margin: Floats, depth: Floats
) -> NDArray[np.object_]:
    """Rectangles beside lines: along them over `spans`, `margin` off them, to the left (1) or right (-1)."""
    a, b = (shapely.get_coordinates(shapely.line_interpolate_point(lines, spans[:, k])) for k in (0, 1))
    along = b - a
    aside = side[:, None] * np.column_stack([-along[:, 1], along[:, 0]]) / np.hypot(*along.T)[:, None]
    near, far = margin[:, None] * aside, (margin + depth)[:, None] * aside
    corners = np.stack([a + near, b + near, b + far, a + far, a + near], axis=1)
    return np.asarray(shapely.orient_polygons(shapely.polygons(corners)))


def apart(shapes: NDArray[np.object_], among: NDArray[np.bool_], gap_m: float = 1.2) -> NDArray[np.bool_]:
    """Of the shapes `among` those chosen, which can stand if earlier ones go before later ones."""
    stands = among.copy()
    chosen = np.flatnonzero(among)
    i, j = shapely.STRtree(shapes[chosen]).query(shapes[chosen], predicate="dwithin", distance=gap_m)
    pairs = np.column_stack([chosen[i], chosen[j]])[i < j]
    for earlier, later in pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]:
        if stands[earlier]:
            stands[later] = False
    return stands


def sports_pitch(cells: Cells) -> list[shapely.Polygon]:
    """The largest sports pitch that the free ground takes, nearest to the lot's eastern end; its cells are taken."""
    for width_m, depth_m in PITCH_M:
        width, depth = round(width_m / cells.cell_m) + 4, round(depth_m / cells.cell_m) + 4
        rows, columns = cells.free.shape
        if rows <= depth or columns <= width:
            continue
        summed = np.pad(np.cumsum(np.cumsum(cells.free, axis=0), axis=1), ((1, 0), (1, 0)))
        room = summed[depth:, width:] - summed[:-depth, width:] - summed[depth:, :-width] + summed[:-depth, :-width]
        fits = np.argwhere(room == width * depth)
        if len(fits):
            row, column = fits[int(np.argmax(fits[:, 1] * 2 + fits[:, 0]))]
            cells.free[row : row + depth, column : column + width] = False
            return [rounded_pitch(cells, column + 2, row + 2, width - 4, depth - 4)]
    return []


def rounded_pitch(cells: Cells, column: int, row: int, width: int, depth: int) -> shapely.Polygon:
    """A running track's outline in the cells' frame."""
    radius = depth / 2
    middle = shapely.LineString([(column + radius, row + radius), (column + width - radius, row + radius)])
    local = np.asarray(middle.buffer(radius, quad_segs=4).exterior.coords)[:-1] * cells.cell_m
    frame = np.stack([cells.along, [-cells.along[1], cells.along[0]]])
    return shapely.Polygon(cells.corner + local @ frame)


def pond_in(area: Area, rng: np.random.Generator) -> Area | None:
    """A pond in the middle of some larger parks."""
    chance, turn, size = rng.random(3)
    middle = area.shape.centroid
    room = area.shape.boundary.distance(middle)
    if area.kind != "park" or area.quarter in ("strip", "lake") or chance > POND_CHANCE or room < 60:
        return None
    angle = np.linspace(0, 2 * np.pi, 18, endpoint=False)
    radius = room * (0.34 + 0.2 * size) * (1 + 0.16 * np.sin(2 * angle + 6 * turn) + 0.1 * np.sin(3 * angle + 9 * size))
    shore = np.column_stack([1.3 * radius * np.cos(angle), 0.8 * radius * np.sin(angle)])
    return Area("pond", shapely.Polygon(shapely.get_coordinates(middle) + shore), area.quarter)


def drum_tower(plan: CityPlan) -> Footprint:
    """The tower in the middle of its ring."""
    half = DRUM_TOWER_M
    corners = np.array([(-half, -half), (half, -half), (half, half), (-half, half)])
    return Footprint(corners + np.array([plan.drum.x, plan.drum.y]), "yes", 3)


def station_hall(plan: CityPlan, land: ValleyPlan) -> Footprint:
    """The hall of the city's station, along the rails, where its square is."""
    at = land.rail_line.project(plan.station_square)
    length, depth = HALL_M
    spans = np.array([[at - length / 2, at + length / 2]])
    line = np.array([land.rail_line], dtype=object)
    hall = fronting(line, spans, np.ones(1), np.array([HALL_OFF_RAIL_M]), np.array([depth]))
    return Footprint(ring_of(hall[0]), "train_station", 2)
