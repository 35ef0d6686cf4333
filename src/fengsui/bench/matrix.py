"""How fast are the times from 250 posts to every node within 5 minutes, and how much memory do they take?

Posts at nodes of the city in the New York graph, by seed. Each engine runs in a process of its own; every entry is
compared with scipy's. `scipy`: `dijkstra(limit=)` from each post, what is finite kept as the same sparse rows; all
posts in one call would fill 250 whole rows of floating point. `pandana`: `nodes_in_range`, its preprocessing outside
the clock (it takes a minute or more).
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fengsui.bench.by_pandana import is_installed, milliseconds, network_of
from fengsui.bench.inputs import Progress, insist_on
from fengsui.bench.memory import forget_peak, peak_mb
from fengsui.bench.new_york import BOX, graph_facts, new_york, nodes_in_box
from fengsui.bench.own_process import kept_for_all
from fengsui.bench.report import Report, Row
from fengsui_engine.refusal import say
from fengsui_engine.roads import Matrix, RoadNetwork, at_nodes, matrix

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

SEED, N_POSTS, LIMIT_MS, N_RUNS = 1, 250, 300_000, 15


@dataclass(frozen=True)
class Measured:
    """What one engine did."""

    seconds: NDArray[np.float64]
    """Of each run."""
    first: Longs
    to: Ints
    ms: Ints
    peak_mb: float
    grown_mb: float
    """The peak of one run above what the process held before it."""
    beside: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    """Seconds of as many runs on one thread, in turn with these, so that a busy moment meets both."""


def measure(inputs: Path | None, progress: Progress) -> Report:
    """Run every engine, compare.

    Raises:
        InputsNotNamed, NoSuchFile, PeerMissing.
    """
    insist_on("scipy")
    roads = new_york(inputs, progress)
    posts = np.random.default_rng(SEED).choice(nodes_in_box(roads), N_POSTS, replace=False)
    measured: dict[str, Measured] = {}
    with kept_for_all(roads) as alone:
        for engine in _engines():
            progress(say("%(engine)s: %(posts)s posts"), engine=engine, posts=N_POSTS)
            measured[engine] = alone.run(ENGINES[engine][0], posts)
    return _report(roads, measured)


def by_fengsui(roads: RoadNetwork, posts: Longs) -> Measured:
    """The engine itself."""
    return _by_fengsui(roads, posts, threads=1)


def by_fengsui_twice(roads: RoadNetwork, posts: Longs) -> Measured:
    """Two threads, and one in turn with them."""
    return _by_fengsui(roads, posts, threads=2)


def _by_fengsui(roads: RoadNetwork, posts: Longs, threads: int) -> Measured:
    """First loops and streets are loaded, then memory is measured, then time."""
    places = at_nodes(roads, posts)

    def run(threads: int) -> Matrix:
        return matrix(roads, places, limit_ms=LIMIT_MS, threads=threads)

    for streets in (roads.first_out, roads.onward, roads.tail, roads.head, roads.travel_ms, roads.metres, roads.twin):
        streets.max()  # what is mapped from the file is no memory of the question
    matrix(roads, places[:2], limit_ms=1_000, threads=threads)
    before = forget_peak()
    found = run(threads)
    grown = peak_mb() - before
    jobs = [partial(run, threads), partial(run, 1)] if threads > 1 else [partial(run, threads)]
    seconds, *beside = _timed(*jobs)
    return Measured(seconds, found.first, found.to, found.ms, peak_mb(), grown, *beside)


def by_scipy(roads: RoadNetwork, posts: Longs) -> Measured:
    """One bounded search a post, and what is finite kept."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import dijkstra

    weights = roads.onward[:, 1].astype(np.float64), roads.onward[:, 0], roads.first_out
    graph = csr_matrix(weights, shape=(roads.n_nodes, roads.n_nodes))

    def run() -> tuple[list[Ints], list[Ints]]:
        to, ms = [], []
        for post in posts.tolist():
            row = dijkstra(graph, indices=post, limit=LIMIT_MS)
            to.append(np.flatnonzero(np.isfinite(row)).astype(np.int32))
            ms.append(row[to[-1]].astype(np.int32))
        return to, ms

    before = forget_peak()
    to, ms = run()
    grown = peak_mb() - before
    (seconds,) = _timed(run)
    return Measured(seconds, _first(to), np.concatenate(to), np.concatenate(ms), peak_mb(), grown)


def by_pandana(roads: RoadNetwork, posts: Longs) -> Measured:
    """Its nodes in range of each post."""
    network = network_of(roads)
    before = forget_peak()
    found = network.nodes_in_range(posts, LIMIT_MS / 1000)
    grown = peak_mb() - before
    (seconds,) = _timed(lambda: network.nodes_in_range(posts, LIMIT_MS / 1000))
    source, to, ms = found["source"].to_numpy(), found["destination"].to_numpy(), milliseconds(found["seconds"])
    row_of = np.full(roads.n_nodes, -1)
    row_of[posts] = np.arange(len(posts))
    order = np.lexsort((to, row_of[source]))
    counts = np.bincount(row_of[source], minlength=len(posts))
    first = np.concatenate(([0], np.cumsum(counts)))
    return Measured(seconds, first, to[order].astype(np.int32), ms[order].astype(np.int32), peak_mb(), grown)


ENGINES: dict[str, tuple[Callable[[RoadNetwork, Longs], Measured], str]] = {
    "fengsui": (by_fengsui, "fengsui"),
    "fengsui, two threads": (by_fengsui_twice, "fengsui"),
    "scipy": (by_scipy, "scipy"),
    "pandana": (by_pandana, "pandana"),
}


def _engines() -> list[str]:
    """Those that are installed; without scipy nothing can be compared."""
    return [engine for engine in ENGINES if engine != "pandana" or is_installed()]


def _timed(*runs: Callable[[], object]) -> NDArray[np.float64]:
    """(runs, N_RUNS) seconds of each, one after the other and again."""
    seconds = np.empty((len(runs), N_RUNS))
    for i in range(N_RUNS):
        for run, taken in zip(runs, seconds, strict=True):
            begin = time.perf_counter()
            run()
            taken[i] = time.perf_counter() - begin
    return seconds


def _first(rows: list[Ints]) -> Longs:
    return np.concatenate(([0], np.cumsum([len(row) for row in rows])))


def is_same(one: Measured, other: Measured) -> bool:
    """Entry by entry."""
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in ("first", "to", "ms"))


def _report(roads: RoadNetwork, measured: dict[str, Measured]) -> Report:
    p50 = {engine: float(np.median(result.seconds)) * 1000 for engine, result in measured.items()}
    rows = [
        Row(
            engine=engine,
            version=version(ENGINES[engine][1]),
            draw="box",
            p50_ms=round(p50[engine], 2),
            p99_ms=round(float(np.quantile(result.seconds, 0.99)) * 1000, 2),
            peak_mb=round(result.peak_mb, 1),
            exact=is_same(result, measured["scipy"]),
        )
        for engine, result in measured.items()
    ]
    entries, twice = len(measured["fengsui"].to), measured["fengsui, two threads"]
    told = graph_facts(roads) | {
        "seed": SEED,
        "posts": N_POSTS,
        "limit_ms": LIMIT_MS,
        "box": BOX,
        "entries": entries,
        "runs": N_RUNS,
    }
    result_mb = 8 * entries / 1024**2
    grown = {engine: round(result.grown_mb / result_mb, 2) for engine, result in measured.items()}
    facts: dict[str, Any] = {
        "times_faster_p50": {engine: round(p50[engine] / p50["fengsui"], 1) for engine in measured},
        "two_threads": round(float(np.median(twice.beside) / np.median(twice.seconds)), 2),
        "result_mb": round(result_mb, 2),
        "peak_by_result": {engine: times for engine, times in grown.items() if np.isfinite(times)},
    }
    return Report("matrix", told, rows, facts, _remarks(facts, entries))


def _remarks(facts: dict[str, Any], entries: int) -> list[str]:
    faster = facts["times_faster_p50"]
    peers = [peer for peer in ("scipy", "pandana") if peer in faster]
    remarks = [f"{entries:,} entries, {facts['result_mb']} MB"]
    remarks += [f"fengsui is {faster[peer]} times as fast as {peer} (p50)" for peer in peers]
    remarks.append(f"two threads are {facts['two_threads']} times as fast as one")
    remarks += [f"{engine}: memory grew by {x} times the result" for engine, x in facts["peak_by_result"].items()]
    if "pandana" not in faster:
        remarks.append("pandana is not installed (fengsui[peers]), so it has no row")
    return remarks
