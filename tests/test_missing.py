"""A skip that hides nothing: what is missing is named last, and fails where everything should be there."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent

NEEDS_A_PROGRAM = """
import missing

def test_with_a_program():
    missing.program("no-such-program", "nor-this")

def test_with_the_same_program_again():
    missing.program("no-such-program")
"""
NEEDS_DATA = """
import pytest

def test_with_real_streets():
    pytest.skip("FENGSUI_TEST_DATA is not set: no real extracts to read")
"""
NEEDS_NOTHING = """
def test_by_itself():
    pass
"""


def run(folder: Path, *files: str, ci: str, options: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    """Run pytest on these files, in a process and a folder of their own."""
    (folder / "conftest.py").write_text('pytest_plugins = ("missing",)\n')
    for number, text in enumerate(files):
        (folder / f"test_file_{number}.py").write_text(text)
    (folder / "pytest.ini").write_text("[pytest]\n")
    environment = os.environ | {"PYTHONPATH": str(HERE), "CI": ci, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    environment.pop("PYTEST_ADDOPTS", None)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options, str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=folder, timeout=60)


def last_line(done: subprocess.CompletedProcess[str]) -> str:
    return done.stdout.rstrip().splitlines()[-1]


def test_a_missing_program_is_named_once_in_the_last_line(tmp_path: Path) -> None:
    done = run(tmp_path, NEEDS_A_PROGRAM, NEEDS_NOTHING, ci="")
    assert done.returncode == 0, done.stdout
    assert last_line(done) == "not run here, missing: no-such-program (install with `make system-deps`)"


def test_in_ci_a_missing_program_fails_the_run(tmp_path: Path) -> None:
    done = run(tmp_path, NEEDS_A_PROGRAM, NEEDS_NOTHING, ci="true")
    assert done.returncode == 1, done.stdout
    assert last_line(done).startswith("not run here, missing: no-such-program ")
    assert last_line(done).endswith("with CI=true that is a failure")


@pytest.mark.parametrize("ci", ["", "true"])
def test_missing_data_are_named_and_never_fail(tmp_path: Path, ci: str) -> None:
    done = run(tmp_path, NEEDS_DATA, NEEDS_NOTHING, ci=ci)
    assert done.returncode == 0, done.stdout
    assert last_line(done) == "not run here, missing: $FENGSUI_TEST_DATA (real extracts)"


def test_programs_and_data_stand_in_one_line(tmp_path: Path) -> None:
    told = last_line(run(tmp_path, NEEDS_DATA, NEEDS_A_PROGRAM, ci=""))
    assert "no-such-program (install" in told
    assert "$FENGSUI_TEST_DATA" in told


@pytest.mark.parametrize(("ci", "code"), [("", 0), ("true", 1)])
def test_two_processes_name_in_one_line_what_either_lacked(tmp_path: Path, ci: str, code: int) -> None:
    done = run(tmp_path, NEEDS_DATA, NEEDS_A_PROGRAM, ci=ci, options=("-p", "xdist", "--numprocesses", "2"))
    assert done.returncode == code, done.stdout
    assert done.stdout.count("not run here, missing: ") == 1
    assert "no-such-program (install with `make system-deps`), $FENGSUI_TEST_DATA" in last_line(done)


def test_where_nothing_is_missing_nothing_is_said(tmp_path: Path) -> None:
    done = run(tmp_path, NEEDS_NOTHING, ci="true")
    assert done.returncode == 0
    assert "not run here" not in done.stdout


def test_a_program_that_is_there_is_found_by_any_of_its_names(tmp_path: Path) -> None:
    from missing import program

    assert program("no-such-program", "sh").endswith("sh")


def test_a_test_that_failed_stays_failed_in_ci(tmp_path: Path) -> None:
    done = run(tmp_path, NEEDS_A_PROGRAM, "def test_wrong():\n    assert False\n", ci="true")
    assert done.returncode == 1
    assert "1 failed" in done.stdout
