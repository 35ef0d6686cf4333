"""Where in a tile does a shape lie?

Shapes come in world units (web Mercator, 0 to 1, y down) and leave as whole tile units, laid out as the encoder of
vector tiles wants them.
"""

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from fengsui.places import mvt

Shapes = NDArray[Any]


def world(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, 2) lon, lat to web Mercator, 0 to 1 from the north-west corner."""
    lat = np.radians(np.clip(degrees[:, 1], -85.0511, 85.0511))
    return np.column_stack([(degrees[:, 0] + 180.0) / 360.0, (1.0 - np.arcsinh(np.tan(lat)) / np.pi) / 2.0])


def box_of(z: int, x: int, y: int, buffer: int) -> tuple[float, float, float, float]:
    """West, north, east, south of a tile and `buffer` tile units round it, world units."""
    n, edge = float(1 << z), buffer / mvt.EXTENT
    return (x - edge) / n, (y - edge) / n, (x + 1 + edge) / n, (y + 1 + edge) / n


def degrees(west: float, north: float, east: float, south: float) -> tuple[float, float, float, float]:
    """A box in world units as west, south, east, north in degrees."""
    lat = np.degrees(np.arctan(np.sinh(np.pi * (1.0 - 2.0 * np.array([south, north])))))
    return west * 360.0 - 180.0, float(lat[0]), east * 360.0 - 180.0, float(lat[1])


def points_in_units(shapes: Shapes, z: int, x: int, y: int) -> tuple[mvt.Parts, NDArray[np.int64]]:
    """The points inside the tile, and their rows."""
    corners = _in_units(shapely.get_coordinates(shapes), z, x, y)
    kept = np.flatnonzero(np.all((corners >= 0) & (corners < mvt.EXTENT), axis=1))
    n = np.arange(len(kept) + 1, dtype=np.int64)
    return mvt.Parts(corners[kept], n, n[:-1]), kept


def lines_in_units(
    shapes: Shapes, group: NDArray[np.int64], z: int, x: int, y: int
) -> tuple[mvt.Parts, NDArray[np.int64]]:
    """Lines sorted into one feature for each group, and the groups."""
    parts, of = shapely.get_parts(shapes, return_index=True)
    is_line = (shapely.get_type_id(parts) == 1) & ~shapely.is_empty(parts)
    parts, part_group = parts[is_line], group[of[is_line]]
    order = np.argsort(part_group, kind="stable")
    corners, line = shapely.get_coordinates(parts[order], return_index=True)
    corners, line = _without_repeats(_in_units(corners, z, x, y), line)
    lines, _, size = _runs(line)
    keep = size >= 2
    corners = corners[np.repeat(keep, size)]
    groups, feature = np.unique(part_group[order][lines[keep]], return_inverse=True)
    return mvt.Parts(corners, _firsts(size[keep]), feature.ravel().astype(np.int64)), groups


def rings_in_units(
    shapes: Shapes, group: NDArray[np.int64], z: int, x: int, y: int, least_area: float
) -> tuple[mvt.Parts, NDArray[np.int64]]:
    """Rings, outer one first, of one feature for each polygon, and the groups of these.

    What shrinks below `least_area` square units is left out.
    """
    polygons, of = shapely.get_parts(shapes, return_index=True)
    is_polygon = (shapely.get_type_id(polygons) == 3) & ~shapely.is_empty(polygons)
    polygons, polygon_group = shapely.orient_polygons(polygons[is_polygon]), group[of[is_polygon]]
    rings, polygon = shapely.get_rings(polygons, return_index=True)
    is_outer = np.diff(polygon, prepend=-1) != 0
    corners, ring = shapely.get_coordinates(rings, return_index=True)
    corners, ring = _without_repeats(_in_units(corners, z, x, y), ring)
    numbers, first, size = _runs(ring)
    area = _signed_areas(corners, first, size) * np.where(is_outer[numbers], 1.0, -1.0)
    keep = (size >= 4) & (area >= least_area)
    has_outer = np.zeros(len(polygons), dtype=np.bool_)
    has_outer[polygon[numbers[keep & is_outer[numbers]]]] = True
    keep &= has_outer[polygon[numbers]]
    is_last = np.zeros(len(corners), dtype=np.bool_)
    is_last[first + size - 1] = True  # a ring closes itself in a tile
    corners = corners[np.repeat(keep, size) & ~is_last]
    kept, feature = np.unique(polygon[numbers[keep]], return_inverse=True)
    return mvt.Parts(corners, _firsts(size[keep] - 1), feature.ravel().astype(np.int64)), polygon_group[kept]


def _in_units(corners: NDArray[np.float64], z: int, x: int, y: int) -> NDArray[np.int64]:
    units = (corners * float(1 << z) - np.array([x, y], dtype=np.float64)) * mvt.EXTENT
    return np.rint(units).astype(np.int64)


def _without_repeats(corners: NDArray[np.int64], of: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    is_new = np.ones(len(corners), dtype=np.bool_)
    is_new[1:] = np.any(corners[1:] != corners[:-1], axis=1) | (of[1:] != of[:-1])
    return corners[is_new], of[is_new]


def _runs(of: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Values of a sorted array, where each starts, and how often it stands there."""
    values, first, size = np.unique(of, return_index=True, return_counts=True)
    return values, first, size


def _firsts(size: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(size)])


def _signed_areas(corners: NDArray[np.int64], first: NDArray[np.int64], size: NDArray[np.int64]) -> NDArray[np.float64]:
    """Square units by the shoelace; positive where the tile format wants an outer ring."""
    if not len(first):
        return np.zeros(0, dtype=np.float64)
    following = np.roll(corners, -1, axis=0)
    cross = corners[:, 0] * following[:, 1] - following[:, 0] * corners[:, 1]
    cross[first + size - 1] = 0  # the closing corner stands there already
    return np.add.reduceat(cross, first).astype(np.float64) / 2.0
