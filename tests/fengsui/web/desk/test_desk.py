"""What a dispatcher does at the desk, in a real browser against a real server: scenario lines 1-5, 7 and 9."""

import re
import time
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from running import Server

from fengsui.web.words import WORDS

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


def chosen(desk: Page) -> str:
    return desk.locator(".q-box [aria-selected=true]").get_attribute("id") or ""


def ranked(desk: Page) -> None:
    expect(desk.locator(".ranking .rec.one")).to_be_visible()
    # One press too many does not send a second unit: Enter waits a breath after each.
    desk.wait_for_timeout(1600)


def test_a_call_is_on_every_desk_with_the_best_units_and_why_not_the_others(desks: Desks) -> None:
    mine, other = desks("dispatcher"), desks("shift_lead", "en")
    take_call(mine, "大街", words="夜市有人打架")
    row = chosen(mine)
    expect(other.locator(f"[id='{row}']")).to_be_visible()
    expect(mine.locator(".ranking .rec")).to_have_count(5)
    first = mine.locator(".ranking .rec.one")
    expect(first.locator(".tm")).to_have_text(re.compile(r"\d+秒$"))
    expect(first.locator(".u1")).to_contain_text(re.compile(r"\d (m|km)"))
    expect(first.locator(".why")).not_to_be_empty()
    expect(mine.locator(".not li")).not_to_have_count(0)
    clock = mine.locator(".sheet .big")
    expect(clock).not_to_have_text(clock.inner_text())


def test_words_alone_are_a_place_and_the_doubt_is_shown(desks: Desks) -> None:
    desk = desks()
    take_call(desk, "老槐树底下", words="找不到路", pick=False)
    expect(desk.locator(".facts")).to_contain_text("老槐树底下")
    expect(desk.locator(".sheet .under")).not_to_be_empty()
    expect(desk.locator(".ranking .rec")).to_have_count(0)
    expect(desk.locator(".act .what")).to_have_text("派力量")


def test_a_click_on_the_map_is_a_place(desks: Desks) -> None:
    desk = desks()
    desk.keyboard.press("F2")
    desk.locator(".call .place").fill("路口")
    desk.locator(".map canvas").click(position={"x": 200, "y": 150})
    expect(desk.locator(".call .pinned")).to_contain_text(re.compile(r"\d+\.\d{5}"))
    assert desk.locator(".call .place").input_value() == "路口", "what was typed stays as it was typed"


def test_enter_sends_the_first_and_a_crew_on_the_radio_is_followed_to_the_end(desks: Desks) -> None:
    desk = desks()
    take_call(desk, "北大街", words="有人撬锁")
    row = chosen(desk)
    ranked(desk)
    unit = desk.locator(".ranking .rec.one").get_attribute("data-unit")
    desk.keyboard.press("Enter")
    job = desk.locator(f".sent [data-unit='{unit}']")
    for key, word in (("a", "已接受"), ("e", "途中"), ("s", "在场")):
        expect(job.locator(f"[data-step]:enabled:has(kbd:text-is('{key.upper()}'))")).to_be_visible()
        desk.keyboard.press(key)
        expect(job.locator(".what, .u1 .i2").first).to_have_text(word)
    desk.keyboard.press("d")
    expect(desk.locator(".act .what")).to_have_text("结案")
    desk.keyboard.press("Enter")
    choice = desk.locator(".panel [role=radio]").first
    choice.press(choice.locator("kbd").inner_text())
    desk.keyboard.press("Enter")
    expect(desk.locator(f".q-done[id='{row}']")).to_be_visible()
    desk.keyboard.press("r")
    expect(desk.locator(".sheet .tag.hot")).to_be_visible()


def test_two_desks_send_one_unit_and_the_loser_is_told_who_has_it(desks: Desks) -> None:
    one, two = desks("dispatcher"), desks("shift_lead")
    for desk, words in ((one, "甲"), (two, "乙")):
        take_call(desk, "南大街", words=words)
    for desk in (one, two):
        ranked(desk)
    firsts = {desk.locator(".ranking .rec.one").get_attribute("data-unit") for desk in (one, two)}
    assert len(firsts) == 1
    # By its number, so that each means the unit it saw, whatever the stream has brought since.
    for desk in (one, two):
        desk.keyboard.press("1")
    for desk in (one, two):
        expect(desk.locator(".sent .rec, .wrong .er")).to_have_count(1)
    (loser,) = [desk for desk in (one, two) if desk.locator(".wrong .er").count()]
    expect(loser.locator(".wrong .er")).to_contain_text("unit_not_free")
    expect(loser.locator(".wrong .er")).to_contain_text(re.compile(r"SQC-\d{6}-\d{4}"))
    expect(loser.locator(".sent .rec")).to_have_count(0)


def test_a_recalled_unit_and_a_cancelled_incident_leave_nothing_stuck(desks: Desks) -> None:
    desk = desks()
    take_call(desk, "东大街", words="又不需要了")
    ranked(desk)
    unit = desk.locator(".ranking .rec.one").get_attribute("data-unit")
    desk.keyboard.press("Enter")
    expect(desk.locator(".sent .rec")).to_have_count(1)
    desk.keyboard.press("r")
    desk.locator("#p-recall").press("Enter")
    expect(desk.locator(".sheet .tag.hot")).to_be_visible()
    expect(desk.locator(f".ranking .rec.one[data-unit='{unit}']")).to_be_visible()
    desk.keyboard.press("z")
    desk.locator("#p-cancel").press("Enter")
    expect(desk.locator(".act .what")).to_have_text("重新打开")


def test_what_was_typed_stays_when_the_form_is_put_away(desks: Desks) -> None:
    desk = desks()
    desk.keyboard.press("F2")
    desk.locator("#call-words").fill("还没说完")
    desk.locator("#call-name").fill("王女士")
    desk.keyboard.press("Escape")
    expect(desk.locator(".call")).to_be_hidden()
    desk.keyboard.press("F2")
    assert desk.locator("#call-words").input_value() == "还没说完"
    assert desk.locator("#call-name").input_value() == "王女士"


def test_a_key_that_an_input_method_still_holds_does_nothing(desks: Desks) -> None:
    desk = desks()
    press = "(more) => document.dispatchEvent(new KeyboardEvent('keydown', {key: 'F2', bubbles: true, ...more}))"
    desk.evaluate(press, {"isComposing": True})
    desk.evaluate(press, {"keyCode": 229})
    expect(desk.locator(".call")).to_be_hidden()
    desk.evaluate(press, {})
    expect(desk.locator(".call")).to_be_visible()


def test_a_desk_catches_up_by_itself_after_the_server_was_killed(desks: Desks, town: Server) -> None:
    desk = desks()
    take_call(desk, "西大街", words="断电之前")
    row = chosen(desk)
    town.kill()
    expect(desk.locator(".live.late")).to_be_visible(timeout=20_000)
    expect(desk.locator(".map.old")).to_be_visible(timeout=20_000)
    town.start()
    with town.client() as client:
        answer = client.post("reports", json={"source_event_id": "after-the-kill", "type": "help"}).json()
    expect(desk.locator(f"[id='row-{answer['incident']}']")).to_be_visible(timeout=20_000)
    expect(desk.locator(f"[id='{row}']")).to_have_count(1)
    expect(desk.locator(".map.old")).to_have_count(0)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_word_is_there_in_both_languages(desks: Desks, language: str) -> None:
    desk = desks("dispatcher", language)
    table: dict[str, str] = desk.evaluate("JSON.parse(document.getElementById('page').textContent).words")
    if language == "en":
        assert not [key for key, word in table.items() if re.search(r"[\u3400-\u9fff]", word)]
    else:
        assert not [key for key, word in table.items() if word == WORDS[key] and not word.startswith("%")]
    desk.keyboard.press("?")
    text = desk.locator("body").inner_text()
    assert not re.findall(r"\b[a-z_]+\.[a-z_]+\b", text), "a key without its word"
    assert "%(" not in text


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_desk_has_no_serious_fault_of_access(desks: Desks, theme: str) -> None:
    desk = desks(bypass_csp=True)  # axe puts a style of its own into the page
    take_call(desk, "大道", words="读得出来吗")
    if theme == "light":
        desk.locator("form[data-module='shell/theme'] button").click()
    for press in (None, "F2", "x", "?"):
        if press:
            desk.keyboard.press("Escape")
            desk.keyboard.press(press)
            time.sleep(0.4)
        found = Axe().run(desk).response["violations"]
        grave = [f"{one['id']}: {one['nodes'][0]['html']}" for one in found if one["impact"] in ("serious", "critical")]
        assert not grave, grave


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
