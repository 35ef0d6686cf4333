"""Which streets does an OpenStreetMap extract hold, and how long does a crew take on them?

An extract is read once, by ways; ways become pieces between neighbouring points; pieces outside the strongly connected
core go; points where nothing branches are taken out and their pieces joined, with the shape kept. What remains are
junctions and streets.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fengsui_engine.refusal import say
from fengsui_engine.roads.core import strong_core
from fengsui_engine.roads.geodesy import haversine_metres
from fengsui_engine.roads.join import Pieces, join_into_streets
from fengsui_engine.roads.network import UNNAMED, RoadNetwork, StreetName, Told, assemble
from fengsui_engine.roads.refusals import ExtractHasNoRoads, ExtractNotFound, ExtractUnreadable
from fengsui_engine.roads.speeds import Driving, driving

Longs = NDArray[np.int64]
Floats = NDArray[np.float64]
Progress = Callable[..., None]

EXTRACT_ENDINGS = (".osm.pbf", ".osm.gz", ".osm.bz2", ".osm")
MS_PER_HOUR = 3_600_000


def build_from_osm(path: "str | PathLike[str]", *, progress: Progress | None = None) -> RoadNetwork:
    """The road network of an OpenStreetMap extract (.osm.pbf, .osm.gz, .osm.bz2, .osm).

    Args:
        path: the extract. Node locations must be in it; ways that leave it are cut at its border.
        progress: told a short marked sentence at each step, and its facts.

    Raises:
        ExtractNotFound: there is no such file.
        ExtractUnreadable: it is damaged, cut short or of another kind.
        ExtractHasNoRoads: nothing in it can be driven.
    """
    tell = progress or (lambda sentence, **facts: None)
    source = Path(path)
    tell(say("Reading %(file)s"), file=source.name)
    drawn = _read_ways(source)
    if not drawn.tail:
        raise ExtractHasNoRoads(file=source.name)
    pieces, ids, lon, lat = _pieces(drawn)
    tell(say("Finding the connected core of %(points)s points"), points=f"{len(ids):,}")
    pieces, kept = _core_of(pieces, len(ids), source.name)
    tell(say("Joining pieces into streets"))
    junctions, edges = join_into_streets(pieces, ids, lon, lat)
    indexing = say("Indexing %(junctions)s junctions and %(edges)s directed edges")
    tell(indexing, junctions=f"{len(junctions):,}", edges=f"{len(edges.tail):,}")
    dropped_nodes = len(ids) - int(np.count_nonzero(kept))
    told = Told(names=tuple(drawn.names), source=source.name, dropped_nodes=dropped_nodes)
    return assemble(lon[junctions], lat[junctions], edges, told)


class Way(NamedTuple):
    """A drivable way, without its points."""

    way: int
    name: int
    driving: Driving


@dataclass
class Drawn:
    """The ways of an extract as they are drawn: one entry a piece, and the ways and names that pieces point to."""

    tail: list[int] = field(default_factory=list)
    head: list[int] = field(default_factory=list)
    of_way: list[int] = field(default_factory=list)
    ways: list[Way] = field(default_factory=list)
    places: dict[int, tuple[float, float]] = field(default_factory=dict)
    names: dict[StreetName, int] = field(default_factory=lambda: {UNNAMED: 0})

    def add(self, way: Any, how: Driving) -> None:
        """Draw one way; a point that the extract lacks cuts it."""
        name = self.names.setdefault(street_name(way.tags), len(self.names))
        self.ways.append(Way(way.id, name, how))
        before = None
        for point in way.nodes:
            if not point.location.valid():
                before = None
                continue
            ref = point.ref
            if before is not None and before != ref:
                self.tail.append(before)
                self.head.append(ref)
                self.of_way.append(len(self.ways) - 1)
            self.places[ref] = (point.lon, point.lat)
            before = ref


def street_name(tags: Any) -> StreetName:
    """A street's name in both languages; where one is missing whatever it is called stands in, then its number."""
    local, zh, en = (tags.get(key) for key in ("name", "name:zh", "name:en"))
    number = tags.get("ref") or ""
    return StreetName(zh or local or en or number, en or local or zh or number)


def _read_ways(source: Path) -> Drawn:
    drawn = Drawn()
    try:
        for way in _ways(source):
            how = driving(dict(way.tags))
            if how is not None:
                drawn.add(way, how)
    except UnicodeDecodeError as trouble:
        raise ExtractUnreadable(file=source.name, detail=str(trouble)) from None
    return drawn


def _ways(source: Path) -> Iterator[Any]:
    """Ways that carry a `highway` tag, with places. The filters run in C++: Python sees a tenth of the objects."""
    if not source.is_file():
        raise ExtractNotFound(file=str(source))
    if not source.name.endswith(EXTRACT_ENDINGS):
        raise ExtractUnreadable(file=source.name, detail=f"its name ends in none of {' '.join(EXTRACT_ENDINGS)}")
    import osmium

    try:
        reader = osmium.FileProcessor(str(source)).with_locations()
        reader.with_filter(osmium.filter.EntityFilter(osmium.osm.WAY))
        yield from reader.with_filter(osmium.filter.KeyFilter("highway"))
    except (RuntimeError, ValueError, osmium.InvalidLocationError) as trouble:  # all that it raises for a damaged file
        raise ExtractUnreadable(file=source.name, detail=str(trouble)) from None


def _pieces(drawn: Drawn) -> tuple[Pieces, Longs, Floats, Floats]:
    """Pieces between points numbered from 0 by rising OpenStreetMap id; with the points' ids and places."""
    tail, head = np.array(drawn.tail, dtype=np.int64), np.array(drawn.head, dtype=np.int64)
    ids, numbered = np.unique(np.concatenate((tail, head)), return_inverse=True)
    places = np.array([drawn.places[ref] for ref in ids.tolist()])
    lon, lat = np.ascontiguousarray(places[:, 0]), np.ascontiguousarray(places[:, 1])
    a, b = numbered[: len(tail)], numbered[len(tail) :]
    metres = haversine_metres(lon[a], lat[a], lon[b], lat[b])
    of_way = np.array(drawn.of_way, dtype=np.int64)
    told = np.array([(way.way, way.name, way.driving.road_class) for way in drawn.ways], dtype=np.int64)[of_way]
    kmh = np.array([way.driving[1:] for way in drawn.ways])[of_way]
    with np.errstate(divide="ignore", invalid="ignore"):
        ms = np.where(kmh > 0, metres[:, None] / 1000 / kmh * MS_PER_HOUR, np.inf)
    pieces = Pieces(a, b, metres, ms[:, 0], ms[:, 1], way=told[:, 0], name=told[:, 1], road_class=told[:, 2])
    return pieces, ids, lon, lat


def _core_of(pieces: Pieces, n_points: int, file: str) -> tuple[Pieces, NDArray[np.bool_]]:
    """The pieces inside the strongly connected core, and which points it holds."""
    forward, backward = np.isfinite(pieces.forward_ms), np.isfinite(pieces.backward_ms)
    tail = np.concatenate((pieces.tail[forward], pieces.head[backward]))
    head = np.concatenate((pieces.head[forward], pieces.tail[backward]))
    kept = strong_core(n_points, tail, head)
    inside = pieces.where(kept[pieces.tail] & kept[pieces.head])
    if not len(inside.tail):
        raise ExtractHasNoRoads(file=file)
    return inside, kept
