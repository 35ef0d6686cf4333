"""A unit's state by hand, and where it is: the latest place only, and only while on duty."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from control_room import fresh, last, number, send
from fengsui.force.actions import move_units, on_moved, set_unit_state
from fengsui.force.models import Position, Unit
from fengsui.force.refusals import NoSuchUnit
from fengsui_engine.lifecycle import UnitHasMovedOn, UnitState


@pytest.mark.parametrize(
    ("was", "wanted", "code"),
    [
        ("available", "off_duty", None),
        ("available", "out_of_service", None),
        ("off_duty", "available", None),
        ("off_duty", "out_of_service", None),
        ("out_of_service", "available", None),
        ("out_of_service", "off_duty", None),
        ("available", "committed", "not_a_settable_state"),
        ("available", "ready", "not_a_settable_state"),
        ("committed", "off_duty", "unit_has_moved_on"),
        ("committed", "out_of_service", "unit_has_moved_on"),
        ("committed", "available", "unit_has_moved_on"),
    ],
)
def test_a_state_is_set_by_hand_as_the_table_says(
    desk: Any, fire: Any, sq01: Any, dispatcher: Any, was: str, wanted: str, code: str | None
) -> None:
    if was == "committed":
        send(sq01, fire, by=dispatcher)
    elif was != "available":
        desk.post("/units/SQ01/state", {"state": was})
    before = number(), fresh(sq01).version
    answer = desk.post("/units/SQ01/state", {"state": wanted})
    assert answer.code == code
    if code is None:
        assert (answer.status, answer["state"], answer["callsign"]) == (200, wanted, "SQ01")
        assert (number(), fresh(sq01).version) == (before[0] + 1, before[1] + 1)
        assert last().facts == {"was": was, "state": wanted, "how": "desk"}
    else:
        assert answer.status == (422 if code == "not_a_settable_state" else 409)
        assert (number(), fresh(sq01).version, fresh(sq01).state) == (*before, was)


def test_the_state_it_has_is_no_act(desk: Any, sq01: Any) -> None:
    answer = desk.post("/units/SQ01/state", {"state": "available"})
    assert (answer.status, answer["version"], number()) == (200, sq01.version, 0)


def test_a_crew_sets_the_state_of_its_own_unit(door: Callable[..., Any], sq01: Any) -> None:
    assert door("crew").post("/units/SQ01/state", {"state": "off_duty"})["state"] == "off_duty"
    assert last().facts["how"] == "button"


# --- where a unit is -------------------------------------------------------------


def test_only_the_latest_place_is_kept(sq01: Any, noon: datetime) -> None:
    for minute in range(3):
        move_units([(sq01, 100.001 + 0.001 * minute, 0.0)], at=noon + timedelta(minutes=minute))
    (position,) = Position.objects.filter(unit=sq01)
    assert (position.lon, position.at) == (100.003, noon + timedelta(minutes=2))


def test_going_off_duty_deletes_the_place(desk: Any, sq01: Any) -> None:
    told = desk.post("/units/SQ01/state", {"state": "off_duty"})
    assert (told["lon"], told["lat"], told["position_at"]) == (None, None, None)
    assert not Position.objects.filter(unit=sq01).exists()


def test_a_unit_off_duty_is_not_followed(desk: Any, sq01: Any, sq02: Any, noon: datetime) -> None:
    desk.post("/units/SQ01/state", {"state": "off_duty"})
    kept = move_units([(sq01, 100.001, 0.0), (sq02, 100.002, 0.0)], at=noon)
    assert [position.unit.callsign for position in kept] == ["SQ02"]
    assert not Position.objects.filter(unit=sq01).exists()


def test_out_of_service_it_is_not_followed_and_stands_where_it_was_left(desk: Any, sq01: Any, noon: datetime) -> None:
    """A vehicle in the workshop, whose crew may be at home, is nobody on duty."""
    left = desk.post("/units/SQ01/state", {"state": "out_of_service"})
    assert move_units([(sq01, 100.001, 0.001)], at=noon) == []
    assert (Position.objects.get(unit=sq01).lon, Position.objects.get(unit=sq01).lat) == (left["lon"], left["lat"])


def test_out_of_service_from_off_duty_it_is_nowhere(desk: Any, sq01: Any, noon: datetime) -> None:
    desk.post("/units/SQ01/state", {"state": "off_duty"})
    desk.post("/units/SQ01/state", {"state": "out_of_service"})
    assert move_units([(sq01, 100.001, 0.0)], at=noon) == []
    assert not Position.objects.filter(unit=sq01).exists()


def test_listeners_hear_of_places_after_the_commit_and_of_none_that_were_not_kept(
    sq01: Any, sq02: Any, desk: Any, noon: datetime
) -> None:
    heard: list[str] = []
    stop = on_moved(lambda positions: heard.extend(one.unit.callsign for one in positions))
    try:
        desk.post("/units/SQ02/state", {"state": "off_duty"})
        move_units([(sq01, 100.001, 0.0), (sq02, 100.002, 0.0)], at=noon)
        assert heard == ["SQ01"]
        with transaction.atomic():
            move_units([(sq01, 100.003, 0.0)], at=noon)
            transaction.set_rollback(True)
        assert heard == ["SQ01"]
    finally:
        stop()
    move_units([(sq01, 100.004, 0.0)], at=noon)
    assert heard == ["SQ01"]


@pytest.mark.parametrize("place", [(181.0, 0.0), (0.0, 91.0), (-181.0, 0.0)])
def test_no_unit_is_beyond_the_earth(sq01: Any, noon: datetime, place: tuple[float, float]) -> None:
    with pytest.raises(IntegrityError):
        move_units([(sq01, *place)], at=noon)


@pytest.mark.parametrize(
    "change", ["state = 'asleep'", "callsign = '朔01'", "callsign = 'SQ02'", "callsign = ''", "kind_id = 'tank'"]
)
def test_the_table_itself_refuses_what_cannot_be(prefecture: Any, change: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE force_unit SET {change} WHERE callsign = 'SQ01'")


def test_a_step_the_table_does_not_have_is_refused(sq01: Any, fire: Any, dispatcher: Any, noon: datetime) -> None:
    send(sq01, fire, by=dispatcher)
    with pytest.raises(UnitHasMovedOn) as refused:
        set_unit_state(unit=sq01, wanted=UnitState.OFF_DUTY, by=dispatcher, now=noon)
    assert refused.value.facts == {"unit": "SQ01", "state": "committed", "wanted": "off_duty"}
    assert Unit.objects.get(callsign="SQ01").state == "committed"


def test_an_area_has_the_units_of_every_centre_below_it_and_a_centre_only_its_own(prefecture: Any) -> None:
    def callsigns(units: Any) -> set[str]:
        return set(units.values_list("callsign", flat=True))

    assert callsigns(Unit.objects.in_area("SQ")) == {"SQ01", "SQ02", "SQ03", "LQ01"}
    assert callsigns(Unit.objects.of_centre("SQ")) == set()
    assert callsigns(Unit.objects.of_centre("SQC")) == {"SQ01", "SQ02", "SQ03"}


def test_a_call_sign_that_the_reader_does_not_see_is_no_unit(sq01: Any, lq01: Any, dispatcher: Any) -> None:
    assert Unit.objects.seen_by(dispatcher).called(sq01.callsign) == sq01
    with pytest.raises(NoSuchUnit):
        Unit.objects.seen_by(dispatcher).called(lq01.callsign)
