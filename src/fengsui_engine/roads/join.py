"""Where does one street end and the next begin?

A map draws bends as points. A point where exactly two pieces meet, both of one street and one direction, is no
junction: the pieces are joined and the point becomes part of the shape. Times are added unrounded and rounded once.
A street also ends where its name or class changes, so that a label or a colour never lies.
"""

from dataclasses import dataclass, fields
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from fengsui_engine.roads.geodesy import whole_millimetres
from fengsui_engine.roads.network import Edges

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


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


def join_into_streets(pieces: Pieces, ids: Longs, lon: Floats, lat: Floats) -> tuple[Longs, Edges]:
    """Junctions and the directed edges between them.

    Args:
        pieces: the pieces to join.
        ids: (n_points,) identity of each point in the source.
        lon, lat: (n_points,) degrees.

    Returns:
        junctions: (n,) the points that are junctions, rising.
        edges: of each street the way forward, then backward, as far as they are driven; numbered by junction.
    """
    streets = _streets(pieces, _bends(pieces, len(ids)))
    runs = _runs(pieces, streets)
    edge_of, is_back, twin = _directed(runs)
    shape_first, shape = _shapes(runs, edge_of, is_back)
    junctions, ends = np.unique(
        np.column_stack((shape[shape_first[:-1]], shape[shape_first[1:] - 1])), return_inverse=True
    )
    opening = np.where(is_back, runs.last_piece[edge_of], runs.first_piece[edge_of])
    edges = Edges(
        tail=ends[:, 0].astype(np.int32),
        head=ends[:, 1].astype(np.int32),
        travel_ms=np.floor(np.where(is_back, runs.backward_ms[edge_of], runs.forward_ms[edge_of]) + 0.5).astype(
            np.int32
        ),
        metres=whole_millimetres(runs.metres[edge_of]),
        twin=twin,
        way=pieces.way[opening],
        from_osm=ids[junctions[ends[:, 0]]],
        to_osm=ids[junctions[ends[:, 1]]],
        name=pieces.name[opening].astype(np.int32),
        road_class=pieces.road_class[opening].astype(np.uint8),
        copy_of=np.full(len(twin), -1, dtype=np.int32),
        shape_first=shape_first,
        shape_lon=lon[shape],
        shape_lat=lat[shape],
    )
    return junctions, edges


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

    first_piece: Longs
    last_piece: Longs
    metres: Floats
    forward_ms: Floats
    backward_ms: Floats
    first_point: Longs
    """(r+1,) the points of street i are points[first_point[i]] … points[first_point[i+1]-1]."""
    points: Longs


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
    return Runs(
        first_piece=piece[start[:-1]],
        last_piece=piece[start[1:] - 1],
        metres=np.add.reduceat(pieces.metres[piece], start[:-1]),
        forward_ms=np.add.reduceat(along, start[:-1]),
        backward_ms=np.add.reduceat(against, start[:-1]),
        first_point=first_point,
        points=points,
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
