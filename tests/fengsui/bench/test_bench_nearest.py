"""The benchmark compares answers before it compares times."""

import json
from pathlib import Path

import numpy as np
import pytest

from fengsui.bench import nearest as job
from fengsui.bench.new_york import GRAPH
from fengsui.bench.report import Report, Row
from fengsui.cli import main
from fengsui_engine.roads import RoadNetwork, build_from_dimacs


@pytest.fixture(scope="module")
def grid(tmp_path_factory: pytest.TempPathFactory) -> RoadNetwork:
    """40 × 40 junctions within the box, with times that differ by direction."""
    folder, n = tmp_path_factory.mktemp("grid"), 40
    rng = np.random.default_rng(4)
    pairs = [(i * n + j, i * n + j + 1) for i in range(n) for j in range(n - 1)]
    pairs += [(i * n + j, (i + 1) * n + j) for i in range(n - 1) for j in range(n)]
    arcs = [f"a {x + 1} {y + 1} {rng.integers(500, 9000)}" for a, b in pairs for x, y in ((a, b), (b, a))]
    places = [f"v {i + 1} {-73_900_000 + (i % n) * 1000} {40_700_000 + (i // n) * 1000}" for i in range(n * n)]
    (folder / "g.gr").write_text("\n".join([f"p sp {n * n} {len(arcs)}", *arcs]), encoding="ascii")
    (folder / "g.co").write_text("\n".join([f"p aux sp co {n * n}", *places]), encoding="ascii")
    return build_from_dimacs(folder / "g.gr", folder / "g.co", unit_ms=3.6)


def test_draws_are_the_same_every_time(grid: RoadNetwork) -> None:
    first, again = job.draws(grid), job.draws(grid)
    assert [draw.name for draw in first] == ["box", "all"]
    for a, b in zip(first, again, strict=True):
        assert np.array_equal(a.units, b.units)
        assert np.array_equal(a.incidents, b.incidents)
        assert (len(a.units), len(a.incidents)) == (500, 2000)
        assert len(np.unique(a.units)) == 500


def test_engines_give_one_answer(grid: RoadNetwork, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job, "N_INCIDENTS", 120)
    draw = job.draws(grid)[0]
    own = job.by_fengsui(grid, draw, 0.0)
    limit = float(own.answers[:, 1].max())
    one, growing = job.by_scipy(grid, draw, limit), job.by_scipy_growing(grid, draw, limit)
    assert job._agree(own.answers, one.answers)
    assert job._agree(growing.answers, one.answers)
    assert job._agree(own.answers[:7], one.answers)
    own.answers[0, 1, 0] += 1
    assert not job._agree(own.answers, one.answers)


def test_the_report_has_the_contracts_shape() -> None:
    rows = [Row(e, "1", d, t, 2 * t, 80.0, True) for d in ("box", "all") for e, t in (("fengsui", 0.1), ("scipy", 4.0))]
    told = Report("nearest", {"draws": {}}, rows, {"times_faster_p50": job._ratios(rows)}).as_json()
    assert {"job", "input", "machine", "rows"} <= told.keys()
    assert told["rows"][0].keys() == {"engine", "version", "draw", "p50_ms", "p99_ms", "peak_mb", "exact"}
    assert told["facts"]["times_faster_p50"] == {"scipy": {"box": 40.0, "all": 40.0}}
    json.dumps(told, allow_nan=False)


def test_without_inputs_the_job_says_what_it_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("FENGSUI_BENCH_DATA", raising=False)
    assert main(["bench", "nearest", "--json"]) == 1
    assert json.loads(capsys.readouterr().err)["code"] == "inputs_not_named"
    assert main(["bench", "nearest", "--json", "--inputs", str(tmp_path)]) == 1
    told = json.loads(capsys.readouterr().err)
    assert (told["code"], Path(told["facts"]["file"]).name) == ("no_such_file", GRAPH)
