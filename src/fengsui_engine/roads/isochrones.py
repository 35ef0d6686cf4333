"""What area can be reached within a time?

    rings = isochrones(roads, here, limits_ms=[60_000, 180_000, 300_000])
    rings[0].as_geojson()

A place belongs to an isochrone if its nearest point on a street is within NEAR_M and is reached within the limit; the
way from there costs no time. A street is reached from its ends, as far as the limit lasts, and from a source in its
middle. So there are holes where nobody lives near a street that is reached, and islands round a motorway's exits.

How: on a raster in a plane of metres, the distance to the nearest part of a street that is *not* reached (at most
NEAR_M) less the distance to the nearest part that is. That is above 0 exactly where the definition holds, and smooth
enough that the line of 0, drawn straight from one raster line to the next (contourpy's marching squares), is much finer
than the raster. Nothing is simplified afterwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fengsui_engine.roads.geodesy import EARTH_RADIUS_M, METRES_PER_DEGREE
from fengsui_engine.roads.network import RoadNetwork
from fengsui_engine.roads.reach import Spread, checked_limit, insist_any_near, spread_from
from fengsui_engine.roads.snap import Snapped
from fengsui_engine.roads.targets import of_streets

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

NEAR_M = 100.0
"""A place farther from any road than this belongs to no isochrone."""
TIE_M = 0.05
"""So much nearer may something unreached be: where streets meet or lie on each other, either of them will do."""
LEAST_M = 0.02
"""Heights nearer to 0 are set to this, so that no two points of an outline fall together."""
SMALLEST_CELL_M, LARGEST_CELL_M = 8.0, 40.0
USUAL_CELLS, MOST_CELLS = 10_000, 8_000_000
DIGITS = 9
"""Of a degree in GeoJSON: a tenth of a millimetre, so that rounding moves no line across another."""
NO_BOX = np.array([np.inf, np.inf, -np.inf, -np.inf])

Ring = Floats
"""(points, 2) degrees, longitude first; the last point is the first."""
Polygon = tuple[Ring, ...]
"""The outer ring, counterclockwise, then its holes, clockwise."""


@dataclass(frozen=True, eq=False)
class Isochrone:
    """The area reached within a limit."""

    limit_ms: int
    polygons: tuple[Polygon, ...]
    cell_m: float
    """Width of the raster it was drawn on."""

    @property
    def km2(self) -> float:
        """Its area, on a sphere."""
        return sum(_area_m2(ring) for polygon in self.polygons for ring in polygon) / 1e6

    def as_geojson(self) -> dict[str, Any]:
        """A MultiPolygon of RFC 7946."""
        polygons = [[ring.round(DIGITS).tolist() for ring in polygon] for polygon in self.polygons]
        return {"type": "MultiPolygon", "coordinates": polygons}


def isochrones(roads: RoadNetwork, sources: Snapped, *, limits_ms: Sequence[int]) -> list[Isochrone]:
    """The areas reached within each of several limits, from the nearest of several places.

    Args:
        roads: the road network.
        sources: where crews start; those not near a road reach nothing.
        limits_ms: milliseconds, in any order.

    Returns:
        One for each limit, in their order.

    Raises:
        FarFromRoad: none of the places is near a road.
        LimitOutOfRange: a limit is below 0 or above LONGEST_LIMIT_MS.

    Source:
        Lorensen and Cline (1987) in two dimensions, on a signed difference of distances.
    """
    insist_any_near(sources)
    limits = [checked_limit(limit) for limit in limits_ms]
    if not limits or not len(sources):
        return [Isochrone(limit, (), LARGEST_CELL_M) for limit in limits]
    reached = spread_from(roads, sources, max(limits))
    return [_drawn(_Surroundings.of(roads, sources, reached, limit)) for limit in limits]


class _Surroundings(NamedTuple):
    """The streets near all that is reached within a limit, and when crews are at their ends."""

    roads: RoadNetwork
    limit_ms: int
    plane: Floats
    """(4,) longitude and latitude of the origin, metres per degree of each."""
    streets: Ints
    """(k,) ascending; of a two-way street the edge of lower number."""
    there_ms: Ints
    """(k, 2) when a crew is at the street's beginning and may drive in; the same at its end."""
    source_street: Ints
    """Sources in the middle of streets, ascending by street."""
    source_place: Floats

    @classmethod
    def of(cls, roads: RoadNetwork, sources: Snapped, reached: Spread, limit_ms: int) -> "_Surroundings":
        sources = sources[sources.is_near]
        plane = _plane(float(np.mean(sources.lon)), float(np.mean(sources.lat)))
        streets = _streets(roads, sources, reached, limit_ms, plane)
        source_street, place = of_streets(roads, sources)
        order = np.argsort(source_street, kind="stable")
        order = order[(place[order] > 0.0) & (place[order] < 1.0)]
        there_ms = _there_ms(roads, streets, reached.best)
        return cls(roads, limit_ms, plane, streets, there_ms, source_street[order].astype(np.int32), place[order])


def _plane(lon: float, lat: float) -> Floats:
    return np.array([lon, lat, METRES_PER_DEGREE * max(0.01, float(np.cos(np.radians(lat)))), METRES_PER_DEGREE])


def _streets(roads: RoadNetwork, sources: Snapped, reached: Spread, limit_ms: int, plane: Floats) -> Ints:
    """Streets that are reached, and those that are not as far off as a place can be nearer to one of them."""
    from fengsui_engine.roads.kernels.rings import enclose, streets_in

    box = NO_BOX.copy()
    shapes = roads.shape_first, roads.shape_lon, roads.shape_lat
    enclose(roads.first_out, *shapes, *reached, limit_ms, sources.edge, box)
    margin = 2 * NEAR_M / plane[2:]
    box[:2] -= margin
    box[2:] += margin
    grid = roads.grid_first, roads.grid_point, roads.grid_frame, roads.grid_size
    seen = np.zeros(roads.n_edges // 64 + 1, dtype=np.uint64)
    streets: Ints = streets_in(roads.as_built.edge_of_point, *grid, box, seen)
    return streets


def _there_ms(roads: RoadNetwork, streets: Ints, best: Ints) -> Ints:
    """When a crew can drive into each street, at its beginning and at its end."""
    back = roads.twin[streets]  # -1 reads some time that nobody asks for
    there_ms = np.column_stack((best[roads.tail[streets]], best[roads.tail[back]]))
    if len(roads.edge_copied) and len(streets):
        copy_ms = best[roads.tail[roads.n_street_edges :]]
        twin_of = roads.twin[roads.edge_copied]
        is_back = (twin_of >= 0) & (twin_of < roads.edge_copied)
        street = np.where(is_back, twin_of, roads.edge_copied)
        row = np.minimum(np.searchsorted(streets, street), len(streets) - 1)
        known = streets[row] == street
        np.minimum.at(there_ms, (row[known], is_back[known].astype(np.int64)), copy_ms[known])
    return there_ms


def _drawn(here: _Surroundings) -> Isochrone:
    """The isochrone, line by line."""
    pieces, is_reached, box = _pieces(here)
    if box[0] > box[2]:
        return Isochrone(here.limit_ms, (), LARGEST_CELL_M)
    low, size = box[:2] - NEAR_M, box[2:] - box[:2] + 2 * NEAR_M
    cell = _cell_m(float(size[0] * size[1]))
    low -= 1.5 * cell
    height = _heights(pieces, is_reached, low, (np.ceil(size / cell) + 4).astype(np.int64), cell)
    return Isochrone(here.limit_ms, _outlines(height, here.plane, low, cell), cell)


def _pieces(here: _Surroundings) -> tuple[Floats, Flags, Floats]:
    """Straight pieces (x, y, x, y) on the plane, whether each is reached, and the box around those that are."""
    from fengsui_engine.roads.kernels.rings import cut

    roads, n_sources = here.roads, len(here.source_street)
    lengths = roads.shape_first[here.streets + 1] - roads.shape_first[here.streets]
    room = int(lengths.sum()) + 4 * len(here.streets) + 2 * n_sources
    pieces, is_reached = np.empty((room, 4)), np.empty(room, dtype=np.bool_)
    box, (start, stop) = NO_BOX.copy(), np.empty((2, n_sources + 2))
    n = cut(
        roads.travel_ms, roads.twin, roads.shape_first, roads.shape_lon, roads.shape_lat,
        here.streets, here.there_ms, here.source_street, here.source_place, here.limit_ms,
        here.plane, start, stop, pieces, is_reached, box,
    )  # fmt: skip
    return pieces[:n], is_reached[:n], box


def _cell_m(area_m2: float) -> float:
    """Fine for a small area, coarse for a large one; never more cells than fit into memory with ease."""
    usual = float(np.clip(np.sqrt(area_m2 / USUAL_CELLS), SMALLEST_CELL_M, LARGEST_CELL_M))
    return max(usual, float(np.sqrt(area_m2 / MOST_CELLS)))


def _heights(
    pieces: Floats, is_reached: NDArray[np.bool_], low: Floats, size: NDArray[np.int64], cell: float
) -> Floats:
    """By how many metres what is reached is nearer than what is not: (rows, columns), from the south-west."""
    from fengsui_engine.roads.kernels.rings import AT_ONCE, lead, paint

    columns, rows = -(-int(size[0]) // AT_ONCE) * AT_ONCE, int(size[1])
    reached_m = NEAR_M + cell  # so that the line at NEAR_M lies between two heights that are known
    reached2 = np.full((rows, columns), reached_m**2, dtype=np.float32)
    unreached2 = np.full((rows, columns), NEAR_M**2, dtype=np.float32)
    paint(pieces, is_reached, low[0], low[1], cell, NEAR_M, reached_m, reached2, unreached2)
    height = np.empty((rows, columns))
    lead(reached2, unreached2, NEAR_M, TIE_M, LEAST_M, height)
    return height


def _outlines(height: Floats, plane: Floats, low: Floats, cell: float) -> tuple[Polygon, ...]:
    """Polygons of where the height is above 0."""
    from contourpy import FillType, contour_generator

    x, y = np.empty_like(height), np.empty_like(height)
    x[:] = plane[0] + (low[0] + cell * np.arange(height.shape[1])) / plane[2]
    y[:] = (plane[1] + (low[1] + cell * np.arange(height.shape[0])) / plane[3])[:, None]
    drawn = contour_generator(x, y, height, fill_type=FillType.OuterOffset).filled(0.0, np.inf)
    polygons = []
    for points, offsets in zip(*drawn, strict=True):
        polygons.append(tuple(points[a:b] for a, b in pairwise(offsets)))
    return tuple(polygons)


def _area_m2(ring: Ring) -> float:
    """Above 0 counterclockwise, below 0 clockwise; in the projection that keeps areas (Lambert's cylindrical)."""
    x, y = EARTH_RADIUS_M * np.radians(ring[:, 0] - ring[0, 0]), EARTH_RADIUS_M * np.sin(np.radians(ring[:, 1]))
    y = y - y[0]
    return float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1])) / 2
