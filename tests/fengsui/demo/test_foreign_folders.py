"""A folder that is somebody else's, or damaged: told in a sentence, and nothing in it is touched."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from fengsui.cli import MISUSED, REFUSED

SEED_ONE = json.dumps({"identity": "seed 1", "format": 3})


def refused(folder: Path, *options: str, code: int = REFUSED) -> str:
    """What `fengsui demo` says when it does not start."""
    command = [sys.executable, "-m", "fengsui", "demo", "--data", str(folder), "--port", "0", *options]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=60, env=os.environ | {"LC_ALL": "C.UTF-8"}
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize(
    "name", ["kept.osm.pbf", "locksmith.txt", "credentials.json.old", "secret.key", "lock-out.csv"]
)
@pytest.mark.parametrize("reset", [(), ("--reset",)])
def test_a_person_s_files_are_never_taken_for_the_demo_s(tmp_path: Path, name: str, reset: tuple[str, ...]) -> None:
    (tmp_path / name).write_text("years of work")
    assert "not a demo's" in refused(tmp_path, *reset)
    assert contents(tmp_path) == {name: b"years of work"}


def test_the_extract_that_is_asked_for_outlives_a_start_beside_it(tmp_path: Path) -> None:
    extract = tmp_path / "city.osm.pbf"
    extract.write_text("years of mapping")
    refused(tmp_path, "--osm", str(extract))
    assert extract.read_text() == "years of mapping"


def test_a_lock_that_points_elsewhere_does_not_empty_what_it_points_to(tmp_path: Path) -> None:
    precious = tmp_path / "precious.txt"
    precious.write_text("years of work")
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "lock").symlink_to(precious)
    (folder / "demo.json").write_text("{}")
    refused(folder)
    assert precious.read_text() == "years of work"


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"identity', "\udcff"])
def test_a_damaged_description_of_the_folder_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "demo.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    assert "demo.json" in refused(tmp_path)


@pytest.mark.parametrize("version", [{}, {"format": 2}, {"format": 4}])
def test_a_folder_of_another_version_is_told_as_such_and_kept(tmp_path: Path, version: dict[str, int]) -> None:
    (tmp_path / "demo.json").write_text(json.dumps({"identity": "seed 1"} | version))
    (tmp_path / "fengsui.sqlite3").write_text("a record")
    assert "another version" in refused(tmp_path)
    assert (tmp_path / "fengsui.sqlite3").read_text() == "a record"


@pytest.mark.parametrize("missing", ["fengsui.sqlite3", "keys.sqlite3"])
def test_an_empty_store_is_not_put_where_the_record_was(tmp_path: Path, missing: str) -> None:
    (tmp_path / "demo.json").write_text(SEED_ONE)
    for name in {"fengsui.sqlite3", "keys.sqlite3"} - {missing}:
        (tmp_path / name).touch()
    assert missing in refused(tmp_path)
    assert not (tmp_path / missing).exists()


@pytest.mark.parametrize("name", ["fengsui.sqlite3", "keys.sqlite3"])
def test_a_store_that_is_no_database_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / "demo.json").write_text(SEED_ONE)
    for store in ("fengsui.sqlite3", "keys.sqlite3"):
        (tmp_path / store).write_bytes(b"not a database" * 1000 if store == name else b"")
    assert name in refused(tmp_path)


def test_roads_that_are_missing_are_told_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "demo.json").write_text(SEED_ONE)
    for store in ("fengsui.sqlite3", "keys.sqlite3"):
        (tmp_path / store).touch()
    assert "city.roads" in refused(tmp_path)


@pytest.mark.parametrize(
    "typed",
    [
        ("--port", "65536"),
        ("--port", "-1"),
        ("--speed", "nan"),
        ("--speed", "-5"),
        ("--calls-per-day", "inf"),
        ("--calls-per-day", "-3"),
        ("--seed", "-1"),
    ],
)
def test_a_number_out_of_range_is_misused(tmp_path: Path, typed: tuple[str, str]) -> None:
    assert typed[0] in refused(tmp_path / "new", *typed, code=MISUSED)
    assert not (tmp_path / "new").exists()


def test_only_the_owner_reads_what_the_demo_makes(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    refused(folder, "--osm", str(tmp_path / "missing.osm.pbf"))
    assert folder.stat().st_mode & 0o077 == 0
    assert (folder / "lock").stat().st_mode & 0o077 == 0
