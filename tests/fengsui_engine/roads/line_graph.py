"""Turn bans as the textbook has them: a search over the streets just driven, not over junctions.

With bans of two streets this is the line graph: a state is the street that one has come by. For longer bans a state is
as much of the row of streets come by as is the beginning of some ban. Nothing of the engine's copies is repeated here.
"""

import heapq
from collections.abc import Iterable, Sequence

from textbook import Label, part

from fengsui_engine.roads import RoadNetwork

Ban = tuple[int, ...]
Spot = tuple[int, float]
Entry = tuple[int, int, tuple[int, ...]]
"""Milliseconds, millimetres, the streets just driven."""


class LineGraph:
    """The streets of a network, its copies not looked at, and bans in their numbers."""

    def __init__(self, roads: RoadNetwork, bans: Iterable[Ban]) -> None:
        m = roads.n_street_edges
        self.tail = [int(node) for node in roads.tail[:m]]
        self.head = [roads.junction_of(int(node)) for node in roads.head[:m]]
        self.ms = [int(ms) for ms in roads.travel_ms[:m]]
        self.mm = [round(float(metres) * 1000) for metres in roads.metres[:m]]
        self.twin = [int(edge) for edge in roads.twin[:m]]
        self.out: dict[int, list[int]] = {}
        for edge in range(m):
            self.out.setdefault(self.tail[edge], []).append(edge)
        self.bans_ending: dict[int, list[Ban]] = {}
        for ban in bans:
            self.bans_ending.setdefault(ban[-1], []).append(ban)
        every = [ban for found in self.bans_ending.values() for ban in found]
        self.longest = max(map(len, every), default=2)
        self.beginnings = {ban[:n] for ban in every for n in range(1, len(ban))}

    def may_follow(self, driven: tuple[int, ...], edge: int) -> bool:
        """Whether no ban is completed by driving `edge` now."""
        row = (*driven, edge)
        return not any(row[-len(ban) :] == ban for ban in self.bans_ending.get(edge, []))

    def remembered(self, driven: tuple[int, ...]) -> tuple[int, ...]:
        """What of the streets just driven may still matter: the last one, or as many as begin a longer ban."""
        if self.longest == 2:
            return driven[-1:]
        return next((driven[i:] for i in range(len(driven)) if driven[i:] in self.beginnings), ())

    def fastest(self, start: Spot, goals: Sequence[Spot]) -> list[Label | None]:
        """The label of the fastest way from one spot to each of others."""
        labels = self._search(start)
        return [self._arriving(labels, start, goal) for goal in goals]

    def _search(self, start: Spot) -> dict[tuple[int, tuple[int, ...]], Label]:
        """Every state that is reached, (junction, streets just driven), with its label."""
        best: dict[tuple[int, tuple[int, ...]], Label] = {}
        heap = [(ms, mm, node, driven) for node, driven, (ms, mm) in self._leaving(start)]
        heapq.heapify(heap)
        while heap:
            ms, mm, node, driven = heapq.heappop(heap)
            if (node, driven) in best:
                continue
            best[node, driven] = ms, mm
            for edge in self.out.get(node, []):
                if self.may_follow(driven, edge):
                    now = self.remembered((*driven, edge))
                    heapq.heappush(heap, (ms + self.ms[edge], mm + self.mm[edge], self.head[edge], now))
        return best

    def _on_street(self, spot: Spot) -> Spot:
        edge, fraction = spot
        return (self.twin[edge], 1 - fraction) if 0 <= self.twin[edge] < edge else (edge, fraction)

    def _leaving(self, spot: Spot) -> list[tuple[int, tuple[int, ...], Label]]:
        edge, at = self._on_street(spot)
        if at in (0.0, 1.0):
            return [(self.head[edge] if at else self.tail[edge], (), (0, 0))]
        ways: list[tuple[int, tuple[int, ...], Label]] = []
        ahead = self.ms[edge] - part(self.ms[edge], at), self.mm[edge] - part(self.mm[edge], at)
        ways.append((self.head[edge], (edge,), ahead))
        back = self.twin[edge]
        if back >= 0:
            ways.append((self.tail[edge], (back,), (part(self.ms[back], at), part(self.mm[back], at))))
        return ways

    def _arriving(self, labels: dict[tuple[int, tuple[int, ...]], Label], start: Spot, goal: Spot) -> Label | None:
        edge, at = self._on_street(goal)
        if at in (0.0, 1.0):
            node = self.head[edge] if at else self.tail[edge]
            return min((label for (there, _), label in labels.items() if there == node), default=None)
        back = self.twin[edge]
        into = [(edge, part(self.ms[edge], at), part(self.mm[edge], at))]
        if back >= 0:
            ms, mm = self.ms[back], self.mm[back]
            into.append((back, ms - part(ms, at), mm - part(mm, at)))
        found = [
            (ms + more_ms, mm + more_mm)
            for last, more_ms, more_mm in into
            for (node, driven), (ms, mm) in labels.items()
            if node == self.tail[last] and self.may_follow(driven, last)
        ]
        straight = self._straight(start, goal)
        return min([*found, *([] if straight is None else [straight])], default=None)

    def _straight(self, start: Spot, goal: Spot) -> Label | None:
        (edge, a), (other, b) = self._on_street(start), self._on_street(goal)
        back = self.twin[edge]
        if edge != other or a in (0.0, 1.0) or (a > b and back < 0):
            return None
        along = edge if a <= b else back
        ms, mm = self.ms[along], self.mm[along]
        return abs(part(ms, b) - part(ms, a)), abs(part(mm, b) - part(mm, a))
