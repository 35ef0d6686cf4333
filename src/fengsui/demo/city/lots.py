"""Which ground of a block may be built on, and for what?

Step 6 of the recipe. A lot is a block between streets with one use. Its ground is looked at in cells, in the lot's own
frame: free where a cell lies inside the lot and off all streets, lanes, rails and water, each with its margin.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from fengsui.demo.city.areas import Area
from fengsui.demo.city.axis import Floats
from fengsui.demo.city.lines import Rank
from fengsui.demo.city.network import Network
from fengsui.demo.city.valley import ValleyPlan

MARGIN_M = {
    Rank.MOTORWAY: 24.0,
    Rank.MOTORWAY_LINK: 14.0,
    Rank.TRUNK: 17.0,
    Rank.PRIMARY: 15.5,
    Rank.SECONDARY: 13.0,
    Rank.TERTIARY: 10.5,
    Rank.UNCLASSIFIED: 8.5,
    Rank.RESIDENTIAL: 8.5,
    Rank.SERVICE: 5.0,
}
"""How far from the middle of a street its buildings stand."""
NARROW_M = 5.0
"""The same in the lanes of the old quarter and the villages."""
RAIL_M, CANAL_M, WATER_M = 22.0, 12.0, 6.0
NARROW_QUARTERS = ("old", "village", "town")
BUILT = ("residential", "commercial", "industrial", "education")
REDEVELOPED_M2 = 15_000.0

# by quarter: what its housing is, with chances
HOUSING: dict[str, dict[str, float]] = {
    "old": {"courts": 0.92, "offices": 0.08},
    "centre": {"slabs": 0.74, "towers": 0.14, "houses": 0.12},
    "city": {"slabs": 0.76, "towers": 0.12, "houses": 0.12},
    "new": {"towers": 0.74, "slabs": 0.26},
    "fringe": {"houses": 0.5, "slabs": 0.4, "towers": 0.1},
    "estate": {"slabs": 1.0},
    "seat": {"slabs": 0.5, "houses": 0.44, "offices": 0.06},
    "town": {"houses": 0.72, "slabs": 0.2, "offices": 0.08},
    "village": {"farmsteads": 1.0},
}
REDEVELOPED = {"slabs": 0.72, "offices": 0.16, "school": 0.12}
OTHER_USE = {"commercial": "offices", "industrial": "sheds", "education": "school"}


@dataclass(frozen=True)
class Lot:
    """A block with the use of its ground and the direction of its rows, never far from east."""

    shape: shapely.Polygon
    quarter: str
    use: str
    along: Floats

    @property
    def is_narrow(self) -> bool:
        """Whether its houses stand close to the lane."""
        return self.quarter in NARROW_QUARTERS and self.use in ("courts", "houses", "farmsteads")


@dataclass(frozen=True)
class Cells:
    """Free ground in cells of `cell_m`: cell (row, column) starts at `corner + column * along + row * aside`."""

    free: NDArray[np.bool_]
    corner: Floats
    along: Floats
    cell_m: float


@dataclass(frozen=True)
class Obstacles:
    """Outlines of what is not built on: counter-clockwise rings, holes clockwise, and a tree to find them by."""

    shapes: NDArray[np.object_]
    tree: shapely.STRtree

    @classmethod
    def of(cls, shapes: NDArray[np.object_]) -> "Obstacles":
        """The obstacles of these polygons."""
        turned = shapely.orient_polygons(shapes)
        return cls(turned, shapely.STRtree(turned))

    def sides(self, shape: shapely.Polygon) -> Floats:
        """(n, 4) the sides of all obstacles that touch the shape."""
        near = self.shapes[np.sort(self.tree.query(shape, predicate="intersects"))]
        return sides_of(near)


def sides_of(polygons: NDArray[np.object_]) -> Floats:
    """(n, 4) x0, y0, x1, y1 of every side of every ring."""
    xy, ring = shapely.get_coordinates(shapely.get_rings(polygons), return_index=True)
    same = ring[1:] == ring[:-1]
    return np.asarray(np.column_stack([xy[:-1], xy[1:]])[same])


def lots_of(ground: list[Area], network: Network, rng: np.random.Generator) -> list[Lot]:
    """Every built block with its use and its frame."""
    areas = [area for area in ground if area.quarter in HOUSING and area.kind in BUILT]
    shapes = np.array([area.shape for area in areas], dtype=object)
    along = eastward(directions(shapes, network))
    return [
        Lot(area.shape, area.quarter, use_of(area, float(chance)), along[k])
        for k, (area, chance) in enumerate(zip(areas, rng.random(len(areas)), strict=True))
    ]


def use_of(area: Area, chance: float) -> str:
    """What is built on a block; `chance` in 0 to 1 chooses."""
    if area.kind != "residential":
        return OTHER_USE[area.kind]
    is_redeveloped = area.quarter == "old" and area.shape.area > REDEVELOPED_M2
    for use, share in (REDEVELOPED if is_redeveloped else HOUSING[area.quarter]).items():
        chance -= share
        if chance < 0:
            return use
    return use


def directions(shapes: NDArray[np.object_], network: Network) -> Floats:
    """(n, 2) the direction of a block's longest lane, else of its box, so that rows run along the lanes."""
    boxes = shapely.get_coordinates(shapely.minimum_rotated_rectangle(shapes)).reshape(len(shapes), 5, 2)
    sides = np.diff(boxes[:, :3], axis=1)
    longer = np.argmax(np.hypot(sides[..., 0], sides[..., 1]), axis=1)
    found = sides[np.arange(len(shapes)), longer]
    lanes = [edge.points for edge in network.edges.values() if edge.rank == Rank.SERVICE]
    middles = shapely.points([0.5 * (points[0] + points[1]) for points in lanes])
    steps = np.array([points[1] - points[0] for points in lanes])
    lane, shape = shapely.STRtree(shapes).query(middles, predicate="within")
    order = np.argsort(np.hypot(*steps[lane].T), kind="stable")
    found[shape[order]] = steps[lane[order]]
    return np.asarray(found / np.hypot(*found.T)[:, None])


def eastward(along: Floats) -> Floats:
    """Each direction by quarter turns as near to east as can be: rows of houses face south."""
    turned = np.stack([along, np.column_stack([-along[:, 1], along[:, 0]])])
    turned = np.concatenate([turned, -turned])
    return np.asarray(turned[np.argmax(turned[:, :, 0], axis=0), np.arange(len(along))])


def obstacles(network: Network, ground: list[Area], land: ValleyPlan, *, narrow: bool) -> Obstacles:
    """Streets, lanes, rails, canals and water, each with its margin."""
    edges = list(network.edges.values())
    margins = [NARROW_M if narrow and e.rank == Rank.RESIDENTIAL else MARGIN_M[e.rank] for e in edges]
    lines = [*(e.line for e in edges), land.rail_line, *(line for _, line in land.canals)]
    water = [area.shape for area in ground if area.kind in ("river", "lake", "pond")]
    wide = shapely.buffer(lines, [*margins, RAIL_M, *[CANAL_M] * len(land.canals)], quad_segs=2)
    return Obstacles.of(np.concatenate([wide, shapely.buffer(water, WATER_M, quad_segs=1)]))


def cells_of(lot: Lot, blocked: Floats, cell_m: float) -> Cells:
    """The lot's ground in cells; `blocked` (n, 4) are sides of obstacles, counter-clockwise."""
    frame = np.column_stack([lot.along, [-lot.along[1], lot.along[0]]])
    ring = sides_of(np.array([shapely.orient_polygons(lot.shape)], dtype=object))
    inside = (ring.reshape(-1, 2) @ frame).reshape(-1, 4)
    low = inside.reshape(-1, 2).min(axis=0)
    columns, rows = (int(n) for n in np.ceil((inside.reshape(-1, 2).max(axis=0) - low) / cell_m))
    offset = np.tile(low, 2)
    is_inside = winding((inside - offset) / cell_m, rows, columns) != 0
    taken = winding(((blocked.reshape(-1, 2) @ frame).reshape(-1, 4) - offset) / cell_m, rows, columns)
    return Cells(is_inside & (taken == 0), frame @ low, lot.along, cell_m)


def winding(sides: Floats, rows: int, columns: int) -> NDArray[np.int64]:
    """(rows, columns) how often closed outlines go round the middle of each cell: 0 outside of all of them."""
    x0, y0, x1, y1 = sides.T
    first = np.clip(np.ceil(np.minimum(y0, y1) - 0.5), 0, rows).astype(np.int64)
    last = np.clip(np.ceil(np.maximum(y0, y1) - 0.5), 0, rows).astype(np.int64)
    n = last - first
    side = np.repeat(np.arange(len(sides)), n)
    row = np.arange(len(side)) - np.repeat(np.cumsum(n) - n, n) + first[side]
    slope = (x1 - x0)[side] / (y1 - y0)[side]
    column = np.clip(np.ceil(x0[side] + (row + 0.5 - y0[side]) * slope - 0.5), 0, columns).astype(np.int64)
    turns = np.bincount(
        row * (columns + 1) + column, weights=np.where(y1 < y0, 1, -1)[side], minlength=rows * (columns + 1)
    )
    return np.rint(np.cumsum(turns.reshape(rows, columns + 1), axis=1)[:, :columns]).astype(np.int64)
