"""A street is closed by two clicks: every desk sees it, and the next crew, and those under way, are led round it."""

import itertools
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect
from room import (
    Room,
    Town,
    assignments,
    choose,
    keep_an_eye,
    proposals,
    with_its_map_in_hand,
    words_of,
)
from test_access_for_all import grave
from test_keys_and_looks import LAPTOP, assert_fits, assert_no_sideways, cut_off, overlap
from test_languages import assert_speaks

pytestmark = [pytest.mark.browser, pytest.mark.server]

# South of the old town: the nearest crews drive a minute and more, along streets that have a way round.
PLACE = {"lon": 101.889, "lat": 40.636}
# Two banks of the river, and the next bridge is far.
BANKS = [[101.918, 40.658], [101.918, 40.6602]]
CHUNYUAN_ROAD = [[101.8797, 40.65], [101.8849, 40.6495]]
EAST_STREET = [[101.8893, 40.6509], [101.8893, 40.6478]]
ON_SCREEN = """(at) => {
  const map = globalThis.theMap;
  const { x, y } = map.project(at);
  const box = map.getCanvas().getBoundingClientRect();
  return [box.left + x, box.top + y];
}"""
# What a source of the map was told last, as the lines of it.
LINES = """(source) => (globalThis.theMap?.getSource(source)?.serialize().data.features ?? [])
  .filter((one) => one.geometry.type !== 'Point').map((one) => one.geometry.coordinates)"""


def lines_of(page: Page, source: str) -> list[list[list[float]]]:
    lines: list[list[list[float]]] = page.evaluate(LINES, source)
    return lines


def wait_for_lines(page: Page, source: str, wanted: str, known: Any = None, timeout: float = 15_000) -> None:
    """Until `wanted`, a function of the lines and of `known`, is true."""
    page.wait_for_function(
        f"([source, known]) => ({wanted})(({LINES})(source), known)", arg=[source, known], timeout=timeout
    )


def look_at(desk: Page, at: list[float], zoom: float = 15) -> None:
    desk.evaluate("([center, zoom]) => globalThis.theMap.jumpTo({ center, zoom })", [at, zoom])


def click_at(desk: Page, at: list[float]) -> None:
    x, y = desk.evaluate(ON_SCREEN, at)
    desk.mouse.move(x, y, steps=3)
    desk.mouse.click(x, y)


def form_on(desk: Page) -> Locator:
    return desk.get_by_role("form", name=words_of(desk)("closing.title"))


def listed_on(desk: Page) -> Locator:
    return desk.get_by_role("list", name=words_of(desk)("closures.title")).get_by_role("listitem")


def close_by_api(town: Town, ends: list[list[float]], **more: Any) -> dict[str, Any]:
    return dict(town.post("closures", {"from": ends[0], "to": ends[1], **more}))


def ranking(town: Town, incident: dict[str, Any]) -> list[tuple[str, float]]:
    units = town.get(f"incidents/{incident['id']}/recommendation?k=5")["units"]
    return [(one["unit"], one["seconds"]) for one in units]


def way_of(town: Town, incident: dict[str, Any], unit: str) -> list[list[float]]:
    return list(town.get(f"incidents/{incident['id']}/route?unit={unit}")["geometry"]["coordinates"])


def middle_of(way: list[list[float]]) -> list[list[float]]:
    """Two points of a way, on either side of its middle."""
    return [way[len(way) // 4], way[len(way) * 3 // 4]]


def shares(way: list[list[float]], closed: list[list[float]]) -> bool:
    """Whether a way leads along a closure: two of its points in a row lie on it."""
    on = {tuple(round(degrees, 5) for degrees in at) for at in closed}
    along = [tuple(round(degrees, 5) for degrees in at) in on for at in way]
    return any(a and b for a, b in itertools.pairwise(along))


def told_times(desk: Page) -> list[str]:
    """The ranking on the screen: call signs and times."""
    return [f"{row.get_attribute('data-unit')} {row.locator('.tm').text_content()}" for row in proposals(desk).all()]


def sees(desk: Page, wanted: Callable[..., bool]) -> None:
    for _ in range(200):
        if wanted(told_times(desk)):
            return
        desk.wait_for_timeout(100)
    raise AssertionError(f"the ranking stayed {told_times(desk)}")


def test_a_street_closed_by_two_clicks_leads_the_next_crew_round_it_until_it_is_undone(room: Room) -> None:
    town = room.town
    incident = town.report("crime", **PLACE)
    one, two = room.desk("zh"), room.desk("en", role="shift_lead")
    for desk in (one, two):
        with_its_map_in_hand(desk)
        choose(desk, incident)
        expect(proposals(desk)).to_have_count(5)
    before, screens = ranking(town, incident), {desk: told_times(desk) for desk in (one, two)}
    way = way_of(town, incident, before[0][0])
    ends = middle_of(way)
    is_the_same = keep_an_eye(two)

    one.keyboard.press("c")
    expect(form_on(one)).to_be_visible()
    go = form_on(one).get_by_role("button", name=words_of(one)("closing.do"))
    click_at(one, ends[0])
    expect(go).to_be_disabled()
    click_at(one, ends[1])
    expect(go).to_be_enabled()
    wait_for_lines(one, "closing", "(lines) => lines.length === 1")
    preview = lines_of(one, "closing")[0]
    assert shares(way, preview), "what is shown lies on the way that was to be driven"
    assert form_on(one).locator(".path").text_content()
    assert not town.get("closures")["items"], "nothing is closed before it is confirmed"
    room.picture(one, "closing-preview")
    one.keyboard.press("2")
    one.keyboard.press("Enter")

    pressed = datetime.now(UTC)
    wait_for_lines(two, "closures", "(lines) => lines.length === 1", timeout=5_000)
    closure = town.get("closures")["items"][0]
    assert lines_of(two, "closures")[0] == closure["geometry"]["coordinates"] == preview
    until = datetime.fromisoformat(closure["until"]) - pressed
    assert timedelta(minutes=59) < until < timedelta(minutes=61), "an hour was chosen by its key"

    after = ranking(town, incident)
    assert after != before
    assert dict(after).get(before[0][0], float("inf")) > before[0][1], "the first drives longer, or is no longer near"
    for desk in (one, two):
        sees(desk, lambda told, was=screens[desk]: told != was)
        expect(proposals(desk).first).to_have_attribute("data-unit", after[0][0])
        wait_for_lines(
            desk, "way", "(lines, known) => lines.length && !lines.some((one) => one.length === known)", len(way)
        )
        assert not any(shares(line, preview) for line in lines_of(desk, "way"))
    room.picture(two, "closing-second-desk")
    assert is_the_same()

    one.keyboard.press("u")
    for desk in (one, two):
        wait_for_lines(desk, "closures", "(lines) => lines.length === 0")
        sees(desk, lambda told, was=screens[desk]: told == was)
    assert ranking(town, incident) == before
    expect(one.locator(".undo")).to_be_hidden()


def test_the_way_of_a_crew_on_its_way_is_drawn_anew_on_the_desk_and_on_its_phone(room: Room) -> None:
    town = room.town
    incident = town.report("crime", **PLACE)
    given = town.post(
        f"incidents/{incident['id']}/assignments", {"unit": town.crew_unit, "version": incident["version"]}
    )
    town.post(f"assignments/{given['id']}/status", {"status": "en_route", "key": "k"})
    desk, phone = room.desk("zh"), room.phone("zh")
    for page in (desk, phone):
        with_its_map_in_hand(page)
    choose(desk, incident)
    way = way_of(town, incident, town.crew_unit)
    for page in (desk, phone):
        wait_for_lines(page, "way", "(lines) => lines.length > 0")
        assert any(shares(line, way) for line in lines_of(page, "way"))
    closure = close_by_api(town, middle_of(way))
    closed = closure["geometry"]["coordinates"]
    assert shares(way, closed)
    round_it = way_of(town, incident, town.crew_unit)
    assert not shares(round_it, closed)
    is_drawn = """(lines, known) => {
      const inner = (line) => JSON.stringify(line.slice(2, -2));
      return lines.length > 0 && lines.every((one) => inner(one) === inner(known));
    }"""
    for page in (desk, phone):
        wait_for_lines(page, "closures", "(lines) => lines.length === 1")
        wait_for_lines(page, "way", is_drawn, round_it)
    room.picture(phone, "closing-phone")
    room.picture(desk, "closing-under-way")
    town.delete(f"closures/{closure['id']}")
    for page in (desk, phone):
        wait_for_lines(page, "closures", "(lines) => lines.length === 0")
        wait_for_lines(page, "way", is_drawn, way)


def test_two_banks_without_a_bridge_between_them_are_no_street(room: Room) -> None:
    room.allow("status of 4(09|22)")
    desk = room.desk("zh")
    with_its_map_in_hand(desk)
    look_at(desk, BANKS[0])
    desk.keyboard.press("c")
    for at in BANKS:
        click_at(desk, at)
    refusal = form_on(desk).get_by_role("alert")
    expect(refusal).to_contain_text(re.compile("no_path|path_too_long"))
    expect(form_on(desk).get_by_role("button", name=words_of(desk)("closing.do"))).to_be_disabled()
    assert lines_of(desk, "closing") == []
    desk.keyboard.press("Enter")
    assert not room.town.get("closures")["items"]
    room.picture(desk, "closing-river")
    # Another click moves the end; what was refused is gone.
    near = [BANKS[0][0] + 0.002, BANKS[0][1]]
    click_at(desk, near)
    expect(refusal).to_have_count(0)
    wait_for_lines(desk, "closing", "(lines) => lines.length === 1")


def test_a_street_is_closed_from_the_keyboard_alone(room: Room) -> None:
    desk, other = room.desk("zh"), room.desk("en")
    say = words_of(desk)
    desk.keyboard.press("c")
    start = desk.get_by_role("combobox", name=say("closing.start"))
    end = desk.get_by_role("combobox", name=say("closing.end"))
    expect(start).to_be_focused()
    look_up(desk, "春原路与明驼大道路口")
    expect(end).to_be_focused()
    look_up(desk, "春原路与丰春街路口")
    expect(form_on(desk).get_by_role("button", name=say("closing.do"))).to_be_enabled()
    desk.keyboard.press("Tab")
    desk.keyboard.type("23:59")
    for key in ("Tab", "ArrowRight", "Tab", "f"):
        desk.keyboard.press(key)
    room.picture(desk, "closing-keyboard")
    desk.keyboard.press("Enter")
    expect(form_on(desk)).to_be_hidden()
    closure = room.town.get("closures")["items"][0]
    assert closure["one_way"] is True
    assert closure["reason"] == "积水"
    assert datetime.fromisoformat(closure["until"]) > datetime.now(UTC)
    other.keyboard.press("l")
    expect(listed_on(other)).to_have_count(1)
    expect(listed_on(other).first).to_contain_text("Flooded")
    expect(listed_on(other).first).to_contain_text("23:59")
    expect(listed_on(other).first.get_by_role("button").first).to_be_focused()
    room.picture(other, "closing-list")
    # From the list it is opened again, without the pointer.
    other.keyboard.press("Tab")
    other.keyboard.press("Enter")
    expect(listed_on(other)).to_have_count(0)
    assert not room.town.get("closures")["items"]


def look_up(desk: Page, crossing: str) -> None:
    """Typed in short, taken from the offers."""
    desk.keyboard.insert_text(crossing.removesuffix("路口"))
    expect(form_on(desk).get_by_role("option").filter(has_text=crossing)).to_be_visible()
    desk.keyboard.press("Enter")


def test_esc_takes_one_step_back_and_nothing_else_is_done_meanwhile(room: Room) -> None:
    incident = room.town.report("crime", **PLACE)
    desk = room.desk("zh")
    with_its_map_in_hand(desk)
    choose(desk, incident)
    expect(proposals(desk)).to_have_count(5)
    say = words_of(desk)
    desk.keyboard.press("c")
    look_at(desk, EAST_STREET[0])
    for at in EAST_STREET:
        click_at(desk, at)
    wait_for_lines(desk, "closing", "(lines) => lines.length === 1")
    hint = desk.locator(".aim")
    for key, told in (("Escape", "closing.aim_end"), ("Escape", "closing.aim_start")):
        desk.keyboard.press(key)
        expect(hint).to_have_text(say(told))
        assert lines_of(desk, "closing") == []
    desk.keyboard.press("Enter")
    assert not room.town.get(f"incidents/{incident['id']}")["assignments"], "no crew is sent from behind the form"
    desk.keyboard.press("Escape")
    expect(form_on(desk)).to_be_hidden()
    expect(proposals(desk).first).to_be_visible()
    desk.keyboard.press("Enter")
    expect(assignments(desk)).to_have_count(1)


def test_a_call_taker_sees_what_is_closed_and_closes_nothing(room: Room) -> None:
    close_by_api(room.town, EAST_STREET, reason="施工")
    desk = room.desk("zh", role="call_taker")
    say = words_of(desk)
    expect(desk.get_by_role("button", name=re.compile(say("streets.closed", n=1)))).to_be_visible()
    expect(desk.get_by_role("button", name=re.compile(say("cmd.street")))).to_have_count(0)
    desk.keyboard.press("c")
    expect(desk.locator("form.closing")).to_be_hidden()
    desk.keyboard.press("l")
    expect(listed_on(desk)).to_have_count(1)
    expect(listed_on(desk).first).to_contain_text(say("closures.who_may"))
    expect(desk.get_by_role("button", name=re.compile(say("closures.lift")))).to_have_count(0)
    desk.keyboard.press("?")
    expect(desk.get_by_role("dialog")).not_to_contain_text(say("cmd.street"))


def test_a_closed_street_is_picked_on_the_map_and_opened_again(room: Room) -> None:
    closure = close_by_api(room.town, EAST_STREET, reason="事故")
    desk = room.desk("en")
    with_its_map_in_hand(desk)
    wait_for_lines(desk, "closures", "(lines) => lines.length === 1")
    look_at(desk, closure["geometry"]["coordinates"][0], 16)
    desk.wait_for_timeout(400)
    (ax, ay), (bx, by) = closure["geometry"]["coordinates"][:2]
    click_at(desk, [(ax + bx) / 2, (ay + by) / 2])
    row = listed_on(desk)
    expect(row).to_have_count(1)
    expect(row).to_contain_text("Accident")
    expect(row.get_by_role("button").first).to_have_attribute("aria-current", "true")
    room.picture(desk, "closing-picked")
    row.get_by_role("button", name=re.compile(words_of(desk)("closures.lift"))).click()
    wait_for_lines(desk, "closures", "(lines) => lines.length === 0")
    expect(row).to_have_count(0)


def test_it_ends_by_itself_when_its_time_has_passed(room: Room) -> None:
    desk = room.desk("zh")
    with_its_map_in_hand(desk)
    soon = datetime.now(UTC) + timedelta(seconds=4)
    close_by_api(room.town, EAST_STREET, until=f"{soon.isoformat()[:23]}Z")
    wait_for_lines(desk, "closures", "(lines) => lines.length === 1")
    wait_for_lines(desk, "closures", "(lines) => lines.length === 0", timeout=20_000)
    assert datetime.now(UTC) >= soon


def test_a_desk_that_was_away_catches_up_with_what_was_closed_and_opened(room: Room) -> None:
    room.allow("ERR_INTERNET_DISCONNECTED", "net::ERR", "Failed to load")
    old = close_by_api(room.town, EAST_STREET)
    desk, phone = room.desk("zh"), room.phone("zh")
    for page in (desk, phone):
        with_its_map_in_hand(page)
        wait_for_lines(page, "closures", "(lines) => lines.length === 1")
        page.context.set_offline(True)
    room.town.delete(f"closures/{old['id']}")
    way = [[PLACE["lon"], PLACE["lat"]], [PLACE["lon"] + 0.004, PLACE["lat"]]]
    new = close_by_api(room.town, way)
    for page in (desk, phone):
        page.context.set_offline(False)
        wait_for_lines(
            page,
            "closures",
            "(lines, known) => JSON.stringify(lines) === JSON.stringify([known])",
            new["geometry"]["coordinates"],
            timeout=40_000,
        )


def without_its_streets(route: Route) -> None:
    """The board as it is, but that the road file lacks a part of every closure."""
    told = route.fetch()
    board = json.loads(told.text())
    for closure in board["closures"]:
        closure["attached"] = False
    route.fulfill(response=told, body=json.dumps(board))


def test_what_a_new_road_file_lacks_is_listed_in_straw_and_closed_again_on_its_old_ends(room: Room) -> None:
    old = close_by_api(room.town, CHUNYUAN_ROAD, reason="塌方")
    desk = room.desk("zh", role="shift_lead")
    desk.route("**/api/v1/board*", without_its_streets)
    with_its_map_in_hand(desk)
    say = words_of(desk)
    expect(desk.locator(".streets .wait")).to_have_text(say("streets.lost", n=1))
    desk.keyboard.press("l")
    expect(listed_on(desk).first).to_contain_text(say("closures.lost_do"))
    room.picture(desk, "closing-lost")
    listed_on(desk).first.get_by_role("button", name=re.compile(say("closures.again"))).click()
    wait_for_lines(desk, "closing", "(lines) => lines.length === 1")
    expect(form_on(desk).locator("#closing-reason")).to_have_value("塌方")
    desk.keyboard.press("Enter")
    expect(form_on(desk)).to_be_hidden()
    wait_for_lines(desk, "closures", "(lines) => lines.length === 1")
    items = room.town.get("closures")["items"]
    assert [one["id"] for one in items] != [old["id"]]
    assert [(one["reason"], one["geometry"]) for one in items] == [("塌方", old["geometry"])]


@pytest.mark.parametrize(("language", "theme"), [("zh", "dark"), ("en", "light")])
def test_closing_fits_speaks_one_language_and_is_for_all(room: Room, language: str, theme: str) -> None:
    incident = room.town.report("crime", **PLACE)
    close_by_api(room.town, EAST_STREET, reason="Public event", one_way=True)
    desk = room.desk(language, theme=theme, size=LAPTOP, bypass_csp=True)
    with_its_map_in_hand(desk)
    say = words_of(desk)
    choose(desk, incident)
    expect(proposals(desk)).to_have_count(5)
    whole = (".closing .code", ".closing .lab", ".closing .btn", ".streets .step", ".closures .step")
    desk.keyboard.press("c")
    look_at(desk, CHUNYUAN_ROAD[1])
    for at in CHUNYUAN_ROAD:
        click_at(desk, at)
    wait_for_lines(desk, "closing", "(lines) => lines.length === 1")
    found = grave(desk, "closing")
    for key in ("2", "Tab"):
        desk.keyboard.press(key)
    assert_speaks(desk, language, "")
    assert not cut_off(desk, *whole)
    assert_fits(desk, LAPTOP, ("header.top", ".queue", ".map", ".board", ".s-pane", "footer.cmd"))
    button = form_on(desk).get_by_role("button", name=say("closing.do")).bounding_box()
    assert button is not None
    assert button["y"] + button["height"] <= LAPTOP["height"], "the form's button is within reach"
    room.picture(desk, f"closing-1366-{language}")
    form_on(desk).get_by_role("button", name=say("closing.do")).click()
    expect(desk.locator(".undo")).to_be_visible()
    bars = [desk.locator(name).bounding_box() for name in (".streets", ".key")]
    assert bars[0] is not None
    assert bars[1] is not None
    assert overlap(bars[0], bars[1]) <= 1
    desk.keyboard.press("l")
    expect(listed_on(desk)).to_have_count(2)
    assert_speaks(desk, language, "")
    assert not cut_off(desk, *whole)
    found += grave(desk, "list")
    assert not found, "\n".join(found)
    room.picture(desk, f"closing-list-1366-{language}")


def test_at_twice_the_size_the_form_can_be_read_and_sent(room: Room) -> None:
    half = {"width": 683, "height": 384}  # what a laptop's screen holds at 200 %
    desk = room.desk("en", size=half)
    desk.keyboard.press("c")
    expect(form_on(desk)).to_be_visible()
    go = form_on(desk).get_by_role("button", name=words_of(desk)("closing.do"))
    go.scroll_into_view_if_needed()
    box = go.bounding_box()
    assert box is not None
    room.picture(desk, "closing-200")
    assert box["y"] + box["height"] <= half["height"]
    assert_no_sideways(desk, half)
