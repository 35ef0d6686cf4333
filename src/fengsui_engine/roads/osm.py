"""Which streets does an OpenStreetMap extract hold, and how long does a crew take on them?

An extract is read once: points with a barrier, ways, turn bans. Ways become pieces between neighbouring points; a
barrier that no crew passes parts its street; pieces outside the strongly connected core go; points where nothing
branches are taken out and their pieces joined, with the shape kept. What remains are junctions and streets. Whatever
is left out is counted (`fengsui_engine.roads.dropped`).

Two ways are joined where they share a point, and nowhere else: a bridge never meets what passes under it, two points
at one place are two; and a shared point joins whatever layers its ways are on, as OpenStreetMap has it. The core is
that of the streets without turn bans: what bans alone cut off stays, and nobody finds a way there.
"""

from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fengsui_engine.refusal import say
from fengsui_engine.roads.core import strong_core
from fengsui_engine.roads.dropped import WORDS, Dropped
from fengsui_engine.roads.extract import insist_readable
from fengsui_engine.roads.geodesy import haversine_metres
from fengsui_engine.roads.join import Joined, Pieces, join_into_streets
from fengsui_engine.roads.network import UNNAMED, RoadNetwork, StreetName, Told, assemble
from fengsui_engine.roads.profile import RESPONSE, WAY_KEYS, Driving, Profile, barrier, driving
from fengsui_engine.roads.refusals import (
    ExtractHasNoRoads,
    ExtractTooLarge,
    ExtractUnreadable,
    RoadsInconsistent,
)
from fengsui_engine.roads.turns import Restriction, bans_between_edges, bans_of, obeying, restriction

Longs = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Progress = Callable[..., None]

MS_PER_HOUR = 3_600_000
DEGREE = 10_000_000
"""A degree in the whole numbers of a map extract."""
NOWHERE = 2**31 - 1
"""The longitude of a point that the extract lacks."""

MOST_WAYS = 5_000_000
MOST_POINTS = 10_000_000
"""Of all driven ways together, a point counted once for each way: more than a province has."""
MOST_BARRIERS = 1_000_000
MOST_RESTRICTIONS = 1_000_000
MOST_KNOWN = 100_000
"""Different ways to tag a way, kept while reading; a country has some thousands."""
MOST_LOOKED_UP = 10_000
"""Missing points that are looked for behind the ways, to tell an extract out of order from one that is cut."""


def build_from_osm(
    path: "str | PathLike[str]",
    *,
    profile: Profile = RESPONSE,
    obey_turns: bool = False,
    progress: Progress | None = None,
) -> RoadNetwork:
    """The road network of an OpenStreetMap extract (.osm.pbf, .osm.gz, .osm.bz2, .osm).

    Args:
        path: the extract. Node locations must be in it, before the ways; ways that leave it are cut at its border.
        profile: how crews drive.
        obey_turns: keep the turn bans (`fengsui_engine.roads.turns`). Crews on a call need not.
        progress: told a short marked sentence at each step, and its facts.

    Raises:
        ExtractNotFound: there is no such file.
        ExtractUnreadable: it is damaged, cut short, out of order or of another kind.
        ExtractTooLarge: it holds, or unpacks to, more than is taken.
        ExtractHasNoRoads: nothing in it can be driven.
        TooManyTurnBans: obeying them would take too much room.
    """
    source = Path(path)
    try:
        return _built(source, profile, progress or (lambda sentence, **facts: None), obey_turns=obey_turns)
    except RoadsInconsistent as wrong:
        raise ExtractUnreadable(file=source.name, detail=wrong.facts["detail"]) from None
    except MemoryError:
        raise ExtractTooLarge(file=source.name, detail="there is not enough memory for it") from None


def _built(source: Path, profile: Profile, tell: Progress, *, obey_turns: bool) -> RoadNetwork:
    tell(say("Reading %(file)s"), file=source.name)
    drawn = _read(source, profile)
    if not drawn.ways:
        raise ExtractHasNoRoads(file=source.name)
    pieces, ids, lon, lat = _pieces(drawn)
    tell(say("Finding the connected core of %(points)s points"), points=f"{len(ids):,}")
    pieces, dropped_nodes = _core_of(pieces, ids, source.name, drawn.dropped)
    tell(say("Joining pieces into streets"))
    return _network(pieces, (ids, lon, lat), drawn, dropped_nodes, tell, obey_turns=obey_turns)


def _network(
    pieces: Pieces,
    points: tuple[Longs, Floats, Floats],
    drawn: "Drawn",
    dropped_nodes: int,
    tell: Progress,
    *,
    obey_turns: bool,
) -> RoadNetwork:
    ids, lon, lat = points
    bans = bans_of(drawn.restrictions if obey_turns else [], pieces, ids)
    drawn.dropped.update(bans.dropped)
    if not obey_turns:
        drawn.dropped[Dropped.TURN_BANS_NOT_OBEYED] += len(drawn.restrictions)
    joined: Joined = join_into_streets(pieces, ids, lon, lat, ends_at=bans.points)
    indexing = say("Indexing %(junctions)s junctions and %(edges)s directed edges")
    tell(indexing, junctions=f"{len(joined.junctions):,}", edges=f"{len(joined.edges.tail):,}")
    between = bans_between_edges(bans.steps, joined.edge_of, joined.opens)
    streets = obeying(lon[joined.junctions], lat[joined.junctions], joined.edges, between)
    told = Told(
        names=tuple(drawn.names),
        source=drawn.source,
        dropped_nodes=dropped_nodes,
        dropped={code: drawn.dropped[code] for code in map(str, WORDS) if drawn.dropped[code]},
        obeys_turns=obey_turns,
    )
    return assemble(streets.lon, streets.lat, streets.edges, told, node_copied=streets.node_copied)


class Way(NamedTuple):
    """A driven way, without its points."""

    way: int
    name: int
    driving: Driving
    n_points: int


@dataclass
class Drawn:
    """An extract as it is drawn: the driven ways, their points one after the other, barriers and turn bans."""

    source: str
    profile: Profile
    ways: list[Way] = field(default_factory=list)
    refs: "array[int]" = field(default_factory=lambda: array("q"))
    x: "array[int]" = field(default_factory=lambda: array("q"))
    y: "array[int]" = field(default_factory=lambda: array("q"))
    """Whole numbers, DEGREE to a degree."""
    names: dict[StreetName, int] = field(default_factory=lambda: {UNNAMED: 0})
    not_passed: set[int] = field(default_factory=set)
    """Points with a barrier that no crew passes."""
    passed_ms: dict[int, float] = field(default_factory=dict)
    """What passing a point costs."""
    restrictions: list[Restriction] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)
    seen: set[int] = field(default_factory=set)
    """Ways, to leave out one that comes again."""
    known: dict[tuple[tuple[str, str], ...], Driving | Dropped] = field(default_factory=dict)
    """What some tags mean."""

    def add(self, read: Any) -> None:
        """Draw one object of the extract."""
        if read.is_node():
            self._add_barrier(read)
        elif read.is_way():
            self._add_way(read)
        elif read.is_relation():
            self._add_restriction(read)

    def _add_way(self, way: Any) -> None:
        tags = dict(way.tags)
        how = self._driving(tags)
        if isinstance(how, Dropped):
            if "highway" in tags or how == Dropped.WAYS_FERRIES:
                self.dropped[how] += 1
            return
        if way.id in self.seen:
            self.dropped[Dropped.WAYS_REPEATED] += 1
            return
        self.seen.add(way.id)
        name = self.names.setdefault(street_name(tags), len(self.names))
        points = list(way.nodes)
        self.ways.append(Way(way.id, name, how, len(points)))
        self._insist(len(self.ways), MOST_WAYS, "ways")
        self._insist(len(self.refs) + len(points), MOST_POINTS, "points")
        self.refs.extend([point.ref for point in points])
        self.x.extend([point.x for point in points])
        self.y.extend([point.y for point in points])

    def _driving(self, tags: Mapping[str, str]) -> Driving | Dropped:
        """How a way is driven; the same tags are thought about once."""
        told = tuple(tag for tag in tags.items() if tag[0] in WAY_KEYS)
        how = self.known.get(told)
        if how is None:
            how = driving(dict(told), self.profile)
            if len(self.known) < MOST_KNOWN:
                self.known[told] = how
        return how

    def _add_barrier(self, node: Any) -> None:
        passing = barrier(dict(node.tags), self.profile)
        if not passing.passes:
            self.not_passed.add(node.id)
        elif passing.seconds:
            self.passed_ms[node.id] = passing.seconds * 1000
        self._insist(len(self.not_passed) + len(self.passed_ms), MOST_BARRIERS, "barriers")

    def _add_restriction(self, relation: Any) -> None:
        self.dropped[Dropped.TURN_BANS_READ] += 1
        found = restriction(
            dict(relation.tags), [(member.type, member.ref, member.role) for member in relation.members]
        )
        if isinstance(found, Dropped):
            self.dropped[found] += 1
            return
        self.restrictions.append(found)
        self._insist(len(self.restrictions), MOST_RESTRICTIONS, "turn bans")

    def _insist(self, n: int, most: int, what: str) -> None:
        if n > most:
            raise ExtractTooLarge(file=self.source, detail=f"it holds more than {most:,} {what}")


def street_name(tags: Mapping[str, str]) -> StreetName:
    """A street's name in both languages; where one is missing whatever it is called stands in, then its number."""
    local, zh, en = (tags.get(key) for key in ("name", "name:zh", "name:en"))
    number = tags.get("ref") or ""
    return StreetName(zh or local or en or number, en or local or zh or number)


def _read(source: Path, profile: Profile) -> Drawn:
    insist_readable(source)
    drawn = Drawn(source.name, profile)
    try:
        for read in _objects(source, drawn):
            drawn.add(read)
    except UnicodeDecodeError as trouble:
        raise ExtractUnreadable(file=source.name, detail=str(trouble)) from None
    return drawn


def _objects(source: Path, drawn: Drawn) -> Iterator[Any]:
    """Points with a barrier, ways with a `highway` or `route`, turn bans. The filters run in C++: Python sees few."""
    import osmium

    kinds = (
        (osmium.osm.NODE, osmium.filter.KeyFilter("barrier")),
        (osmium.osm.WAY, osmium.filter.KeyFilter("highway", "route")),
        (osmium.osm.RELATION, osmium.filter.TagFilter(("type", "restriction"))),
    )
    try:
        reader = osmium.FileProcessor(str(source)).with_locations()
        for kind, wanted in kinds:
            reader.with_filter(wanted.enable_for(kind))
        yield from reader
        _insist_in_order(drawn, reader.node_location_storage)
    except (RuntimeError, ValueError, osmium.InvalidLocationError) as trouble:  # all that it raises for a damaged file
        raise ExtractUnreadable(file=source.name, detail=str(trouble)) from None


def _insist_in_order(drawn: Drawn, places: Any) -> None:
    """Points that lacked a place when their way was read must still lack it at the end."""
    missing = np.flatnonzero(np.array(drawn.x, dtype=np.int64) == NOWHERE)[:MOST_LOOKED_UP]
    for ref in dict.fromkeys(drawn.refs[i] for i in missing.tolist()):
        if ref < 0:
            detail = f"point {ref} has a negative number; number it anew, for example with osmium renumber"
            raise ExtractUnreadable(file=drawn.source, detail=detail)
        try:
            places.get(ref)
        except KeyError:
            continue
        detail = f"point {ref} comes after a way that needs it; put it in order, for example with osmium sort"
        raise ExtractUnreadable(file=drawn.source, detail=detail)


def _pieces(drawn: Drawn) -> tuple[Pieces, Longs, Floats, Floats]:
    """Pieces between points numbered from 0 by rising OpenStreetMap id; with the points' ids and places.

    A point with a barrier that no crew passes is no common point: each piece ends at a point of its own there, numbered
    last.
    """
    refs, x, y = (np.array(column, dtype=np.int64) for column in (drawn.refs, drawn.x, drawn.y))
    _insist_on_earth(drawn.source, refs, x, y)
    of_point = np.repeat(np.arange(len(drawn.ways)), [way.n_points for way in drawn.ways])
    is_here = x != NOWHERE
    follows = of_point[1:] == of_point[:-1]
    a = np.flatnonzero(follows & is_here[1:] & is_here[:-1] & (refs[1:] != refs[:-1]))
    drawn.dropped[Dropped.PIECES_CUT_AT_THE_EDGE] += int(np.count_nonzero(follows & ~(is_here[1:] & is_here[:-1])))
    end = np.concatenate((a, a + 1))
    point, shown = _numbered(refs[end], drawn)
    ids, lon, lat = refs[end][shown], x[end][shown] / DEGREE, y[end][shown] / DEGREE
    tail, head = point[: len(a)], point[len(a) :]
    metres = haversine_metres(lon[tail], lat[tail], lon[head], lat[head])
    told = np.array([(way.way, way.name, way.driving.road_class) for way in drawn.ways], dtype=np.int64)[of_point[a]]
    kmh = np.array([way.driving[1:] for way in drawn.ways])[of_point[a]]
    with np.errstate(divide="ignore", invalid="ignore"):
        ms = np.where(kmh > 0, metres[:, None] / 1000 / kmh * MS_PER_HOUR, np.inf)
    ms += _half_passings(refs[end], drawn).reshape(2, -1).sum(axis=0)[:, None]
    pieces = Pieces(tail, head, metres, ms[:, 0], ms[:, 1], way=told[:, 0], name=told[:, 1], road_class=told[:, 2])
    return pieces, ids, lon, lat


def _insist_on_earth(file: str, refs: Longs, x: Longs, y: Longs) -> None:
    is_wrong = (x != NOWHERE) & ((np.abs(x) > 180 * DEGREE) | (np.abs(y) > 90 * DEGREE))
    for i in np.flatnonzero(is_wrong)[:1].tolist():
        detail = f"point {refs[i]} is at {x[i] / DEGREE},{y[i] / DEGREE}, which is nowhere on earth"
        raise ExtractUnreadable(file=file, detail=detail)


def _numbered(refs: Longs, drawn: Drawn) -> tuple[Longs, Longs]:
    """The number of the point at each end of a piece; and, for each point, an end where it is shown."""
    is_parted = np.isin(refs, np.fromiter(drawn.not_passed, dtype=np.int64))
    drawn.dropped[Dropped.BARRIERS_NOT_PASSED] += len(np.unique(refs[is_parted]))
    joined, parted = np.flatnonzero(~is_parted), np.flatnonzero(is_parted)
    _, first, number = np.unique(refs[joined], return_index=True, return_inverse=True)
    point = np.empty(len(refs), dtype=np.int64)
    point[joined], point[parted] = number, len(first) + np.arange(len(parted))
    return point, np.concatenate((joined[first], parted))


def _half_passings(refs: Longs, drawn: Drawn) -> Floats:
    """Half of what it costs to pass each of these points."""
    known = np.array(sorted(drawn.passed_ms), dtype=np.int64)
    if not len(known):
        return np.zeros(len(refs))
    cost = np.array([drawn.passed_ms[ref] for ref in known.tolist()])
    at = np.minimum(np.searchsorted(known, refs), len(known) - 1)
    return np.where(known[at] == refs, cost[at] / 2, 0.0)


def _core_of(pieces: Pieces, ids: Longs, file: str, dropped: Counter[str]) -> tuple[Pieces, int]:
    """The pieces inside the strongly connected core, and how many points of the source are outside."""
    if not len(pieces.tail):
        raise ExtractHasNoRoads(file=file)
    forward, backward = np.isfinite(pieces.forward_ms), np.isfinite(pieces.backward_ms)
    tail = np.concatenate((pieces.tail[forward], pieces.head[backward]))
    head = np.concatenate((pieces.head[forward], pieces.tail[backward]))
    kept = strong_core(len(ids), tail, head)
    is_inside = kept[pieces.tail] & kept[pieces.head]
    if not is_inside.any():
        raise ExtractHasNoRoads(file=file)
    outside = len(np.setdiff1d(ids, ids[kept]))
    dropped[Dropped.NODES_NOT_IN_CORE] += outside
    dropped[Dropped.METRES_NOT_IN_CORE] += round(float(pieces.metres[~is_inside].sum()))
    return pieces.where(is_inside), outside
