"""The benchmarks of `matrix` and `reach` compare answers before they compare times."""

import json
from dataclasses import replace

import numpy as np
import pytest
from cities import network

from fengsui.bench import JOBS, memory
from fengsui.bench import matrix as many
from fengsui.bench import reach as job
from fengsui.cli import main
from fengsui_engine.roads import RoadNetwork


@pytest.fixture(scope="module")
def grid() -> RoadNetwork:
    """15 × 15 junctions 200 m apart, with times that differ by direction."""
    rng, n = np.random.default_rng(4), 15
    spots = [(-73.9 + 0.0025 * (i % n), 40.7 + 0.0018 * (i // n)) for i in range(n * n)]
    pairs = [(i, i + 1) for i in range(n * n) if (i + 1) % n] + [(i, i + n) for i in range(n * n - n)]
    times = rng.integers(10_000, 40_000, (len(pairs), 2)).tolist()
    return network(spots, [(a, b, ms, back) for (a, b), (ms, back) in zip(pairs, times, strict=True)])


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many, "N_RUNS", 2)
    monkeypatch.setattr(job, "N_CHECKED", 2)


def test_every_engine_gives_the_same_entries(grid: RoadNetwork, few: None) -> None:
    posts = np.array([0, 100, 200, 7])
    measured = {"fengsui": many.by_fengsui(grid, posts), "fengsui, two threads": many.by_fengsui_twice(grid, posts)}
    measured["scipy"] = many.by_scipy(grid, posts)
    report = many._report(grid, measured)
    assert [row.exact for row in report.rows] == [True, True, True]
    assert len(measured["scipy"].to) > 300
    assert report.remarks[-1].startswith("pandana is not installed")
    ms = measured["fengsui"].ms.copy()
    ms[5] += 1
    broken = measured | {"fengsui": replace(measured["fengsui"], ms=ms)}
    assert [row.exact for row in many._report(grid, broken).rows] == [False, True, True]
    json.dumps(report.as_json(), allow_nan=False)


def test_areas_are_held_against_the_raster(grid: RoadNetwork, few: None) -> None:
    posts = np.array([112, 30])
    truth = np.array([job._truth(grid, job.at_nodes(grid, [int(post)])) for post in posts])
    measured = {"fengsui": job.by_fengsui(grid, posts), "scipy, convex hull": job.by_scipy_and_hull(grid, posts)}
    off = {engine: 100 * np.abs(result.km2 / truth - 1) for engine, result in measured.items()}
    report = job._report(grid, measured, off)
    assert [row.exact for row in report.rows] == [True, False]
    assert report.facts["off_percent_at_most"]["fengsui"].keys() == {"1", "3", "5"}
    json.dumps(report.as_json(), allow_nan=False)


def test_a_peak_can_begin_anew() -> None:
    if not memory.CLEAR.exists():
        pytest.skip("this system does not forget a process's peak")
    before = memory.forget_peak()
    held = np.ones(4 * 2**20)
    grown = memory.peak_mb() - before
    assert 30 < grown < 60
    assert len(held)


@pytest.mark.parametrize("name", ["matrix", "reach"])
def test_without_inputs_a_job_says_what_it_needs(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("FENGSUI_BENCH_DATA", raising=False)
    assert name in JOBS
    assert main(["bench", name, "--json"]) == 1
    assert json.loads(capsys.readouterr().err)["code"] == "inputs_not_named"
