"""What the desk keeps for a dispatcher whose hand was quicker than the eye; the scenario itself is in tests/browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from running import Server

pytestmark = [pytest.mark.browser, pytest.mark.server]

Desks = Callable[..., Page]


def take_call(desk: Page, place: str, *, words: str, pick: bool = True) -> None:
    """Take a call by keyboard: F2, the place, the first one offered, a letter for the type, the words, Enter."""
    desk.keyboard.press("F2")
    desk.locator(".call .place").fill(place)
    if pick:
        expect(desk.locator(".call .hits [role=option].on")).to_be_visible()
        desk.keyboard.press("Enter")
        expect(desk.locator(".call .pinned .i")).to_be_visible()
    desk.locator("[data-code=crime]").focus()
    desk.keyboard.press("c")
    desk.locator("#call-words").fill(words)
    desk.keyboard.press("Enter")
    expect(desk.locator(".call")).to_be_hidden()
    # The call itself is what is chosen then.
    expect(desk.locator(".facts")).to_contain_text(words)


def ranked(desk: Page) -> None:
    expect(desk.locator(".ranking .rec.one")).to_be_visible()
    # One press too many does not send a second unit: Enter waits a breath after each.
    desk.wait_for_timeout(1600)


def test_what_was_typed_stays_when_the_form_is_put_away(desks: Desks) -> None:
    desk = desks()
    desk.keyboard.press("F2")
    desk.locator("#call-words").fill("还没说完")
    desk.locator("#call-name").fill("来电人")
    desk.keyboard.press("Escape")
    expect(desk.locator(".call")).to_be_hidden()
    desk.keyboard.press("F2")
    assert desk.locator("#call-words").input_value() == "还没说完"
    assert desk.locator("#call-name").input_value() == "来电人"


def test_enter_does_not_send_another_unit_than_the_one_that_was_first_a_moment_ago(desks: Desks, town: Server) -> None:
    desk = desks()
    take_call(desk, "南大街", words="手快")
    ranked(desk)
    first = desk.locator(".ranking .rec.one").get_attribute("data-unit")
    # The first is lost between the look and the press: both happen in one turn of the browser.
    desk.evaluate(
        """async (unit) => {
          const { page } = { page: JSON.parse(document.getElementById("page").textContent) };
          const headers = { "Content-Type": "application/json", "X-CSRFToken": page.csrf };
          const gone = new Promise((done) => new MutationObserver((_, watch) => {
            if (document.querySelector(`.ranking .rec.gone[data-unit="${unit}"]`)) { watch.disconnect(); done(); }
          }).observe(document.querySelector(".ranking"), { subtree: true, attributes: true, childList: true }));
          const body = JSON.stringify({ state: "out_of_service" });
          fetch(`/api/v1/units/${unit}/state`, { method: "POST", headers, body });
          await gone;
          document.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
        }""",
        first,
    )
    expect(desk.locator(".wrong .er")).to_contain_text("first_changed")
    expect(desk.locator(".sent .rec")).to_have_count(0)
    desk.keyboard.press("Enter")
    expect(desk.locator(".sent .rec")).to_have_count(1)
    with town.client() as client:
        client.post(f"units/{first}/state", json={"state": "available"})
