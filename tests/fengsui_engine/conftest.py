"""The hand-drawn city, and the real extracts where they are at hand."""

import os
from pathlib import Path

import pytest
from cities import draw_city

from fengsui_engine.roads import RoadNetwork, build_from_osm


@pytest.fixture(scope="session")
def drawn_city(tmp_path_factory: pytest.TempPathFactory) -> RoadNetwork:
    """The city of `cities.py`, through the same pipeline as a real one."""
    return build_from_osm(draw_city(tmp_path_factory.mktemp("city") / "drawn.osm"))


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real extracts; tests that need it are skipped without it."""
    folder = os.environ.get("FENGSUI_TEST_DATA")
    if not folder:
        pytest.skip("FENGSUI_TEST_DATA is not set: no real extracts to read")
    return Path(folder)


@pytest.fixture(scope="session")
def monaco(real_data: Path) -> RoadNetwork:
    """Monaco, whole."""
    return build_from_osm(real_data / "monaco_osrm.osm.pbf")
