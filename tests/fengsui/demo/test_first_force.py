"""On any streets the demo starts with a force: enough units, and stations of every kind."""

import os
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from fengsui.base import clock
from fengsui.demo.areas import REAL_STREETS, make_areas
from fengsui.demo.fleet import FEWEST_STATIONS, make_force
from fengsui.force.models import Position, Station, Unit
from fengsui.places.basemap import build_basemap
from fengsui_engine.roads import build_from_osm

EXTRACTS = [
    "Helsinki.osm.pbf",
    "chengdu_centre.osm.pbf",
    "columbus.osm.pbf",
    "krems.osm.gz",
    "liechtenstein.osm.pbf",
    "monaco_osrm.osm.pbf",
    "nanjing_centre.osm.pbf",
    "north-bayreuth.osm.gz",
    "poa.osm.pbf",
    "shanghai_centre.osm.pbf",
]


@pytest.mark.django_db
@pytest.mark.parametrize("name", EXTRACTS)
def test_a_real_city_starts_with_forty_units_and_stations_of_every_kind(name: str) -> None:
    folder = os.environ.get("FENGSUI_TEST_DATA")
    if not folder:
        pytest.skip("FENGSUI_TEST_DATA is not set: no real extracts to try")
    extract = Path(folder) / name
    roads = build_from_osm(extract)
    make_areas(REAL_STREETS)
    make_force(roads, build_basemap(extract, roads), REAL_STREETS, rng=np.random.default_rng([1, 1]), now=clock.now())
    assert Unit.objects.of_centre(REAL_STREETS.first).on_duty().count() >= 40
    assert not Position.objects.exclude(unit__in=Unit.objects.on_duty()).exists()
    kinds = Counter(Station.objects.values_list("kind", flat=True))
    assert all(kinds[kind] >= fewest for kind, fewest in FEWEST_STATIONS.items())
