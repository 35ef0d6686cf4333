"""Scenario line 5: two people at once, a recalled unit, a cancelled incident, a reopened one; nothing stays stuck."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from room import Room, assignments, choose, held_up, proposals, row_of, words_of

pytestmark = [pytest.mark.browser, pytest.mark.server]

PLACE = {"lon": 101.8974, "lat": 40.6493}


def first_of(desk: Page) -> str:
    return proposals(desk).first.get_attribute("data-unit") or ""


def is_free_on(desk: Page, callsign: str, incident: dict[str, Any]) -> None:
    """The desk's board shows the unit as free, and a new ranking begins with it again."""
    say = words_of(desk)
    cell = desk.locator(f".board button[data-unit='{callsign}']")
    expect(cell).to_have_attribute("aria-label", re.compile(re.escape(say("unit_state.available"))))
    choose(desk, incident)
    expect(proposals(desk).first).to_have_attribute("data-unit", callsign, timeout=20_000)


def test_of_two_desks_one_sends_and_the_other_reads_who_has_the_unit(room: Room) -> None:
    room.allow("status of 409")
    one, two = room.desk("zh"), room.desk("en", role="shift_lead")
    fire, flood = room.town.report("fire", **PLACE), room.town.report("help", **PLACE)
    choose(one, fire)
    choose(two, flood)
    expect(proposals(one)).to_have_count(5)
    expect(proposals(two)).to_have_count(5)
    unit = first_of(one)
    assert first_of(two) == unit
    # The second's order is on its way while the first's is taken.
    with held_up(two, "**/assignments"):
        two.keyboard.press("Enter")
        one.keyboard.press("Enter")
        expect(assignments(one)).to_have_count(1)
    expect(assignments(one).first).to_have_attribute("data-unit", unit)
    refusal = two.locator(".detail").get_by_role("alert")
    expect(refusal).to_contain_text("unit_not_free")
    expect(refusal).to_contain_text(fire["number"])
    expect(refusal).to_contain_text(room.town.unit(unit)["name"]["en"])
    assert not room.town.get(f"incidents/{flood['id']}")["assignments"]
    # The loser's next Enter sends the next one: nothing is in the way.
    expect(proposals(two).first).not_to_have_attribute("data-unit", unit)
    room.picture(two, "5-loser")
    two.wait_for_timeout(1_600)
    two.keyboard.press("Enter")
    expect(assignments(two)).to_have_count(1)
    for desk, row in ((one, fire), (two, flood)):
        expect(row_of(desk, row)).to_contain_text(words_of(desk)("status.ordered"))


def test_recalling_cancelling_and_reopening_free_the_units_on_every_desk(room: Room) -> None:
    one, two = room.desk("en"), room.desk("zh", role="shift_lead")
    say = words_of(one)
    incident, probe = room.town.report("crime", **PLACE), room.town.report("other", priority=4, **PLACE)
    choose(one, incident)
    expect(proposals(one)).to_have_count(5)
    unit = first_of(one)
    one.keyboard.press("Enter")
    expect(assignments(one)).to_have_count(1)
    one.keyboard.press("r")
    recall = one.get_by_role("form", name=say("recall.title"))
    recall.get_by_role("textbox").press("Enter")
    expect(row_of(one, incident)).to_contain_text(say("state.unsent"))
    expect(row_of(two, incident)).to_contain_text(words_of(two)("state.unsent"))
    is_free_on(two, unit, probe)

    one.wait_for_timeout(1_600)
    expect(proposals(one).first).to_have_attribute("data-unit", unit)
    one.keyboard.press("Enter")
    expect(assignments(one)).to_have_count(2)  # the recalled one stays to be read
    one.keyboard.press("z")
    cancel = one.get_by_role("form", name=say("cancel.title"))
    cancel.get_by_role("textbox").fill("Called off by the caller")
    cancel.get_by_role("textbox").press("Enter")
    expect(row_of(one, incident)).to_contain_text(say("state.cancelled"))
    is_free_on(two, unit, probe)

    choose(one, incident)
    one.keyboard.press("r")
    expect(row_of(one, incident)).to_contain_text(say("state.unsent"))
    expect(row_of(two, incident)).to_contain_text(words_of(two)("state.unsent"))
    expect(proposals(one).first).to_have_attribute("data-unit", unit, timeout=20_000)
    one.wait_for_timeout(1_600)
    one.keyboard.press("Enter")
    expect(row_of(two, incident)).to_contain_text(words_of(two)("status.ordered"))
    room.picture(one, "5-reopened")
    now = room.town.get(f"incidents/{incident['id']}")
    assert [one["status"] for one in now["assignments"]].count("ordered") == 1
    assert room.town.unit(unit)["state"] == "committed"


def test_a_crew_whose_order_is_recalled_is_told_on_its_phone(room: Room) -> None:
    town = room.town
    desk, phone = room.desk("en"), room.phone("zh")
    incident = town.report("crime", **PLACE)
    town.post(f"incidents/{incident['id']}/assignments", {"unit": town.crew_unit, "version": incident["version"]})
    call = words_of(phone)
    expect(phone.locator(".alarm")).to_be_visible()
    choose(desk, incident)
    expect(assignments(desk)).to_have_count(1)
    desk.keyboard.press("r")
    desk.get_by_role("form", name=words_of(desk)("recall.title")).get_by_role("textbox").press("Enter")
    expect(phone.get_by_role("heading", name=call("crew.ended.recalled"))).to_be_visible()
    expect(phone.locator(".alarm")).to_be_hidden()
    room.picture(phone, "5-phone-recalled")
    phone.get_by_role("button", name=call("crew.seen")).click()
    expect(phone.get_by_role("heading", name=call("crew.idle.available"))).to_be_visible()
