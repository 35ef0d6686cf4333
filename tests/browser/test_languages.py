"""Scenario line 9: the whole product in Chinese and in English, with the network cable out."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po
from playwright.sync_api import Page, expect
from room import CJK, Room, Town, assignments, choose, proposals, put_away, sign_in, wait_until_ready

pytestmark = [pytest.mark.browser, pytest.mark.server]

CATALOGUE = Path(__file__).parents[2] / "src/fengsui/locale/zh_Hans/LC_MESSAGES/django.po"
PLACE = {"lon": 101.8974, "lat": 40.6493}
SAID = {"zh": "有人撬锁，穿黑衣服", "en": "Somebody at the lock"}
# Everything that a person is shown or told: text, names, hints, titles; not what stands in another language on purpose.
EVERYTHING = """() => {
  const own = document.documentElement.lang.slice(0, 2);
  const said = [document.title];
  const names = ['aria-label', 'title', 'placeholder', 'alt'];
  const walk = (node) => {
    if (node.nodeType === Node.TEXT_NODE) { if (node.textContent.trim()) said.push(node.textContent.trim()); return; }
    if (node.nodeType !== Node.ELEMENT_NODE || /^(SCRIPT|STYLE|NOSCRIPT|CODE)$/.test(node.tagName)) return;
    if (node.lang && node.lang.slice(0, 2) !== own) return;
    for (const name of names) if (node.getAttribute(name)) said.push(node.getAttribute(name));
    node.childNodes.forEach(walk);
  };
  walk(document.body);
  return said;
}"""


def sentences() -> Iterator[re.Pattern[str]]:
    """The English of every sentence that has a Chinese of its own, its facts left open."""
    with CATALOGUE.open("rb") as file:
        for message in read_po(file):
            english = message.id if isinstance(message.id, str) else ""
            if re.search(r"[A-Za-z]{2}", english) and message.string != english:
                whole = re.split(r"%\(\w+\)s", english)
                if re.search(r"[A-Za-z]{2}", "".join(whole)):
                    yield re.compile(".+".join(re.escape(part) for part in whole))


def everything_on(page: Page) -> list[str]:
    said: list[str] = page.evaluate(EVERYTHING)
    assert len(said) > 3
    return said


def assert_speaks(page: Page, language: str, said: str) -> None:
    """Nothing of the other language on the page but `said`, which a person said."""
    pieces = [piece for piece in everything_on(page) if piece.lstrip("：: ") != said]
    if language == "en":
        left = [piece for piece in pieces if CJK.search(piece)]
    else:
        patterns = list(sentences())
        left = [piece for piece in pieces if any(pattern.fullmatch(piece) for pattern in patterns)]
    keys = [piece for piece in pieces if re.fullmatch(r"[a-z_]+(\.[a-z_]+)+", piece) or "%(" in piece]
    assert not left, f"{page.url} in {language}: {left}"
    assert not keys, f"{page.url} in {language}, words without a sentence: {keys}"


@pytest.fixture(params=["zh", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def lived(town: Town, room: Room, language: str) -> dict[str, Any]:
    """An incident with some life behind it, and one without a place."""
    incident = town.report("crime", words=SAID[language], contact={"name": "Wang", "number": "13800000000"}, **PLACE)
    town.report("help", words=SAID[language])
    post = f"incidents/{incident['id']}"
    given = town.post(f"{post}/assignments", {"unit": town.crew_unit, "version": incident["version"]})
    town.post(f"assignments/{given['id']}/status", {"status": "accepted", "key": "a"}, role="crew")
    other = next(one["unit"] for one in town.get(f"{post}/recommendation")["units"])
    second = town.post(f"{post}/assignments", {"unit": other, "version": town.get(post)["version"]})
    town.post(f"assignments/{second['id']}/recall", {})
    town.post(f"{post}/notes", {"words": SAID[language]})
    return incident


def test_the_desk_speaks_one_language(room: Room, language: str, lived: dict[str, Any]) -> None:
    desk = room.desk(language)
    choose(desk, lived)
    expect(assignments(desk)).to_have_count(2)
    expect(proposals(desk)).to_have_count(5)
    expect(desk.locator(".log")).to_be_visible()
    assert_speaks(desk, language, SAID[language])
    for key in ("F2", "x", "z", "n", "o", "F3", "?"):
        put_away(desk)
        desk.keyboard.press(key)
        expect(desk.locator(".call:visible, .panel:visible, dialog[open]").first).to_be_visible()
        assert_speaks(desk, language, SAID[language])
        if key == "?":
            room.picture(desk, f"9-help-{language}")


def test_the_crews_page_speaks_one_language(room: Room, language: str, lived: dict[str, Any]) -> None:
    phone = room.phone(language)
    expect(phone.locator(".steps")).to_be_visible()
    assert_speaks(phone, language, SAID[language])
    phone.locator("details.more summary").click()
    assert_speaks(phone, language, SAID[language])
    room.town.post(
        f"incidents/{lived['id']}/cancelling", {"version": room.town.get(f"incidents/{lived['id']}")["version"]}
    )
    expect(phone.locator(".ended")).to_be_visible()
    assert_speaks(phone, language, SAID[language])


@pytest.mark.parametrize("role", ["dispatcher", "auditor"])
def test_the_pages_of_the_record_speak_one_language(
    room: Room, language: str, role: str, lived: dict[str, Any]
) -> None:
    for path in ("/incidents", f"/incidents/{lived['id']}"):
        page = room.page(path, language, role=role)
        assert_speaks(page, language, SAID[language])
        room.picture(page, f"9{path.replace(lived['id'], 'one').replace('/', '-')}-{role}-{language}")


def test_a_refusal_speaks_one_language(room: Room, language: str) -> None:
    room.allow("status of 404")
    nowhere = "00000000-0000-7000-8000-000000000000"
    page = room.page(f"/incidents/{nowhere}", language, is_ready=False)
    expect(page.get_by_text("no_such_thing")).to_be_visible()
    assert_speaks(page, language, "no_such_thing")
    room.picture(page, f"9-refusal-{language}")


def test_signing_in_is_told_in_one_language_and_the_language_can_be_changed(room: Room, language: str) -> None:
    room.allow("status of 401")
    page = room.page("/sign-in", language, role=None, is_ready=False)
    expect(page.locator("h1")).to_be_visible()
    assert_speaks(page, language, "")
    room.picture(page, f"9-sign-in-{language}")
    page.locator("#username").fill("dispatcher")
    page.locator("#password").fill("not it")
    page.locator("#password").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("wrong_name_or_password")
    assert_speaks(page, language, "")
    switch = {"zh": "English", "en": "中文"}[language]
    page.get_by_role("button", name=switch).click()
    expect(page.locator("html")).to_have_attribute("lang", {"zh": "en", "en": "zh-Hans"}[language])
    assert_speaks(page, {"zh": "en", "en": "zh"}[language], "")


@pytest.mark.parametrize(
    ("role", "first_page"),
    [("dispatcher", "/desk"), ("shift_lead", "/desk"), ("crew", "/crew"), ("auditor", "/incidents")],
)
def test_one_click_signs_in_and_leads_to_ones_own_page(room: Room, role: str, first_page: str) -> None:
    page = room.page("/sign-in", "en", role=None, is_ready=False)
    page.locator(f"button[data-role={role}]").click()
    page.wait_for_url(f"**{first_page}")
    wait_until_ready(page)
    assert json.loads(page.locator("#page").text_content() or "")["role"] == role


def test_a_name_and_a_password_sign_in(room: Room) -> None:
    page = room.context("zh").new_page()
    sign_in(page, room.town, "dispatcher")
    expect(page).to_have_url(re.compile("/desk$"))
    wait_until_ready(page)
    page.get_by_role("button", name="退出").click()
    expect(page).to_have_url(re.compile("/sign-in"))
    page.goto(f"{room.town.url}/desk")
    expect(page).to_have_url(re.compile(r"/sign-in\?next="))
