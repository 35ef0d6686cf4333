"""Where do buildings stand, and which of them lie in a tile?

A city has tens of thousands, so they are kept as corners in whole numbers, as the map file has them. Shapes are made
only of those that a tile shows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

PER_DEGREE = 10_000_000

Shapes = NDArray[Any]
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Footprints:
    """Polygons: building `i` owns rings `first[i]:first[i+1]`, the outer first; ring `r` corners `rings[r]:rings[r+1]`.

    `corners` is (n, 2) lon, lat in 1e-7 degrees; rings are closed.
    """

    corners: NDArray[np.int32]
    rings: NDArray[np.int32]
    first: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.first) - 1

    @classmethod
    def of(cls, polygons: Shapes) -> "Footprints":
        """The footprints of polygons in degrees."""
        if not len(polygons):
            return cls(np.zeros((0, 2), np.int32), np.zeros(1, np.int32), np.zeros(1, np.int32))
        _, corners, (rings, first) = shapely.to_ragged_array(polygons, include_z=False)
        return cls(np.rint(corners * PER_DEGREE).astype(np.int32), rings.astype(np.int32), first.astype(np.int32))

    def arrays(self, name: str) -> dict[str, NDArray[Any]]:
        """As they are kept in a file, under this name."""
        return {f"{name}.corners": self.corners, f"{name}.rings": self.rings, f"{name}.first": self.first}

    @classmethod
    def from_arrays(cls, name: str, arrays: Mapping[str, NDArray[Any]]) -> "Footprints":
        """What `arrays` gave. Raises KeyError or ValueError where they do not fit together."""
        found = cls(arrays[f"{name}.corners"], arrays[f"{name}.rings"], arrays[f"{name}.first"])
        if found.corners.ndim != 2 or found.corners.shape[1] != 2 or found.corners.dtype != np.int32:
            raise ValueError(name)
        for level, inner, least in ((found.rings, len(found.corners), 4), (found.first, len(found.rings) - 1, 1)):
            if level.dtype != np.int32 or level.ndim != 1 or len(level) < 1 or level[0] != 0 or level[-1] != inner:
                raise ValueError(name)
            if np.any(np.diff(level) < least):
                raise ValueError(name)
        return found

    @cached_property
    def boxes(self) -> NDArray[np.float64]:
        """(n, 4) west, south, east, north of each, degrees."""
        if not len(self):
            return np.zeros((0, 4))
        outer, starts = self.first[:-1], self.rings[:-1]
        low, high = (pick.reduceat(self.corners, starts, axis=0)[outer] for pick in (np.minimum, np.maximum))
        return np.asarray(np.hstack([low, high]) / PER_DEGREE)

    @cached_property
    def areas(self) -> NDArray[np.float64]:
        """(n,) the area of each outer ring, square degrees: only good for saying which is the larger."""
        if not len(self):
            return np.zeros(0)
        x, y = self.corners.astype(np.float64).T
        cross = np.append(x[:-1] * y[1:] - x[1:] * y[:-1], 0.0)
        cross[self.rings[1:] - 1] = 0  # a ring ends there: the next corner is another's
        return np.asarray(np.abs(np.add.reduceat(cross, self.rings[:-1]))[self.first[:-1]] / 2 / PER_DEGREE**2)

    def within(self, west: float, south: float, east: float, north: float) -> Rows:
        """Rows whose box touches this one, ascending."""
        box = self.boxes
        is_near = (box[:, 0] <= east) & (box[:, 2] >= west) & (box[:, 1] <= north) & (box[:, 3] >= south)
        return np.flatnonzero(is_near)

    def shapes(self, rows: Rows) -> Shapes:
        """Polygons in degrees of some rows."""
        ring = _spread(self.first[rows], self.first[rows + 1])
        corner = _spread(self.rings[ring], self.rings[ring + 1])
        return np.asarray(
            shapely.from_ragged_array(
                shapely.GeometryType.POLYGON,
                self.corners[corner] / PER_DEGREE,
                (_sizes_summed(self.rings, ring), _sizes_summed(self.first, rows)),
            )
        )


def _spread(start: NDArray[np.int32], stop: NDArray[np.int32]) -> Rows:
    """All numbers of all ranges, one range after the other."""
    size = stop.astype(np.int64) - start
    return np.asarray(np.arange(size.sum()) + np.repeat(start - np.cumsum(size) + size, size), dtype=np.int64)


def _sizes_summed(first: NDArray[np.int32], rows: Rows) -> Rows:
    return np.concatenate([[0], np.cumsum(first[rows + 1] - first[rows], dtype=np.int64)])
