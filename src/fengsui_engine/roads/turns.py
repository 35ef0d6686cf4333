"""Which turns are banned, and how does a network hold to it without any search knowing?

A *ban* is a row of edges that nobody drives one right after the other: two for a ban at a junction, more where the map
bans what is done by way of other streets. `only_…` bans every other way out.

Where crews obey, each street that opens a ban leads to a copy of the junction at its end, which has copies of all the
ways out but the banned ones; a longer ban is a chain of such copies. So whoever comes by that street finds the turn
missing, everybody else finds it there, and a search sees nothing but edges. What a crew has come by is thereby told by
where it is: the copies are the states of the automaton of Aho and Corasick (1975) over the bans.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fengsui_engine.roads.dropped import Dropped
from fengsui_engine.roads.join import Pieces
from fengsui_engine.roads.network import Edges
from fengsui_engine.roads.refusals import RoadsInconsistent, TooManyTurnBans

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Floats = NDArray[np.float64]
Ban = tuple[int, ...]
"""Edges, or steps of pieces, in the order of driving; the last may not follow on the others."""

MOST_COPIED_EDGES = 2_000_000
MOST_STEPS = 5_000_000
"""Of all bans together."""

KINDS = frozenset(
    {"no_left_turn", "no_right_turn", "no_straight_on", "no_u_turn", "no_entry", "no_exit"}
    | {"only_left_turn", "only_right_turn", "only_straight_on", "only_u_turn"}
)
BAN_KEYS = ("restriction:emergency", "restriction:motorcar", "restriction:motor_vehicle", "restriction")
"""The keys that a ban for crews is told by, the most telling first. Those for lorries or cycles, and those for some
hours (`restriction:conditional`), are for others."""
LET_OFF = frozenset({"emergency", "motorcar", "motor_vehicle", "vehicle"})
"""Values of `except` that let a crew off."""


class Restriction(NamedTuple):
    """A turn ban as the map has it, in ways; `via` is a point, or ways in the order of driving."""

    kind: str
    from_ways: tuple[int, ...]
    via_point: int | None
    via_ways: tuple[int, ...]
    to_ways: tuple[int, ...]


def restriction(tags: Mapping[str, str], members: Sequence[tuple[str, int, str]]) -> Restriction | Dropped:
    """What a `type=restriction` relation with these tags and members (type, id, role) bans, or why nothing to crews."""
    kind = next((tags[key] for key in BAN_KEYS if key in tags), None)
    if kind is None or LET_OFF & {word.strip() for word in tags.get("except", "").split(";")}:
        return Dropped.TURN_BANS_FOR_OTHERS
    points = [ref for type_, ref, role in members if role == "via" and type_ == "n"]
    from_, via, to = (
        tuple(ref for type_, ref, role in members if role == wanted and type_ == "w")
        for wanted in ("from", "via", "to")
    )
    is_one_place = len(points) == 1 if not via else not points
    if kind not in KINDS or not from_ or not to or not is_one_place:
        return Dropped.TURN_BANS_NOT_UNDERSTOOD
    return Restriction(kind, from_, points[0] if points else None, via, to)


class Bans(NamedTuple):
    """Turn bans in steps of pieces (see `join`), and what became of the restrictions that make none."""

    steps: set[Ban]
    dropped: list[Dropped]
    points: Longs
    """Where a street has to end, so that it can be told what is banned."""


def bans_of(restrictions: Sequence[Restriction], pieces: Pieces, ids: Longs) -> Bans:
    """What the restrictions ban among these pieces.

    Args:
        restrictions: as the map has them.
        pieces: those of the network, the pieces of one way one after the other.
        ids: (n_points,) identity of each point in the source.

    Raises:
        TooManyTurnBans: all bans together are too long.
    """
    plan = _Plan(pieces, ids)
    steps: set[Ban] = set()
    dropped: list[Dropped] = []
    n_steps = 0
    for each in restrictions:
        found = plan.banned(each)
        if isinstance(found, Dropped):
            dropped.append(found)
            continue
        fresh = set(found) - steps
        n_steps += sum(len(ban) for ban in fresh)
        if n_steps > MOST_STEPS:
            raise TooManyTurnBans(what="steps", limit=f"{MOST_STEPS:,}")
        steps |= fresh
    points = {plan.end_of(step) for ban in steps for step in (ban[0], ban[-1] ^ 1)}
    return Bans(steps, dropped, np.array(sorted(points), dtype=np.int64))


class _Plan:
    """The pieces by way and by point."""

    def __init__(self, pieces: Pieces, ids: Longs) -> None:
        self.tail, self.head, self.way, self.ids = pieces.tail, pieces.head, pieces.way, ids
        forward, backward = np.isfinite(pieces.forward_ms), np.isfinite(pieces.backward_ms)
        self.is_driven = np.column_stack((forward, backward)).ravel()
        steps = np.flatnonzero(self.is_driven)
        start = np.where(steps & 1, pieces.head[steps >> 1], pieces.tail[steps >> 1])
        stop = np.where(steps & 1, pieces.tail[steps >> 1], pieces.head[steps >> 1])
        self.leaving, self.entering = _By(start, steps), _By(stop, steps)
        by_way = np.flatnonzero(np.diff(pieces.way, prepend=-1))
        last = np.append(by_way[1:], len(pieces.way))
        self.pieces_of = dict(
            zip(pieces.way[by_way].tolist(), zip(by_way.tolist(), last.tolist(), strict=True), strict=True)
        )
        self.n_walked = 0
        order = np.argsort(ids, kind="stable")
        self.sorted_ids, self.point_of_sorted = ids[order], order

    def banned(self, each: Restriction) -> list[Ban] | Dropped:
        """The rows of steps that a restriction bans."""
        missing = [way for way in (*each.from_ways, *each.via_ways, *each.to_ways) if way not in self.pieces_of]
        if missing:
            return Dropped.TURN_BANS_WITHOUT_EFFECT
        if len(each.from_ways) > 1 and each.kind != "no_entry":
            return Dropped.TURN_BANS_NOT_UNDERSTOOD
        if each.via_point is not None:
            point = self._point(each.via_point)
            return Dropped.TURN_BANS_WITHOUT_EFFECT if point is None else self._at(each, point, ())
        chains = [chain for order in {each.via_ways, each.via_ways[::-1]} for chain in self._chains(order)]
        found = [self._at(each, self.end_of(chain[-1]), tuple(chain)) for chain in chains]
        whole = [bans for bans in found if not isinstance(bans, Dropped)]
        if len(whole) > 1 or Dropped.TURN_BANS_NOT_UNDERSTOOD in found:
            return Dropped.TURN_BANS_NOT_UNDERSTOOD
        return whole[0] if whole else Dropped.TURN_BANS_WITHOUT_EFFECT

    def end_of(self, step: int) -> int:
        """The point that a step leads to."""
        return int((self.tail if step & 1 else self.head)[step >> 1])

    def _point(self, osm_id: int) -> int | None:
        """The point of an id, unless a barrier parts the streets there."""
        first, last = np.searchsorted(self.sorted_ids, [osm_id, osm_id + 1])
        return int(self.point_of_sorted[first]) if last - first == 1 else None

    def _at(self, each: Restriction, point: int, chain: Ban) -> list[Ban] | Dropped:
        """The bans at `point`, for those who come there by `from` and a chain of steps."""
        entry = self.end_of(chain[0] ^ 1) if chain else point
        from_ = [self._of_way(self.entering.at(entry), way) for way in each.from_ways]
        to = [self._of_way(self.leaving.at(point), way) for way in each.to_ways]
        if not any(from_) or not any(to):
            return Dropped.TURN_BANS_WITHOUT_EFFECT
        if not chain and each.from_ways == each.to_ways:  # turning round: on whichever side of the point
            pairs = [(step, step ^ 1) for step in from_[0] if step ^ 1 in to[0]]
            is_clear = "u_turn" in each.kind
        else:
            pairs = [(a, b) for into in from_ for a in into for out in to for b in out]
            is_clear = all(len(steps) <= 1 for steps in (*from_, *to))
        if not is_clear:
            return Dropped.TURN_BANS_NOT_UNDERSTOOD
        if each.kind.startswith("no_"):
            return [(a, *chain, b) for a, b in pairs]
        allowed: dict[int, set[int]] = {}
        for a, b in pairs:
            allowed.setdefault(a, set()).add(b)
        leaving = self.leaving.at(point).tolist()
        return [(a, *chain, b) for a, let in allowed.items() for b in leaving if b not in let]

    def _of_way(self, steps: Longs, way: int) -> list[int]:
        found: list[int] = steps[self.way[steps >> 1] == way].tolist()
        return found

    def _chains(self, ways: Sequence[int]) -> list[list[int]]:
        """The ways driven one after the other from end to end, begun at either end of the first."""
        return [chain for step in self._whole(ways[0]) if (chain := self._chain(step, ways[1:])) is not None]

    def _whole(self, way: int) -> list[list[int]]:
        """A whole way as steps, each way round, as far as it is driven and not cut."""
        first, last = self.pieces_of[way]
        self.n_walked += last - first
        if self.n_walked > MOST_STEPS:
            raise TooManyTurnBans(what="steps", limit=f"{MOST_STEPS:,}")
        if np.any(self.head[first : last - 1] != self.tail[first + 1 : last]):
            return []
        forward = list(range(2 * first, 2 * last, 2))
        both = (forward, [step + 1 for step in reversed(forward)])
        return [steps for steps in both if self.is_driven[steps].all()]

    def _chain(self, steps: list[int], ways: Sequence[int]) -> list[int] | None:
        chain = list(steps)
        for way in ways:
            end = self.end_of(chain[-1])
            further = [steps for steps in self._whole(way) if self.end_of(steps[0] ^ 1) == end]
            if len(further) != 1:
                return None
            chain += further[0]
        return chain


class _By:
    """Steps by a point."""

    def __init__(self, point: Longs, steps: Longs) -> None:
        order = np.argsort(point, kind="stable")
        self.point, self.steps = point[order], steps[order]

    def at(self, point: int) -> Longs:
        """The steps at a point."""
        first, last = np.searchsorted(self.point, [point, point + 1])
        return self.steps[first:last]


def bans_between_edges(bans: Iterable[Ban], edge_of: Longs, opens: NDArray[np.bool_]) -> set[Ban]:
    """The bans in edges; a street is entered once, however many pieces it has."""
    return {tuple(int(edge_of[step]) for i, step in enumerate(ban) if i == 0 or opens[step]) for ban in bans}


class Obeying(NamedTuple):
    """Junctions and streets with the copies that hold the bans."""

    lon: Floats
    lat: Floats
    edges: Edges
    node_copied: Ints
    """(copies,) the junction that each of the last nodes is a copy of."""


def obeying(lon: Floats, lat: Floats, edges: Edges, bans: Iterable[Ban]) -> Obeying:
    """The same streets, with every ban kept.

    Args:
        lon, lat: (n,) junctions.
        edges: between them, none of them a copy.
        bans: rows of two edges or more, each leaving where the one before it enters.

    Returns:
        What `assemble` takes. A banned turn only ever takes a way: no time becomes shorter.

    Raises:
        TooManyTurnBans: the copies would be more than MOST_COPIED_EDGES.
        RoadsInconsistent: a ban is no way through the streets.

    Source:
        Aho and Corasick (1975) for what is remembered of the way come; one copy of a junction for each state.
    """
    tail, head = edges.tail.tolist(), edges.head.tolist()
    states = _States(tail, head)
    for ban in sorted(set(bans)):
        states.add(ban)
    states.link(_ways_out(edges.tail, len(lon)))
    n, node_copied = len(lon), np.array([head[last] for last in states.last[1:]], dtype=np.int32)
    copied_head = [
        state + n - 1 if state else head[edge] for edge, state in zip(states.out, states.leads_to, strict=True)
    ]
    new_head = edges.head.copy()
    for edge, state in states.follow[0].items():
        new_head[edge] = state + n - 1
    columns: dict[str, Any] = {
        "tail": np.array(states.out_of, dtype=np.int32) + (n - 1),
        "head": np.array(copied_head, dtype=np.int32),
        "twin": np.full(len(states.out), -1, dtype=np.int32),
        "copy_of": np.array(states.out, dtype=np.int32),
    }
    return Obeying(
        np.concatenate((lon, lon[node_copied])),
        np.concatenate((lat, lat[node_copied])),
        _with_copies(edges, new_head, columns),
        node_copied,
    )


def _ways_out(tail: Ints, n: int) -> "tuple[list[int], list[int]]":
    first = np.concatenate(([0], np.cumsum(np.bincount(tail, minlength=n))))
    return first.tolist(), np.argsort(tail, kind="stable").tolist()


class _States:
    """What has to be remembered of the way come: state 0 is nothing; each other one stands at a junction."""

    def __init__(self, tail: list[int], head: list[int]) -> None:
        self.tail, self.head = tail, head
        self.last, self.parent = [-1], [0]
        """(states,) the edge come by, and the state before it."""
        self.follow: list[dict[int, int]] = [{}]
        """(states,) edge → state, where an edge leads to another state than 0."""
        self.stopped: list[set[int]] = [set()]
        """(states,) the edges that are banned."""
        self.out_of: list[int] = []
        self.out: list[int] = []
        self.leads_to: list[int] = []
        """One entry a copied edge: the state it leaves, the edge it is a copy of, the state it leads to."""

    def add(self, ban: Ban) -> None:
        """Take in one ban."""
        if len(ban) < 2 or any(self.head[a] != self.tail[b] for a, b in pairwise(ban)):
            raise RoadsInconsistent(detail=f"the edges {ban} of a turn ban do not follow one another")
        state = 0
        for edge in ban[:-1]:
            further = self.follow[state].get(edge)
            if further is None:
                further = self.follow[state][edge] = len(self.last)
                self.last.append(edge)
                self.parent.append(state)
                self.follow.append({})
                self.stopped.append(set())
            state = further
        self.stopped[state].add(ban[-1])

    def link(self, ways_out: "tuple[list[int], list[int]]") -> None:
        """Give each state what holds in the longest state that it ends with, and its copies of the ways out."""
        first, out = ways_out
        opening = self.follow[0]
        shorter, queue = [0] * len(self.last), list(opening.values())
        for state in queue:
            grown = list(self.follow[state].items())
            junction = self.head[self.last[state]]
            leaving = out[first[junction] : first[junction + 1]]
            if len(self.out) + len(leaving) > MOST_COPIED_EDGES:
                raise TooManyTurnBans(what="edges", limit=f"{MOST_COPIED_EDGES:,}")
            before = shorter[state]
            known = self.follow[before] if before else {edge: opening[edge] for edge in leaving if edge in opening}
            self.stopped[state] |= self.stopped[before]
            for edge, further in grown:
                shorter[further] = known.get(edge, 0)
                queue.append(further)
            self.follow[state] = known | self.follow[state]
            for edge in leaving:
                if edge not in self.stopped[state]:
                    self.out_of.append(state)
                    self.out.append(edge)
                    self.leads_to.append(self.follow[state].get(edge, 0))


def _with_copies(edges: Edges, new_head: Ints, columns: dict[str, Any]) -> Edges:
    """The edges, then the copies; what `columns` does not say of a copy is as in the edge that it is a copy of."""
    copied = columns["copy_of"]
    of_streets = {f.name: getattr(edges, f.name) for f in fields(edges)} | {"head": new_head}
    joined = {
        name: np.concatenate((column, columns.get(name, column[copied])))
        for name, column in of_streets.items()
        if not name.startswith("shape")
    }
    first = edges.shape_first.astype(np.int64)
    lengths = np.diff(first)[copied]
    copied_first = np.concatenate(([0], np.cumsum(lengths)))
    points = np.repeat(first[:-1][copied] - copied_first[:-1], lengths) + np.arange(copied_first[-1])
    return Edges(
        **joined,
        shape_first=np.concatenate((first, first[-1] + copied_first[1:])).astype(np.int32),
        shape_lon=np.concatenate((edges.shape_lon, edges.shape_lon[points])),
        shape_lat=np.concatenate((edges.shape_lat, edges.shape_lat[points])),
    )
