"""How soon is the next answer right after 500 streets became slow?

The New York graph; 500 streets drawn by seed, another 500 each round, driven at half their speed both ways, and then
the five nearest of 500 units. What is timed is all of it: laying the speeds, and the question. The peer is scipy: its
matrix kept, the weights of the same edges changed in place, and one bounded search whose limit is right for every
round (it is told that limit, which in truth nobody knows beforehand). Every answer is compared.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fengsui.bench.inputs import Progress, insist_on
from fengsui.bench.memory import peak_mb
from fengsui.bench.new_york import BOX, graph_facts, new_york, nodes_in_box
from fengsui.bench.own_process import kept_for_all
from fengsui.bench.report import Report, Row
from fengsui_engine.refusal import say
from fengsui_engine.roads import Overlay, RoadNetwork, at_nodes, nearest

Longs = NDArray[np.int64]

SEED, N_STREETS, N_UNITS, N_ROUNDS, K, SPEED = 1, 500, 500, 200, 5, 0.5
GOAL_MS = 1.0


@dataclass(frozen=True)
class Draw:
    """Units and incidents as nodes, and the edges that become slow, each street with its twin."""

    units: Longs
    incidents: Longs
    slowed: list[Longs]


@dataclass(frozen=True)
class Measured:
    """What one engine did."""

    seconds: NDArray[np.float64]
    answers: Longs
    """(rounds, 2, K) units, then milliseconds."""
    peak_mb: float


def measure(inputs: Path | None, progress: Progress) -> Report:
    """Run both, compare.

    Raises:
        InputsNotNamed, NoSuchFile, PeerMissing.
    """
    insist_on("scipy")
    roads = new_york(inputs, progress)
    draw = drawn(roads)
    measured: dict[str, Measured] = {}
    with kept_for_all(roads) as alone:
        limit_ms = 0.0
        for engine in ENGINES:
            progress(say("%(engine)s: %(rounds)s rounds"), engine=engine, rounds=N_ROUNDS)
            measured[engine] = alone.run(ENGINES[engine][0], draw, limit_ms)
            limit_ms = max(limit_ms, float(measured[engine].answers[:, 1].max()))
    return _report(roads, measured)


def drawn(roads: RoadNetwork) -> Draw:
    """Units and incidents in the city, streets that cross it; by one seed."""
    rng = np.random.default_rng(SEED)
    inside = nodes_in_box(roads)
    units, incidents = rng.choice(inside, N_UNITS, replace=False), rng.choice(inside, N_ROUNDS)
    is_inside = np.zeros(roads.n_nodes, dtype=bool)
    is_inside[inside] = True
    streets = np.flatnonzero(is_inside[roads.tail] & (np.arange(roads.n_edges) < roads.twin))
    chosen = [rng.choice(streets, N_STREETS, replace=False) for _ in range(N_ROUNDS)]
    return Draw(units, incidents, [np.concatenate((edges, roads.twin[edges])) for edges in chosen])


def by_fengsui(roads: RoadNetwork, draw: Draw, limit_ms: float) -> Measured:
    """Lay the speeds, ask."""
    overlay, units = Overlay(roads), at_nodes(roads, draw.units)
    incidents = [at_nodes(roads, [node]) for node in draw.incidents.tolist()]
    speed = np.full(2 * N_STREETS, SPEED)
    seconds, answers = _empty()
    for warm in range(3):
        nearest(overlay.lay(slowed=draw.slowed[-1 - warm], speed=speed), incidents[warm], units, K)
    for i, (to, slowed) in enumerate(zip(incidents, draw.slowed, strict=True)):
        begin = time.perf_counter()
        found = nearest(overlay.lay(slowed=slowed, speed=speed), to, units, K)
        seconds[i] = time.perf_counter() - begin
        answers[i] = found.unit, found.ms
    return Measured(seconds, answers, peak_mb())


def by_scipy(roads: RoadNetwork, draw: Draw, limit_ms: float) -> Measured:
    """Change the weights in place and back, search within a limit that is known to be right."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import dijkstra

    usual = roads.into[:, 1].astype(np.float64)
    graph = csr_matrix((usual.copy(), roads.into[:, 0], roads.first_in), shape=(roads.n_nodes, roads.n_nodes))
    row_of = np.empty(roads.n_edges, dtype=np.int64)
    row_of[roads.into_edge] = np.arange(roads.n_edges)
    seconds, answers = _empty()
    for i, (node, slowed) in enumerate(zip(draw.incidents.tolist(), draw.slowed, strict=True)):
        begin = time.perf_counter()
        rows = row_of[slowed]
        graph.data[rows] = np.floor(usual[rows] / SPEED + 0.5)
        ms = dijkstra(graph, indices=node, limit=limit_ms)[draw.units]
        first = np.argsort(ms, kind="stable")[:K]
        seconds[i] = time.perf_counter() - begin
        answers[i] = first, ms[first]
        graph.data[rows] = usual[rows]
    return Measured(seconds, answers, peak_mb())


def _empty() -> tuple[NDArray[np.float64], Longs]:
    return np.empty(N_ROUNDS), np.empty((N_ROUNDS, 2, K), dtype=np.int64)


ENGINES: dict[str, tuple[Callable[[RoadNetwork, Draw, float], Measured], str]] = {
    "fengsui": (by_fengsui, "fengsui"),
    "scipy": (by_scipy, "scipy"),
}


def _report(roads: RoadNetwork, measured: dict[str, Measured]) -> Report:
    is_exact = bool(np.array_equal(measured["fengsui"].answers, measured["scipy"].answers))
    rows = [
        Row(
            engine=engine,
            version=version(ENGINES[engine][1]),
            draw="box",
            p50_ms=round(float(np.median(result.seconds)) * 1000, 4),
            p99_ms=round(float(np.quantile(result.seconds, 0.99)) * 1000, 4),
            peak_mb=round(result.peak_mb, 1),
            exact=is_exact,
        )
        for engine, result in measured.items()
    ]
    told = graph_facts(roads) | {
        "box": BOX,
        "seed": SEED,
        "streets": N_STREETS,
        "speed": SPEED,
        "units": N_UNITS,
        "rounds": N_ROUNDS,
        "k": K,
    }
    times = round(rows[1].p50_ms / rows[0].p50_ms, 1)
    facts = {"times_faster_p50": times, "goal_ms": GOAL_MS, "met": rows[0].p50_ms <= GOAL_MS}
    remark = f"{N_STREETS} streets slowed and the next answer right in {rows[0].p50_ms} ms (goal {GOAL_MS}),"
    return Report("slowed", told, rows, facts, [f"{remark} {times} times as fast as scipy"])
