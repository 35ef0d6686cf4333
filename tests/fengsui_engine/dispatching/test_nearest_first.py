"""Who is proposed, and is a reason always told?"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fengsui_engine.dispatching import nearest_first, reasons_against, reasons_for
from fengsui_engine.dispatching.nearest_first import UNREACHED

Fleet = tuple[list[int], list[bool]]


@st.composite
def fleets(draw: st.DrawFn) -> Fleet:
    """Travel times (few different ones, so that ties are common; some without a way) and who is free."""
    n_units = draw(st.integers(0, 40))
    times = st.one_of(st.integers(0, 6), st.integers(0, 10_000_000), st.just(int(UNREACHED)))
    travel_ms = draw(st.lists(times, min_size=n_units, max_size=n_units))
    return travel_ms, draw(st.lists(st.booleans(), min_size=n_units, max_size=n_units))


def ranked(fleet: Fleet, k: int) -> list[int]:
    travel_ms, is_available = fleet
    return nearest_first(np.array(travel_ms, dtype=np.int64), np.array(is_available, dtype=np.bool_), k=k).tolist()


def textbook(fleet: Fleet, k: int) -> list[int]:
    """Again and again the nearest free unit that is left; of equal ones the first in the list."""
    travel_ms, is_available = fleet
    left = [unit for unit in range(len(travel_ms)) if is_available[unit] and travel_ms[unit] != UNREACHED]
    chosen: list[int] = []
    while left and len(chosen) < k:
        best = left[0]
        for unit in left:
            if travel_ms[unit] < travel_ms[best]:
                best = unit
        chosen.append(best)
        left.remove(best)
    return chosen


@given(fleets(), st.integers(0, 50))
def test_the_ranking_is_the_slow_textbook_s(fleet: Fleet, k: int) -> None:
    assert ranked(fleet, k) == textbook(fleet, k)


@given(fleets(), st.integers(0, 50))
def test_only_free_units_with_a_way_are_proposed_each_once_by_time(fleet: Fleet, k: int) -> None:
    travel_ms, is_available = fleet
    order = ranked(fleet, k)
    assert len(order) == len(set(order)) <= k
    assert all(is_available[unit] and travel_ms[unit] < UNREACHED for unit in order)
    assert [travel_ms[unit] for unit in order] == sorted(travel_ms[unit] for unit in order)


@given(fleets(), st.integers(0, 20), st.integers(0, 20))
def test_asking_for_more_keeps_the_first_ones_as_they_were(fleet: Fleet, k: int, more: int) -> None:
    assert ranked(fleet, k + more)[:k] == ranked(fleet, k)


@given(fleets(), st.integers(1, 20), st.data())
def test_one_more_busy_unit_changes_nobody_else_s_order(fleet: Fleet, k: int, data: st.DataObject) -> None:
    travel_ms, is_available = fleet
    n_units = len(travel_ms)
    if not n_units:
        return
    busy = data.draw(st.integers(0, n_units - 1))
    without = [is_free and unit != busy for unit, is_free in enumerate(is_available)]
    everyone = ranked(fleet, n_units)
    assert ranked((travel_ms, without), n_units) == [unit for unit in everyone if unit != busy]


@given(fleets(), st.integers(1, 1000), st.integers(0, 40))
def test_slower_streets_for_everyone_change_no_order(fleet: Fleet, factor: int, k: int) -> None:
    travel_ms, is_available = fleet
    slower = [ms if ms == UNREACHED else ms * factor for ms in travel_ms]
    assert ranked((slower, is_available), k) == ranked(fleet, k)


@given(fleets(), st.integers(0, 40), st.randoms(use_true_random=False))
def test_the_order_of_the_list_matters_only_between_equals(fleet: Fleet, k: int, random) -> None:  # type: ignore[no-untyped-def]
    travel_ms, is_available = fleet
    shuffled = list(range(len(travel_ms)))
    random.shuffle(shuffled)
    other = ranked(([travel_ms[unit] for unit in shuffled], [is_available[unit] for unit in shuffled]), k)
    assert [travel_ms[shuffled[unit]] for unit in other] == [travel_ms[unit] for unit in ranked(fleet, k)]


ages = st.integers(0, 10**7)
metres = st.floats(0, 2000)


@given(st.integers(0, 49), st.integers(0, 10**8), st.integers(0, 10**8), ages, metres)
def test_why_a_unit_is_proposed_is_never_empty(rank: int, ms: int, first: int, age: int, off: float) -> None:
    best_ms = min(ms, first) if rank else ms
    told = reasons_for(rank, ms=ms, best_ms=best_ms, position_age_s=age, off_metres=off)
    assert told
    assert all(reason["code"] for reason in told)
    assert (told[0]["code"] == "nearest") is (rank == 0)
    assert any(reason["code"] == "position_old" for reason in told) is (age > 120)


@given(
    st.sampled_from(["available", "committed", "off_duty", "out_of_service"]),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.integers(0, 10**6),
)
def test_why_a_unit_is_not_proposed_is_never_empty(
    state: str, has_position: bool, is_near: bool, is_reached: bool, seconds: int
) -> None:
    told = reasons_against(
        state=state,
        is_on_it=False,
        has_position=has_position,
        is_near_road=is_near,
        is_reached=is_reached,
        is_beyond=False,
        ms=seconds * 1000 if is_reached else None,
        last_ms=None,
    )
    assert told
    assert all(reason["code"] for reason in told)


@pytest.mark.parametrize(
    ("state", "has_position", "is_near", "is_reached", "is_beyond", "code"),
    [
        ("committed", True, True, True, False, "committed"),
        ("off_duty", False, False, False, False, "off_duty"),
        ("available", False, False, False, False, "no_position"),
        ("available", True, False, False, False, "far_from_roads"),
        ("available", True, True, False, False, "no_way"),
        ("available", True, True, False, True, "beyond"),
        ("available", True, True, True, False, "farther"),
    ],
)
def test_the_first_thing_that_keeps_a_unit_away_is_told(
    state: str, has_position: bool, is_near: bool, is_reached: bool, is_beyond: bool, code: str
) -> None:
    (told,) = reasons_against(
        state=state,
        is_on_it=False,
        has_position=has_position,
        is_near_road=is_near,
        is_reached=is_reached,
        is_beyond=is_beyond,
        ms=9_000,
        last_ms=8_999,
    )
    assert told["code"] == code


def test_a_unit_that_is_sent_there_is_told_to_be_on_it_and_not_elsewhere() -> None:
    there = {"state": "committed", "has_position": True, "is_near_road": True, "is_reached": True, "is_beyond": False}
    assert reasons_against(**there, is_on_it=True, ms=9, last_ms=9) == [{"code": "on_it"}]  # type: ignore[arg-type]


def test_as_fast_as_the_last_proposed_is_not_farther() -> None:
    there = {
        "state": "available",
        "is_on_it": False,
        "has_position": True,
        "is_near_road": True,
        "is_reached": True,
        "is_beyond": False,
    }
    assert reasons_against(**there, ms=9_000, last_ms=9_000) == [{"code": "as_near_as_last"}]  # type: ignore[arg-type]
    assert reasons_against(**there, ms=9_001, last_ms=9_000) == [{"code": "farther", "seconds": 9}]  # type: ignore[arg-type]


def test_less_than_half_a_second_is_not_told_as_none_at_all() -> None:
    (told,) = reasons_for(1, ms=9_499, best_ms=9_000, position_age_s=1, off_metres=0.0)
    assert told == {"code": "hardly_slower"}
