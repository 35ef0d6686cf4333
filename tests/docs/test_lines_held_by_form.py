"""The bright lines, as far as the form of tables and interface can hold them."""

import json
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db.models import Field
from django.test import Client

from fengsui.force.models import Position
from fengsui.journal.plain import FORBIDDEN_KEYS

WATCHING = frozenset(
    {
        "audio", "biometric", "biometrics", "camera", "face", "faces", "fingerprint", "imei", "imsi", "media",
        "photo", "picture", "plate", "sound", "track", "tracks", "trail", "video", "voice",
    }
)  # fmt: skip
PROFILING = frozenset(
    {
        "blacklist", "flag", "offender", "person", "profile", "rating", "resident", "risk", "score", "suspect",
        "watchlist",
    }
)  # fmt: skip
# What has a name without being a person: places, areas, and units as they are called.
NAMED = {"Area.name", "Station.name", "Unit.name", "Incident.place"}
WORDS_OF_PEOPLE = {"words", "contact", "place_words", "as_sent"}


def columns() -> Iterator[tuple[str, "Field[Any, Any]"]]:
    for model in apps.get_models():
        if model.__module__.startswith("fengsui."):
            for field in model._meta.concrete_fields:
                yield f"{model.__name__}.{field.name}", field


def schemas(client: Client) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(client.get("/api/v1/openapi.json").content)["components"]["schemas"]
    return told


def inside(name: str, every: dict[str, Any], seen: set[str]) -> set[str]:
    """The names of all fields that a schema can hold, at any depth."""
    if name in seen:
        return set()
    seen.add(name)
    referred = [part.split('"')[0] for part in json.dumps(every[name]).split("#/components/schemas/")[1:]]
    own = set(every[name].get("properties", {}))
    return own.union(*(inside(other, every, seen) for other in referred))


def test_no_column_is_for_watching_or_judging_people() -> None:
    for name, _ in columns():
        assert not set(name.split(".")[1].split("_")) & (WATCHING | PROFILING), name


def test_no_column_asks_for_personal_data() -> None:
    asking = {name for name, field in columns() if field.name in FORBIDDEN_KEYS}
    assert asking <= NAMED


def test_no_field_of_the_interface_is_for_watching_or_judging_people(client: Client) -> None:
    fields = {field for schema in schemas(client).values() for field in schema.get("properties", {})}
    assert "words" in fields
    for field in fields:
        assert not set(field.split("_")) & (WATCHING | PROFILING), field


def test_a_unit_has_one_position_and_no_past() -> None:
    assert Position._meta.pk.name == "unit"
    assert {field.name for field in Position._meta.concrete_fields} == {"unit", "lon", "lat", "at"}
    others = [name for name, field in columns() if field.name == "lon" and field.model is not Position]
    assert sorted(others) == ["Incident.lon", "Station.lon"]


def test_lists_and_board_have_no_field_for_words_of_people(client: Client) -> None:
    every = schemas(client)
    for name in ("IncidentList", "BoardOut", "UnitList"):
        assert not inside(name, every, set()) & WORDS_OF_PEOPLE, name
    assert inside("IncidentWhole", every, set()) >= WORDS_OF_PEOPLE
