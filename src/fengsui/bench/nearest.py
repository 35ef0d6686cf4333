"""How fast are the 5 nearest of 500 units found, and how much faster than by scipy?

The New York graph of the 9th DIMACS challenge, one time unit read as 3.6 ms. Draw `box`: units and incidents at nodes
of the city; draw `all`: over the whole graph. Each engine runs in a process of its own, one after the other; every
answer is compared. The graph, the units and the reversed matrix are ready before the clock starts, for every engine.

scipy runs twice. `scipy`: `dijkstra(limit=)` with the smallest single limit that is right for every incident of the
draw (it is told that limit, which in truth nobody knows beforehand). `scipy growing`: it begins with a limit that suits
most incidents, chosen on a sample, and doubles it until five units are found: the fastest fair use that we know.
`pandana`, where it is installed, tells the 500 times between units and one incident in one call; it answers the first
200 incidents of the draw `box`, and its preparing is outside the clock.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fengsui.bench.by_pandana import is_installed, milliseconds, network_of
from fengsui.bench.inputs import Progress, insist_on
from fengsui.bench.memory import peak_mb
from fengsui.bench.new_york import BOX, graph_facts, new_york, nodes_in_box
from fengsui.bench.own_process import Alone, kept_for_all
from fengsui.bench.report import Report, Row
from fengsui_engine.refusal import say
from fengsui_engine.roads import RoadNetwork, at_nodes, nearest

Longs = NDArray[np.int64]

SEED, N_UNITS, N_INCIDENTS, K = 1, 500, 2_000, 5
N_SAMPLE = 100
N_BY_PANDANA = 200
COLD_RUNS = 5


@dataclass(frozen=True)
class Draw:
    """Where units and incidents stand, as nodes."""

    name: str
    units: Longs
    incidents: Longs


@dataclass(frozen=True)
class Measured:
    """What one engine did with one draw."""

    seconds: NDArray[np.float64]
    answers: Longs
    """(incidents, 2, K) units, then milliseconds; fewer than were drawn where that would take long."""
    peak_mb: float


def measure(inputs: Path | None, progress: Progress) -> Report:
    """Build the graph, run every engine on every draw, compare; then the cold shell.

    Raises:
        InputsNotNamed, NoSuchFile, PeerMissing.
    """
    insist_on("scipy")
    roads = new_york(inputs, progress)
    with kept_for_all(roads) as alone:
        rows: list[Row] = []
        for draw in draws(roads):
            rows += _rows(alone, draw, progress)
        progress(say("Starting cold shells"))
        cold = _cold_shell(alone.kept, roads)
    facts = {"times_faster_p50": _ratios(rows), "cold_shell": cold}
    return Report("nearest", _told(roads), rows, facts, _remarks(facts))


def draws(roads: RoadNetwork) -> list[Draw]:
    """Both draws, from one seed: first the units, then the incidents."""
    pools = {"box": nodes_in_box(roads), "all": np.arange(roads.n_nodes)}
    drawn = []
    for name, pool in pools.items():
        rng = np.random.default_rng(SEED)
        units = rng.choice(pool, N_UNITS, replace=False)
        drawn.append(Draw(name, units, rng.choice(pool, N_INCIDENTS)))
    return drawn


def by_fengsui(roads: RoadNetwork, draw: Draw, limit_ms: float) -> Measured:
    """The engine itself, as the desk calls it."""
    units = at_nodes(roads, draw.units)
    incidents = [at_nodes(roads, [node]) for node in draw.incidents.tolist()]
    seconds, answers = np.empty(len(incidents)), np.empty((len(incidents), 2, K), dtype=np.int64)
    for to in incidents[:N_SAMPLE]:
        nearest(roads, to, units, K)
    for i, to in enumerate(incidents):
        begin = time.perf_counter()
        found = nearest(roads, to, units, K)
        seconds[i] = time.perf_counter() - begin
        answers[i] = found.unit, found.ms
    return Measured(seconds, answers, peak_mb())


def by_scipy(roads: RoadNetwork, draw: Draw, limit_ms: float) -> Measured:
    """One limit for every incident: the smallest that is right for all of them."""
    return _scipy(roads, draw, limit_ms)


def by_scipy_growing(roads: RoadNetwork, draw: Draw, limit_ms: float) -> Measured:
    """A limit that grows until five units are inside; the best of a few first limits, by a sample."""
    sample = Draw(draw.name, draw.units, draw.incidents[:N_SAMPLE])
    fifth = _scipy(roads, sample, limit_ms).answers[:, 1, K - 1]
    first_limits = np.quantile(fifth, [0.3, 0.5, 0.6, 0.75, 0.9])
    medians = [float(np.median(_scipy(roads, sample, limit).seconds)) for limit in first_limits]
    return _scipy(roads, draw, float(first_limits[int(np.argmin(medians))]))


def _scipy(roads: RoadNetwork, draw: Draw, first_limit_ms: float) -> Measured:
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import dijkstra

    weights = roads.into[:, 1].astype(np.float64), roads.into[:, 0], roads.first_in
    reversed_graph = csr_matrix(weights, shape=(roads.n_nodes, roads.n_nodes))
    seconds, answers = np.empty(len(draw.incidents)), np.empty((len(draw.incidents), 2, K), dtype=np.int64)
    for i, node in enumerate(draw.incidents.tolist()):
        begin, limit = time.perf_counter(), first_limit_ms
        while True:
            ms = dijkstra(reversed_graph, indices=node, limit=limit)[draw.units]
            first = np.argsort(ms, kind="stable")[:K]
            if np.isfinite(ms[first[-1]]):
                break
            limit *= 2
        seconds[i] = time.perf_counter() - begin
        answers[i] = first, ms[first]
    return Measured(seconds, answers, peak_mb())


def by_pandana(roads: RoadNetwork, draw: Draw, limit_ms: float) -> Measured:
    """All times between the units and an incident, and of those the five soonest."""
    network, n_units = network_of(roads), len(draw.units)
    incidents = draw.incidents[:N_BY_PANDANA]
    seconds, answers = np.empty(len(incidents)), np.empty((len(incidents), 2, K), dtype=np.int64)
    for i, node in enumerate(incidents.tolist()):
        begin = time.perf_counter()
        taken = network.shortest_path_lengths(draw.units, np.full(n_units, node))
        first = np.argsort(taken, kind="stable")[:K]
        seconds[i] = time.perf_counter() - begin
        answers[i] = first, milliseconds(taken)[first]
    return Measured(seconds, answers, peak_mb())


ENGINES: dict[str, tuple[Callable[[RoadNetwork, Draw, float], Measured], str]] = {
    "fengsui": (by_fengsui, "fengsui"),
    "scipy": (by_scipy, "scipy"),
    "scipy growing": (by_scipy_growing, "scipy"),
    "pandana": (by_pandana, "pandana"),
}


def _engines(draw: Draw) -> list[str]:
    """Those that answer a draw."""
    return [engine for engine in ENGINES if engine != "pandana" or (draw.name == "box" and is_installed())]


def _rows(alone: Alone, draw: Draw, progress: Progress) -> list[Row]:
    measured: dict[str, Measured] = {}
    limit_ms = 0.0
    for engine in _engines(draw):
        telling = say("%(engine)s: %(incidents)s incidents, draw %(draw)s")
        progress(telling, engine=engine, incidents=f"{len(draw.incidents):,}", draw=draw.name)
        measured[engine] = alone.run(ENGINES[engine][0], draw, limit_ms)
        limit_ms = max(limit_ms, float(measured["fengsui"].answers[:, 1].max()))
    peer = measured["scipy"].answers
    return [
        Row(
            engine=engine,
            version=version(ENGINES[engine][1]),
            draw=draw.name,
            p50_ms=round(float(np.median(result.seconds)) * 1000, 4),
            p99_ms=round(float(np.quantile(result.seconds, 0.99)) * 1000, 4),
            peak_mb=round(result.peak_mb, 1),
            exact=_agree(result.answers, peer) and _agree(measured["scipy growing"].answers, peer),
        )
        for engine, result in measured.items()
    ]


def _agree(one: Longs, other: Longs) -> bool:
    """Both give the same units in the same order, in the same milliseconds, as far as both were asked."""
    n = min(len(one), len(other))
    return np.array_equal(one[:n], other[:n])


def _cold_shell(kept: Path, roads: RoadNetwork) -> dict[str, float]:
    """`fengsui nearest` in a new process, beside a process that imports numba and calls one cached kernel."""
    draw = draws(roads)[0]
    lines = [f"U{i:03},{float(roads.lon[n])},{float(roads.lat[n])}" for i, n in enumerate(draw.units.tolist())]
    units = kept.with_name("units.csv")
    units.write_text("\n".join(["id,lon,lat", *lines, ""]), encoding="utf-8")
    node = int(draw.incidents[0])
    to = f"{float(roads.lon[node])},{float(roads.lat[node])}"
    command = [
        "-m",
        "fengsui",
        "nearest",
        str(kept),
        "--to",
        to,
        "--units",
        str(units),
        "-k",
        str(K),
    ]
    whole_ms, numba_ms = _in_turn(command, ["-m", "fengsui.bench.cached_kernel"])
    return {
        "nearest_ms": round(whole_ms, 1),
        "import_numba_and_one_cached_call_ms": round(numba_ms, 1),
        "ratio": round(whole_ms / numba_ms, 2),
    }


def _in_turn(*commands: list[str]) -> list[float]:
    """Median milliseconds of each command, run in turn so that a busy moment meets them all."""
    seconds: list[list[float]] = [[] for _ in commands]
    for turn in range(COLD_RUNS + 1):  # the first turn fills caches
        for command, taken in zip(commands, seconds, strict=True):
            begin = time.perf_counter()
            subprocess.run([sys.executable, *command], check=True, stdout=subprocess.DEVNULL, env=os.environ)  # noqa: S603
            if turn:
                taken.append(time.perf_counter() - begin)
    return [float(np.median(taken)) * 1000 for taken in seconds]


def _told(roads: RoadNetwork) -> dict[str, Any]:
    common = {"seed": SEED, "units": N_UNITS, "incidents": N_INCIDENTS, "k": K}
    return {**graph_facts(roads), "draws": {"box": {**common, **BOX}, "all": common}}


def _ratios(rows: list[Row]) -> dict[str, dict[str, float]]:
    own = {row.draw: row.p50_ms for row in rows if row.engine == "fengsui"}
    others = [row for row in rows if row.engine != "fengsui"]
    engines = dict.fromkeys(row.engine for row in others)
    return {
        engine: {row.draw: round(row.p50_ms / own[row.draw], 1) for row in others if row.engine == engine}
        for engine in engines
    }


def _remarks(facts: dict[str, Any]) -> list[str]:
    remarks = [
        f"fengsui is {times} times as fast as {engine} ({draw}, p50)"
        for engine, by_draw in facts["times_faster_p50"].items()
        for draw, times in by_draw.items()
    ]
    cold = facts["cold_shell"]
    numba_ms = cold["import_numba_and_one_cached_call_ms"]
    cold_line = f"cold shell: nearest {cold['nearest_ms']:.0f} ms, import numba and one cached call {numba_ms:.0f} ms"
    return [*remarks, f"{cold_line}, ratio {cold['ratio']}"]
