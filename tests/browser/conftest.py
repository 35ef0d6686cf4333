"""One quiet city, made once; each module runs a copy of it, each test finds it calm."""

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
def quiet_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a quiet made-up city: nobody calls, no crew answers by itself."""
    server = Server(tmp_path_factory.mktemp("quiet") / "data").start()
    server.stop()
    return server.folder


@pytest.fixture(scope="module")
def town(browser: Browser, quiet_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A copy of it, running. (The browser is asked for first: without one nothing is started.)"""
    folder = tmp_path_factory.mktemp("town") / "data"
    shutil.copytree(quiet_folder, folder)
    server = Server(folder).start()
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
