"""How do buildings stand on a lot?

A table of fills and one way to use it: rows of footprints along the lot's frame, each row where the most ground is
free, each free stretch of it parted into buildings. Everything is counted in cells; the result is metres.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fengsui.demo.city.axis import Floats
from fengsui.demo.city.lots import Cells

Span = tuple[float, float]


@dataclass(frozen=True)
class Fill:
    """How one use is built. Spans are metres, least and most."""

    tag: str
    cell_m: float
    depth: Span
    row_gap: Span
    width: Span
    gap: Span
    empty: float
    """The share of places left empty."""
    plans: tuple[float, float, float, float]
    storeys: tuple[int, int]
    jitter: float = 0.0
    """How far a front may stand back."""
    then: str = ""
    """What the ground that stays free is filled with."""
    regular: bool = False
    """One width for a whole row, as slabs of one compound have."""


# chances of the plans of `PLANS`
WHOLE = (1.0, 0.0, 0.0, 0.0)
FEW_WINGS = (0.8, 0.2, 0.0, 0.0)
WINGS = (0.6, 0.25, 0.15, 0.0)
COURTYARDS = (0.36, 0.26, 0.2, 0.18)

FILLS: dict[str, Fill] = {
    "slabs": Fill("apartments", 2, (12, 14), (18, 24), (34, 62), (8, 14), 0.03, WHOLE, (5, 7), regular=True),
    "towers": Fill("apartments", 2, (16, 20), (32, 42), (24, 32), (22, 36), 0.04, WHOLE, (18, 32), regular=True),
    "offices": Fill("commercial", 2, (20, 36), (8, 14), (20, 46), (6, 14), 0.14, WINGS, (3, 12), 4, "annexes"),
    "annexes": Fill("commercial", 2, (10, 16), (6, 10), (14, 30), (4, 10), 0.3, FEW_WINGS, (1, 4), 2),
    "sheds": Fill("industrial", 2, (32, 62), (14, 22), (36, 92), (12, 20), 0.16, FEW_WINGS, (1, 2), 6, "workshops"),
    "workshops": Fill("industrial", 2, (14, 26), (6, 12), (18, 46), (6, 12), 0.2, FEW_WINGS, (1, 2), 2),
    "school": Fill("school", 2, (14, 16), (18, 26), (36, 60), (14, 20), 0.2, FEW_WINGS, (4, 5), regular=True),
    "courts": Fill("house", 1, (13, 21), (1, 3), (11, 22), (1, 3), 0.06, COURTYARDS, (1, 2), 1.5, "yards"),
    "yards": Fill("house", 1, (7, 11), (1, 2), (7, 15), (1, 2), 0.1, FEW_WINGS, (1, 2)),
    "houses": Fill("house", 1, (11, 15), (2, 7), (11, 20), (1, 5), 0.1, WINGS, (1, 3), 1.5),
    "farmsteads": Fill("house", 1, (10, 14), (5, 10), (12, 19), (2, 7), 0.16, WINGS, (1, 2), 1.5),
}
SLACK_M = 10.0
"""How much farther a row may stand to find more free ground."""
LEAST_WING_M = 8.0
"""Below this a building has no wings."""


def _plans(t: float, door: float) -> list[Floats]:
    """Ground plans in a unit square, counter-clockwise: whole, L, U open to the south, court with a door."""
    a, b = (1 - door) / 2, (1 + door) / 2
    s = 1 - t
    corners: list[list[tuple[float, float]]] = [
        [(0, 0), (1, 0), (1, 1), (0, 1)],
        [(0, 0), (t, 0), (t, s), (1, s), (1, 1), (0, 1)],
        [(0, 0), (t, 0), (t, s), (s, s), (s, 0), (1, 0), (1, 1), (0, 1)],
        [(0, 0), (a, 0), (a, t), (t, t), (t, s), (s, s), (s, t), (b, t), (b, 0), (1, 0), (1, 1), (0, 1)],
    ]
    return [np.array(outline, dtype=np.float64) for outline in corners]


PLANS = _plans(0.34, 0.14)


def filled(cells: Cells, fill: Fill, rng: np.random.Generator) -> list[tuple[Floats, int]]:
    """The footprints on a lot: open rings in the plane, counter-clockwise, and storeys."""
    places = np.array(boxes(cells, fill, rng), dtype=np.float64).reshape(-1, 4)
    places = places[rng.random(len(places)) >= fill.empty]
    setback = rng.uniform(0, fill.jitter, (len(places), 2))
    places[:, 1] += setback[:, 0]
    places[:, 3] -= setback.sum(axis=1)
    plan = np.searchsorted(np.cumsum(fill.plans), rng.random(len(places)))
    plan[places[:, 2:].min(axis=1) < LEAST_WING_M] = 0
    is_mirrored = rng.random(len(places)) < 0.5
    storeys = rng.integers(fill.storeys[0], fill.storeys[1] + 1, 1 if fill.regular else len(places))
    frame = np.stack([cells.along, [-cells.along[1], cells.along[0]]])
    rings: list[Floats] = [cells.corner] * len(places)
    for kind in range(len(PLANS)):
        for mirrored, outline in enumerate((PLANS[kind], ((1, 0) + PLANS[kind] * (-1, 1))[::-1])):
            chosen = np.flatnonzero((plan == kind) & (is_mirrored == mirrored))
            local = places[chosen, None, :2] + outline * places[chosen, None, 2:]
            for k, ring in zip(chosen.tolist(), cells.corner + local @ frame, strict=True):
                rings[k] = ring
    out = list(zip(rings, np.broadcast_to(storeys, len(places)).tolist(), strict=True))
    return out + filled(cells, FILLS[fill.then], rng) if fill.then else out


def boxes(cells: Cells, fill: Fill, rng: np.random.Generator) -> list[tuple[float, float, float, float]]:
    """Places of buildings in the lot's frame: x, y, width, depth in metres from its corner. Their cells are taken."""
    size = cells.cell_m
    found = []
    for first, row, depth in rows(cells, fill, rng):
        width = rng.uniform(*fill.width)
        for start, stop in stretches(row).tolist():
            found += [
                (x, first * size, w, depth * size) for x, w in parted(start * size, stop * size, fill, width, rng)
            ]
        cells.free[max(0, first - 1) : first + depth + 1] &= ~(row | np.roll(row, 1) | np.roll(row, -1))
    return found


def rows(cells: Cells, fill: Fill, rng: np.random.Generator) -> Iterator[tuple[int, NDArray[np.bool_], int]]:
    """Rows from south to north: first cell row, which columns are free in all of its depth, depth in cells."""
    free, size = cells.free, cells.cell_m
    height = len(free)
    below = np.vstack([np.zeros((1, free.shape[1]), np.int32), np.cumsum(free, axis=0, dtype=np.int32)])
    slack = max(1, round(SLACK_M / size)) if fill.regular else 2
    at = 0
    while True:
        depth = round(rng.uniform(*fill.depth) / size)
        starts = np.arange(at, min(at + slack, height - depth + 1))
        if not len(starts):
            return
        whole = below[starts + depth] - below[starts] == depth
        room = whole.sum(axis=1)
        best = int(np.argmax(room))
        if room[best] * size < fill.width[0]:
            at += slack
            continue
        yield int(starts[best]), whole[best], depth
        at = int(starts[best]) + depth + round(rng.uniform(*fill.row_gap) / size)


def stretches(row: NDArray[np.bool_]) -> NDArray[np.int64]:
    """(n, 2) where runs of True start and stop."""
    return np.flatnonzero(np.diff(np.concatenate([[False], row, [False]]).astype(np.int8))).reshape(-1, 2)


def parted(start: float, stop: float, fill: Fill, width: float, rng: np.random.Generator) -> list[tuple[float, float]]:
    """(x, width) of the buildings on a free stretch: all of one width if the fill is regular, else as they come."""
    length = stop - start
    if length < fill.width[0]:
        return []
    if fill.regular:
        gap = rng.uniform(*fill.gap)
        n = max(1, int((length + gap) / (width + gap)))
        width = min(width, length) if n == 1 else width
        spare = (length - n * width) / max(n - 1, 1)
        step = width + min(spare, 2.2 * gap)
        lead = (length - (n - 1) * step - width) / 2
        return [(start + lead + k * step, width) for k in range(n)]
    out = []
    most = int(length / fill.width[0]) + 1
    for width, gap in zip(rng.uniform(*fill.width, most), rng.uniform(*fill.gap, most), strict=True):
        left = stop - start
        if left < fill.width[0]:
            break
        width = min(left, width if left - width >= fill.width[0] else fill.width[1])
        out.append((start, width))
        start += width + gap
    return out
