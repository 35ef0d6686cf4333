"""One made-up city, drawn once for all tests of it."""

from pathlib import Path

import pytest

from fengsui.demo.city import City, build_city, write_extract

Told = list[tuple[float, str]]


@pytest.fixture(scope="session")
def told() -> Told:
    """What the drawing of `city` said of its progress."""
    return []


@pytest.fixture(scope="session")
def city(told: Told) -> City:
    """The city of seed 1."""

    def tell(fraction: float, words: str) -> None:
        told.append((fraction, words))

    return build_city(1, progress=tell)


@pytest.fixture(scope="session")
def extract(city: City, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The extract of `city`."""
    path = tmp_path_factory.mktemp("city") / "city.osm.pbf"
    write_extract(city, path)
    return path
