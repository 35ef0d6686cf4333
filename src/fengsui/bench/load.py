"""How soon is a built city of 250,000 nodes there, and is it there once for all processes?

The New York graph as a road file. `fengsui` opens it in a new process each time: mapped, every byte checked, ready for
a question. `numpy` loads the same arrays from an `.npz` in a new process: read into memory of its own, unchecked but
for the archive's sums. The imports are done before the clock starts, for both. Two processes then hold the file at
once, and the system tells how much of it is theirs alone.
"""

import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from fengsui.bench.inputs import Progress
from fengsui.bench.memory import peak_mb
from fengsui.bench.new_york import graph_facts, new_york
from fengsui.bench.own_process import in_new_process
from fengsui.bench.report import Report, Row
from fengsui_engine.refusal import say
from fengsui_engine.roads import RoadNetwork
from fengsui_engine.roads.network import ARRAYS

N_RUNS = 9
GOAL_S = 0.3
MAPS = Path("/proc/self/smaps")


def measure(inputs: Path | None, progress: Progress) -> Report:
    """Write both files, open them again and again, compare.

    Raises:
        InputsNotNamed, NoSuchFile.
    """
    roads = new_york(inputs, progress)
    with tempfile.TemporaryDirectory(prefix="fengsui-bench-") as folder:
        kept = {"fengsui": Path(folder) / "ny.roads", "numpy": Path(folder) / "ny.npz"}
        roads.save(kept["fengsui"])
        np.savez(kept["numpy"], **{name: getattr(roads, name) for name in ARRAYS})
        runs: dict[str, list[tuple[float, float, int]]] = {}
        for engine in ENGINES:
            progress(say("%(engine)s: %(runs)s times"), engine=engine, runs=N_RUNS)
            runs[engine] = [_apart(engine, kept[engine]) for _ in range(N_RUNS)]
        shared = _shared_by_two(kept["fengsui"])
        size_mb = kept["fengsui"].stat().st_size / 1024**2
    return _report(roads, runs, shared | {"file_mb": round(size_mb, 1)})


def _apart(engine: str, path: Path) -> tuple[float, float, int]:
    """(seconds, peak in MB, a sum over the arrays) of a new process."""
    return in_new_process(_in_child, engine, path)


def _in_child(engine: str, path: Path) -> tuple[float, float, int]:
    begin = time.perf_counter()
    held = ENGINES[engine][0](path)
    seconds, peak = time.perf_counter() - begin, peak_mb()
    return seconds, peak, int(held["travel_ms"].sum() + held["head"].sum())


def by_fengsui(path: Path) -> dict[str, Any]:
    """Map and check."""
    roads = RoadNetwork.open(path)
    return {name: getattr(roads, name) for name in ARRAYS}


def by_numpy(path: Path) -> dict[str, Any]:
    """Read."""
    with np.load(path) as held:
        return {name: held[name] for name in ARRAYS}


ENGINES: dict[str, tuple[Callable[[Path], dict[str, Any]], str]] = {
    "fengsui": (by_fengsui, "fengsui"),
    "numpy": (by_numpy, "numpy"),
}


def _shared_by_two(path: Path) -> dict[str, float]:
    """What two processes that hold the file at once have of it, shared and alone; empty where the system is silent."""
    with get_context("spawn").Pool(1) as one, get_context("spawn").Pool(1) as other:
        for process in (one, other):
            process.apply(_keep_open, (path,))
        told: dict[str, float] = other.apply(_told_of, (path.name,))
        return told


_kept_open: list[RoadNetwork] = []


def _keep_open(path: Path) -> None:
    _kept_open.append(RoadNetwork.open(path))


def _told_of(name: str) -> dict[str, float]:
    if not MAPS.exists():
        return {}
    sums = {"Shared_Clean": 0, "Private_Clean": 0, "Private_Dirty": 0}
    is_it = False
    for line in MAPS.read_text(encoding="utf-8").splitlines():
        first = line.split(maxsplit=1)[0]
        if not first.endswith(":"):
            is_it = line.endswith(name)
        elif is_it and first[:-1] in sums:
            sums[first[:-1]] += int(line.split()[1])
    alone = sums["Private_Clean"] + sums["Private_Dirty"]
    return {"shared_mb": round(sums["Shared_Clean"] / 1024, 1), "alone_mb": round(alone / 1024, 1)}


def _report(roads: RoadNetwork, runs: dict[str, list[tuple[float, float, int]]], shared: dict[str, float]) -> Report:
    is_exact = len({told[2] for each in runs.values() for told in each}) == 1
    rows = [
        Row(
            engine=engine,
            version=version(ENGINES[engine][1]),
            draw="all",
            p50_ms=round(float(np.median([told[0] for told in each])) * 1000, 1),
            p99_ms=round(max(told[0] for told in each) * 1000, 1),
            peak_mb=round(max(told[1] for told in each), 1),
            exact=is_exact,
        )
        for engine, each in runs.items()
    ]
    told = graph_facts(roads) | {"runs": N_RUNS}
    facts = {"goal_s": GOAL_S, "met": rows[0].p50_ms <= GOAL_S * 1000, "two_processes": shared}
    remarks = [f"there in {rows[0].p50_ms:.0f} ms, every byte checked (goal {GOAL_S * 1000:.0f})"]
    if "shared_mb" in shared:
        remarks.append(
            f"of {shared['file_mb']} MB two processes share {shared['shared_mb']}, alone {shared['alone_mb']}"
        )
    return Report("load", told, rows, facts, remarks)
