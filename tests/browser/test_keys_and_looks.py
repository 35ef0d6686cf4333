"""Does everything work from the keyboard, fit on its screen, and print?"""

import re
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

import pytest
from playwright.sync_api import FloatRect, Page, expect
from room import (
    PHONE,
    Room,
    assignments,
    choose,
    proposals,
    put_away,
    row_of,
    rows_of,
    wait_until_ready,
    with_its_map_in_hand,
    words_of,
)

pytestmark = [pytest.mark.browser, pytest.mark.server]

LAPTOP = {"width": 1366, "height": 768}
WALL = {"width": 1920, "height": 1080}
REGIONS = ("header.top", ".queue", ".map", ".board", ".detail", "footer.cmd")
PLACE = {"lon": 101.8974, "lat": 40.6493}


def test_the_keys_are_listed_and_do_what_the_list_says(room: Room) -> None:
    room.town.report("crime", **PLACE)
    room.town.report("fire", lon=101.9, lat=40.65)
    desk = room.desk("en")
    say = words_of(desk)
    expect(rows_of(desk).first).to_be_visible()
    desk.keyboard.press("?")
    listed = desk.get_by_role("dialog", name=say("help.title"))
    expect(listed).to_be_visible()
    for word in ("cmd.first", "cmd.call", "cmd.place", "cmd.close", "cmd.cancel", "cmd.recall", "step.on_scene"):
        expect(listed.get_by_text(say(word), exact=True).first).to_be_visible()
    desk.keyboard.press("Escape")
    expect(listed).to_be_hidden()
    for key, opened in (
        ("F2", desk.locator(".call")),
        ("F3", desk.get_by_role("form", name=say("relocate.title"))),
        ("o", desk.get_by_role("form", name=say("other.title"))),
        ("n", desk.get_by_role("form", name=say("note.title"))),
        ("x", desk.get_by_role("form", name=say("close.title"))),
        ("z", desk.get_by_role("form", name=say("cancel.title"))),
    ):
        put_away(desk)
        desk.keyboard.press(key)
        expect(opened).to_be_visible()
        assert desk.evaluate("(form) => form.contains(document.activeElement)", opened.element_handle()), key
    put_away(desk)
    ids = [row.get_attribute("id") for row in desk.locator(".queue [role=group]").first.get_by_role("option").all()]
    chosen = desk.locator(".queue [aria-selected=true]")
    desk.keyboard.press("ArrowUp")
    desk.keyboard.press("ArrowUp")
    expect(chosen).to_have_attribute("id", str(ids[0]))
    desk.keyboard.press("ArrowDown")
    expect(chosen).to_have_attribute("id", str(ids[1]))


def test_a_key_right_after_esc_is_a_key(room: Room) -> None:
    """Both in one turn of the browser: it has drawn nothing between them."""
    incident = room.town.report("crime", **PLACE)
    desk = room.desk("en")
    choose(desk, incident)
    desk.keyboard.press("F2")
    expect(desk.get_by_role("combobox", name=words_of(desk)("call.place"))).to_be_focused()
    desk.evaluate(
        """() => ['Escape', 'n'].forEach((key) =>
          document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true })))"""
    )
    expect(desk.get_by_role("form", name=words_of(desk)("note.title"))).to_be_visible()


def test_a_word_that_an_input_method_still_holds_is_never_a_key(room: Room) -> None:
    """Typed as Pinyin is: the browser itself says that it is composing."""
    incident = room.town.report("crime", **PLACE)
    desk = room.desk("zh")
    choose(desk, incident)
    expect(proposals(desk)).to_have_count(5)
    desk.keyboard.press("F2")
    place = desk.get_by_role("combobox", name=words_of(desk)("call.place"))
    expect(place).to_be_focused()
    method = desk.context.new_cdp_session(desk)
    method.send("Input.imeSetComposition", {"text": "zhong", "selectionStart": 5, "selectionEnd": 5})
    expect(place).to_have_value("zhong")
    # Enter, Esc and a digit belong to the input method while it holds the word: key code 229.
    for key in ("Enter", "Escape", "1"):
        held: dict[str, Any] = {"type": "rawKeyDown", "key": key, "windowsVirtualKeyCode": 229}
        method.send("Input.dispatchKeyEvent", held)
    expect(desk.locator(".call")).to_be_visible()
    expect(place).to_be_focused()
    method.send("Input.insertText", {"text": "大街"})
    expect(place).to_have_value("大街")
    expect(desk.locator(".call .hits").get_by_role("option").nth(1)).to_be_visible()
    assert len(room.town.get("incidents?state=open")["items"]) == 1, "nothing was saved"
    assert not room.town.get(f"incidents/{incident['id']}")["assignments"], "nothing was sent"


def test_a_typed_letter_is_a_letter(room: Room) -> None:
    incident = room.town.report("crime", **PLACE)
    desk = room.desk("en")
    choose(desk, incident)
    desk.keyboard.press("n")
    note = desk.get_by_role("form", name=words_of(desk)("note.title")).get_by_role("textbox")
    expect(note).to_be_focused()
    desk.keyboard.type("axz 123 oner?")
    expect(note).to_have_value("axz 123 oner?")
    assert room.town.get(f"incidents/{incident['id']}")["state"] == "waiting"


def overlap(a: FloatRect, b: FloatRect) -> float:
    width = min(a["x"] + a["width"], b["x"] + b["width"]) - max(a["x"], b["x"])
    height = min(a["y"] + a["height"], b["y"] + b["height"]) - max(a["y"], b["y"])
    return min(width, height)


def assert_fits(page: Page, size: dict[str, int], regions: tuple[str, ...]) -> None:
    """Nothing of the page lies outside the screen, and no part over another."""
    boxes = {region: page.locator(region).first.bounding_box() for region in regions}
    for region, box in boxes.items():
        assert box is not None, region
        assert box["x"] >= -1, region
        assert box["y"] >= -1, region
        assert box["x"] + box["width"] <= size["width"] + 1, region
        assert box["y"] + box["height"] <= size["height"] + 1, region
    for (one, a), (other, b) in combinations(boxes.items(), 2):
        assert a is not None
        assert b is not None
        assert overlap(a, b) <= 1, f"{one} lies over {other}"
    assert_no_sideways(page, size)


def assert_no_sideways(page: Page, size: dict[str, int]) -> None:
    wide: list[int] = page.evaluate(
        "() => [document.documentElement.scrollWidth, document.body.scrollWidth, innerWidth]"
    )
    assert max(wide) <= size["width"], f"{page.url} is {wide} wide on a screen of {size['width']}"


def cut_off(page: Page, *whole: str) -> list[str]:
    """What does not fit its box, of what has to be read whole; and keys that stand outside their button."""
    said: list[str] = page.evaluate(
        """(selectors) => {
          const seen = [...document.querySelectorAll(selectors.join(','))].filter((one) => one.checkVisibility());
          const told = (one) => `${one.className}: ${one.textContent} ${one.scrollWidth}>${one.clientWidth}`;
          const end = (one) => one.getBoundingClientRect().right;
          return [
            ...seen.filter((one) => one.scrollWidth > one.clientWidth + 1).map(told),
            ...seen.flatMap((one) => [...one.querySelectorAll('kbd')].filter((key) => end(key) > end(one)).map(told)),
          ];
        }""",
        list(whole),
    )
    return said


def busy(room: Room) -> dict[str, Any]:
    """A desk with something on it: long names, a unit under way, one that waits."""
    incident = room.town.report("crime", **PLACE)
    ended = room.town.report("crime", **PLACE)
    room.town.post(f"incidents/{ended['id']}/closing", {"disposition": "nothing_found", "version": ended["version"]})
    for number in range(6):
        room.town.report("traffic", lon=101.88 + number / 200, lat=40.64 + number / 300, words="…")
    given = {"unit": room.town.crew_unit, "version": incident["version"]}
    room.town.post(f"incidents/{incident['id']}/assignments", given)
    return incident


@pytest.mark.parametrize(("language", "theme"), [("zh", "dark"), ("en", "light")])
def test_the_desk_fits_on_a_laptop(room: Room, language: str, theme: str) -> None:
    incident = busy(room)
    desk = room.desk(language, theme=theme, size=LAPTOP)
    choose(desk, incident)
    expect(assignments(desk)).to_have_count(1)
    expect(proposals(desk)).to_have_count(5)
    assert desk.locator("html").get_attribute("data-theme") == theme
    assert_fits(desk, LAPTOP, REGIONS)
    n_units = len(room.town.get("board")["units"])
    assert desk.locator(".board button[data-unit]:visible").count() == n_units, "a crew is missing from the board"
    assert not cut_off(desk, ".board .u", ".acts .btn", ".steps .step", ".q-done .ty", ".gauge")
    assert desk.locator(".q-done .ty").evaluate_all("(all) => Math.max(0, ...all.map((one) => one.offsetHeight))") < 26
    room.picture(desk, f"look-desk-1366-{theme}-{language}")
    desk.keyboard.press("F2")
    expect(desk.locator(".call")).to_be_visible()
    assert_fits(desk, LAPTOP, (*REGIONS[:-2], ".call", REGIONS[-1]))
    room.picture(desk, f"look-call-1366-{theme}-{language}")
    save = desk.get_by_role("button", name=words_of(desk)("call.save")).bounding_box()
    assert save is not None
    assert save["y"] + save["height"] <= LAPTOP["height"], "the form's button is within reach"


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", [LAPTOP, WALL], ids=["laptop", "wall"])
def test_a_clock_in_the_queue_stays_on_its_line(room: Room, language: str, size: dict[str, int]) -> None:
    now = datetime.now(UTC)
    ages = [timedelta(hours=9, minutes=58), timedelta(hours=23, minutes=58), timedelta(hours=220)]
    rows = [room.town.report("crime", at=f"{(now - age).isoformat()[:23]}Z", **PLACE) for age in ages]
    desk = room.desk(language, size=size)
    for row in rows:
        expect(row_of(desk, row)).to_be_visible()
    clocks = desk.locator(".q-row .t b")
    choose(desk, rows[1])
    expect(desk.locator(".d-head .big")).to_contain_text("23:")
    assert not cut_off(desk, ".q-row .t b", ".d-head .r3")
    assert desk.locator(".d-head .big").evaluate("(one) => one.offsetHeight") < 40
    assert clocks.evaluate_all("(all) => Math.max(...all.map((one) => one.offsetHeight))") < 24
    room.picture(desk, f"look-clocks-{size['width']}-{language}")


def test_the_desk_fits_on_a_large_screen(room: Room) -> None:
    incident = busy(room)
    desk = room.desk("zh", size=WALL)
    choose(desk, incident)
    expect(proposals(desk)).to_have_count(5)
    assert_fits(desk, WALL, REGIONS)
    assert not cut_off(desk, ".board .u", ".acts .btn", ".steps .step", ".gauge")
    room.picture(desk, "look-desk-1920")


def test_english_is_whole_on_a_screen_of_1440(room: Room) -> None:
    incident = busy(room)
    size = {"width": 1440, "height": 900}
    desk = room.desk("en", size=size)
    choose(desk, incident)
    expect(assignments(desk)).to_have_count(1)
    expect(proposals(desk)).to_have_count(5)
    assert_fits(desk, size, REGIONS)
    n_units = len(room.town.get("board")["units"])
    assert desk.locator(".board button[data-unit]:visible").count() == n_units, "a crew is missing from the board"
    whole = (".board .u", ".board .nm .ell", ".acts .btn", ".acts .how", ".steps .step", ".h3 .note", ".gauge")
    assert not cut_off(desk, *whole)
    room.picture(desk, "look-desk-1440-en")
    for key in ("F2", "x", "z", "n", "o", "F3"):
        put_away(desk)
        desk.keyboard.press(key)
        expect(desk.locator(".call:visible, .panel:visible").first).to_be_visible()
        assert not cut_off(desk, ".code", ".h3 .note", ".lab", ".btn", ".hits span"), key


# The longest names of real towns put on the board, then what is cut there, and what lies over something else.
CROWDED = """() => {
  const seen = (selector) => [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility());
  for (const one of seen('.board .nm .ell')) one.textContent = "Brigade de proximité de gendarmerie de Cap-d'Ail";
  for (const one of seen('.board .runs button')) one.textContent = 'PA128';
  for (const one of seen('.board .u:not(.run) .v span')) one.textContent = '59:59';
  const cells = seen('.board .nm .ell, .board .nm i, .board .nb, .board .v, .board .run > i, .board .runs button');
  const shared = (a, b, from, to) => Math.min(a[to], b[to]) - Math.max(a[from], b[from]);
  const over = (a, b) => shared(a, b, 'left', 'right') > 1 && shared(a, b, 'top', 'bottom') > 1;
  const boxes = cells.map((one) => [one.textContent, one.getBoundingClientRect()]);
  const pairs = boxes.flatMap(([text, a], n) =>
    boxes.slice(n + 1).filter(([, b]) => over(a, b)).map(([other]) => `${text} over ${other}`));
  const cut = seen('.board .u, .board .runs, .board .nm, .board .bg')
    .filter((one) => one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1)
    .map((one) => `${one.className} cuts ${one.textContent}`);
  return [...pairs, ...cut];
}"""


@pytest.mark.parametrize("language", ["zh", "en"])
def test_long_names_and_call_signs_stand_whole_on_a_screen(room: Room, language: str) -> None:
    for width in (1366, 1440, 1600, 1920):
        desk = room.desk(language, size={"width": width, "height": 900})
        expect(desk.locator(".board button[data-unit]:visible").first).to_be_visible()
        assert desk.evaluate(CROWDED) == [], width


# Around a place, beyond the symbols on it: the names of the labels there, and how many lie one over another.
LABELS = """(at) => {
  const map = globalThis.theMap;
  const texts = map.getStyle().layers.filter((one) => one.layout?.['text-field']);
  const layers = texts.filter((one) => ['incidents', 'way'].includes(one.source)).map((one) => one.id);
  const { x, y } = map.project(at);
  const names = new Set();
  let most = 0;
  for (let dx = -140; dx <= 140; dx += 4)
    for (let dy = -60; dy <= 60; dy += 4) {
      if (Math.abs(dx) < 19 && Math.abs(dy) < 19) continue;
      const here = map.queryRenderedFeatures([x + dx, y + dy], { layers });
      most = Math.max(most, here.length);
      for (const one of here) names.add(one.properties.name ?? one.properties.label);
    }
  return { most, names: [...names] };
}"""


def test_labels_of_one_place_do_not_lie_over_each_other(room: Room) -> None:
    rows = [room.town.report(kind, **PLACE) for kind in ("crime", "medical", "fire")]
    desk = room.desk("en")
    with_its_map_in_hand(desk)
    choose(desk, rows[0])
    expect(proposals(desk)).to_have_count(5)
    at = [PLACE["lon"], PLACE["lat"]]
    chosen = f"{int(rows[0]['number'].split('-')[-1])} Crime"
    desk.wait_for_function(f"(at) => ({LABELS})(at).names.includes('{chosen}')", arg=at)
    told = desk.evaluate(LABELS, at)
    room.picture(desk, "look-labels")
    assert told["most"] == 1, told
    assert {name.split()[-1] for name in told["names"]} >= {"Crime", "Medical", "Fire"}, told


def test_the_theme_is_changed_in_place_and_kept(room: Room) -> None:
    desk = room.desk("en", theme="dark")
    desk.keyboard.press("F2")
    desk.locator("#call-words").fill("half a sentence")
    ground = "() => getComputedStyle(document.body).backgroundColor"
    before = desk.evaluate(ground)
    desk.locator("form[data-module='shell/theme'] button").click()
    expect(desk.locator("html")).to_have_attribute("data-theme", "light")
    assert desk.evaluate(ground) != before
    expect(desk.locator("#call-words")).to_have_value("half a sentence")
    expect(desk.get_by_role("button", name=words_of(desk)("theme.dark"))).to_be_visible()
    desk.reload()
    wait_until_ready(desk)
    expect(desk.locator("html")).to_have_attribute("data-theme", "light")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_fits_on_a_phone(room: Room, language: str) -> None:
    incident = busy(room)
    phone = room.phone(language)
    expect(phone.locator(".alarm")).to_be_visible()
    assert_no_sideways(phone, PHONE)
    go = phone.locator(".go").bounding_box()
    assert go is not None
    assert go["y"] + go["height"] <= PHONE["height"], "the next act is at the thumb, without scrolling"
    assert go["height"] >= 44
    for path in ("/incidents", f"/incidents/{incident['id']}"):
        page = room.page(path, language, size=PHONE)
        assert_no_sideways(page, PHONE)
        for wide in page.locator(".over:visible, .chain:visible").all() if incident["id"] in path else []:
            assert wide.evaluate("(one) => one.scrollWidth <= one.clientWidth"), "to be read without moving it sideways"
        room.picture(page, f"look-phone{path.replace(incident['id'], 'one').replace('/', '-')}-{language}")
    page = room.page("/sign-in", language, role=None, size=PHONE, is_ready=False)
    expect(page.locator("h1")).to_be_visible()
    assert_no_sideways(page, PHONE)
    room.picture(page, f"look-phone-sign-in-{language}")


def test_an_incident_is_printed_whole_and_without_the_screens_tools(room: Room) -> None:
    incident = busy(room)
    whole = room.town.get(f"incidents/{incident['id']}")
    a4 = {"width": 794, "height": 1123}
    page = room.page(f"/incidents/{incident['id']}", "en", size=a4, theme="dark")
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator("table.tl tbody tr")).to_have_count(len(whole["timeline"]))
    for tool in (page.get_by_role("button"), page.locator(".map"), page.locator("header.top form")):
        for one in tool.all():
            expect(one).to_be_hidden()
    assert_no_sideways(page, a4)
    ground = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    assert min(int(part) for part in re.findall(r"\d+", ground)[:3]) > 240, f"paper is white, not {ground}"
    room.picture(page, "look-print")
    paper = page.pdf(format="A4")
    (room.pictures / "look-print.pdf").write_bytes(paper)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", paper)) in (1, 2)


def test_a_long_place_and_long_words_leave_the_desk_in_shape(room: Room) -> None:
    long = "很长的一句话没有标点也没有空格" * 30
    incident = room.town.report("other", words=long, place="W" * 400, **PLACE)
    desk = room.desk("zh", size=LAPTOP)
    choose(desk, incident)
    expect(desk.locator(".facts")).to_contain_text(long[:20])
    assert_fits(desk, LAPTOP, REGIONS)
    expect(row_of(desk, incident)).to_be_visible()
    room.picture(desk, "look-long-words")


@pytest.mark.parametrize(("role", "n"), [("dispatcher", 1), ("call_taker", 0)])
def test_the_switch_of_the_demo_s_speed_is_shown_to_those_who_may_use_it(room: Room, role: str, n: int) -> None:
    desk = room.desk("en", role=role)
    expect(desk.locator("footer.cmd .hints kbd").first).to_be_visible()
    expect(desk.get_by_role("group", name=words_of(desk)("demo.label"))).to_have_count(n)
