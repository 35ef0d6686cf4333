"""Dijkstra as the textbook has it, slow and plain, to hold the engine against.

Every place in the middle of a street becomes a node of its own, so nothing of the engine's care for half streets is
repeated here.
"""

import heapq
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from fengsui_engine.roads import RoadNetwork, Snapped

Label = tuple[int, int]
"""Milliseconds, millimetres."""
Graph = dict[int, list[tuple[int, int, int]]]


def places(spots: Sequence[tuple[int, float]]) -> Snapped:
    """Places from (edge, fraction), as `snap` would give them."""
    edge, fraction = np.array([e for e, _ in spots], dtype=np.int32), np.array([f for _, f in spots], dtype=np.float64)
    nothing = np.zeros(len(spots))
    return Snapped(edge, fraction, nothing.copy(), nothing.copy(), nothing.copy(), np.ones(len(spots), dtype=bool))


def split_at(roads: RoadNetwork, spots: Sequence[tuple[int, float]]) -> tuple[Graph, list[int]]:
    """The network with each spot as a node; and the node of each spot."""
    nodes: list[int] = []
    on_street: dict[int, dict[float, int]] = {}
    for number, (edge, fraction) in enumerate(spots):
        back = int(roads.twin[edge])
        street, at = (back, 1 - fraction) if 0 <= back < edge else (edge, fraction)
        if at in (0.0, 1.0):
            nodes.append(int(roads.head[street] if at else roads.tail[street]))
            continue
        there = on_street.setdefault(street, {})
        nodes.append(there.setdefault(at, roads.n_nodes + number))  # two at one spot are at one node
    graph: Graph = {}
    for edge in range(roads.n_edges):
        back = int(roads.twin[edge])
        street = back if 0 <= back < edge else edge
        ms, mm = int(roads.travel_ms[edge]), round(float(roads.metres[edge]) * 1000)
        inner = [(part(ms, at), part(mm, at), node) for at, node in sorted(on_street.get(street, {}).items())]
        stops = [(0, 0, int(roads.tail[street])), *inner, (ms, mm, int(roads.head[street]))]
        for (ms_a, mm_a, a), (ms_b, mm_b, b) in pairwise(stops):
            start, stop = (a, b) if street == edge else (b, a)
            graph.setdefault(start, []).append((stop, ms_b - ms_a, mm_b - mm_a))
    return graph, nodes


def part(total: int, fraction: float) -> int:
    """The contract's rounding."""
    return int(np.floor(total * fraction + 0.5))


def turned_round(graph: Graph) -> Graph:
    """Every edge the other way."""
    other: Graph = {}
    for a, edges in graph.items():
        for b, ms, mm in edges:
            other.setdefault(b, []).append((a, ms, mm))
    return other


def dijkstra(graph: Graph, start: int) -> dict[int, Label]:
    """Fastest, and of these the shortest, way from `start` to everything it reaches."""
    best: dict[int, Label] = {start: (0, 0)}
    heap = [(0, 0, start)]
    while heap:
        ms, mm, node = heapq.heappop(heap)
        if best[node] != (ms, mm):
            continue
        for other, more_ms, more_mm in graph.get(node, []):
            label = (ms + more_ms, mm + more_mm)
            if other not in best or label < best[other]:
                best[other] = label
                heapq.heappush(heap, (*label, other))
    return best


def fastest(roads: RoadNetwork, closed: set[int], start: tuple[int, float], goal: tuple[int, float]) -> Label | None:
    """The label of the fastest way between two spots (edge, fraction), when nobody drives through the closed edges.

    A spot on a closed street is left by the ends it can drive to, and reached from the ends it can be driven to from;
    two spots on one street are joined by it, closed or not. The end of a cul-de-sac is reached and left all the same.
    """
    graph: Graph = {}
    for edge in range(roads.n_edges):
        if edge not in closed or is_cul_de_sac(roads, edge):
            label = int(roads.travel_ms[edge]), round(float(roads.metres[edge]) * 1000)
            graph.setdefault(int(roads.tail[edge]), []).append((int(roads.head[edge]), *label))
    straight, leaving, reaching = _straight(roads, start, goal), _ends(roads, start), _ends(roads, goal)
    ways = [] if straight is None else [straight]
    for exit_, _, out in leaving:
        if out is None:
            continue
        label_of = dijkstra(graph, exit_)
        for entry, into, _ in reaching:
            if into is not None and entry in label_of:
                ways.append(tuple(map(sum, zip(out, label_of[entry], into, strict=True))))  # type: ignore[arg-type]
    return min(ways, default=None)


def is_cul_de_sac(roads: RoadNetwork, edge: int) -> bool:
    """Whether at one of its ends there is no other street; one that begins where it ends counts for none."""
    ends = [(int(a), int(b)) for a, b in zip(roads.tail, roads.head, strict=True)]
    others = [pair for e, pair in enumerate(ends) if e not in (edge, int(roads.twin[edge])) and pair[0] != pair[1]]
    return ends[edge][0] != ends[edge][1] and any(not any(v in pair for pair in others) for v in ends[edge])


def _on_street(roads: RoadNetwork, spot: tuple[int, float]) -> tuple[int, float]:
    edge, fraction = spot
    back = int(roads.twin[edge])
    return (back, 1 - fraction) if 0 <= back < edge else (edge, fraction)


def _ends(roads: RoadNetwork, spot: tuple[int, float]) -> list[tuple[int, Label | None, Label | None]]:
    """The junctions at a spot's ends, each with the label from there to the spot, and from the spot to there."""
    street, at = _on_street(roads, spot)
    tail, head, back = int(roads.tail[street]), int(roads.head[street]), int(roads.twin[street])
    if at in (0.0, 1.0):
        return [(head if at else tail, (0, 0), (0, 0))]
    whole = int(roads.travel_ms[street]), round(float(roads.metres[street]) * 1000)
    before = part(whole[0], at), part(whole[1], at)
    ahead = whole[0] - before[0], whole[1] - before[1]
    if back < 0:
        return [(tail, before, None), (head, None, ahead)]
    whole = int(roads.travel_ms[back]), round(float(roads.metres[back]) * 1000)
    to_tail = part(whole[0], at), part(whole[1], at)
    return [(tail, before, to_tail), (head, (whole[0] - to_tail[0], whole[1] - to_tail[1]), ahead)]


def _straight(roads: RoadNetwork, start: tuple[int, float], goal: tuple[int, float]) -> Label | None:
    (street, a), (other, b) = _on_street(roads, start), _on_street(roads, goal)
    back = int(roads.twin[street])
    if street != other or a in (0.0, 1.0) or b in (0.0, 1.0) or (a > b and back < 0):
        return None
    edge = street if a <= b else back
    ms, mm = int(roads.travel_ms[edge]), round(float(roads.metres[edge]) * 1000)
    return abs(part(ms, b) - part(ms, a)), abs(part(mm, b) - part(mm, a))
