"""What Fengsui may hold: every column is on the list below, by hand. A new one is a decision, not an accident.

`tests/docs/test_lines_held_by_form.py` reads the names for what they promise; here nothing gets in unseen.
"""

import ast
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connections, models
from django.urls import URLPattern, URLResolver, get_resolver

from api_door import openapi

SOURCE = Path(__file__).parents[2] / "src"

# model: its columns. Of the words of people there is one, sealed; of positions one a unit; of persons at work a seat.
ALLOWED = {
    "base.AreaLevel": "code labels",
    "base.Area": "code parent level name is_centre timezone",
    "base.RetentionRule": "code days source",
    "journal.JournalEntry": "id centre seq at what v body hash",
    "journal.JournalAbout": "pk centre seq kind about_id",
    "journal.JournalHead": "centre seq hash",
    "journal.AccessLine": "id at actor role centre kind about_id purpose",
    "journal.SealKey": "subject key made_at",
    "accounts.Account": "id username password last_login label is_active",
    "accounts.Grant": "id account role area_code centre_code unit",
    "accounts.Token": "id grant digest created_at revoked_at",
    "places.RoadFile": "id digest source junctions edges metres valid_from valid_to",
    # of a street, never of a person; `reason` says why it is closed
    "closures.Closure": "id centre_code state version closed_at until lifted_at one_way reason metres streets line"
    " pieces roads missing",
    "force.UnitKind": "code labels order",
    "force.Station": "id name kind area_code lon lat valid_from valid_to",
    "force.Unit": "id callsign name kind station centre_code state state_since version valid_from valid_to",
    "force.Position": "unit lon lat at",
    "incidents.IncidentType": "code labels priority order",
    "incidents.Disposition": "code labels order",
    "incidents.DayCounter": "id centre_code day last",
    "incidents.Incident": "id number centre_code type priority state version facets any_cleared place lon lat doubts"
    " origin called_at received_at ended_at disposition",
    "incidents.Report": "id incident centre_code source source_event_id receipt origin at received_at is_test",
    "incidents.Particulars": "id incident about about_id sealed written_at expires_at",
    "incidents.Assignment": "id incident unit status travel_ms ordered_at ordered_by accepted_at en_route_at"
    " on_scene_at ended_at",
    "incidents.StatusKey": "id assignment key answer",
}
DJANGO_S_OWN = {"sessions.Session": "session_key session_data expire_date"}
# Bytes are keys and sealed words, nothing else.
BYTES = {"journal.SealKey.key", "incidents.Particulars.sealed"}

# Libraries that see, hear, recognise, follow or look people up. None is imported, none is installed with the product.
WATCHING = {
    "PIL", "pillow", "cv2", "opencv", "opencv_python", "imageio", "skimage", "torchvision", "mediapipe",
    "face_recognition", "dlib", "deepface", "insightface", "retinaface", "mtcnn", "facenet_pytorch", "easyocr",
    "pytesseract", "paddleocr", "openalpr", "ultralytics", "librosa", "soundfile", "pydub", "speech_recognition",
    "whisper", "vosk", "moviepy", "ffmpeg", "av", "phonenumbers", "geoip2", "user_agents", "device_detector", "scapy",
    "bluetooth", "bleak", "wigle",
}  # fmt: skip
# Nothing outside is asked or told. (The reader of map extracts brings `requests` with it; nobody here calls it.)
CALLING_OUT = {"requests", "httpx", "aiohttp", "urllib3", "boto3", "sentry_sdk", "smtplib", "ftplib", "telnetlib"}
MAY_SPEAK_TO_ITSELF = {"bench"}  # the benchmark asks a server of its own


def columns() -> Iterator[tuple[str, "models.Field[Any, Any]"]]:
    for model in apps.get_models():
        for field in model._meta.fields:
            yield f"{model._meta.app_label}.{model.__name__}.{field.name}", field


def test_every_column_is_one_that_somebody_decided_on() -> None:
    found: dict[str, set[str]] = {}
    for name, _ in columns():
        model, _, column = name.rpartition(".")
        found.setdefault(model, set()).add(column)
    wanted = {model: set(names.split()) for model, names in (ALLOWED | DJANGO_S_OWN).items()}
    assert found == wanted


def test_nothing_is_kept_as_a_file_a_picture_or_loose_bytes() -> None:
    files = [name for name, field in columns() if isinstance(field, models.FileField | models.FilePathField)]
    loose = {name for name, field in columns() if isinstance(field, models.BinaryField)}
    assert (files, loose) == ([], BYTES)
    assert not settings.MEDIA_ROOT


def test_no_table_in_the_stores_is_unknown_to_the_models(prefecture: Any) -> None:
    known = {model._meta.db_table for model in apps.get_models()} | {"django_migrations", "sqlite_sequence"}
    for alias in ("default", "keys"):
        with closing(sqlite3.connect(connections[alias].settings_dict["NAME"])) as db:
            tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")}
        assert tables <= known


def test_no_person_is_a_key() -> None:
    """What a row is found by is an incident, a unit, an area, a code; of people only who works here, by seat."""
    for model in apps.get_models():
        indexed = {name for index in model._meta.indexes for name in index.fields}
        unique = {
            name
            for constraint in model._meta.constraints
            if isinstance(constraint, models.UniqueConstraint)
            for name in constraint.fields
        }
        found_by = indexed | unique | {field.name for field in model._meta.fields if field.unique or field.db_index}
        for name in found_by:
            assert not re.search(r"person|resident|caller|contact|phone|face|citizen|^name$", name), (model, name)


def test_an_assignment_names_who_ordered_it_and_not_who_drove() -> None:
    people = [
        name for name, field in columns() if getattr(field, "related_model", None) is apps.get_model("accounts.Account")
    ]
    assert people == ["accounts.Grant.account"]


# --- imports, addresses, bodies ------------------------------------------------------


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module.partition(".")[0])
    return names


def test_no_module_imports_what_sees_hears_follows_or_calls_out() -> None:
    modules = sorted(SOURCE.rglob("*.py"))
    assert len(modules) > 100
    for module in modules:
        inside = module.relative_to(SOURCE).parts
        allowed = {"httpx"} if MAY_SPEAK_TO_ITSELF & set(inside) else set()
        assert not imported(module) & ((WATCHING | CALLING_OUT) - allowed), module


def test_the_base_set_brings_no_such_library() -> None:
    base = (SOURCE.parent / "requirements/base.txt").read_text()
    locked = {re.sub(r"[-_.]+", "_", name).lower() for name in re.findall(r"^([A-Za-z0-9_.-]+)==", base, re.MULTILINE)}
    assert "django" in locked
    assert not locked & {re.sub(r"[-_.]+", "_", name).lower() for name in WATCHING}
    assert {"django", "numba"} <= {one.metadata["Name"].lower() for one in distributions()}


def addresses(resolver: URLResolver, before: str = "") -> Iterator[str]:
    for one in resolver.url_patterns:
        here = before + str(one.pattern)
        if isinstance(one, URLPattern):
            yield here
        else:
            yield from addresses(one, here)


def test_no_address_is_about_persons_faces_or_tracks() -> None:
    every = list(addresses(get_resolver()))
    assert len(every) > 20
    for address in every:
        assert not re.search(
            r"person|people|face|plate|camera|photo|image|video|audio|track|trail|history|profile", address
        )


def test_no_body_has_a_place_for_media_or_identifiers() -> None:
    bodies = [name for name in openapi()["components"]["schemas"] if name.endswith("In")]
    assert "ReportIn" in bodies
    for name in bodies:
        for field in openapi()["components"]["schemas"][name]["properties"]:
            assert not re.search(
                r"face|plate|imei|imsi|mac$|photo|image|picture|video|audio|voice|file|media", field
            ), name


@pytest.mark.parametrize(
    "field", ["photo", "image", "audio", "video", "plate", "imei", "face", "attachments", "id_card"]
)
def test_media_and_identifiers_sent_with_a_report_are_refused_before_anything_is_kept(desk: Any, field: str) -> None:
    refused = desk.post("/reports", {"source_event_id": "1", "type": "fire", field: "canary"})
    assert (refused.status, refused.facts["field"]) == (422, field)
    with closing(sqlite3.connect(connections["default"].settings_dict["NAME"])) as db:
        assert not any("canary" in line for line in db.iterdump())


# --- nothing is done without a person ---------------------------------------------------------


def test_only_people_s_doors_send_close_or_cancel() -> None:
    """The verbs that decide are called by the API alone; in the demo by its made-up colleague, with its own account."""
    callers: dict[str, set[str]] = {"dispatch_unit": set(), "close_incident": set(), "cancel_incident": set()}
    for module in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text())):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                if name in callers:
                    callers[name].add(module.relative_to(SOURCE).as_posix())
    for verb, modules in callers.items():
        outside = {module for module in modules if not module.startswith("fengsui/demo/")}
        assert outside == {"fengsui/incidents/api.py"}, verb


def test_a_ranking_reads_nothing_about_the_caller(report: Callable[..., Any], desk: Any) -> None:
    said = {"words": "醉酒闹事", "contact": {"name": "某人", "number": "13900000000"}, "lon": 100.009, "lat": 0.0}
    plain, told = report("help", lon=100.009, lat=0.0), report("crime", priority=4, **said)
    rankings = [desk.get(f"/incidents/{one.pk}/recommendation")["units"] for one in (plain, told)]
    for ranking in rankings:
        for one in ranking:
            one.pop("position_age_s")
    assert rankings[0] == rankings[1]
