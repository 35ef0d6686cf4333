"""The control room that the platform's tests stand in: a prefecture of two centres on the hand-drawn city.

A test names what it needs (`sq01`, `fire`, `dispatcher`, `desk`) and gets it; whoever names one of them works on real,
committed databases, since what readers see and what triggers refuse is only true there.
"""

import os
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# The city of the engine's tests serves here, too: one city, one drawing.
sys.path.append(str(Path(__file__).parent / "fengsui_engine"))

settings.register_profile(
    "fengsui", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
settings.register_profile("long", settings.get_profile("fengsui"), max_examples=1000)
settings.load_profile("long" if os.environ.get("FENGSUI_TEST_PROFILE") == "long" else "fengsui")

# What was not run is named at the end; one Chromium serves all who need one.
pytest_plugins = ("missing", "chromium")

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
DATABASES = ["default", "reader", "keys"]


def pytest_itemcollected(item: Any) -> None:
    """Whoever stands in the prefecture gets the databases, committed.

    What commits leaves empty tables behind, without the rows that migrations put there: such tests are marked, and run
    after all others, or by themselves.
    """
    names = getattr(item, "fixturenames", ())
    if "prefecture" in names:
        item.add_marker(pytest.mark.django_db(transaction=True, databases=DATABASES))
    database = item.get_closest_marker("django_db")
    if "transactional_db" in names or (database is not None and database.kwargs.get("transaction")):
        item.add_marker(pytest.mark.committed)


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """No disk is waited for: what survives a crash is proved by killing real servers, not here."""
    from django.db import connections

    for alias in DATABASES:
        options = connections[alias].settings_dict["OPTIONS"]
        options["init_command"] = options["init_command"].replace("synchronous=FULL", "synchronous=OFF")


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The hand-drawn city with its map, as the platform serves it."""
    from cities import draw_city

    from fengsui.places.basemap import build_basemap
    from fengsui.places.city import assemble
    from fengsui_engine.roads import build_from_osm

    extract = draw_city(tmp_path_factory.mktemp("drawn") / "drawn.osm")
    roads = build_from_osm(extract)
    return assemble(roads, build_basemap(extract, roads))


@pytest.fixture
def streets(drawn: Any) -> Iterator[Any]:
    """The drawn city is the one that this process serves."""
    from fengsui.places.city import swap

    swap(drawn)
    yield drawn
    swap(None)


@pytest.fixture
def noon() -> datetime:
    return NOON


@pytest.fixture
def prefecture(transactional_db: None, streets: Any) -> Any:
    """Two centres, four units and a person for every role."""
    from control_room import furnish

    return furnish()


@pytest.fixture
def unit(prefecture: Any) -> Callable[[str], Any]:
    """A unit as it is now: `unit("SQ01")`."""
    from fengsui.force.models import Unit

    return lambda callsign: Unit.objects.get(callsign=callsign)


@pytest.fixture
def sq01(unit: Callable[[str], Any]) -> Any:
    """A patrol of the city centre at the western end of People's Road."""
    return unit("SQ01")


@pytest.fixture
def sq02(unit: Callable[[str], Any]) -> Any:
    """A patrol of the city centre at the Bell Tower crossing."""
    return unit("SQ02")


@pytest.fixture
def sq03(unit: Callable[[str], Any]) -> Any:
    """A medic of the city centre at the eastern end of People's Road."""
    return unit("SQ03")


@pytest.fixture
def lq01(unit: Callable[[str], Any]) -> Any:
    """A patrol of the county centre."""
    return unit("LQ01")


@pytest.fixture
def dispatcher(prefecture: Any) -> Any:
    return prefecture.actor("dispatcher")


@pytest.fixture
def other_dispatcher(prefecture: Any) -> Any:
    return prefecture.actor("other_dispatcher")


@pytest.fixture
def county_dispatcher(prefecture: Any) -> Any:
    return prefecture.actor("county_dispatcher")


@pytest.fixture
def crew(prefecture: Any) -> Any:
    """The crew of SQ01."""
    return prefecture.actor("crew")


@pytest.fixture
def auditor(prefecture: Any) -> Any:
    return prefecture.actor("auditor")


@pytest.fixture
def report(dispatcher: Any) -> Callable[..., Any]:
    """Report something: `report("fire", lon=…)`; the incident it opened."""
    from control_room import report

    return lambda kind="help", **said: report(kind, by=said.pop("by", dispatcher), **said)


@pytest.fixture
def fire(report: Callable[..., Any]) -> Any:
    """A fire at the foot of Bell Tower Street."""
    return report("fire", lon=100.009, lat=0.0)


@pytest.fixture
def flood(report: Callable[..., Any]) -> Any:
    """Water in West Street."""
    return report("help", lon=100.0, lat=0.0025)


@pytest.fixture
def door(prefecture: Any) -> Callable[..., Any]:
    """The API as somebody meets it: `door("dispatcher").get("/board")`."""
    from api_door import Door

    return lambda who=None, **options: Door(prefecture.token(who) if who else None, **options)


@pytest.fixture
def desk(door: Callable[..., Any]) -> Any:
    """The API as the dispatcher meets it."""
    return door("dispatcher")
