"""The course of an incident in numbers: whatever the times, the drawing stays a drawing."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from fengsui.base.clock import rfc3339
from fengsui.web.incident.chain import LEFT, SCALE, chain
from fengsui.web.voice import Voice, distance, running

CALL = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
TIMES = ("accepted_at", "en_route_at", "on_scene_at", "ended_at")


def after(seconds: float | None) -> str | None:
    return None if seconds is None else rfc3339(CALL + timedelta(seconds=seconds))


def assignment(ordered: float, *rest: float | None, status: str = "on_scene") -> dict[str, Any]:
    told = dict.fromkeys(TIMES) | dict(zip(TIMES, map(after, rest), strict=False))
    return {"id": "a", "unit": "SQ01", "status": status, "ordered_at": after(ordered)} | told


def incident(*assignments: dict[str, Any], ended: float | None = None) -> dict[str, Any]:
    return {"clock_from": after(0), "ended_at": after(ended), "assignments": list(assignments)}


def drawn(row: dict[str, Any], *, now: float, limit_s: float | None = 180) -> Any:
    return chain(row, limit_s=limit_s, now=CALL + timedelta(seconds=now), reopened=[])


def test_a_unit_s_lane_tells_how_long_each_leg_took() -> None:
    lane = drawn(incident(assignment(45, 56, 69, 176, 1176), ended=1300), now=0).lanes[1]
    assert (lane.accept_s, lane.out_s, lane.drive_s, lane.arrived_s) == (11, 13, 107, 176)
    assert [bar.kind for bar in lane.bars] == ["ordered", "accepted", "en_route", "on_scene"]


def test_time_without_a_unit_has_a_lane_of_its_own() -> None:
    alone, lane = drawn(incident(assignment(45, 56)), now=60).lanes
    assert (alone.unit, alone.alone_s, lane.unit) == (None, 45, "SQ01")


def test_an_incident_that_nobody_has_is_drawn_until_now() -> None:
    (alone,) = drawn(incident(), now=100).lanes
    assert alone.alone_s == 100


def test_what_lies_beyond_the_scale_is_broken_off() -> None:
    course = drawn(incident(assignment(45, 56, 69, 176)), now=40_000)
    assert course.broken_x is not None
    assert course.lanes[1].beyond is not None


def test_the_ring_that_counts_is_marked_once() -> None:
    assert [tick.minute for tick in drawn(incident(), now=10).ticks if tick.is_limit] == [3]


@given(
    st.lists(st.lists(st.none() | st.floats(-500, 50_000), min_size=5, max_size=5), max_size=4), st.floats(0, 50_000)
)
def test_no_bar_runs_backward_or_off_the_scale_whatever_was_corrected(
    times: list[list[float | None]], now: float
) -> None:
    units = [assignment(one[0] or 0.0, *one[1:]) for one in times]
    for lane in drawn(incident(*units), now=now).lanes:
        for bar in lane.bars:
            assert LEFT <= bar.x <= bar.end <= LEFT + SCALE


def test_a_clock_that_ran_is_written_as_on_the_desk() -> None:
    assert [running(s) for s in (0, 41.9, 2530, 3733, -75)] == ["00:00", "00:41", "42:10", "1:02:13", "−01:15"]


def test_lengths_and_ways_are_said_in_the_person_s_language() -> None:
    zh, en = (Voice(english=english, zone=ZoneInfo("Asia/Shanghai")) for english in (False, True))
    assert [zh.duration(134), en.duration(134), zh.duration(7), en.duration(3720)] == [
        "2分14秒",
        "2 min 14 s",
        "7秒",
        "1 h 02 min",
    ]
    assert [distance(638), distance(1630)] == ["640 m", "1.6 km"]
    assert zh.tenths("2026-11-24T03:12:05.470Z") == "11:12:05.4"
