"""The benchmark of building looks at the same extracts as its peer."""

import json
import shutil
from pathlib import Path

import pytest

from fengsui.bench import build as job
from fengsui.cli import main

TOWN = """<osm version='0.6'>
<node id="1" version="1" lon="-74.000" lat="40.700"/><node id="2" version="1" lon="-74.000" lat="40.710"/>
<way id="1" version="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="residential"/></way>
</osm>
"""


@pytest.fixture
def inputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two small extracts in the place of the real ones."""
    (tmp_path / "town.osm").write_text(TOWN, encoding="utf-8")
    shutil.copy(tmp_path / "town.osm", tmp_path / "other.osm")
    monkeypatch.setattr(job, "DRAWS", {"monaco": "town.osm", "liechtenstein": "other.osm"})
    monkeypatch.setattr(job, "RUNS", 2)
    return tmp_path


def test_each_engine_does_its_job(inputs: Path) -> None:
    assert job.by_osmium(inputs / "town.osm") == "3"
    assert job.by_fengsui(inputs / "town.osm") == job.by_fengsui(inputs / "town.osm")


def test_the_report_has_the_contracts_shape_and_the_goal(inputs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "build", "--inputs", str(inputs), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [(row["draw"], row["engine"]) for row in told["rows"]] == [
        (draw, engine) for draw in ("monaco", "liechtenstein") for engine in ("fengsui", "osmium.FileProcessor")
    ]
    assert told["rows"][0].keys() == {"engine", "version", "draw", "p50_ms", "p99_ms", "peak_mb", "exact"}
    assert all(row["exact"] for row in told["rows"])
    assert told["facts"]["goal"]["monaco"].keys() == {"seconds", "allowed_seconds", "times_peer", "met"}


def test_the_goal_is_twice_the_peer_and_two_seconds() -> None:
    def against(own_s: float) -> bool:
        measured = {
            ("fengsui", "monaco"): job.Measured([own_s], ["x"], 1.0),
            ("osmium.FileProcessor", "monaco"): job.Measured([1.0], ["3"], 1.0),
        }
        return bool(job._against_goal(measured, "monaco")["met"])

    assert (against(3.99), against(4.01)) == (True, False)


def test_a_missing_extract_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "build", "--inputs", str(tmp_path), "--json"]) == 1
    assert json.loads(capsys.readouterr().err.splitlines()[-1])["code"] == "no_such_file"
