"""What does a DIMACS challenge graph look like as a road network?

Nothing is contracted and nothing is dropped: node i of the file is node i-1 here, so that results can be compared with
other programs node by node. Of parallel arcs the smaller is kept.
"""

import bz2
import gzip
from collections.abc import Callable, Iterator
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fengsui_engine.refusal import say
from fengsui_engine.roads.geodesy import haversine_metres, whole_millimetres
from fengsui_engine.roads.network import UNNAMED, Edges, RoadNetwork, Told, assemble
from fengsui_engine.roads.profile import CLASS_NUMBER
from fengsui_engine.roads.refusals import ExtractNotFound, GraphUnreadable

Longs = NDArray[np.int64]
Floats = NDArray[np.float64]

OPENERS: dict[str, Callable[..., Any]] = {".gz": gzip.open, ".bz2": bz2.open}
MOST_MS = 2**31 - 1
MICRODEGREES = 1e6


def build_from_dimacs(
    graph: "str | PathLike[str]",
    coordinates: "str | PathLike[str]",
    *,
    unit_ms: float,
    progress: Callable[..., None] | None = None,
) -> RoadNetwork:
    """The road network of a `.gr` file with its `.co` file, either of them gzipped or not.

    Args:
        graph: lines `a TAIL HEAD WEIGHT`, nodes counted from 1.
        coordinates: lines `v NODE LONGITUDE LATITUDE`, millionths of a degree.
        unit_ms: milliseconds that one unit of weight stands for; a time is floor(weight × unit_ms + 0.5).
        progress: told a short marked sentence at each step, and its facts.

    Raises:
        ExtractNotFound: one of the files is not there.
        GraphUnreadable: damaged, cut short, or the two do not match.

    Source:
        9th DIMACS implementation challenge, file formats. Lengths are great-circle distances of the ends.
    """
    tell = progress or (lambda sentence, **facts: None)
    graph, coordinates = Path(graph), Path(coordinates)
    tell(say("Reading %(graph)s and %(coordinates)s"), graph=graph.name, coordinates=coordinates.name)
    n_nodes, arcs = _read(graph, b"a", skip=2)
    n_places, places = _read(coordinates, b"v", skip=4)
    _check(graph.name, n_nodes, arcs)
    lon, lat = _places(coordinates.name, n_nodes, n_places, places)
    tail, head, weight = _smaller_of_parallel(arcs)
    travel_ms = np.floor(weight * unit_ms + 0.5)
    if not np.all(travel_ms <= MOST_MS) or unit_ms < 0:
        raise GraphUnreadable(file=graph.name, detail=f"a weight times {unit_ms} ms is out of range")
    tell(say("Indexing %(nodes)s nodes and %(arcs)s arcs"), nodes=f"{n_nodes:,}", arcs=f"{len(tail):,}")
    edges = _edges(tail, head, travel_ms, lon, lat)
    return assemble(lon, lat, edges, Told(names=(UNNAMED,), source=graph.name))


def _read(path: Path, letter: bytes, *, skip: int) -> tuple[int, Longs]:
    """The number of nodes that the file announces, and its data lines as an (lines, 3) table.

    `skip` is the place of the number of nodes in the `p` line: `p sp NODES ARCS`, `p aux sp co NODES`.
    """
    if not path.is_file():
        raise ExtractNotFound(file=str(path))
    n_nodes, n_lines, rows = -1, -1, []
    for line in _lines(path):
        if line.startswith(letter + b" "):
            rows.append(line)
        elif line.startswith(b"p "):
            told = line.split()[skip:]
            try:
                n_nodes, n_lines = int(told[0]), int(told[-1])
            except (IndexError, ValueError):
                raise GraphUnreadable(file=path.name, detail="its line p cannot be read") from None
    if n_nodes < 0 or len(rows) != n_lines:
        raise GraphUnreadable(file=path.name, detail=f"it holds {len(rows)} lines of data and announces {n_lines}")
    try:
        numbers = np.array(b" ".join(row[2:] for row in rows).split(), dtype=np.int64)
        return n_nodes, numbers.reshape(len(rows), 3)
    except ValueError:
        raise GraphUnreadable(file=path.name, detail="a line does not hold three whole numbers") from None


def _lines(path: Path) -> Iterator[bytes]:
    try:
        with OPENERS.get(path.suffix, open)(path, "rb") as opened:
            yield from opened
    except (EOFError, gzip.BadGzipFile, OSError) as trouble:
        raise GraphUnreadable(file=path.name, detail=str(trouble)) from None


def _check(file: str, n_nodes: int, arcs: Longs) -> None:
    if not len(arcs):
        raise GraphUnreadable(file=file, detail="it holds no arc")
    if arcs[:, :2].min() < 1 or arcs[:, :2].max() > n_nodes or arcs[:, 2].min() < 0:
        raise GraphUnreadable(file=file, detail="an arc names a node that is not there, or a negative weight")


def _places(file: str, n_nodes: int, n_places: int, places: Longs) -> tuple[Floats, Floats]:
    if n_places != n_nodes or not np.array_equal(np.sort(places[:, 0]), np.arange(1, n_nodes + 1)):
        raise GraphUnreadable(file=file, detail=f"it does not place each of {n_nodes} nodes once")
    by_node = places[np.argsort(places[:, 0])]
    lon, lat = by_node[:, 1] / MICRODEGREES, by_node[:, 2] / MICRODEGREES
    if np.abs(lon).max() > 180 or np.abs(lat).max() > 90:
        raise GraphUnreadable(file=file, detail="a place is not on the earth")
    return lon, lat


def _smaller_of_parallel(arcs: Longs) -> tuple[Longs, Longs, Longs]:
    """Arcs sorted by tail, then head; of those that share both, the lightest."""
    arcs = arcs[np.lexsort((arcs[:, 2], arcs[:, 1], arcs[:, 0]))]
    is_first = np.ones(len(arcs), dtype=bool)
    is_first[1:] = np.any(arcs[1:, :2] != arcs[:-1, :2], axis=1)
    kept = arcs[is_first]
    return kept[:, 0] - 1, kept[:, 1] - 1, kept[:, 2]


def _edges(tail: Longs, head: Longs, travel_ms: Floats, lon: Floats, lat: Floats) -> Edges:
    m, n = len(tail), len(lon)
    key, reverse_key = tail * n + head, head * n + tail  # `key` rises: the arcs are sorted
    found = np.minimum(np.searchsorted(key, reverse_key), m - 1)
    is_twin = (key[found] == reverse_key) & (tail != head)
    ends = np.column_stack((tail, head)).ravel()
    return Edges(
        tail=tail.astype(np.int32),
        head=head.astype(np.int32),
        travel_ms=travel_ms.astype(np.int32),
        metres=whole_millimetres(haversine_metres(lon[tail], lat[tail], lon[head], lat[head])),
        twin=np.where(is_twin, found, -1).astype(np.int32),
        way=np.zeros(m, dtype=np.int64),
        from_osm=tail + 1,
        to_osm=head + 1,
        name=np.zeros(m, dtype=np.int32),
        road_class=np.full(m, CLASS_NUMBER["road"], dtype=np.uint8),
        copy_of=np.full(m, -1, dtype=np.int32),
        shape_first=np.arange(0, 2 * m + 1, 2, dtype=np.int32),
        shape_lon=lon[ends],
        shape_lat=lat[ends],
    )
