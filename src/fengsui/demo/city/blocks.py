"""How is a large block cut into small ones?

Step 4 of the recipe: a block is cut along the local grid direction (or its own box) until it has the size usual for its
quarter. Cuts are slightly bowed and snap to a T-end on the other side of the street, so that streets run on. Some
blocks stop early: a campus, a park, a redeveloped part of the old town.
"""

from dataclasses import dataclass, field

import numpy as np
import shapely

from fengsui.demo.city.axis import Floats
from fengsui.demo.city.lines import Line, Rank

TARGET_M2 = {
    "centre": 60_000.0,
    "city": 100_000.0,
    "new": 135_000.0,
    "old": 7_500.0,
    "estate": 140_000.0,
    "fringe": 80_000.0,
    "seat": 24_000.0,
    "town": 15_000.0,
    "village": 40_000.0,
}
STOPS_EARLY = 0.08
REDEVELOPED = 0.2
SNAP_M = 55.0
SNAP_CHANCE = 0.8


@dataclass(frozen=True)
class Block:
    """A block between streets: its ring (open, counter-clockwise), its quarter and whether it stopped early."""

    ring: Floats
    quarter: str
    is_large: bool = False

    @property
    def shape(self) -> shapely.Polygon:
        """The block as a polygon."""
        return shapely.Polygon(self.ring)


@dataclass
class Ends:
    """Where cuts have ended so far, by cells of `SNAP_M`."""

    cells: dict[tuple[int, int], list[Floats]] = field(default_factory=dict)

    def add(self, point: Floats) -> None:
        """Remember an end."""
        self.cells.setdefault((int(point[0] // SNAP_M), int(point[1] // SNAP_M)), []).append(point)

    def near(self, point: Floats) -> list[Floats]:
        """Ends within `SNAP_M`, nearest first."""
        i, j = int(point[0] // SNAP_M), int(point[1] // SNAP_M)
        found = [p for a in (i - 1, i, i + 1) for b in (j - 1, j, j + 1) for p in self.cells.get((a, b), ())]
        return sorted(
            (p for p in found if np.hypot(*(p - point)) < SNAP_M), key=lambda p: float(np.hypot(*(p - point)))
        )


def cut_blocks(
    faces: list[tuple[shapely.Polygon, str, Floats | None]], rng: np.random.Generator
) -> tuple[list[Block], list[Line]]:
    """Cut each (face, quarter, grid direction) down to its quarter's size; also the cuts as lines."""
    blocks: list[Block] = []
    cuts: list[Line] = []
    ends = Ends()
    for face, quarter, direction in faces:
        ring = np.asarray(shapely.geometry.polygon.orient(face).exterior.coords)[:-1]
        waiting = [ring]
        while waiting:
            ring = waiting.pop()
            area = ring_area(ring)
            target = TARGET_M2[quarter]
            if stops(area, target, quarter, rng):
                blocks.append(Block(ring, quarter, area > 1.6 * target))
                continue
            parts = cut_once(ring, quarter, direction, ends, rng)
            if parts is None:
                blocks.append(Block(ring, quarter))
                continue
            one, other, path = parts
            rank = Rank.TERTIARY if area > 260_000 and quarter not in ("old", "town", "village") else Rank.RESIDENTIAL
            cuts.append(Line(shapely.LineString(path), rank))
            waiting += [one, other]
    return blocks, cuts


def stops(area: float, target: float, quarter: str, rng: np.random.Generator) -> bool:
    """Small enough, or one of those that stay large."""
    if area < 1.35 * target:
        return True
    if quarter == "old" and area < 30_000:
        return bool(rng.random() < REDEVELOPED)
    return bool(area < 3.2 * target and rng.random() < STOPS_EARLY)


def ring_area(ring: Floats) -> float:
    """Signed area of an open ring."""
    x, y = ring.T
    return float(0.5 * (x @ np.roll(y, -1) - y @ np.roll(x, -1)))


def cut_once(
    ring: Floats, quarter: str, direction: Floats | None, ends: Ends, rng: np.random.Generator
) -> tuple[Floats, Floats, Floats] | None:
    """One cut across the longer side: (part, other part, the cut). None if every try leaves too small a part."""
    along = box_direction(ring) if direction is None else direction
    aside = np.array([-along[1], along[0]])
    reach = [float(np.ptp(ring @ axis)) for axis in (along, aside)]
    long_axis, cut_axis = (along, aside) if reach[0] >= reach[1] else (aside, along)
    share = 0.06 if quarter == "old" else 0.025
    for axis, ahead in ((long_axis, cut_axis), (long_axis, cut_axis), (cut_axis, long_axis)):
        position = ring @ axis
        at = position.min() + np.ptp(position) * rng.uniform(0.4, 0.6)
        parts = cut_at(ring, axis, ahead, float(at), share, ends, rng)
        if parts is not None and min(ring_area(parts[0]), ring_area(parts[1])) > 0.22 * ring_area(ring):
            for end in (parts[2][0], parts[2][-1]):
                ends.add(end)
            return parts
    return None


def box_direction(ring: Floats) -> Floats:
    """The direction of the longer side of the smallest box round the ring."""
    corners = np.asarray(shapely.minimum_rotated_rectangle(shapely.Polygon(ring)).exterior.coords)
    sides = np.diff(corners[:3], axis=0)
    long = sides[int(np.argmax(np.hypot(*sides.T)))]
    return np.asarray(long / np.hypot(*long))


def cut_at(
    ring: Floats, axis: Floats, ahead: Floats, at: float, bow: float, ends: Ends, rng: np.random.Generator
) -> tuple[Floats, Floats, Floats] | None:
    """Cut where `ring @ axis == at`, through the widest part of the block there."""
    side = ring @ axis - at
    after = np.roll(side, -1)
    hits = np.flatnonzero((side > 0) != (after > 0))
    if len(hits) < 2 or len(hits) % 2:
        return None
    share = side[hits] / (side[hits] - after[hits])
    points = ring[hits] + share[:, None] * (np.roll(ring, -1, axis=0)[hits] - ring[hits])
    order = np.argsort(points @ ahead, kind="stable")
    hits, points = hits[order], points[order]
    widths = np.diff(points @ ahead)[::2]
    k = 2 * int(np.argmax(widths))
    found = [moved_to_end(ring, int(hits[m]), points[m], ends, rng) for m in (k, k + 1)]
    (i, p), (j, q) = sorted(found, key=lambda hit: hit[0])
    if i == j or np.hypot(*(q - p)) < 20:
        return None
    path = bowed(p, q, bow, rng)
    one = np.vstack([ring[i + 1 : j + 1], path[::-1]])
    other = np.vstack([ring[j + 1 :], ring[: i + 1], path])
    return tidy(one), tidy(other), path


def moved_to_end(ring: Floats, hit: int, point: Floats, ends: Ends, rng: np.random.Generator) -> tuple[int, Floats]:
    """The place on the ring where a street on the other side ends, if one is near; else the point itself."""
    if rng.random() < SNAP_CHANCE:
        for end in ends.near(point):
            step = np.roll(ring, -1, axis=0) - ring
            t = np.clip(((end - ring) * step).sum(axis=1) / np.maximum((step**2).sum(axis=1), 1e-9), 0, 1)
            off = np.hypot(*(ring + t[:, None] * step - end).T)
            nearest = int(np.argmin(off))
            if off[nearest] < 0.2 and 0.001 < t[nearest] < 0.999:
                return nearest, end
    return hit, np.round(point, 1)


def bowed(p: Floats, q: Floats, bow: float, rng: np.random.Generator) -> Floats:
    """From p to q with a slight bend."""
    length = float(np.hypot(*(q - p)))
    if length < 90:
        return np.vstack([p, q])
    aside = np.array([-(q - p)[1], (q - p)[0]]) * rng.uniform(-bow, bow)
    t = np.linspace(0, 1, 5)[:, None]
    return np.vstack([p, np.round(p + (q - p) * t + aside * 4 * t * (1 - t), 1)[1:-1], q])


def tidy(ring: Floats) -> Floats:
    """Without repeated points."""
    keep = np.hypot(*(ring - np.roll(ring, 1, axis=0)).T) > 0.05
    return np.asarray(ring[keep])
