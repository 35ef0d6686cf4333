"""What lies along the river outside the city?

Step 7 of the recipe: a national road through the towns south of the river, a county road north of it, links between
the two, a motorway and a railway, and villages placed by rejection and joined to the nearest road. One town, some
23 km down-river, is the county seat.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import ArrayLike

from fengsui.demo.city.axis import HALF_LENGTH_M, Floats, Valley, dense
from fengsui.demo.city.lines import Line, Rank, outside
from fengsui.demo.city.skeleton import CityPlan, Grid

N_VILLAGES = 60
SEAT_U = 23_000.0
SOUTH_TOWNS = (-43_000.0, -33_500.0, -23_000.0, -12_800.0, 12_600.0, SEAT_U, 33_500.0, 42_500.0)
NORTH_TOWNS = (-38_000.0, -27_500.0, -16_500.0, 16_800.0, 28_500.0, 38_000.0)
MOUTH_U = 45_200.0
"""Where the motorway ends and comes down to the other roads, at both ends of the valley."""


@dataclass(frozen=True)
class Course:
    """A road, railway or motorway as v over u: a cubic through its marks, flat where two marks are level."""

    us: Floats
    vs: Floats

    @classmethod
    def through(cls, marks: Iterable[tuple[float, float]]) -> "Course":
        """The course through these (u, v) marks."""
        ordered = np.array(sorted(marks))
        return cls(ordered[:, 0], ordered[:, 1])

    def at(self, u: ArrayLike) -> Floats:
        """v at u: cubic Hermite with the mean of the neighbouring slopes."""
        u = np.asarray(u, float)
        step = np.diff(self.us)
        slope = np.diff(self.vs) / step
        tangent = np.concatenate([slope[:1], 0.5 * (slope[:-1] + slope[1:]), slope[-1:]])
        flat = np.flatnonzero(slope == 0)
        tangent[flat], tangent[flat + 1] = 0, 0
        i = np.clip(np.searchsorted(self.us, u) - 1, 0, len(step) - 1)
        t = (u - self.us[i]) / step[i]
        h00, h10 = (1 + 2 * t) * (1 - t) ** 2, t * (1 - t) ** 2
        h01, h11 = t * t * (3 - 2 * t), t * t * (t - 1)
        return np.asarray(
            h00 * self.vs[i] + h10 * step[i] * tangent[i] + h01 * self.vs[i + 1] + h11 * step[i] * tangent[i + 1]
        )

    def points(self, start: float, stop: float, step_m: float = 120.0) -> Floats:
        """(n, 2) planned points from `start` to `stop`."""
        u = np.linspace(start, stop, max(2, math.ceil(abs(stop - start) / step_m)))
        return np.column_stack([u, self.at(u)])


@dataclass(frozen=True)
class Settlement:
    """A town or village: where it is, how far it reaches and what it is built along."""

    kind: str  # seat, town or village
    uv: tuple[float, float]
    area: shapely.Polygon
    centre: shapely.Point
    road: str = ""
    """The tag of a village's own road."""


@dataclass(frozen=True)
class ValleyPlan:
    """Everything outside the ring, before noding."""

    lines: list[Line]
    settlements: list[Settlement]
    trunk: Course
    county: Course
    motorway: Course
    rail: Course
    canals: list[tuple[str, shapely.LineString]]
    interchanges: list[str]
    river_line: shapely.LineString
    river: shapely.Polygon
    rail_line: shapely.LineString
    motorway_line: shapely.LineString


def draw_valley_plan(valley: Valley, city: CityPlan, rng: np.random.Generator) -> ValleyPlan:
    """Roads, towns and villages of the whole valley."""
    grid = city.grid
    trunk, county = draw_courses(grid, rng)
    motorway, rail = draw_far_courses(grid, rng)
    river_line, river = draw_river(valley, rng)
    rail_line = smooth(valley, rail, HALF_LENGTH_M, 1_500.0)
    motorway_line = smooth(valley, motorway, MOUTH_U, 6_500.0)
    lines, ends, interchanges = main_roads(valley, grid, trunk, county, motorway, rng)
    lines = outside(lines, city.ring.buffer(-9))
    lines.append(station_road(valley, trunk, rail, rail_line))
    towns = [draw_town(valley, trunk, u, river, rng) for u in SOUTH_TOWNS]
    towns += [draw_town(valley, county, u, river, rng) for u in NORTH_TOWNS]
    spots = village_spots(grid, ends, towns, motorway, rail, valley, rng)
    walls = [river_line, rail_line, motorway_line]
    roads = lines + [line for line in city.lines if line.rank == Rank.PRIMARY and not line.soft]
    village_lines, villages = join_villages(valley, spots, roads, walls, city, rng)
    lines += village_lines
    for town, course in zip(towns, [trunk] * len(SOUTH_TOWNS) + [county] * len(NORTH_TOWNS), strict=True):
        lines += outside(town_lattice(valley, course, town, rng), river.buffer(110))
    canals = draw_canals(valley, grid, rng)
    return ValleyPlan(
        lines, towns + villages, trunk, county, motorway, rail, canals, interchanges,
        river_line, river, rail_line, motorway_line,
    )  # fmt: skip


def draw_courses(grid: Grid, rng: np.random.Generator) -> tuple[Course, Course]:
    """The national and the county road: through their towns, and level where they meet the city."""
    near = [(grid.west - 2600, 0), (grid.west - 900, 0), (grid.east + 900, 0), (grid.east + 2600, 0)]
    trunk = [(u, grid.trunk_v) for u, _ in near]
    county = [(u, grid.north_v) for u, _ in near]
    trunk += [(u, -rng.uniform(850, 1750)) for u in (*SOUTH_TOWNS, -HALF_LENGTH_M, HALF_LENGTH_M) if u != SEAT_U]
    trunk += [(SEAT_U, -rng.uniform(1350, 1750))]
    county += [(u, rng.uniform(1100, 2300)) for u in (*NORTH_TOWNS, -HALF_LENGTH_M, HALF_LENGTH_M)]
    return Course.through(trunk), Course.through(county)


def draw_far_courses(grid: Grid, rng: np.random.Generator) -> tuple[Course, Course]:
    """The motorway well north of everything, the railway just south of the ring."""
    marks = np.arange(-48_000, 48_001, 12_000)
    base = grid.north + 2300
    motorway = [(float(u), base + rng.uniform(-150, 1500) * min(1.0, abs(u) / 16_000)) for u in marks]
    rail = [(grid.west - 5200, grid.rail_v), (grid.east + 3800, grid.rail_v)]
    rail += [(float(u), grid.rail_v + rng.uniform(-900, 900)) for u in marks if abs(u) > 14_000]
    return Course.through(motorway), Course.through(rail)


def smooth(valley: Valley, course: Course, reach_m: float, every_m: float) -> shapely.LineString:
    """A course drawn through few warped points: fast roads and rails do not follow the streets' small bends."""
    u = np.linspace(-reach_m, reach_m, round(2 * reach_m / every_m) + 1)
    marks = valley.to_plane(np.column_stack([u, course.at(u)]))
    fine = np.linspace(-reach_m, reach_m, round(2 * reach_m / 60))
    x, y = (Course(u, marks[:, k]).at(fine) for k in (0, 1))
    return shapely.LineString(np.column_stack([x, y])).simplify(0.3)


def draw_river(valley: Valley, rng: np.random.Generator) -> tuple[shapely.LineString, shapely.Polygon]:
    """The river's centre line and water, 80-130 m wide."""
    u = np.arange(-HALF_LENGTH_M - 2000, HALF_LENGTH_M + 2001, 110.0)
    swing = np.sin(u[:, None] / np.array([830.0, 2100.0, 5200.0]) + rng.uniform(0, math.tau, 3)).sum(axis=1) / 3
    half = 52 + 11 * swing
    north, south = valley.to_plane(np.column_stack([u, half])), valley.to_plane(np.column_stack([u, -half]))
    line = shapely.LineString(valley.to_plane(np.column_stack([u, 0 * u]))).simplify(1.0)
    return line, shapely.Polygon(np.vstack([south, north[::-1]])).simplify(1.0)


def main_roads(
    valley: Valley, grid: Grid, trunk: Course, county: Course, motorway: Course, rng: np.random.Generator
) -> tuple[list[Line], list[tuple[float, float]], list[str]]:
    """National and county road, the links between them, the roads to the motorway and those over the railway."""
    end = MOUTH_U + 10
    lines = []
    for name, course, rank in (("national", trunk, Rank.TRUNK), ("county", county, Rank.SECONDARY)):
        for side, a, b in (("west", -end, grid.west + 900), ("east", grid.east - 900, end)):
            lines.append(Line(valley.curve(course.points(a, b)), rank, f"{name}-{side}"))
    links = zip(
        (SOUTH_TOWNS[0], SOUTH_TOWNS[2], SOUTH_TOWNS[5], SOUTH_TOWNS[6]), rng.uniform(-3500, 3500, 4), strict=True
    )
    for i, (u, shift) in enumerate(links):
        link = drifting(u, float(trunk.at(u)) - 10, u + shift, float(county.at(u + shift)) + 10)
        lines.append(Line(valley.curve(link), Rank.SECONDARY, f"link-{i}"))
    ends, interchanges = [], []
    for i, town in enumerate((NORTH_TOWNS[0], NORTH_TOWNS[2], NORTH_TOWNS[3], NORTH_TOWNS[5])):
        u = town + rng.uniform(-150, 150)
        top = float(motorway.at(u))
        lines.append(
            Line(valley.curve(drifting(u, float(county.at(u)) - 10, u, top + 420)), Rank.SECONDARY, f"to-motorway-{i}")
        )
        interchanges.append(f"to-motorway-{i}")
        ends.append((u, top + 420))
    tags = {u: f"north-south-{i}" for i, u in enumerate(grid.us)}
    for u in (grid.old_u[0], grid.us[-1]):
        top = float(motorway.at(u))
        tag = tags[u] if u <= grid.new_u else "north-east"
        lines.append(Line(valley.curve([(u, grid.north + 1400), (u, top + 420)]), Rank.PRIMARY, tag))
        interchanges.append(tag)
        ends.append((u, top + 420))
    ends += [(u, grid.south - 1400) for u in (grid.us[1], grid.old_u[1])]
    for sign, side in ((-1, "west"), (1, "east")):
        u = sign * MOUTH_U
        mouth = [(u, float(trunk.at(u)) - 10), (u, float(motorway.at(u)))]
        lines.append(Line(valley.curve(mouth), Rank.SECONDARY, f"mouth-{side}"))
    return lines, ends, interchanges


def station_road(valley: Valley, trunk: Course, rail: Course, rail_line: shapely.LineString) -> Line:
    """From the middle of the county seat to its railway station, which lies a little short of the rails."""
    course = drifting(SEAT_U, float(trunk.at(SEAT_U)) + 10, SEAT_U + 150, float(rail.at(SEAT_U)) - 400)
    near = shapely.difference(valley.curve(course), rail_line.buffer(45))
    return Line(shapely.get_parts(near)[0], Rank.SECONDARY, "seat-station")


def drifting(u0: float, v0: float, u1: float, v1: float) -> Floats:
    """A road from one place to another that leaves and arrives straight across the valley."""
    t = np.linspace(0, 1, 30)
    ease = t * t * (3 - 2 * t)
    return np.column_stack([u0 + (u1 - u0) * ease, v0 + (v1 - v0) * t])


def draw_town(valley: Valley, course: Course, u: float, river: shapely.Polygon, rng: np.random.Generator) -> Settlement:
    """A town's ragged outline along its road: some 860 x 440 m to each side, the county seat nearly twice that."""
    is_seat = u == SEAT_U
    half = np.array([1650.0, 980.0] if is_seat else [rng.uniform(720, 960), rng.uniform(360, 500)])
    turn = np.linspace(0, math.tau, 44, endpoint=False)
    ragged = 1 + 0.12 * np.sin(3 * turn + rng.uniform(0, math.tau)) + rng.uniform(-0.16, 0.16, len(turn))
    s, n = half[0] * ragged * np.cos(turn), half[1] * ragged * np.sin(turn)
    centre = valley.to_plane([(u, float(course.at(u)))])[0]
    outline = valley.to_plane(np.column_stack([u + s, course.at(u + s) + n]))
    kind = "seat" if is_seat else "town"
    area = shapely.Polygon(outline).buffer(0).difference(river.buffer(90))
    return Settlement(kind, (u, float(course.at(u))), area, shapely.Point(centre))


def town_lattice(valley: Valley, course: Course, town: Settlement, rng: np.random.Generator) -> list[Line]:
    """Soft streets along and across the town's road; those outside its outline will go."""
    is_seat = town.kind == "seat"
    reach_s, reach_n, wide = (1900, 1150, 360) if is_seat else (1120, 620, 215)
    u0, lines = town.uv[0], []
    for k, n in enumerate(irregular(reach_n, wide, rng)):
        points = np.arange(u0 - reach_s, u0 + reach_s + 1, 60.0)
        uv = np.column_stack([points, course.at(points) + n])
        rank = Rank.TERTIARY if is_seat and k % 2 == 0 else Rank.RESIDENTIAL
        if abs(n) > 30:
            lines.append(Line(valley.curve(uv), rank, "", True))
    for k, s in enumerate(irregular(reach_s, wide * 1.2, rng)):
        u = u0 + s
        v = float(course.at(u))
        rank = Rank.TERTIARY if abs(s) < wide * 0.5 or (is_seat and k % 2 == 0) else Rank.RESIDENTIAL
        lines.append(Line(valley.curve([(u, v - reach_n - 10), (u, v + reach_n + 10)]), rank, "", True))
    return lines


def irregular(reach: float, step: float, rng: np.random.Generator) -> list[float]:
    """Both ways from 0 by irregular steps up to `reach`."""
    up = np.cumsum(rng.uniform(0.75, 1.3, int(reach / step) + 2) * step)
    down = -np.cumsum(rng.uniform(0.75, 1.3, int(reach / step) + 2) * step)
    return [float(x) for x in (*down[down > -reach][::-1], 0.0, *up[up < reach])]


def village_spots(
    grid: Grid, ends: list[tuple[float, float]], towns: list[Settlement], motorway: Course, rail: Course,
    valley: Valley, rng: np.random.Generator,
) -> list[tuple[float, float]]:  # fmt: skip
    """Villages: at the ends of the roads that leave the valley, then by rejection, 2.3 km apart."""
    spots = []
    for u, v in ends:
        spots.append((u + rng.uniform(-900, 900), v + math.copysign(rng.uniform(900, 2000), v)))
    while len(spots) < N_VILLAGES:
        u = float(rng.uniform(-44_000, 44_000))
        v = float(rng.choice([-1, 1]) * rng.uniform(650, 4600))
        far = min(math.hypot(u - a, v - b) for a, b in spots)
        off_towns = min(math.hypot((u - t.uv[0]) / 1.5, v - t.uv[1]) for t in towns)
        in_city = grid.west - 4700 < u < grid.east + 2300
        in_seat = math.hypot(u - SEAT_U, v + 1300) < 3400
        off_lines = min(abs(v - float(motorway.at(u))), abs(v - float(rail.at(u))))
        is_between = float(rail.at(u)) - 1500 < v < float(motorway.at(u)) + 1500
        if far > 2300 and off_towns > 1500 and off_lines > 450 and is_between and not in_city and not in_seat:
            spots.append((u, v))
    return spots


def join_villages(
    valley: Valley, spots: list[tuple[float, float]], roads: list[Line], walls: list[shapely.LineString],
    city: CityPlan, rng: np.random.Generator,
) -> tuple[list[Line], list[Settlement]]:  # fmt: skip
    """Each village gets a road to the nearest road that needs no new bridge, often a second one the other way."""
    river, rail, motorway = walls
    targets = np.vstack([sampled(line.shape) for line in roads])
    targets = targets[~shapely.contains_xy(city.ring.buffer(300), targets)]
    waiting = dict(enumerate(valley.to_plane(spots)))
    lines: list[Line] = []
    villages: list[Settlement] = []
    while waiting:
        i = min(waiting, key=lambda k: float(np.hypot(*(targets - waiting[k]).T).min()))
        xy = waiting.pop(i)
        away = np.hypot(*(targets - xy).T)
        order = np.argsort(away, kind="stable")
        first = reachable(xy, targets[order[:400:4]], river, rail, motorway)
        if first is None:
            continue
        road = country_road(xy, first, rng)
        lines.append(Line(road, Rank.TERTIARY, f"village-{i}"))
        area, lattice = village_lattice(xy, first - xy, rng)
        second = second_target(xy, first, targets[order], away[order], rng)
        if second is not None and reachable(xy, second[None], river, rail, motorway, strict=True) is not None:
            back = country_road(xy, second, rng)
            lines.append(Line(back, Rank.UNCLASSIFIED, f"village-{i}-second"))
            targets = np.vstack([targets, sampled(back)])
        targets = np.vstack([targets, sampled(road)])
        lines += lattice
        villages.append(Settlement("village", spots[i], area, shapely.Point(xy), f"village-{i}"))
    return lines, villages


def sampled(shape: shapely.LineString) -> Floats:
    """Points every 140 m of a line."""
    return dense(np.asarray(shape.coords), 140.0)


def reachable(
    xy: Floats, candidates: Floats, river: shapely.LineString, rail: shapely.LineString,
    motorway: shapely.LineString, *, strict: bool = False,
) -> Floats | None:  # fmt: skip
    """The nearest candidate that is not behind the river or the motorway; the railway costs 2.5 km."""
    best, best_cost = None, 9_000.0
    for target in candidates:
        way = shapely.LineString([xy, target])
        if way.intersects(river) or way.intersects(motorway):
            continue
        cost = way.length + (2_500 if way.intersects(rail) else 0)
        if strict and cost > way.length:
            continue
        if cost < best_cost:
            best, best_cost = target, cost
    return best


def second_target(xy: Floats, first: Floats, targets: Floats, away: Floats, rng: np.random.Generator) -> Floats | None:
    """With a chance of a half: a road on the other side, within 3.4 km."""
    if rng.random() > 0.5:
        return None
    ahead = (first - xy) / np.hypot(*(first - xy))
    cosine = (targets - xy) @ ahead / np.maximum(away, 1)
    fit = np.flatnonzero((cosine < -0.2) & (away < 3400) & (away > 500))
    return targets[fit[0]] if len(fit) else None


def country_road(xy: Floats, target: Floats, rng: np.random.Generator) -> shapely.LineString:
    """A road with one gentle bow, running a little past both ends so that it surely meets what it joins."""
    along = target - xy
    length = float(np.hypot(*along))
    aside = np.array([-along[1], along[0]]) * rng.uniform(-0.09, 0.09)
    t = np.linspace(0, 1, max(4, int(length / 90)))[:, None]
    curve = xy + along * t + aside * np.sin(math.pi * t) ** 1.3
    ahead = (curve[-1] - curve[-2]) / np.hypot(*(curve[-1] - curve[-2]))
    return shapely.LineString(np.vstack([curve, curve[-1:] + 9 * ahead])).simplify(0.5)


def village_lattice(xy: Floats, along: Floats, rng: np.random.Generator) -> tuple[shapely.Polygon, list[Line]]:
    """A few lanes round the place where the village road ends."""
    ahead = along / np.hypot(*along)
    aside = np.array([-ahead[1], ahead[0]])
    s = irregular(rng.uniform(150, 230), 105, rng)
    n = irregular(rng.uniform(110, 190), 90, rng)

    def at(a: float, b: float) -> Floats:
        return np.asarray(xy + a * ahead + b * aside)

    skew = rng.uniform(-0.12, 0.12)
    lines = [shapely.LineString([at(s[0] - 9, b + skew * s[0]), at(s[-1] + 9, b + skew * s[-1])]) for b in n]
    lines += [shapely.LineString([at(a, n[0] - 30), at(a, n[-1] + 30)]) for a in s]
    corners = [
        at(s[0] - 15, n[0] - 40),
        at(s[-1] + 15, n[0] - 40),
        at(s[-1] + 15, n[-1] + 40),
        at(s[0] - 15, n[-1] + 40),
    ]
    return shapely.Polygon(corners), [Line(line, Rank.RESIDENTIAL, "", True) for line in lines]


def draw_canals(valley: Valley, grid: Grid, rng: np.random.Generator) -> list[tuple[str, shapely.LineString]]:
    """Two main canals that leave the river at the head works and pass the city on both sides."""
    canals = []
    for sign, name, far in ((1, "canal-north", grid.north + 1750), (-1, "canal-south", grid.rail_v - 1100)):
        marks = [(-41_000.0, 60.0 * sign), (-37_000.0, sign * 700.0), (-24_000.0, sign * rng.uniform(2200, 3000))]
        marks += [
            (-9_000.0, far),
            (9_000.0, far),
            (24_000.0, sign * rng.uniform(2400, 3200)),
            (40_000.0, sign * 2200.0),
        ]
        course = Course.through(marks)
        canals.append((name, valley.curve(course.points(-41_000, 40_000, 200), 200.0)))
    return canals
