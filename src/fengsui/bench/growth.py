"""How does a search grow with the network and the fleet, and how far is it from what memory allows?

Boxes around the middle of the New York graph with about 16,000, 64,000 and 128,000 nodes, and the whole; 500 units in
each, and fleets of 50 to 50,000 in the whole. The first answers of each are compared with scipy's. How far it is from
what memory allows: the bytes that a search must touch at least once, at the speed of copying a large array.
"""

import time
from collections.abc import Callable
from dataclasses import fields
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fengsui.bench.inputs import Progress, insist_on
from fengsui.bench.memory import peak_mb
from fengsui.bench.new_york import GRAPH, UNIT_MS, new_york
from fengsui.bench.report import Report, Row
from fengsui_engine.refusal import say
from fengsui_engine.roads import (
    UNREACHED,
    Edges,
    RoadNetwork,
    Snapped,
    Told,
    assemble,
    at_nodes,
    isochrones,
    matrix,
    nearest,
    reach,
)

Longs = NDArray[np.int64]

SIZES, FLEETS = (16_000, 64_000, 128_000), (50, 500, 5_000, 50_000)
SEED, N_UNITS, N_INCIDENTS, N_POSTS, N_COMPARED, K, LIMIT_MS = 1, 500, 300, 50, 5, 5, 300_000
BYTES_A_NODE, BYTES_A_EDGE = 8 + 4 + 8 + 4, 12
"""Label, place in `first_in`, queue and `via`; a row of `into`. Reading them once is the least that a search can do."""
COPIED_MB = 256


def measure(inputs: Path | None, progress: Progress) -> Report:
    """All sizes, then all fleets.

    Raises:
        InputsNotNamed, NoSuchFile, PeerMissing.
    """
    insist_on("scipy")
    whole = new_york(inputs, progress)
    rows, bytes_of = [], {}
    for roads in [*(around_the_middle(whole, size) for size in SIZES), whole]:
        progress(say("%(nodes)s nodes"), nodes=f"{roads.n_nodes:,}")
        draw = f"{roads.n_nodes:,} nodes, {N_UNITS} units"
        rows.append(_nearest_row(roads, N_UNITS, draw))
        rows += _other_rows(roads, f"{roads.n_nodes:,} nodes")
        bytes_of[f"{roads.n_nodes:,}"] = _bytes_touched(roads)
    for n_units in FLEETS:
        progress(say("%(units)s units"), units=f"{n_units:,}")
        rows.append(_nearest_row(whole, n_units, f"{whole.n_nodes:,} nodes, {n_units:,} units"))
    speed = _copied_bytes_a_second()
    facts: dict[str, Any] = {
        "copied_gb_a_second": round(speed / 1e9, 1),
        "nearest_touches_kb": {nodes: round(size / 1000, 1) for nodes, size in bytes_of.items()},
        "nearest_at_that_speed_ms": {nodes: round(1000 * size / speed, 4) for nodes, size in bytes_of.items()},
    }
    told = {"graph": GRAPH, "unit_ms": UNIT_MS, "seed": SEED, "incidents": N_INCIDENTS, "k": K, "limit_ms": LIMIT_MS}
    return Report("growth", told, rows, facts, [f"{name}: {value}" for name, value in facts.items()])


def around_the_middle(roads: RoadNetwork, n_nodes: int) -> RoadNetwork:
    """The nodes nearest to the middle, in a rectangle, and the edges among them."""
    x, y = (np.argsort(np.argsort(column)) / roads.n_nodes - 0.5 for column in (roads.lon, roads.lat))
    kept = np.sort(np.argsort(np.maximum(np.abs(x), np.abs(y)), kind="stable")[:n_nodes])
    number = np.full(roads.n_nodes, -1, dtype=np.int32)
    number[kept] = np.arange(n_nodes)
    edge = np.flatnonzero((number[roads.tail] >= 0) & (number[roads.head] >= 0))
    columns = {f.name: getattr(roads, f.name) for f in fields(Edges) if hasattr(roads, f.name)}
    columns["copy_of"] = np.full(roads.n_edges, -1, dtype=np.int32)
    edges = Edges(**columns).in_order(np.concatenate((edge, np.setdiff1d(np.arange(roads.n_edges), edge))))
    n_points = int(edges.shape_first[len(edge)])
    first: dict[str, Any] = {
        f.name: getattr(edges, f.name)[: len(edge)] for f in fields(Edges) if not f.name.startswith("shape")
    }
    first |= {"tail": number[first["tail"]], "head": number[first["head"]]}
    first["twin"] = np.where(first["twin"] < len(edge), first["twin"], -1)
    shape: dict[str, Any] = {"shape_first": edges.shape_first[: len(edge) + 1]}
    shape |= {name: getattr(edges, name)[:n_points] for name in ("shape_lon", "shape_lat")}
    return assemble(roads.lon[kept], roads.lat[kept], Edges(**first, **shape), Told(roads.names, roads.source))


def _nearest_row(roads: RoadNetwork, n_units: int, draw: str) -> Row:
    rng = np.random.default_rng(SEED)
    nodes = rng.choice(roads.n_nodes, n_units, replace=False)
    units, places = at_nodes(roads, nodes), _places(roads, rng, N_INCIDENTS)
    found = [nearest(roads, place, units, K) for place in places]
    compared = zip(places[:N_COMPARED], found, strict=False)
    exact = all(
        np.array_equal(np.sort(_by_scipy(roads, _node(roads, to))[nodes])[: len(got)], got.ms) for to, got in compared
    )
    return _row("nearest", draw, [_ms(partial(nearest, roads, place, units, K)) for place in places], exact)


def _other_rows(roads: RoadNetwork, draw: str) -> list[Row]:
    places = _places(roads, np.random.default_rng(SEED), N_POSTS)
    node = _node(roads, places[0])
    times = reach(roads, places[0], limit_ms=LIMIT_MS, towards=True)
    wanted = _by_scipy(roads, node)
    exact = np.array_equal(np.where(times < UNREACHED, times, np.inf), np.where(wanted <= LIMIT_MS, wanted, np.inf))
    asked: dict[str, Callable[[Snapped], Any]] = {
        "reach": partial(reach, roads, limit_ms=LIMIT_MS),
        "a row of matrix": partial(matrix, roads, limit_ms=LIMIT_MS),
        "isochrone, 5 min": partial(isochrones, roads, limits_ms=[LIMIT_MS]),
    }
    rows = []
    for name, ask in asked.items():
        ask(places[0])
        rows.append(_row(name, draw, [_ms(partial(ask, place)) for place in places], exact))
    return rows


def _places(roads: RoadNetwork, rng: np.random.Generator, n: int) -> list[Snapped]:
    return [at_nodes(roads, [node]) for node in rng.integers(0, roads.n_nodes, n).tolist()]


def _node(roads: RoadNetwork, place: Snapped) -> int:
    edge = place.edge[0]
    return int(roads.tail[edge] if place.fraction[0] == 0.0 else roads.head[edge])


def _by_scipy(roads: RoadNetwork, node: int) -> NDArray[np.float64]:
    """Milliseconds from every node to one."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import dijkstra

    weights = roads.into[:, 1].astype(np.float64), roads.into[:, 0], roads.first_in
    reversed_graph = csr_matrix(weights, shape=(roads.n_nodes, roads.n_nodes))
    return np.asarray(dijkstra(reversed_graph, indices=np.array([node]))[0])


def _bytes_touched(roads: RoadNetwork) -> float:
    """What the middle one of the searches for the K nearest reads and writes at least."""
    rng = np.random.default_rng(SEED)
    units, places = at_nodes(roads, rng.choice(roads.n_nodes, N_UNITS, replace=False)), _places(roads, rng, 60)
    sizes = []
    for place in places:
        limit = int(nearest(roads, place, units, K).ms[-1])
        nodes = np.flatnonzero(reach(roads, place, limit_ms=limit, towards=True) < UNREACHED)
        n_edges = int((roads.first_in[nodes + 1] - roads.first_in[nodes]).sum())
        sizes.append(len(nodes) * BYTES_A_NODE + n_edges * BYTES_A_EDGE)
    return float(np.median(sizes))


def _copied_bytes_a_second() -> float:
    """Read and written, by numpy's copy of an array too large for any cache."""
    source = np.ones(COPIED_MB * 2**17)
    target = np.empty_like(source)
    seconds = min(_ms(lambda: np.copyto(target, source)) for _ in range(5)) / 1000
    return 2 * source.nbytes / seconds


def _ms(run: Callable[[], object]) -> float:
    begin = time.perf_counter()
    run()
    return (time.perf_counter() - begin) * 1000


def _row(engine: str, draw: str, ms: list[float], exact: bool) -> Row:
    p50, p99 = (round(float(value), 3) for value in np.percentile(ms, [50, 99]))
    return Row(engine, version("fengsui"), draw, p50, p99, round(peak_mb(), 1), exact=exact)
