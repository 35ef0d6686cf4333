"""Where do named streets meet, and what is a crossing called?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from fengsui.places.grouping import dense, groups
from fengsui.places.plane import Plane
from fengsui_engine.roads import RoadNetwork

ONE_CROSSING_M = 90.0  # the corners of two dual carriageways are one crossing
MOST_NAMES_AT_A_NODE = 8


@dataclass(frozen=True)
class Crossings:
    """One row for each pair of named streets that meet, `first` and `second` numbers of names; metres.

    A row stands at one of the corners, which are all the nodes where named streets meet. A corner bears the names of
    all of them, so that three streets at one node are not told as three crossings.
    """

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    at: NDArray[np.float64]
    corner: NDArray[np.int64]
    corners_at: NDArray[np.float64]
    corner_names: tuple[tuple[str, str], ...]


def crossings_of(roads: RoadNetwork, plane: Plane) -> Crossings:
    """The crossings of the named streets of a road file."""
    pairs = np.array(sorted(_pairs_at_nodes(roads)), dtype=np.int64).reshape(-1, 3)
    at = plane.metres(np.asarray(roads.lon)[pairs[:, 2]], np.asarray(roads.lat)[pairs[:, 2]])
    kept = _one_of_each_cluster(pairs, at)
    _, first, corner = np.unique(pairs[:, 2], return_index=True, return_inverse=True)
    corner = corner.ravel().astype(np.int64)
    return Crossings(
        first=pairs[kept, 0],
        second=pairs[kept, 1],
        at=at[kept],
        corner=corner[kept],
        corners_at=at[first],
        corner_names=_corner_names(roads, pairs[:, :2], corner),
    )


def _corner_names(
    roads: RoadNetwork, pairs: NDArray[np.int64], corner: NDArray[np.int64]
) -> tuple[tuple[str, str], ...]:
    """The name of each corner: of all the streets of its pairs."""
    met: dict[int, set[int]] = {}
    for of, pair in zip(corner.tolist(), pairs.tolist(), strict=True):
        met.setdefault(of, set()).update(pair)
    return tuple(_crossing_name([roads.names[number] for number in sorted(met[of])]) for of in sorted(met))


def _crossing_name(streets: Sequence[tuple[str, str]]) -> tuple[str, str]:
    zh, en = ([pair[side] for pair in streets] for side in (0, 1))
    return f"{_listed(zh, '、', '与')}路口", _listed(en, ", ", " and ")


def _listed(names: Sequence[str], comma: str, joiner: str) -> str:
    return f"{comma.join(names[:-1])}{joiner}{names[-1]}"


def _pairs_at_nodes(roads: RoadNetwork) -> Iterable[tuple[int, int, int]]:
    """(smaller name, larger name, node) wherever two named streets meet."""
    name = np.asarray(roads.name[: roads.n_street_edges], dtype=np.int64)
    node = np.concatenate([np.asarray(end) for end in roads.street_ends]).astype(np.int64)
    met = np.unique(np.column_stack([node, np.concatenate([name, name])])[np.concatenate([name, name]) > 0], axis=0)
    if not len(met):
        return
    starts = np.flatnonzero(np.diff(met[:, 0], prepend=-1))
    ends = np.append(starts[1:], len(met))
    for start, end in zip(starts[ends - starts > 1].tolist(), ends[ends - starts > 1].tolist(), strict=True):
        names = met[start : min(end, start + MOST_NAMES_AT_A_NODE), 1].tolist()
        for i, a in enumerate(names):
            yield from ((a, b, int(met[start, 0])) for b in names[i + 1 :])


def _one_of_each_cluster(pairs: NDArray[np.int64], at: NDArray[np.float64]) -> NDArray[np.int64]:
    """Rows to keep: of the same two names within reach of one another, the one nearest to their common middle."""
    if not len(pairs):
        return np.zeros(0, dtype=np.int64)
    points = shapely.points(at)
    a, b = shapely.STRtree(points).query(points, predicate="dwithin", distance=ONE_CROSSING_M)
    same = (a < b) & np.all(pairs[a, :2] == pairs[b, :2], axis=1)
    group = dense(groups(len(pairs), a[same], b[same]))
    n = np.bincount(group)
    middle = np.column_stack([np.bincount(group, weights=at[:, i]) / n for i in (0, 1)])
    off = np.hypot(*(at - middle[group]).T)
    order = np.lexsort((off, group))
    _, first = np.unique(group[order], return_index=True)
    kept: NDArray[np.int64] = order[first]
    return kept
