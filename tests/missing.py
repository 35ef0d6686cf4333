"""What did this machine lack, and was therefore not run?

A test that needs a program asks `program("chromium")` and is skipped where there is none. Whatever was skipped so is
named in one line, the last of all. With CI=true a missing program fails the run: green means that everything ran.
Real data ($FENGSUI_TEST_DATA) may always be missing; they are named too.
"""

import os
import re
import shutil
from collections.abc import Iterable, Iterator

import pytest

_WHERE_FROM = "install with `make system-deps`"
_PROGRAM = re.compile(rf"missing: (?P<what>\S+) \({_WHERE_FROM}\)")
_DATA = re.compile(r"(?P<what>FENGSUI_\w+_DATA)")
_LINE = pytest.StashKey[str]()


def program(*names: str) -> str:
    """Where a program is, by the first of its names that is found.

    Raises:
        Skipped: none of them is on the PATH.
    """
    for name in names:
        if found := shutil.which(name):
            return found
    pytest.skip(f"missing: {names[0]} ({_WHERE_FROM})")


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Keep the line for the end; in CI a missing program is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    reasons = [] if reporter is None else list(_reasons(reporter.stats.get("skipped", [])))
    programs, data = _named(_PROGRAM, reasons), _named(_DATA, reasons)
    if not (programs or data):
        return
    # What to do is said once, however many are missing.
    told = [", ".join(programs) + f" ({_WHERE_FROM})"] if programs else []
    told += [f"${name} (real extracts)" for name in data]
    line = f"not run here, missing: {', '.join(told)}"
    if programs and os.environ.get("CI", "").lower() == "true":
        line += "; with CI=true that is a failure"
        if session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
    session.config.stash[_LINE] = line


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """After everything else has been said."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and _LINE in config.stash:
        reporter.write_line(config.stash[_LINE])


def _reasons(reports: Iterable[pytest.TestReport]) -> Iterator[str]:
    for report in reports:
        if isinstance(report.longrepr, tuple):
            yield str(report.longrepr[2])


def _named(pattern: re.Pattern[str], reasons: list[str]) -> list[str]:
    return sorted({found["what"] for reason in reasons for found in pattern.finditer(reason)})
