"""Cities for the tests of the server: made once, copied for each test, run by a process of its own."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from running import Server


@pytest.fixture(scope="session")
def made_city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a quiet made-up city, made once."""
    server = Server(tmp_path_factory.mktemp("city") / "data").start()
    server.stop()
    return server.folder


@pytest.fixture
def folder(made_city: Path, tmp_path: Path) -> Path:
    """A folder of one's own with the same city in it."""
    copy = tmp_path / "data"
    shutil.copytree(made_city, copy)
    return copy


@pytest.fixture(scope="session")
def standing(made_city: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A quiet city, running, for all who leave it as it is."""
    copy = tmp_path_factory.mktemp("standing") / "data"
    shutil.copytree(made_city, copy)
    running = Server(copy).start()
    yield running
    running.stop()


@pytest.fixture
def server(folder: Path) -> Iterator[Server]:
    """A quiet city of one's own, running."""
    running = Server(folder).start()
    yield running
    running.stop()
