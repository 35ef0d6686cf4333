"""Where is the sea?

OpenStreetMap draws only the shore line, land on its left, water on its right. The box round the city is cut along it,
and every piece that lies to the right of some shore is sea.
"""

from collections.abc import Sequence

import numpy as np
import shapely

LOOK_ASIDE_DEG = 1e-6  # about 0.1 m: enough to be clearly on one side


def sea(shores: Sequence[shapely.Geometry], box: tuple[float, float, float, float] | None) -> list[shapely.Geometry]:
    """The pieces of the box that are sea; none without a shore. Shores that end inside are led on to the box."""
    if not shores:
        return []
    frame = shapely.box(*(box or _round(shores)))
    lines = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(np.array(shores, dtype=object))))
    inside = shapely.intersection(lines, frame)
    edges = shapely.union_all([*inside, *_led_on(lines, frame), frame.boundary])
    pieces = shapely.get_parts(shapely.polygonize([edges]))
    votes = _votes(inside, pieces)
    return [piece for piece, vote in zip(pieces, votes, strict=True) if vote > 0]


def _round(shores: Sequence[shapely.Geometry]) -> tuple[float, float, float, float]:
    west, south, east, north = shapely.total_bounds(np.array(shores, dtype=object))
    return float(west) - 0.05, float(south) - 0.05, float(east) + 0.05, float(north) + 0.05


def _led_on(lines: np.ndarray, frame: shapely.Geometry) -> list[shapely.Geometry]:
    """Straight pieces from the free ends of shores to the nearest edge of the box."""
    ends = [p for line in lines if not line.is_closed for p in (line.coords[0], line.coords[-1])]
    points = [shapely.Point(end) for end in ends]
    return [shapely.shortest_line(p, frame.boundary) for p in points if frame.contains(p)]


def _votes(shores: np.ndarray, pieces: np.ndarray) -> np.ndarray:
    """(n_pieces,) how many shore segments have the piece on their right, less those that have it on their left."""
    corners, of = shapely.get_coordinates(shores, return_index=True)
    of_line = np.flatnonzero(of[1:] == of[:-1])
    start, step = corners[of_line], corners[of_line + 1] - corners[of_line]
    length = np.hypot(step[:, 0], step[:, 1])
    start, step, length = start[length > 0], step[length > 0], length[length > 0]
    right = np.column_stack([step[:, 1], -step[:, 0]]) / length[:, None] * LOOK_ASIDE_DEG
    middle = start + step / 2
    tree, votes = shapely.STRtree(pieces), np.zeros(len(pieces), dtype=np.int64)
    for side, weight in ((middle + right, 1), (middle - right, -1)):
        _, piece = tree.query(shapely.points(side), predicate="within")
        np.add.at(votes, piece, weight)
    return votes
