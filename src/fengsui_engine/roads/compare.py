"""Is this new road file fit to take the place of the old one?

Two files are held against each other: how much of the old streets is still there, and what the same drives take on
both. A street that opened changes a few times; an extract cut at the wrong border, a profile gone wrong or a bridge
that came apart changes many. What looks wrong is named, with the figure and the bound; people decide.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fengsui_engine.roads.network import RoadNetwork
from fengsui_engine.roads.search import nearest
from fengsui_engine.roads.snap import at_nodes, snap

Longs = NDArray[np.int64]
Floats = NDArray[np.float64]

N_GOALS, N_STARTS = 20, 20
"""Sample drives: from each of so many junctions of the old file to each of so many others."""
SAME_PLACE_M = 50.0
"""A junction is still there if a road of the other file runs within so many metres."""
SAME_TIME = 0.02
"""Drives whose times differ by no more than this share are told as the same."""
N_WORST = 5

LEAST_KEPT = 0.9
MOST_LOST = 0.02
LEAST_LENGTH, MOST_LENGTH = 0.8, 1.5
LEAST_RATIO, MOST_RATIO = 0.9, 1.1
"""Bounds beyond which a figure is doubted. Our own choice: what a month of ordinary mapping never does to a city."""


class Sides(NamedTuple):
    """The same figure of both files."""

    old: float
    new: float

    @property
    def ratio(self) -> float:
        """New to old; infinite where the old is nothing."""
        return self.new / self.old if self.old else float("inf")


class Drive(NamedTuple):
    """One sample drive; None where no road leads."""

    from_lon: float
    from_lat: float
    to_lon: float
    to_lat: float
    old_ms: int | None
    new_ms: int | None


class Doubt(NamedTuple):
    """A figure beyond its bound."""

    code: str
    figure: float
    bound: float


@dataclass(frozen=True, eq=False)
class Differences:
    """What is otherwise in the new file."""

    junctions: Sides
    edges: Sides
    metres: Sides
    dropped_nodes: Sides
    kept: float
    """Share of the old junctions that a road of the new file still runs by."""
    added: float
    """Share of the new junctions that no road of the old file ran by."""
    drives: int
    same: int
    faster: int
    slower: int
    lost: int
    """Drives that the old file had and the new one has not."""
    found: int
    """The other way round."""
    median_ratio: float
    """Of the times of drives that both have: new to old; 1 where there is none."""
    worst: tuple[Drive, ...]
    """The drives that changed most: lost ones, then by seconds."""

    @property
    def doubts(self) -> list[Doubt]:
        """What looks wrong; empty where the new file may be taken."""
        lost = self.lost / max(1, self.drives)
        told = [
            Doubt("streets_gone", self.kept, LEAST_KEPT) if self.kept < LEAST_KEPT else None,
            Doubt("much_shorter", self.metres.ratio, LEAST_LENGTH) if self.metres.ratio < LEAST_LENGTH else None,
            Doubt("much_longer", self.metres.ratio, MOST_LENGTH) if self.metres.ratio > MOST_LENGTH else None,
            Doubt("drives_lost", lost, MOST_LOST) if lost > MOST_LOST else None,
            Doubt("drives_faster", self.median_ratio, LEAST_RATIO) if self.median_ratio < LEAST_RATIO else None,
            Doubt("drives_slower", self.median_ratio, MOST_RATIO) if self.median_ratio > MOST_RATIO else None,
        ]
        return [doubt for doubt in told if doubt is not None]


def compare_roads(old: RoadNetwork, new: RoadNetwork, *, rng: np.random.Generator) -> Differences:
    """Hold a new road file against the old one.

    Args:
        old, new: the networks, without closures.
        rng: draws the sample drives, among the old junctions.
    """
    starts, goals = (rng.integers(0, old.n_junctions, n) for n in (N_STARTS, N_GOALS))
    before = _times(old, old, starts, goals)
    after = _times(new, old, starts, goals)
    both = (before >= 0) & (after >= 0)
    ratio = np.where(after == before, 1.0, after / np.maximum(before, 1))[both]  # a drive to where it starts: 0 to 0
    return Differences(
        junctions=Sides(old.n_junctions, new.n_junctions),
        edges=Sides(old.n_street_edges, new.n_street_edges),
        metres=Sides(old.metres_total, new.metres_total),
        dropped_nodes=Sides(old.dropped_nodes, new.dropped_nodes),
        kept=_share_near(new, old),
        added=1.0 - _share_near(old, new),
        drives=before.size,
        same=int(np.count_nonzero(np.abs(ratio - 1) <= SAME_TIME)),
        faster=int(np.count_nonzero(ratio < 1 - SAME_TIME)),
        slower=int(np.count_nonzero(ratio > 1 + SAME_TIME)),
        lost=int(np.count_nonzero((before >= 0) & (after < 0))),
        found=int(np.count_nonzero((before < 0) & (after >= 0))),
        median_ratio=float(np.median(ratio)) if len(ratio) else 1.0,
        worst=_worst(old, starts, goals, before, after),
    )


def _share_near(roads: RoadNetwork, other: RoadNetwork) -> float:
    """The share of the other network's junctions that a road of this one runs by."""
    n = other.n_junctions
    off = snap(roads, other.lon[:n], other.lat[:n]).off_metres
    return float(np.mean(off <= SAME_PLACE_M))


def _times(roads: RoadNetwork, places: RoadNetwork, starts: Longs, goals: Longs) -> Longs:
    """(goals, starts) milliseconds between junctions of `places` on `roads`; -1 where no road leads."""
    if roads is places:
        units, ends = at_nodes(roads, starts), at_nodes(roads, goals)
    else:
        units = snap(roads, places.lon[starts], places.lat[starts])
        ends = snap(roads, places.lon[goals], places.lat[goals])
    ms = np.full((len(goals), len(starts)), -1, dtype=np.int64)
    for goal in range(len(goals)):
        if ends.is_near[goal]:
            found = nearest(roads, ends[goal], units, len(starts))
            ms[goal, found.unit] = found.ms
    return ms


def _worst(old: RoadNetwork, starts: Longs, goals: Longs, before: Longs, after: Longs) -> tuple[Drive, ...]:
    change = np.abs(after - before).astype(np.float64)
    change[(before >= 0) != (after >= 0)] = np.inf
    change[(before < 0) & (after < 0)] = 0
    order = np.argsort(-change, axis=None, kind="stable")[:N_WORST]
    return tuple(
        _drive(old, starts[start], goals[goal], int(before[goal, start]), int(after[goal, start]))
        for goal, start in zip(*np.unravel_index(order, change.shape), strict=True)
        if change[goal, start] > 0
    )


def _drive(old: RoadNetwork, start: np.int64, goal: np.int64, before: int, after: int) -> Drive:
    return Drive(
        from_lon=float(old.lon[start]),
        from_lat=float(old.lat[start]),
        to_lon=float(old.lon[goal]),
        to_lat=float(old.lat[goal]),
        old_ms=None if before < 0 else before,
        new_ms=None if after < 0 else after,
    )
