"""Which streets does the city's plan begin with?

Step 2 of the recipe, in (u, v): arterials each way at irregular distances, river roads, a ring of hand-placed points,
an old quarter with four great streets meeting at a drum tower, two old diagonals, a new district with its own turned
grid and a lake, an estate along the railway, and the soft lattice that the fringe may or may not fill.
"""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely

from fengsui.demo.city.axis import Floats, Valley, Waves, dense, rounded
from fengsui.demo.city.lines import Line, Rank, clipped, outside

RIVER_ROAD_V = 165.0
DRUM_RING_M = 40.0


@dataclass(frozen=True)
class Grid:
    """The arterials of one city: where they run and which cross the river."""

    us: list[float]
    vs: list[float]
    bridges: list[float]
    old_u: tuple[float, float]
    old_v: tuple[float, float]
    new_u: float
    axis_u: float
    trunk_v: float
    north_v: float
    west: float
    east: float
    south: float
    north: float

    @property
    def rail_v(self) -> float:
        """The railway passes just outside the ring."""
        return self.south - 520.0


@dataclass(frozen=True)
class CityPlan:
    """The city before any block is cut: lines and the regions that decide what a block becomes."""

    grid: Grid
    lines: list[Line]
    ring: shapely.Polygon
    old: shapely.Polygon
    new: shapely.Polygon
    estate: shapely.Polygon
    lake: shapely.Polygon
    lake_park: shapely.Polygon
    strip: shapely.Polygon
    drum: shapely.Point
    drum_ring: shapely.Polygon
    station_square: shapely.Point


def draw_grid(rng: np.random.Generator) -> Grid:
    """Irregular arterials, 800-1300 m apart, around an old quarter south of the river."""
    old_west = rng.uniform(-900, -350)
    old_east = old_west + rng.uniform(1250, 1420)
    left = old_west - np.cumsum(rng.uniform(850, 1250, 3))
    right = old_east + np.cumsum(rng.uniform(820, 1200, 3))
    west, east = left[-1] - rng.uniform(750, 1050), right[-1] + rng.uniform(750, 1050)
    trunk = -rng.uniform(780, 900)
    old_south = trunk - rng.uniform(1250, 1420)
    souths = [trunk, old_south, old_south - rng.uniform(800, 950)]
    norths = np.cumsum([rng.uniform(950, 1150), *rng.uniform(850, 1100, 2)])
    return Grid(
        us=sorted([*left, old_west, old_east, *right]),
        vs=sorted([*souths, *norths]),
        bridges=sorted([left[int(rng.integers(0, 2))], old_west, old_east, right[1], right[2]]),
        old_u=(old_west, old_east),
        old_v=(old_south, trunk),
        new_u=float(right[0]),
        axis_u=float(right[1]),
        trunk_v=trunk,
        north_v=float(norths[0]),
        west=float(west),
        east=float(east),
        south=souths[-1] - rng.uniform(620, 800),
        north=float(norths[-1]) + rng.uniform(650, 850),
    )


def draw_city(valley: Valley, rng: np.random.Generator) -> CityPlan:
    """All lines of the city's plan and its regions."""
    grid = draw_grid(rng)
    ring_uv = ring_points(grid, rng)
    ring = valley.area(ring_uv)
    inside = ring.buffer(9)
    old = valley.box(grid.old_u[0], grid.old_v[0], grid.old_u[1], grid.old_v[1])
    new = shapely.intersection(ring, valley.box(grid.new_u, RIVER_ROAD_V, grid.east + 1500, grid.north + 1500))
    lake = draw_lake(valley, grid, rng)
    lake_park = lake.buffer(85).simplify(2)
    drum, square, old_lines = old_quarter(valley, grid, rng)
    lines = clipped(arterials(valley, grid) + gap_streets(valley, grid, rng) + diagonals(valley, grid, rng), inside)
    lines += ring_lines(valley, ring_uv) + outgoing(valley, grid, ring)
    lines += outside(clipped(new_grid(valley, grid, rng), new.buffer(9)), lake_park.buffer(-4))
    lines.append(Line(shapely.LineString(lake_park.exterior.coords), Rank.TERTIARY, "lake-road"))
    disk = drum.buffer(DRUM_RING_M, quad_segs=5)
    lines = outside(lines + old_lines, disk.buffer(-4))
    lines.append(Line(shapely.LineString(disk.exterior.coords), Rank.SECONDARY, "drum-ring"))
    estate_region = estate_area(valley, grid)
    lattice = estate_lines(valley, grid, rng) + fringe_lines(valley, grid, estate_region, rng)
    lines += outside(lattice, ring.buffer(-9))
    strip = valley.box(grid.west - 3000, -RIVER_ROAD_V, grid.east + 3000, RIVER_ROAD_V)
    return CityPlan(grid, lines, ring, old, new, estate_region, lake, lake_park, strip, drum, disk, square)


def ring_points(grid: Grid, rng: np.random.Generator) -> Floats:
    """The ring's planned course: corners cut by different amounts, sides pushed about, Chaikin-smoothed."""
    points = []
    for u, v, turn in (
        (grid.east, grid.north, 0),
        (grid.west, grid.north, 1),
        (grid.west, grid.south, 2),
        (grid.east, grid.south, 3),
    ):
        cut = rng.uniform(700, 1500)
        along_u = (u - math.copysign(cut, u), v + rng.uniform(-110, 110))
        along_v = (u + rng.uniform(-90, 90), v - math.copysign(cut, v))
        corner = (u - math.copysign(0.24 * cut, u), v - math.copysign(0.24 * cut, v))
        points += [along_v, corner, along_u] if turn % 2 == 0 else [along_u, corner, along_v]
        side = (0.5 * (grid.west + grid.east) + rng.uniform(-700, 700), v + rng.uniform(-140, 140))
        points += [side] if turn % 2 == 0 else [(u + rng.uniform(-120, 120), rng.uniform(-400, 400))]
    return rounded(np.array(points), 3)


def ring_lines(valley: Valley, ring_uv: Floats) -> list[Line]:
    """The ring road in four named quarters, parted at the corners; the western and eastern sides cross the river."""
    middle = ring_uv.mean(axis=0)
    reach = np.abs(ring_uv - middle).max(axis=0)
    turned = (ring_uv - middle) / reach
    side = np.where(
        np.abs(turned[:, 0]) > np.abs(turned[:, 1]),
        np.where(turned[:, 0] > 0, 0, 2),
        np.where(turned[:, 1] > 0, 1, 3),
    )
    start = int(np.flatnonzero(side != np.roll(side, 1))[0])
    ring_uv, side = np.roll(ring_uv, -start, axis=0), np.roll(side, -start)
    cuts = [*np.flatnonzero(np.diff(side, prepend=-1)), len(side)]
    ring_uv = np.vstack([ring_uv, ring_uv[:1]])
    return [
        Line(valley.curve(ring_uv[a : b + 1]), Rank.PRIMARY, f"ring-{('east', 'north', 'west', 'south')[side[a]]}")
        for a, b in pairwise(int(cut) for cut in cuts)
    ]


def arterials(valley: Valley, grid: Grid) -> list[Line]:
    """The long lines each way; only the bridges cross the river, the others stop at the river roads."""
    lines = []
    for i, v in enumerate(grid.vs):
        stop = grid.new_u + 10 if v > 0 else grid.east + 900
        rank = (
            Rank.TRUNK if v == grid.trunk_v else Rank.PRIMARY if v in (grid.north_v, grid.old_v[0]) else Rank.SECONDARY
        )
        lines.append(Line(valley.curve([(grid.west - 900, v), (stop, v)]), rank, f"east-west-{i}"))
    for sign, tag in ((1, "river-north"), (-1, "river-south")):
        bank = sign * RIVER_ROAD_V
        lines.append(Line(valley.curve([(grid.west - 900, bank), (grid.east + 900, bank)]), Rank.SECONDARY, tag))
    for i, u in enumerate(grid.us):
        top = RIVER_ROAD_V + 10 if u > grid.new_u else grid.north + 900
        bottom = grid.south - 900
        if u in grid.bridges:
            lines.append(Line(valley.curve([(u, bottom), (u, top)]), Rank.PRIMARY, f"north-south-{i}"))
            continue
        rank = Rank.PRIMARY if u == grid.new_u else Rank.SECONDARY
        lines.append(Line(valley.curve([(u, bottom), (u, -RIVER_ROAD_V + 10)]), rank, f"north-south-{i}"))
        if u <= grid.new_u:
            lines.append(Line(valley.curve([(u, RIVER_ROAD_V - 10), (u, top)]), rank, f"north-south-{i}-north"))
    return lines


def gap_streets(valley: Valley, grid: Grid, rng: np.random.Generator) -> list[Line]:
    """One street in the middle of every wide gap, drawn cell by cell with a chance of 0.8."""
    us = [grid.west - 300, *grid.us, grid.east + 300]
    vs = [grid.south - 300, *(v for v in grid.vs if v < 0), -RIVER_ROAD_V, RIVER_ROAD_V]
    vs += [*(v for v in grid.vs if v > 0), grid.north + 300]
    lines = []
    for across, along, is_u in ((us, vs, True), (vs, us, False)):
        for a, b in pairwise(across):
            middle = a + (b - a) * rng.uniform(0.4, 0.6)
            for c, d in pairwise(along):
                is_drawn = rng.random() < 0.8
                if is_u and middle > grid.old_u[0] and middle < grid.old_u[1] and c < 0:
                    continue  # the great streets and the station avenue run there
                centre = (middle, 0.5 * (c + d)) if is_u else (0.5 * (c + d), middle)
                if not is_drawn or b - a < 640 or not takes_gap_street(grid, *centre):
                    continue
                ends = [(middle, c - 10), (middle, d + 10)] if is_u else [(c - 10, middle), (d + 10, middle)]
                rank = Rank.SECONDARY if rng.random() < 0.45 else Rank.TERTIARY
                lines.append(Line(valley.curve(ends), rank))
    return lines


def takes_gap_street(grid: Grid, u: float, v: float) -> bool:
    """Not across the river, nor through the old quarter or the new district."""
    in_old = grid.old_u[0] < u < grid.old_u[1] and grid.old_v[0] < v < grid.old_v[1]
    return abs(v) > RIVER_ROAD_V and not in_old and not (v > 0 and u > grid.new_u)


def diagonals(valley: Valley, grid: Grid, rng: np.random.Generator) -> list[Line]:
    """Two old roads that were there before the grid: from the old city to the ring, north-west and south-east."""
    k = grid.us.index(grid.old_u[0])
    north_west = [
        (grid.old_u[0], grid.north_v),
        (grid.west + rng.uniform(200, 900), grid.north + rng.uniform(-500, 200)),
    ]
    south_east = [(grid.old_u[1], grid.old_v[0]), (grid.us[k + 4] + rng.uniform(0, 500), grid.south - 200)]
    return [
        Line(valley.curve(north_west), Rank.SECONDARY, "diagonal-north-west"),
        Line(valley.curve(south_east), Rank.SECONDARY, "diagonal-south-east"),
    ]


def old_quarter(
    valley: Valley, grid: Grid, rng: np.random.Generator
) -> tuple[shapely.Point, shapely.Point, list[Line]]:
    """Four great streets to the drum tower; the southern runs on to the railway station, the northern to the river."""
    (west, east), (south, north) = grid.old_u, grid.old_v
    u, v = 0.5 * (west + east) + rng.uniform(-120, 120), 0.5 * (south + north) + rng.uniform(-120, 120)
    wobble = rng.uniform(-70, 70, 4)
    to_north, to_south = u + wobble[0], u + wobble[1]
    lines = [
        Line(valley.curve([(to_north, north + 10), (u, v)]), Rank.SECONDARY, "great-north"),
        Line(valley.curve([(to_south, south - 10), (u, v)]), Rank.SECONDARY, "great-south"),
        Line(valley.curve([(east + 10, v + wobble[2]), (u, v)]), Rank.SECONDARY, "great-east"),
        Line(valley.curve([(west - 10, v + wobble[3]), (u, v)]), Rank.SECONDARY, "great-west"),
        Line(valley.curve([(to_north, north - 10), (to_north, -RIVER_ROAD_V + 10)]), Rank.SECONDARY, "great-approach"),
        Line(valley.curve([(to_south, south + 10), (to_south, grid.rail_v + 95)]), Rank.PRIMARY, "station-avenue"),
    ]
    centre, square = valley.to_plane([(u, v), (to_south, grid.rail_v + 60)])
    return shapely.Point(centre), shapely.Point(square), lines


def draw_lake(valley: Valley, grid: Grid, rng: np.random.Generator) -> shapely.Polygon:
    """The lake of the new district: a lopsided oval."""
    u = grid.axis_u + rng.uniform(-150, 250)
    v = RIVER_ROAD_V + 0.46 * (grid.north - RIVER_ROAD_V)
    turn = np.linspace(0, math.tau, 40, endpoint=False)
    lobes = rng.uniform(0.06, 0.13, 2)
    phase = rng.uniform(0, math.tau, 2)
    r = 1 + lobes[0] * np.sin(2 * turn + phase[0]) + lobes[1] * np.sin(3 * turn + phase[1])
    centre = valley.to_plane([(u, v)])[0]
    size = rng.uniform(0.9, 1.15)
    shore = centre + size * np.column_stack([385 * r * np.cos(turn), 245 * r * np.sin(turn)])
    return shapely.Polygon(shore)


def new_grid(valley: Valley, grid: Grid, rng: np.random.Generator) -> list[Line]:
    """The new district's straight grid, turned some 13 degrees; its axis starts at a bridge head."""
    head, up = valley.to_plane([(grid.axis_u, RIVER_ROAD_V), (grid.axis_u, RIVER_ROAD_V + 40)])
    axis = (up - head) / np.hypot(*(up - head))
    angle = math.radians(rng.choice([-1, 1]) * rng.uniform(11, 14))
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    ahead = turn @ axis
    aside = np.array([ahead[1], -ahead[0]])
    lines = []
    for direction, normal, name in ((ahead, aside, "new-axis"), (aside, ahead, "new-cross")):
        for k in range(-9, 12):
            shift = 0.0 if k == 0 and name == "new-axis" else k * 470 + rng.uniform(-55, 55) + 40
            rank = Rank.PRIMARY if k == 0 and name == "new-axis" else Rank.SECONDARY if k % 2 == 0 else Rank.TERTIARY
            start, end = head + shift * normal - 6000 * direction, head + shift * normal + 7000 * direction
            shape = shapely.LineString(dense(np.array([start, end]), 250))
            lines.append(Line(shape, rank, f"{name}-{k}" if rank < Rank.TERTIARY else ""))
    return lines


def outgoing(valley: Valley, grid: Grid, ring: shapely.Polygon) -> list[Line]:
    """Two avenues run on north to the motorway and two south over the railway (their country ends: `valley`)."""
    lines = []
    for u, v0, v1, tag in outgoing_courses(grid):
        shape = valley.curve([(u, v0), (u, v1)])
        lines += outside([Line(shape, Rank.PRIMARY, tag)], ring.buffer(-9))
    return lines


def outgoing_courses(grid: Grid) -> list[tuple[float, float, float, str]]:
    """(u, from v, to v, tag) of the avenues that leave the city north and south."""
    norths = [grid.old_u[0], grid.us[-1]]
    souths = [grid.us[1], grid.old_u[1]]
    tags = {u: f"north-south-{i}" for i, u in enumerate(grid.us)}
    out = [(u, grid.north - 900, grid.north + 1500, tags[u] if u <= grid.new_u else "north-east") for u in norths]
    return out + [(u, grid.south + 900, grid.south - 1500, tags[u]) for u in souths]


def estate_area(valley: Valley, grid: Grid) -> shapely.Polygon:
    """The estate: outside the ring in the south-west, between the railway and the national road."""
    return valley.box(grid.west - 3700, grid.rail_v + 70, grid.west + 1300, grid.rail_v + 2050)


def estate_lines(valley: Valley, grid: Grid, rng: np.random.Generator) -> list[Line]:
    """A plain grid along the railway."""
    us = grid.west + 1100 - np.cumsum(rng.uniform(380, 540, 11))
    us = us[us > grid.west - 3750]
    vs = grid.rail_v + 85 + np.concatenate([[0], np.cumsum(rng.uniform(340, 480, 4))])
    lines = []
    for i, v in enumerate(vs):
        rank = Rank.SECONDARY if i == 2 else Rank.TERTIARY
        lines.append(
            Line(valley.curve([(us[-1] - 12, v), (grid.west + 1250, v)]), rank, f"estate-{i}" if i == 2 else "", True)
        )
    for i, u in enumerate(us):
        rank = Rank.SECONDARY if i == 3 else Rank.TERTIARY
        lines.append(Line(valley.curve([(u, vs[0] - 12), (u, vs[-1] + 12)]), rank, "", True))
    return lines


def fringe_lines(valley: Valley, grid: Grid, estate: shapely.Polygon, rng: np.random.Generator) -> list[Line]:
    """The soft lattice round the ring, from which noise will choose what is built."""
    us = lattice(grid.west - 1500, grid.east + 1500, grid.us, rng)
    vs = lattice(grid.south - 420, grid.north + 1400, [v for v in grid.vs if abs(v) > 600], rng)
    vs = [v for v in vs if abs(v) > 350] + [-RIVER_ROAD_V, RIVER_ROAD_V]
    west, east, south, north = grid.west - 1520, grid.east + 1520, grid.rail_v + 70, grid.north + 1420
    lines = [Line(valley.curve([(west, v), (east, v)]), Rank.RESIDENTIAL, "", True) for v in vs]
    for u in us:
        for v0, v1 in ((south, -RIVER_ROAD_V + 10), (RIVER_ROAD_V - 10, north)):
            lines.append(Line(valley.curve([(u, v0), (u, v1)]), Rank.RESIDENTIAL, "", True))
    return outside(lines, estate.buffer(30))


def lattice(start: float, stop: float, kept: list[float], rng: np.random.Generator) -> list[float]:
    """Irregular steps from `start` to `stop` that pass through the lines already `kept`."""
    marks = [start, *kept, stop]
    out: list[float] = []
    for a, b in pairwise(sorted(marks)):
        n = max(1, round((b - a) / rng.uniform(330, 460)))
        steps = a + (b - a) * (np.arange(n) + np.concatenate([[0], rng.uniform(-0.15, 0.15, n - 1)])) / n
        out += [float(step) for step in steps]
    return [*out, stop]


def fringe_is_built(noise: Waves, u: Floats, v: Floats, away_m: Floats) -> np.ndarray:
    """Noise decides built or field, less and less likely away from the ring."""
    return np.asarray(noise.at(u, v) + 0.5 - away_m / 1000 > 0)
