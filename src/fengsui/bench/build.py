"""How long does it take to make a road file, beside merely looking at every object of the same extract?

Draws `monaco` and `liechtenstein`. `fengsui` reads the extract, finds the core, joins streets, indexes and writes the
file. The peer is a loop over `osmium.FileProcessor` in Python that does nothing with what it sees: the least that a
program pays which looks at everything. Each runs in a process of its own; nothing but the imports is ready beforehand.

`exact` says that every run made the same: one digest, one number of objects.
"""

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from fengsui.bench.inputs import Progress, found
from fengsui.bench.memory import peak_mb
from fengsui.bench.own_process import in_new_process
from fengsui.bench.report import Report, Row
from fengsui_engine.refusal import say
from fengsui_engine.roads import build_from_osm

DRAWS = {"monaco": "monaco_osrm.osm.pbf", "liechtenstein": "liechtenstein.osm.pbf"}
RUNS = 7
GOAL_TIMES, GOAL_SPARE_S = 2.0, 2.0
"""A build is to take at most so many times the peer's time, and so many seconds."""


@dataclass(frozen=True)
class Measured:
    """What one engine did with one extract."""

    seconds: list[float]
    told: list[str]
    """What each run made: a digest, or the number of objects seen."""
    peak_mb: float


def measure(inputs: Path | None, progress: Progress) -> Report:
    """Run both on every extract.

    Raises:
        InputsNotNamed, NoSuchFile.
    """
    extracts = {draw: found(inputs, name) for draw, name in DRAWS.items()}
    measured: dict[tuple[str, str], Measured] = {}
    for draw, extract in extracts.items():
        for engine in ENGINES:
            progress(say("%(engine)s: %(runs)s runs, draw %(draw)s"), engine=engine, runs=RUNS, draw=draw)
            measured[engine, draw] = in_new_process(_in_child, engine, extract)
    facts = {"goal": {draw: _against_goal(measured, draw) for draw in DRAWS}}
    told = {"draws": {draw: {"extract": name, "runs": RUNS} for draw, name in DRAWS.items()}}
    return Report("build", told, [_row(*key, result) for key, result in measured.items()], facts, _remarks(facts))


def by_fengsui(extract: Path) -> str:
    """Build and write a road file; its digest."""
    with tempfile.TemporaryDirectory(prefix="fengsui-bench-") as folder:
        kept = Path(folder) / "city.roads"
        roads = build_from_osm(extract)
        roads.save(kept)
        return roads.digest


def by_osmium(extract: Path) -> str:
    """See every object; how many there are."""
    import osmium

    n_objects = 0
    for _ in osmium.FileProcessor(str(extract)):
        n_objects += 1
    return str(n_objects)


ENGINES: dict[str, tuple[Callable[[Path], str], str]] = {
    "fengsui": (by_fengsui, "fengsui"),
    "osmium.FileProcessor": (by_osmium, "osmium"),
}


def _in_child(engine: str, extract: Path) -> Measured:
    import osmium  # noqa: F401  (both need it; importing it is not what is measured)

    seconds, told = [], []
    for _ in range(RUNS):
        begin = time.perf_counter()
        told.append(ENGINES[engine][0](extract))
        seconds.append(time.perf_counter() - begin)
    return Measured(seconds, told, peak_mb())


def _row(engine: str, draw: str, result: Measured) -> Row:
    return Row(
        engine=engine,
        version=version(ENGINES[engine][1]),
        draw=draw,
        p50_ms=round(float(np.median(result.seconds)) * 1000, 1),
        p99_ms=round(max(result.seconds) * 1000, 1),
        peak_mb=round(result.peak_mb, 1),
        exact=len(set(result.told)) == 1,
    )


def _against_goal(measured: dict[tuple[str, str], Measured], draw: str) -> dict[str, Any]:
    own, peer = (float(np.median(measured[engine, draw].seconds)) for engine in ENGINES)
    allowed = GOAL_TIMES * peer + GOAL_SPARE_S
    return {
        "seconds": round(own, 3),
        "allowed_seconds": round(allowed, 3),
        "times_peer": round(own / peer, 2),
        "met": own <= allowed,
    }


def _remarks(facts: dict[str, Any]) -> list[str]:
    return [
        f"{draw}: {told['seconds']} s, {told['times_peer']} times the peer; allowed {told['allowed_seconds']} s"
        for draw, told in facts["goal"].items()
    ]
