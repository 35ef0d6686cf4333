"""What is a piece of ground?

A polygon of one kind, and how polygons are taken out of any geometry in a form that fits one closed way.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely

from fengsui.demo.city.words import Name


@dataclass(frozen=True)
class Area:
    """A polygon of one kind, perhaps named."""

    kind: str
    shape: shapely.Polygon
    quarter: str = ""
    name: Name | None = None


def polygons(shape: shapely.Geometry) -> list[shapely.Polygon]:
    """The polygons in any geometry."""
    return [part for part in shapely.get_parts(shape) if isinstance(part, shapely.Polygon) and not part.is_empty]


def without_holes(shape: shapely.Polygon) -> list[shapely.Polygon]:
    """The same area in pieces without holes, so that each can be one closed way."""
    if not shape.interiors:
        return [shape]
    at = shapely.Polygon(shape.interiors[0]).centroid.x
    x0, y0, x1, y1 = shape.bounds
    halves = (shapely.box(x0 - 1, y0 - 1, at, y1 + 1), shapely.box(at, y0 - 1, x1 + 1, y1 + 1))
    return [piece for half in halves for part in polygons(shape.intersection(half)) for piece in without_holes(part)]


def pieces_of(shape: shapely.Polygon, n: int) -> list[shapely.Polygon]:
    """A long polygon in `n` pieces from west to east."""
    x0, y0, x1, y1 = shape.bounds
    marks = np.linspace(x0 - 1, x1 + 1, n + 1)
    return [
        part for a, b in pairwise(marks) for part in polygons(shape.intersection(shapely.box(a, y0 - 1, b, y1 + 1)))
    ]
