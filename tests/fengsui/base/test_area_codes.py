"""A code that begins with another lies inside it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fengsui.base.actors import Actor, system
from fengsui.base.areas import code_range, covers

CODES = st.text("ABCXYZ0189", min_size=1, max_size=6)


@given(CODES, CODES)
def test_the_range_of_an_area_holds_what_it_covers_and_nothing_else(area: str, code: str) -> None:
    first, end = code_range(area)
    assert (first <= code < end) == covers(area, code)


@given(CODES, CODES)
def test_what_lies_below_an_area_lies_inside_it(area: str, below: str) -> None:
    assert covers(area, area)
    assert covers(area, area + below)
    assert not covers(area + below, area)


def test_neighbours_do_not_cover_each_other() -> None:
    assert not covers("SQC", "SQL")
    assert not covers("SQC", "SQ")


@pytest.mark.parametrize(("code", "is_reached"), [("SQC", True), ("SQC01", True), ("SQL", False), ("SQ", False)])
def test_an_actor_reaches_its_area_and_what_is_below(code: str, is_reached: bool) -> None:
    dispatcher = Actor(id="a-1", role="dispatcher", area="SQC", centre="SQC")
    assert dispatcher.reaches(code) is is_reached


def test_the_product_acts_in_one_centre_as_an_agency() -> None:
    rule = system("SQC")
    assert (rule.id, rule.role, rule.area, rule.centre, rule.origin) == ("system", "system", "SQC", "SQC", "agency")
