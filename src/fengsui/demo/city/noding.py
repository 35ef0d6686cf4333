"""Where do the lines meet, and what lies between them?

Step 3 of the recipe: node all lines with snap rounding, give each piece the class of the strongest line it lies on,
merge slivers by deleting their weakest longest edge, and find the faces. Soft pieces stay only beside built faces.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from fengsui.demo.city.lines import Line, Rank, line_parts

GRID_M = 0.1


@dataclass
class Pieces:
    """Noded pieces of line: `shape[i]` runs between nodes and lies on a line of `rank[i]` and `tag[i]`."""

    shape: NDArray[np.object_]
    rank: NDArray[np.int8]
    tag: NDArray[np.object_]
    soft: NDArray[np.bool_]

    def only(self, keep: NDArray[np.bool_]) -> "Pieces":
        """The pieces chosen by a mask."""
        return Pieces(self.shape[keep], self.rank[keep], self.tag[keep], self.soft[keep])


def noded(lines: list[Line]) -> Pieces:
    """All pieces of the lines, cut where they meet, on a 0.1 m grid."""
    union = shapely.unary_union([line.shape for line in lines], grid_size=GRID_M)
    parts = sorted(line_parts(union, 0.0), key=lambda s: (s.coords[0], s.coords[-1], s.length))
    shapes = np.array(parts, dtype=object)
    return with_lines(shapes, lines)


def with_lines(shapes: NDArray[np.object_], lines: list[Line]) -> Pieces:
    """Class and tag of each piece: of the strongest line within half a metre of its middle."""
    source = np.array([line.shape for line in lines], dtype=object)
    middle = shapely.line_interpolate_point(shapes, 0.5, normalized=True)
    piece, line = shapely.STRtree(source).query(middle, predicate="dwithin", distance=0.6)
    key = np.array([source_line.rank * 2 + source_line.soft for source_line in lines])[line]
    order = np.lexsort((line, key, piece))
    piece, line = piece[order], line[order]
    first = np.flatnonzero(np.diff(piece, prepend=-1))
    chosen = np.zeros(len(shapes), np.int64)
    chosen[piece[first]] = line[first]
    return Pieces(
        shapes,
        np.array([lines[i].rank for i in chosen], np.int8),
        np.array([lines[i].tag for i in chosen], object),
        np.array([lines[i].soft for i in chosen], bool),
    )


def without_dangles(pieces: Pieces, shorter_than_m: float) -> Pieces:
    """Prune loose ends again and again."""
    while True:
        ends = np.array([(s.coords[0], s.coords[-1]) for s in pieces.shape]).round(2)
        _, node = np.unique(ends.reshape(-1, 2), axis=0, return_inverse=True)
        degree = np.bincount(node.ravel())[node.reshape(-1, 2)]
        loose = (degree.min(axis=1) == 1) & (shapely.length(pieces.shape) < shorter_than_m)
        if not loose.any():
            return pieces
        pieces = pieces.only(~loose)


def faces_of(pieces: Pieces) -> NDArray[np.object_]:
    """The polygons between the pieces."""
    collection = shapely.polygonize(pieces.shape)
    return np.array(shapely.get_parts(collection), dtype=object)


def sides(shapes: NDArray[np.object_], faces: NDArray[np.object_]) -> NDArray[np.int64]:
    """(n, 2) the face to the left and to the right of each line; -1 for none."""
    before = shapely.get_coordinates(shapely.line_interpolate_point(shapes, 0.49, normalized=True))
    after = shapely.get_coordinates(shapely.line_interpolate_point(shapes, 0.51, normalized=True))
    along = after - before
    aside = np.column_stack([-along[:, 1], along[:, 0]]) / np.maximum(np.hypot(*along.T), 1e-9)[:, None]
    middle = shapely.get_coordinates(shapely.line_interpolate_point(shapes, 0.5, normalized=True))
    tree = shapely.STRtree(faces)
    out = np.full((len(shapes), 2), -1, np.int64)
    for k, sign in enumerate((1, -1)):
        i, j = tree.query(shapely.points(middle + sign * 0.7 * aside), predicate="intersects")
        out[i, k] = j
    return out


def without_slivers(pieces: Pieces, *, width_m: float = 32.0, area_m2: float = 3_500.0) -> Pieces:
    """Merge thin or tiny faces with a neighbour by deleting their weakest, then longest, piece."""
    for _ in range(4):
        faces = faces_of(pieces)
        beside = sides(pieces.shape, faces)
        area, length = shapely.area(faces), shapely.length(faces)
        thin = np.flatnonzero((2 * area / length < width_m) | (area < area_m2))
        drop = np.zeros(len(pieces.shape), bool)
        touched = np.zeros(len(faces) + 1, bool)
        for face in thin[np.argsort(area[thin], kind="stable")]:
            # a piece with one face on both sides may be the only way to somewhere
            edges = np.flatnonzero((beside == face).sum(axis=1) * (pieces.rank >= Rank.TERTIARY) == 1)
            if touched[face] or not len(edges):
                continue
            edge = int(edges[np.lexsort((shapely.length(pieces.shape[edges]), pieces.rank[edges]))[-1]])
            drop[edge] = True
            touched[beside[edge]] = True
        if not drop.any():
            break
        pieces = without_dangles(pieces.only(~drop), 25.0)
    return pieces
