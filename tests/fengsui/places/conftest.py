"""The drawn town (see `drawn_town`), read as any extract, and the place of the real ones."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from drawn_town import draw_town

from fengsui.places import city as city_module
from fengsui.places.basemap import Basemap, build_basemap
from fengsui.places.city import City, assemble
from fengsui_engine.roads import RoadNetwork, build_from_osm


@pytest.fixture(scope="session")
def extract(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return draw_town().write(tmp_path_factory.mktemp("town") / "town.osm.pbf")


@pytest.fixture(scope="session")
def roads(extract: Path) -> RoadNetwork:
    return build_from_osm(extract)


@pytest.fixture(scope="session")
def basemap(extract: Path, roads: RoadNetwork) -> Basemap:
    return build_basemap(extract, roads)


@pytest.fixture(scope="session")
def town(roads: RoadNetwork, basemap: Basemap) -> City:
    return assemble(roads, basemap)


@pytest.fixture
def served(town: City) -> Iterator[City]:
    """The town is the city that this process serves."""
    city_module.swap(town)
    yield town
    city_module.swap(None)


@pytest.fixture(scope="session")
def real_data() -> Path:
    folder = os.environ.get("FENGSUI_TEST_DATA")
    if not folder:
        pytest.skip("FENGSUI_TEST_DATA is not set: no real extracts to try")
    return Path(folder)
