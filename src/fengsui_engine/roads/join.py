"""Where does one street end and the next begin?

A map draws bends as points. A point where exactly two pieces meet, both of one street and one direction, is no
junction: the pieces are joined and the point becomes part of the shape. Times are added unrounded and rounded once.
A street also ends where its name or class changes, so that a label or a colour never lies; and where it is told to,
because a turn is banned there.

A *step* is a piece in one direction: 2 × piece as it is drawn, and one more against it.
"""

from dataclasses import dataclass, fields
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from fengsui_engine.roads.geodesy import whole_millimetres
from fengsui_engine.roads.network import Edges
from fengsui_engine.roads.refusals import RoadsInconsistent

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

LONGEST = 2**31 - 1
"""Milliseconds, and millimetres, of one street."""


@dataclass(frozen=True)
class Pieces:
    """Straight pieces between neighbouring points of the map; infinite time: not driven that way."""

    tail: Longs
    head: Longs
    metres: Floats
    forward_ms: Floats
    backward_ms: Floats
    way: Longs
    name: Longs
    road_class: Longs

    def where(self, kept: Flags) -> Self:
        """Only some of the pieces, in the same order."""
        return type(self)(**{f.name: getattr(self, f.name)[kept] for f in fields(self)})


class Step(NamedTuple):
    """A piece within a street, and whether the street runs along it as it is drawn."""

    piece: int
    is_as_drawn: bool


class Joined(NamedTuple):
    """Streets, and what became of the pieces."""

    junctions: Longs
    """(n,) the points that are junctions, rising."""
    edges: Edges
    """Of each street the way forward, then backward, as far as they are driven; between numbers of junctions."""
    edge_of: Longs
    """(2 × pieces,) the edge that each step is part of; -1: not driven."""
    opens: Flags
    """(2 × pieces,) whether a step is the first of its edge."""


def join_into_streets(pieces: Pieces, ids: Longs, lon: Floats, lat: Floats, *, ends_at: Longs | None = None) -> Joined:
    """Junctions and the directed edges between them.

    Args:
        pieces: the pieces to join.
        ids: (n_points,) identity of each point in the source.
        lon, lat: (n_points,) degrees.
        ends_at: points that are junctions in any case.

    Raises:
        RoadsInconsistent: a street is longer than the numbers of a network hold.
    """
    is_bend = _bends(pieces, len(ids))
    if ends_at is not None:
        is_bend[ends_at] = False
    streets = _streets(pieces, is_bend)
    runs = _runs(pieces, streets)
    _insist_in_range(runs)
    street, is_back, twin = _directed(runs)
    shape_first, shape = _shapes(runs, street, is_back)
    junctions, ends = np.unique(
        np.column_stack((shape[shape_first[:-1]], shape[shape_first[1:] - 1])), return_inverse=True
    )
    opening = np.where(is_back, runs.last_step[street] ^ 1, runs.first_step[street])
    opening_piece = opening >> 1
    edges = Edges(
        tail=ends[:, 0].astype(np.int32),
        head=ends[:, 1].astype(np.int32),
        travel_ms=np.floor(np.where(is_back, runs.backward_ms[street], runs.forward_ms[street]) + 0.5).astype(np.int32),
        metres=whole_millimetres(runs.metres[street]),
        twin=twin,
        way=pieces.way[opening_piece],
        from_osm=ids[junctions[ends[:, 0]]],
        to_osm=ids[junctions[ends[:, 1]]],
        name=pieces.name[opening_piece].astype(np.int32),
        road_class=pieces.road_class[opening_piece].astype(np.uint8),
        copy_of=np.full(len(twin), -1, dtype=np.int32),
        shape_first=shape_first,
        shape_lon=lon[shape],
        shape_lat=lat[shape],
    )
    opens = np.zeros(2 * len(pieces.tail), dtype=bool)
    opens[opening] = True
    return Joined(junctions, edges, _edge_of_each_step(runs, street, is_back), opens)


def _insist_in_range(runs: "Runs") -> None:
    for longest in (runs.metres * 1000, runs.forward_ms, runs.backward_ms):
        if np.any(longest[np.isfinite(longest)] >= LONGEST):
            raise RoadsInconsistent(detail=f"a street has more than {LONGEST:,} millimetres or milliseconds")


def _edge_of_each_step(runs: "Runs", street: Longs, is_back: Flags) -> Longs:
    edge_of_street = np.full((len(runs.metres), 2), -1)
    edge_of_street[street, is_back.astype(np.int64)] = np.arange(len(street))
    edge_of = np.empty(2 * len(runs.steps), dtype=np.int64)
    edge_of[runs.steps] = edge_of_street[runs.street, 0]
    edge_of[runs.steps ^ 1] = edge_of_street[runs.street, 1]
    return edge_of


def _bends(pieces: Pieces, n_points: int) -> Flags:
    """Points where exactly two pieces meet that are one street."""
    n = len(pieces.tail)
    point = np.concatenate((pieces.tail, pieces.head))
    piece = np.concatenate((np.arange(n), np.arange(n)))
    # whether one may drive along the piece towards the point, and away from it
    enters = np.isfinite(np.concatenate((pieces.backward_ms, pieces.forward_ms)))
    leaves = np.isfinite(np.concatenate((pieces.forward_ms, pieces.backward_ms)))
    order = np.argsort(point, kind="stable")
    counts = np.bincount(point, minlength=n_points)
    twos = np.flatnonzero(counts == 2)
    first = np.concatenate(([0], np.cumsum(counts)))[twos]
    a, b = order[first], order[first + 1]
    is_one = (enters[a] == leaves[b]) & (leaves[a] == enters[b]) & (piece[a] != piece[b])
    for same in (pieces.name, pieces.road_class):
        is_one &= same[piece[a]] == same[piece[b]]
    is_bend = np.zeros(n_points, dtype=bool)
    is_bend[twos[is_one]] = True
    return is_bend


def _streets(pieces: Pieces, is_bend: Flags) -> list[list[Step]]:
    """Runs of pieces between points that are no bends; a ring without a junction is cut at its first point."""
    tail, head, bend = pieces.tail.tolist(), pieces.head.tolist(), is_bend.tolist()
    meeting: dict[int, list[int]] = {}
    for piece in range(len(tail)):
        for point in (tail[piece], head[piece]):
            if bend[point]:
                meeting.setdefault(point, []).append(piece)
    used = [False] * len(tail)

    def follow(steps: list[Step], start: int) -> None:
        """Walk on from the end of `steps` until a junction, or back to `start`."""
        while True:
            last = steps[-1]
            end = head[last.piece] if last.is_as_drawn else tail[last.piece]
            if not bend[end] or end == start:
                return
            one, other = meeting[end]
            piece = other if one == last.piece else one
            used[piece] = True
            steps.append(Step(piece, tail[piece] == end))

    streets = []
    for piece in range(len(tail)):
        if used[piece]:
            continue
        used[piece] = True
        back = [Step(piece, False)]
        follow(back, start=head[piece])
        steps = [Step(step.piece, not step.is_as_drawn) for step in reversed(back)]
        opening = tail[steps[0].piece] if steps[0].is_as_drawn else head[steps[0].piece]
        if opening != head[piece]:  # else it is a whole ring
            follow(steps, start=opening)
        streets.append(steps)
    return streets


@dataclass(frozen=True)
class Runs:
    """Streets measured; r of them, one after the other along `points`."""

    first_step: Longs
    last_step: Longs
    metres: Floats
    forward_ms: Floats
    backward_ms: Floats
    first_point: Longs
    """(r+1,) the points of street i are points[first_point[i]] … points[first_point[i+1]-1]."""
    points: Longs
    steps: Longs
    """(pieces,) the steps of each street forward, one street after the other."""
    street: Longs
    """(pieces,) the street of each step."""


def _runs(pieces: Pieces, streets: list[list[Step]]) -> Runs:
    """Add up each street's pieces, unrounded."""
    n_steps = np.array([len(steps) for steps in streets])
    start = np.concatenate(([0], np.cumsum(n_steps)))
    piece = np.array([step.piece for steps in streets for step in steps])
    is_as_drawn = np.array([step.is_as_drawn for steps in streets for step in steps])
    first_point = start + np.arange(len(start))  # a street has one point more than it has pieces
    points = np.empty(first_point[-1], dtype=np.int64)
    points[first_point[:-1]] = np.where(is_as_drawn, pieces.tail[piece], pieces.head[piece])[start[:-1]]
    ends = np.where(is_as_drawn, pieces.head[piece], pieces.tail[piece])
    points[np.arange(len(piece)) + np.repeat(np.arange(len(streets)), n_steps) + 1] = ends
    along = np.where(is_as_drawn, pieces.forward_ms[piece], pieces.backward_ms[piece])
    against = np.where(is_as_drawn, pieces.backward_ms[piece], pieces.forward_ms[piece])
    step_numbers = 2 * piece + np.where(is_as_drawn, 0, 1)
    return Runs(
        first_step=step_numbers[start[:-1]],
        last_step=step_numbers[start[1:] - 1],
        metres=np.add.reduceat(pieces.metres[piece], start[:-1]),
        forward_ms=np.add.reduceat(along, start[:-1]),
        backward_ms=np.add.reduceat(against, start[:-1]),
        first_point=first_point,
        points=points,
        steps=step_numbers,
        street=np.repeat(np.arange(len(streets)), n_steps),
    )


def _directed(runs: Runs) -> tuple[Longs, Flags, Ints]:
    """Each street once or twice: which street an edge is, whether it runs backward, and its twin."""
    is_driven = np.column_stack((np.isfinite(runs.forward_ms), np.isfinite(runs.backward_ms)))
    street, way_round = np.nonzero(is_driven)
    place = (np.cumsum(is_driven.ravel()) - 1).reshape(is_driven.shape)
    both = (is_driven[:, 0] & is_driven[:, 1])[street]
    twin = np.where(both, place[street, 1 - way_round], -1).astype(np.int32)
    return street, way_round == 1, twin


def _shapes(runs: Runs, street: Longs, is_back: Flags) -> tuple[Ints, Longs]:
    """The points along each edge, in the direction of driving."""
    lengths = np.diff(runs.first_point)[street]
    first = np.concatenate(([0], np.cumsum(lengths)))
    along = np.arange(first[-1]) - np.repeat(first[:-1], lengths)
    begin = np.where(is_back, runs.first_point[street + 1] - 1, runs.first_point[street])
    step = np.where(is_back, -1, 1)
    return first.astype(np.int32), runs.points[np.repeat(begin, lengths) + along * np.repeat(step, lengths)]
