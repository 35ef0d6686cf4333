"""Which streets run near here?

The city is laid into cells of equal size in degrees. Each cell lists the straight pieces of streets that pass through
it, so that the nearest street is found by looking at a few cells and not at the whole city. A piece is named by the
shape point that it starts from.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fengsui_engine.roads.geodesy import METRES_PER_DEGREE

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Floats = NDArray[np.float64]

SMALLEST_CELL_M = 120.0
MARGIN = 1e-9
"""Degrees (0.1 mm): a piece on the border of two cells is listed in both."""


class StreetGrid(NamedTuple):
    """Cells in rows from south to north; cell (column, row) is number row × columns + column."""

    grid_first: Ints
    """(cells+1,) pieces of cell c are grid_first[c] … grid_first[c+1]-1."""
    grid_point: Ints
    """(…,) shape point that a piece starts from."""
    grid_frame: Floats
    """(4,) west, south, width and height of a cell; degrees."""
    grid_size: Ints
    """(2,) columns, rows."""


def sort_into_cells(shape_first: Ints, shape_lon: Floats, shape_lat: Floats, twin: Ints) -> StreetGrid:
    """List the pieces of every street in the cells they cross; of a two-way street, only the edge of lower number."""
    n_edges = len(twin)
    kept = (twin < 0) | (twin >= np.arange(n_edges))
    starts = np.ones(shape_first[-1], dtype=bool)
    starts[shape_first[1:] - 1] = False  # the last point of an edge starts nothing
    starts &= np.repeat(kept, np.diff(shape_first))
    piece = np.flatnonzero(starts)
    frame, size = _frame(shape_lon, shape_lat, len(piece))
    which, cell = _cells_crossed(shape_lon, shape_lat, piece, frame, size)
    order = np.argsort(cell, kind="stable")
    counts = np.bincount(cell, minlength=int(size[0]) * int(size[1]))
    first = np.concatenate(([0], np.cumsum(counts))).astype(np.int32)
    return StreetGrid(first, piece[which[order]].astype(np.int32), frame, size)


def _frame(lon: Floats, lat: Floats, n_pieces: int) -> tuple[Floats, Ints]:
    """Cells of about one piece each, but never smaller than makes sense for a street."""
    west, south, east, north = lon.min(), lat.min(), lon.max(), lat.max()
    per_lon = METRES_PER_DEGREE * max(0.01, float(np.cos(np.radians((south + north) / 2))))
    area_m2 = max(1.0, (east - west) * per_lon * (north - south) * METRES_PER_DEGREE)
    cell_m = max(SMALLEST_CELL_M, float(np.sqrt(area_m2 / max(1, n_pieces))))
    width, height = cell_m / per_lon, cell_m / METRES_PER_DEGREE
    columns, rows = int((east - west) / width) + 1, int((north - south) / height) + 1
    return np.array([west, south, width, height]), np.array([columns, rows], dtype=np.int32)


def _cells_crossed(lon: Floats, lat: Floats, piece: Longs, frame: Floats, size: Ints) -> tuple[Longs, Longs]:
    """Pairs (index into `piece`, cell): first the rows that each piece spans, then its columns in each row."""
    west, south, width, height = frame
    x_a, y_a = (lon[piece] - west) / width, (lat[piece] - south) / height
    x_b, y_b = (lon[piece + 1] - west) / width, (lat[piece + 1] - south) / height
    margin_x, margin_y = MARGIN / width, MARGIN / height
    low, high = np.minimum(y_a, y_b) - margin_y, np.maximum(y_a, y_b) + margin_y
    which, row = _spread(_cell(low, size[1]), _cell(high, size[1]))
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = np.where(np.abs(y_b - y_a) > 1e-12, (x_b - x_a) / (y_b - y_a), np.inf)[which]
    flat = ~np.isfinite(slope) | (np.abs(slope) > 1e6)
    bottom = np.clip(row - margin_y, low[which], high[which])
    top = np.clip(row + 1 + margin_y, low[which], high[which])
    ends = np.minimum(x_a, x_b)[which], np.maximum(x_a, x_b)[which]
    at_bottom = np.where(flat, ends[0], x_a[which] + (bottom - y_a[which]) * np.where(flat, 0, slope))
    at_top = np.where(flat, ends[1], x_a[which] + (top - y_a[which]) * np.where(flat, 0, slope))
    left = np.clip(np.minimum(at_bottom, at_top), *ends) - margin_x
    right = np.clip(np.maximum(at_bottom, at_top), *ends) + margin_x
    of, column = _spread(_cell(left, size[0]), _cell(right, size[0]))
    return which[of], row[of] * int(size[0]) + column


def _cell(place: Floats, n_cells: np.int32) -> Longs:
    return np.clip(np.floor(place).astype(np.int64), 0, int(n_cells) - 1)


def _spread(start: Longs, stop: Longs) -> tuple[Longs, Longs]:
    """All pairs (i, j) with start[i] ≤ j ≤ stop[i]."""
    counts = stop - start + 1
    which = np.repeat(np.arange(len(start)), counts)
    begin = np.concatenate(([0], np.cumsum(counts)[:-1])).astype(np.int64)
    return which, start[which] + np.arange(len(which)) - begin[which]
