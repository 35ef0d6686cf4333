"""A new road file comes into service while the city runs: noted once, told to every centre, closures looked for."""

import logging
from pathlib import Path
from typing import Any

import pytest
from cities import PLACES, WAYS, write_osm
from django.db import IntegrityError, transaction

from control_room import NOON, entries
from fengsui.places import city as city_module
from fengsui.places import service
from fengsui.places.city import City, city, load_city
from fengsui.places.closures import actions
from fengsui.places.closures.actions import close_street, lift_closure
from fengsui.places.closures.models import Closure
from fengsui.places.ground import lay_ground, next_path, put_in_place
from fengsui.places.models import RoadFile
from fengsui.places.service import GroundWatch, take_into_service


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """An extract of another day, without Bell Tower Street."""
    return write_osm(tmp_path / "other.osm", PLACES, [way for way in WAYS if way[0] != 103])


@pytest.fixture
def new(other: Path, tmp_path: Path) -> City:
    lay_ground(other, tmp_path / "new.roads", lambda *_, **__: None)
    return load_city(tmp_path / "new.roads")


def test_the_first_file_is_noted_and_told_nobody(prefecture: Any, drawn: City) -> None:
    take_into_service(drawn, now=NOON)
    take_into_service(drawn, now=NOON)
    assert RoadFile.objects.get().digest == drawn.roads.digest
    assert entries("SQC") == entries("SQL") == []


def test_another_file_is_told_to_every_centre_once(prefecture: Any, drawn: City, new: City) -> None:
    take_into_service(drawn, now=NOON)
    take_into_service(new, now=NOON)
    take_into_service(new, now=NOON)  # by another process
    for centre in ("SQC", "SQL"):
        (told,) = entries(centre)
        assert told.what == "roads.in_service"
        assert (told.facts["was"], told.facts["roads"]) == (drawn.roads.digest, new.roads.digest)
    old, now = RoadFile.objects.order_by("valid_from", "pk")
    assert (old.valid_to, now.valid_to) == (NOON, None)


def test_one_road_file_is_in_service_and_the_database_holds_to_it(prefecture: Any, drawn: City) -> None:
    take_into_service(drawn, now=NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        RoadFile.objects.create(digest="x", source="x", junctions=1, edges=1, metres=1, valid_from=NOON)


def test_the_watch_serves_a_new_pair_and_looks_for_the_closures_on_it(
    prefecture: Any, dispatcher: Any, drawn: City, other: Path, tmp_path: Path
) -> None:
    served = tmp_path / "city.roads"
    drawn.roads.save(served)
    drawn.basemap.save(served.with_suffix(".map"))
    watch = GroundWatch(served)
    look(watch)
    assert RoadFile.objects.get().digest == drawn.roads.digest
    close_street(
        start=(100.009, 0.005), end=(100.009, 0.0), one_way=False, until=None, reason="", by=dispatcher, now=NOON
    )
    look(watch)
    assert city() is drawn

    digest = lay_ground(other, next_path(served), lambda *_, **__: None).digest
    put_in_place(served)
    look(watch)
    assert city().roads.digest == digest
    assert Closure.objects.get().missing == 2
    assert {entry.what for entry in entries("SQC")} == {"closure.made", "roads.in_service", "closure.detached"}
    after = city()
    look(watch)
    assert city() is after


def test_a_pair_that_cannot_be_used_is_told_and_the_city_runs_on(
    prefecture: Any, drawn: City, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    served = tmp_path / "city.roads"
    drawn.roads.save(served)
    drawn.basemap.save(served.with_suffix(".map"))
    watch = GroundWatch(served)
    look(watch)
    whole = served.read_bytes()
    served.write_bytes(whole[:-1000])
    with caplog.at_level(logging.ERROR):
        look(watch)
    assert "was not taken into service" in caplog.text
    assert city_module.city() is drawn
    assert RoadFile.objects.get().digest == drawn.roads.digest
    served.write_bytes(whole)
    look(watch)
    assert city().roads.digest == drawn.roads.digest


def look(watch: GroundWatch) -> None:
    watch.look(NOON)
    watch.wait(20)


def test_what_could_not_be_noted_is_tried_again(
    prefecture: Any, drawn: City, other: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = tmp_path / "city.roads"
    drawn.roads.save(served)
    drawn.basemap.save(served.with_suffix(".map"))
    watch = GroundWatch(served)
    look(watch)
    digest = lay_ground(other, next_path(served), lambda *_, **__: None).digest
    put_in_place(served)

    def full(*_: Any, **__: Any) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(service, "take_into_service", full)
        look(watch)
    assert city().roads.digest == digest
    assert RoadFile.objects.get(valid_to=None).digest == drawn.roads.digest
    look(watch)
    assert RoadFile.objects.get(valid_to=None).digest == digest


def test_a_pair_that_was_replaced_before_the_first_look_is_served(
    prefecture: Any, drawn: City, other: Path, tmp_path: Path
) -> None:
    served = tmp_path / "city.roads"
    watch = GroundWatch(served)
    digest = lay_ground(other, served, lambda *_, **__: None).digest
    look(watch)
    assert city().roads.digest == digest


def test_a_closure_lifted_by_another_hand_is_not_looked_for(
    prefecture: Any, dispatcher: Any, drawn: City, new: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the list of those in force and each of them somebody may be quicker: another process, or a dispatcher."""
    ends: dict[str, Any] = {"start": (100.009, 0.005), "end": (100.009, 0.0), "one_way": False}
    close_street(**ends, until=None, reason="", by=dispatcher, now=NOON)
    attach = actions._reattach

    def after_another(pk: Any, here: City, *, now: Any) -> None:
        attach(pk, here, now=now)
        attach(pk, here, now=now)

    monkeypatch.setattr(actions, "_reattach", after_another)
    actions.reattach_closures(new, now=NOON)
    assert [entry.what for entry in entries("SQC")] == ["closure.made", "closure.detached"]
    lift_closure(closure=Closure.objects.get(), by=dispatcher, now=NOON)
    attach(Closure.objects.get().pk, drawn, now=NOON)
    assert [entry.what for entry in entries("SQC")][-1] == "closure.lifted"
