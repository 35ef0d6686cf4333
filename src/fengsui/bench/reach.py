"""How fast are isochrones of 1, 3 and 5 minutes drawn from one post, and how true are they?

Posts at nodes of the city in the New York graph; all three isochrones of a post are one question. On the first few the
areas are held against a raster of 10 m: each cell's nearest road point, and the time to that. The peer is what most
people draw: scipy's `dijkstra(limit=)`, and the convex hull of the nodes reached. It is no isochrone, as its areas
tell; concave hulls take longer still. Each engine runs in a process of its own.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fengsui.bench.inputs import Progress, insist_on
from fengsui.bench.memory import peak_mb
from fengsui.bench.new_york import BOX, graph_facts, new_york, nodes_in_box
from fengsui.bench.own_process import kept_for_all
from fengsui.bench.report import Report, Row
from fengsui_engine.refusal import say
from fengsui_engine.roads import UNREACHED, Isochrone, RoadNetwork, Snapped, at_nodes, isochrones, reach, snap
from fengsui_engine.roads.geodesy import METRES_PER_DEGREE
from fengsui_engine.roads.isochrones import NEAR_M

Longs = NDArray[np.int64]
Floats = NDArray[np.float64]

LIMITS_MS = (60_000, 180_000, 300_000)
WITHIN_PERCENT = (5.0, 2.0, 2.0)
"""How near the areas must be to the raster's."""
SEED, N_POSTS, N_WARM, N_CHECKED = 1, 500, 20, 12


@dataclass(frozen=True)
class Measured:
    """What one engine did."""

    seconds: Floats
    km2: Floats
    """(posts, limits)."""
    peak_mb: float


def measure(inputs: Path | None, progress: Progress) -> Report:
    """Draw with every engine, then count rasters.

    Raises:
        InputsNotNamed, NoSuchFile, PeerMissing.
    """
    insist_on("scipy")
    roads = new_york(inputs, progress)
    posts = np.random.default_rng(SEED).choice(nodes_in_box(roads), N_POSTS, replace=False)
    measured: dict[str, Measured] = {}
    with kept_for_all(roads) as alone:
        for engine in ENGINES:
            progress(say("%(engine)s: isochrones of %(posts)s posts"), engine=engine, posts=N_POSTS)
            measured[engine] = alone.run(ENGINES[engine][0], posts)
    progress(say("counting rasters of %(posts)s posts"), posts=N_CHECKED)
    truth = np.array([_truth(roads, at_nodes(roads, [node])) for node in posts[:N_CHECKED].tolist()])
    off = {engine: 100 * np.abs(result.km2[:N_CHECKED] / truth - 1) for engine, result in measured.items()}
    return _report(roads, measured, off)


def by_fengsui(roads: RoadNetwork, posts: Longs) -> Measured:
    """The engine itself, with what a program that draws needs: rings of degrees."""
    places = [at_nodes(roads, [node]) for node in posts.tolist()]
    for place in places[:N_WARM]:
        isochrones(roads, place, limits_ms=LIMITS_MS)
    seconds, km2 = np.empty(len(places)), np.empty((len(places), len(LIMITS_MS)))
    for i, place in enumerate(places):
        begin = time.perf_counter()
        drawn = isochrones(roads, place, limits_ms=LIMITS_MS)
        seconds[i] = time.perf_counter() - begin
        km2[i] = [ring.km2 for ring in drawn]
    return Measured(seconds, km2, peak_mb())


def by_scipy_and_hull(roads: RoadNetwork, posts: Longs) -> Measured:
    """One bounded search, then the convex hull of what is reached, for each limit."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import dijkstra
    from scipy.spatial import ConvexHull

    weights = roads.onward[:, 1].astype(np.float64), roads.onward[:, 0], roads.first_out
    graph = csr_matrix(weights, shape=(roads.n_nodes, roads.n_nodes))
    seconds, km2 = np.empty(len(posts)), np.empty((len(posts), len(LIMITS_MS)))
    for i, node in enumerate(posts.tolist()):
        per_lon = METRES_PER_DEGREE * np.cos(np.radians(roads.lat[node]))
        begin = time.perf_counter()
        ms = dijkstra(graph, indices=node, limit=max(LIMITS_MS))
        for column, limit in enumerate(LIMITS_MS):
            inside = ms <= limit
            points = np.column_stack((roads.lon[inside] * per_lon, roads.lat[inside] * METRES_PER_DEGREE))
            km2[i, column] = ConvexHull(points).volume / 1e6 if len(points) > 2 else 0.0
        seconds[i] = time.perf_counter() - begin
    return Measured(seconds, km2, peak_mb())


ENGINES: dict[str, tuple[Callable[[RoadNetwork, Longs], Measured], str]] = {
    "fengsui": (by_fengsui, "fengsui"),
    "scipy, convex hull": (by_scipy_and_hull, "scipy"),
}


def raster_km2(
    roads: RoadNetwork, here: Snapped, limits_ms: Sequence[int], largest: Isochrone, step_m: float = 10.0
) -> list[float]:
    """The area of the cells of a raster whose middle belongs to each isochrone: by the definition, place by place.

    Args:
        here: one place, at a junction, of a network without turn bans.
        largest: the isochrone of the longest limit; cells are counted around it.
    """
    points = np.concatenate([polygon[0] for polygon in largest.polygons])
    per_lon = METRES_PER_DEGREE * float(np.cos(np.radians(here.lat[0])))
    steps = step_m / np.array([per_lon, METRES_PER_DEGREE])
    low, high = points.min(axis=0) - 20 * steps, points.max(axis=0) + 20 * steps
    lon, lat = np.meshgrid(np.arange(low[0], high[0], steps[0]), np.arange(low[1], high[1], steps[1]))
    spots = snap(roads, lon.ravel(), lat.ravel())
    ms = arrival_ms(roads, here, max(limits_ms), spots[spots.off_metres <= NEAR_M])
    return [float(np.count_nonzero(ms <= limit)) * step_m**2 / 1e6 for limit in limits_ms]


def arrival_ms(roads: RoadNetwork, here: Snapped, limit_ms: int, spots: Snapped) -> Longs:
    """When each place is reached: by its street's beginning or, where it is two-way, by its end."""
    at = reach(roads, here, limit_ms=limit_ms).astype(np.int64)
    at[at == UNREACHED] = 2**40
    edge, back = spots.edge, roads.twin[spots.edge]
    before = np.floor(roads.travel_ms[edge] * spots.fraction + 0.5).astype(np.int64)
    behind = roads.travel_ms[back] - np.floor(roads.travel_ms[back] * spots.fraction + 0.5).astype(np.int64)
    by_end = np.where(back >= 0, at[roads.head[edge]] + behind, 2**40)
    inside = np.minimum(at[roads.tail[edge]] + before, by_end)
    ends = np.where(spots.fraction == 0.0, at[roads.tail[edge]], at[roads.head[edge]])
    return np.where((spots.fraction > 0.0) & (spots.fraction < 1.0), inside, ends)


def _truth(roads: RoadNetwork, here: Snapped) -> list[float]:
    return raster_km2(roads, here, LIMITS_MS, isochrones(roads, here, limits_ms=LIMITS_MS)[-1])


def _report(roads: RoadNetwork, measured: dict[str, Measured], off: dict[str, Floats]) -> Report:
    rows = [
        Row(
            engine=engine,
            version=version(ENGINES[engine][1]),
            draw="box",
            p50_ms=round(float(np.median(result.seconds)) * 1000, 3),
            p99_ms=round(float(np.quantile(result.seconds, 0.99)) * 1000, 3),
            peak_mb=round(result.peak_mb, 1),
            exact=bool(np.all(off[engine] <= WITHIN_PERCENT)),
        )
        for engine, result in measured.items()
    ]
    told = graph_facts(roads) | {
        "seed": SEED,
        "posts": N_POSTS,
        "limits_ms": LIMITS_MS,
        "box": BOX,
        "checked": N_CHECKED,
    }
    facts: dict[str, Any] = {
        "off_percent_at_most": {engine: _by_limit(column.max(axis=0)) for engine, column in off.items()},
        "off_percent_mean": {engine: _by_limit(column.mean(axis=0)) for engine, column in off.items()},
    }
    return Report("reach", told, rows, facts, [_remark(engine, facts) for engine in measured])


def _by_limit(percent: Floats) -> dict[str, float]:
    return {str(limit // 60_000): round(float(value), 2) for limit, value in zip(LIMITS_MS, percent, strict=True)}


def _remark(engine: str, facts: dict[str, Any]) -> str:
    told = ", ".join(f"{minutes} min {value} %" for minutes, value in facts["off_percent_at_most"][engine].items())
    return f"{engine}: areas off by at most {told} from a raster of 10 m ({N_CHECKED} posts)"
