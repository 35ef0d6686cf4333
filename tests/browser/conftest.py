"""One quiet city, where nobody calls and no crew answers by itself: made once, and calm when a test begins."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

# The server's own tests know how to start one.
sys.path.append(str(Path(__file__).parents[1] / "server"))

from room import Room, Town
from running import Server

expect.set_options(timeout=15_000)


@pytest.fixture(scope="session")
def quiet_folder(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a quiet made-up city. (The browser is asked for first: without one nothing is started.)"""
    server = Server(tmp_path_factory.mktemp("quiet") / "data").start()
    server.stop()
    return server.folder


@pytest.fixture(scope="session")
def town(browser: Browser, quiet_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A copy of it, running, for all who leave it standing."""
    yield from running_copy(quiet_folder, tmp_path_factory.mktemp("town"))


@pytest.fixture
def town_to_kill(browser: Browser, quiet_folder: Path, tmp_path: Path) -> Iterator[Town]:
    """A copy of one's own, to be killed."""
    yield from running_copy(quiet_folder, tmp_path)


def running_copy(made: Path, folder: Path) -> Iterator[Town]:
    shutil.copytree(made, folder / "data")
    server = Server(folder / "data").start()
    yield Town(server)
    server.stop()


@pytest.fixture
def room(browser: Browser, town: Town, pytestconfig: pytest.Config) -> Iterator[Room]:
    """People sit down in it; what their pages complain of fails the test."""
    town.clear_away()
    room = Room(browser, town, pytestconfig.rootpath / pytestconfig.getoption("--output"))
    yield room
    complaints = room.leave()
    assert not complaints, "\n".join(complaints)
