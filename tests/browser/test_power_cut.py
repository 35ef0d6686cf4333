"""Scenario line 7: the server is killed in the middle and started again; every screen catches up by itself."""

import re

import pytest
from playwright.sync_api import Page, expect
from room import Room, Town, assignments, choose, keep_an_eye, row_of, rows_of, words_of

pytestmark = [pytest.mark.browser, pytest.mark.server]

AWAY = (
    "ERR_CONNECTION_REFUSED",
    "ERR_CONNECTION_RESET",
    "ERR_INCOMPLETE_CHUNKED_ENCODING",
    "ERR_EMPTY_RESPONSE",
    r"maplibre-gl\.mjs",  # a tile that was asked for meanwhile
)


@pytest.fixture
def town(town_to_kill: Town) -> Town:
    """The room of this file stands in a town of its own."""
    return town_to_kill


def everything_once(desk: Page) -> None:
    ids = [row.get_attribute("id") for row in rows_of(desk).all()]
    assert len(ids) == len(set(ids))


def test_screens_say_that_they_are_late_and_catch_up_without_being_loaded_again(room: Room) -> None:
    room.allow(*AWAY)
    town = room.town
    begun, waiting = town.report("fire", lon=101.8974, lat=40.6493), town.report("medical")
    town.post(f"incidents/{begun['id']}/assignments", {"unit": town.crew_unit, "version": begun["version"]})
    desks = [room.desk("zh"), room.desk("en", role="shift_lead")]
    phone = room.phone("zh")
    stay = [keep_an_eye(page) for page in (*desks, phone)]
    for desk in desks:
        choose(desk, begun)
        expect(assignments(desk)).to_have_count(1)
    call = words_of(phone)
    expect(phone.locator(".alarm")).to_be_visible()

    town.server.kill()
    for desk in desks:
        say = words_of(desk)
        badge = desk.locator(".live")
        expect(badge).to_have_class(re.compile(r"\blate\b"), timeout=20_000)
        late = say("live.late", age="@").split("@")[0].strip()
        expect(badge).to_contain_text(re.compile(f"{re.escape(late)}|{re.escape(say('live.away'))}"))
        expect(desk.locator(".map.old")).to_be_visible(timeout=20_000)  # grey: nobody takes it for the present
        room.picture(desk, f"7-late-{'zh' if desk is desks[0] else 'en'}")
    # The crew answers meanwhile; the phone keeps the answer.
    phone.locator(".go").click()
    expect(phone.locator(".bar")).to_contain_text(call("crew.waiting_n", n=1))
    room.picture(phone, "7-phone-waits")

    town.server.start()
    missed = town.report("traffic", lon=101.9, lat=40.65)
    for desk in desks:
        say = words_of(desk)
        expect(row_of(desk, missed)).to_be_visible(timeout=30_000)
        expect(row_of(desk, waiting)).to_be_visible()
        expect(row_of(desk, begun)).to_have_count(1)
        expect(assignments(desk)).to_have_count(1)
        expect(assignments(desk)).to_contain_text(say("status.accepted"), timeout=30_000)
        expect(desk.locator(".live")).not_to_have_class(re.compile(r"\blate\b"), timeout=20_000)
        expect(desk.locator(".map.old")).to_have_count(0)
        everything_once(desk)
    expect(phone.locator(".bar")).not_to_contain_text(call("crew.waiting_n", n=1))
    room.picture(desks[0], "7-back")
    assert all(is_same() for is_same in stay), "no page was loaded again"

    whole = town.get(f"incidents/{begun['id']}")
    accepted = [entry for entry in whole["timeline"] if entry["facts"].get("status") == "accepted"]
    assert len(accepted) == 1, "the answer that waited came once"
    assert accepted[0]["device_at"] < accepted[0]["at"], "with the time at which it was pressed"
    assert len(town.get("incidents?state=open")["items"]) == 3
