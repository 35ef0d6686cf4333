"""The benchmarks of `slowed` and `load` compare answers before they compare times."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from cities import network

from fengsui.bench import load, slowed
from fengsui_engine.roads import RoadNetwork


@pytest.fixture(scope="module")
def grid() -> RoadNetwork:
    """12 × 12 junctions in the city's box."""
    rng, n = np.random.default_rng(3), 12
    spots = [(-73.9 + 0.0025 * (i % n), 40.7 + 0.0018 * (i // n)) for i in range(n * n)]
    pairs = [(i, i + 1) for i in range(n * n) if (i + 1) % n] + [(i, i + n) for i in range(n * n - n)]
    times = rng.integers(10_000, 40_000, (len(pairs), 2)).tolist()
    return network(spots, [(a, b, ms, back) for (a, b), (ms, back) in zip(pairs, times, strict=True)])


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, number in {"N_STREETS": 20, "N_UNITS": 30, "N_ROUNDS": 6}.items():
        monkeypatch.setattr(slowed, name, number)


def test_both_engines_give_the_answers_of_the_slowed_streets(grid: RoadNetwork, few: None) -> None:
    draw = slowed.drawn(grid)
    measured = {engine: run(grid, draw, 1e9) for engine, (run, _) in slowed.ENGINES.items()}
    report = slowed._report(grid, measured)
    assert [row.exact for row in report.rows] == [True, True]
    json.dumps(report.as_json(), allow_nan=False)
    wrong = measured["fengsui"].answers.copy()
    wrong[0, 1, 0] += 1
    broken = measured | {"fengsui": replace(measured["fengsui"], answers=wrong)}
    assert not any(row.exact for row in slowed._report(grid, broken).rows)


def test_what_is_opened_and_what_is_read_is_the_same(grid: RoadNetwork, tmp_path: Path) -> None:
    grid.save(tmp_path / "city.roads")
    np.savez(tmp_path / "city.npz", **{name: getattr(grid, name) for name in load.ARRAYS})
    opened = load._in_child("fengsui", tmp_path / "city.roads")
    read = load._in_child("numpy", tmp_path / "city.npz")
    assert opened[2] == read[2]
    report = load._report(grid, {"fengsui": [opened], "numpy": [read]}, {})
    assert [row.exact for row in report.rows] == [True, True]
    other = (*read[:2], read[2] + 1)
    assert not load._report(grid, {"fengsui": [opened], "numpy": [other]}, {}).rows[0].exact
    json.dumps(report.as_json(), allow_nan=False)
