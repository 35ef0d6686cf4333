"""Scenario lines 3 and 4: the first is sent, the crew answers by phone or radio, the end and every act are kept."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from room import (
    Room,
    Town,
    assignments,
    choose,
    held_up,
    keep_an_eye,
    metres_east,
    proposals,
    row_of,
    wait_until_ready,
    words_of,
)

pytestmark = [pytest.mark.browser, pytest.mark.server]

# A press right after a unit was sent does not send a second: the desk takes a breath, and so does the crew's button.
BREATH_MS = 1_600


def desk_that_would_send(room: Room, incident: dict[str, Any]) -> Page:
    """A desk with the incident chosen, on which Enter sends the unit whose crew has a phone."""
    desk = room.desk("en")
    choose(desk, incident)
    expect(proposals(desk).first).to_have_attribute("data-unit", room.town.crew_unit)
    return desk


@pytest.fixture(params=["zh", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def near_the_crew(town: Town, **said: Any) -> dict[str, Any]:
    """An incident some streets from the unit whose crew has a phone; whoever would go before it is out of service."""
    lon, lat = metres_east(town.unit(town.crew_unit), 420)
    incident = town.report("crime", lon=lon, lat=lat, words="A window was broken", **said)
    for _ in range(10):
        first = town.get(f"incidents/{incident['id']}/recommendation")["units"][0]
        if first["unit"] == town.crew_unit:
            assert first["metres"] > 50
            return incident
        town.post(f"units/{first['unit']}/state", {"state": "out_of_service"})
    raise AssertionError(f"{town.crew_unit} is not the first near its own place")


def the_way_drawn(phone: Page) -> int:
    """How many pixels of the map have the colour of the way that is left."""
    shot = phone.locator(".map").screenshot()
    count: int = phone.evaluate(
        """async (bytes) => {
          const probe = document.body.appendChild(document.createElement('i'));
          probe.style.color = 'var(--sky)';
          const want = getComputedStyle(probe).color.match(/[\\d.]+/g).map(Number);
          probe.remove();
          const image = await createImageBitmap(new Blob([new Uint8Array(bytes)]));
          const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d');
          canvas.drawImage(image, 0, 0);
          const { data } = canvas.getImageData(0, 0, image.width, image.height);
          let n = 0;
          for (let i = 0; i < data.length; i += 4) n += [0, 1, 2].every((k) => Math.abs(data[i + k] - want[k]) < 12);
          return n;
        }""",
        list(shot),
    )
    return count


def job_of(desk: Page, callsign: str) -> Locator:
    return desk.locator(f".sent [data-unit='{callsign}']")


def tell_by_radio(desk: Page, callsign: str, key: str, status: str) -> None:
    """Press the step's key once the step before it was answered."""
    expect(job_of(desk, callsign).locator(f"[data-step={status}]")).to_be_enabled()
    desk.keyboard.press(key)
    expect(job_of(desk, callsign)).to_contain_text(words_of(desk)(f"status.{status}"))


def test_enter_sends_the_first_its_phone_rings_and_the_desk_follows(room: Room, language: str) -> None:
    town = room.town
    incident = near_the_crew(town)
    desk, phone = room.desk(language), room.phone(language)
    say, call = words_of(desk), words_of(phone)
    desk_stays, phone_stays = keep_an_eye(desk), keep_an_eye(phone)
    expect(phone.get_by_role("heading", name=call("crew.idle.available"))).to_be_visible()
    room.picture(phone, f"3-phone-idle-{language}")
    choose(desk, incident)
    expect(proposals(desk).first).to_have_attribute("data-unit", town.crew_unit)
    desk.keyboard.press("Enter")

    go = phone.locator(".go")
    accept = phone.get_by_role("button", name=re.compile(re.escape(call("crew.go.ordered"))))
    expect(accept).to_be_visible(timeout=3_000)
    expect(phone.locator(".alarm")).to_be_visible()
    expect(phone.locator(".alarm")).to_contain_text(call("crew.ringing", time="", limit="").split("/")[0].strip())
    expect(assignments(desk)).to_have_count(1)
    expect(job_of(desk, town.crew_unit)).to_contain_text(say("status.ordered"))
    room.picture(phone, f"3-phone-rings-{language}")
    accept.click()
    expect(phone.locator(".alarm")).to_be_hidden()
    expect(job_of(desk, town.crew_unit)).to_contain_text(say("status.accepted"))

    for step, status in (("accepted", "en_route"), ("en_route", "on_scene")):
        expect(go).to_contain_text(call(f"crew.go.{step}"))
        expect(go).to_be_enabled()
        phone.wait_for_timeout(BREATH_MS)
        go.click()
        expect(job_of(desk, town.crew_unit)).to_contain_text(say(f"status.{status}"))
        if status == "en_route":
            expect(phone.locator(".map[data-drawn]")).to_be_visible()
            expect(phone.locator(".stats")).to_contain_text(re.compile(r"\d+ m|\d km"))
            assert the_way_drawn(phone) > 300, "no way is drawn on the phone's map"
            room.picture(phone, f"3-phone-en-route-{language}")
            room.picture(desk, f"3-desk-en-route-{language}")
    expect(go).to_contain_text(call("crew.go.on_scene"))
    room.picture(phone, f"3-phone-on-scene-{language}")
    phone.wait_for_timeout(BREATH_MS)
    go.click()
    expect(job_of(desk, town.crew_unit)).to_contain_text(say("status.cleared"))
    expect(phone.get_by_role("heading", name=call("crew.idle.available"))).to_be_visible()
    expect(row_of(desk, incident)).to_contain_text(say("state.to_close"))
    assert town.unit(town.crew_unit)["state"] == "available"
    assert desk_stays()
    assert phone_stays()
    times = town.get(f"incidents/{incident['id']}")["assignments"][0]
    order = [times[f"{step}_at"] for step in ("ordered", "accepted", "en_route", "on_scene", "ended")]
    assert None not in order
    assert order == sorted(order)


def test_a_crew_that_speaks_by_radio_is_followed_by_the_desks_keys(room: Room) -> None:
    town = room.town
    incident = near_the_crew(town)
    desk, other = room.desk("en"), room.desk("zh", role="shift_lead")
    say = words_of(other)
    stays = keep_an_eye(other)
    choose(desk, incident)
    choose(other, incident)
    second = proposals(desk).nth(1).get_attribute("data-unit") or ""
    desk.keyboard.press("2")
    expect(assignments(desk)).to_have_count(1)
    for key, status in (("a", "accepted"), ("e", "en_route"), ("s", "on_scene"), ("d", "cleared")):
        tell_by_radio(desk, second, key, status)
        expect(job_of(other, second)).to_contain_text(say(f"status.{status}"))
    room.picture(desk, "3-desk-radio")
    assert town.unit(second)["state"] == "available"
    assert stays()
    hows = [entry["how"] for entry in town.get(f"incidents/{incident['id']}")["timeline"]]
    assert hows.count("desk") >= 5, hows


def finish(desk: Page, disposition: str, *, is_answered: bool = True) -> None:
    """Close what is chosen: X, how it ended, the button."""
    desk.keyboard.press("x")
    form = desk.get_by_role("form", name=words_of(desk)("close.title"))
    form.locator(f"[data-code={disposition}]").click()
    form.get_by_role("button", name=words_of(desk)("close.do"), exact=False).first.click()
    if is_answered:
        expect(form).to_be_hidden()


def test_what_is_pressed_while_an_act_is_under_way_is_done_after_it_in_its_order(room: Room) -> None:
    town = room.town
    incident = near_the_crew(town)
    desk = desk_that_would_send(room, incident)
    with held_up(desk, "**/assignments"):
        desk.keyboard.press("Enter")
        desk.keyboard.press("n")
        desk.keyboard.type("gate open")
        desk.keyboard.press("Enter")
    expect(desk.get_by_role("form", name=words_of(desk)("note.title"))).to_be_hidden()
    expect(job_of(desk, town.crew_unit)).to_be_visible()
    with held_up(desk, "**/status"):
        for key in "aaes":
            desk.keyboard.press(key)
        desk.keyboard.press("r")
        recall = desk.get_by_role("form", name=words_of(desk)("recall.title"))
        recall.get_by_role("textbox").press("Enter")
    expect(recall).to_be_hidden()
    expect(desk.locator(".detail").get_by_role("alert")).to_have_count(0)
    timeline = town.get(f"incidents/{incident['id']}")["timeline"]
    done = [entry["facts"].get("status") or entry["what"] for entry in timeline]
    steps = ["accepted", "en_route", "on_scene", "assignment.recalled"]
    assert done == ["incident.opened", "unit.dispatched", "incident.noted", *steps]


def test_steps_pressed_while_the_unit_is_being_sent_are_taken_for_it(room: Room) -> None:
    town = room.town
    incident = near_the_crew(town)
    desk = desk_that_would_send(room, incident)
    with held_up(desk, "**/assignments"):
        for key in ("Enter", "a", "e", "s"):
            desk.keyboard.press(key)
    expect(job_of(desk, town.crew_unit)).to_contain_text(words_of(desk)("status.on_scene"))
    timeline = town.get(f"incidents/{incident['id']}")["timeline"]
    done = [entry["facts"].get("status") or entry["what"] for entry in timeline]
    assert done == ["incident.opened", "unit.dispatched", "accepted", "en_route", "on_scene"]


def test_what_is_not_answered_is_not_called_unsaved_and_goes_once_the_server_is_heard_again(room: Room) -> None:
    room.allow("ERR_FAILED")
    desk = room.desk("en")
    incident = near_the_crew(room.town)
    choose(desk, incident)
    refusal = desk.locator(".detail").get_by_role("alert")
    desk.route("**/notes", lambda route: route.abort())
    desk.keyboard.press("n")
    desk.keyboard.type("gate open")
    desk.keyboard.press("Enter")
    expect(refusal).to_contain_text(words_of(desk)("api.not_reached"))
    expect(refusal).to_have_count(0, timeout=15_000)


def test_a_second_enter_sends_no_second_unit_and_a_panel_opened_meanwhile_stays(room: Room) -> None:
    town = room.town
    incident = near_the_crew(town)
    desk = room.desk("en")
    say = words_of(desk)
    choose(desk, incident)
    expect(proposals(desk).first).to_have_attribute("data-unit", town.crew_unit)
    closing = desk.get_by_role("form", name=say("close.title"))
    told = desk.locator(".detail").get_by_role("alert")
    with held_up(desk, "**/assignments"):
        desk.keyboard.press("Enter")
        desk.keyboard.press("Enter")
        expect(told).to_contain_text(say("act.still_sending", unit=town.unit(town.crew_unit)["name"]["en"]))
        desk.keyboard.press("x")
        expect(closing).to_be_visible()
    expect(job_of(desk, town.crew_unit)).to_be_visible()
    expect(closing).to_be_visible()
    desk.keyboard.press("Escape")
    desk.keyboard.press("Enter")  # within a breath of the first: told as well, and not done
    expect(told).to_contain_text(say("act.just_sent", unit=town.unit(town.crew_unit)["name"]["en"]))
    assert [one["unit"] for one in town.get(f"incidents/{incident['id']}")["assignments"]] == [town.crew_unit]


def test_an_incident_is_closed_behind_ones_own_act_whatever_the_stream_has_told(room: Room) -> None:
    town = room.town
    incident = near_the_crew(town)
    desk = desk_that_would_send(room, incident)
    with held_up(desk, "**/assignments"):
        desk.keyboard.press("Enter")
        finish(desk, "assisted", is_answered=False)
    expect(row_of(desk, incident)).to_contain_text(words_of(desk)("state.closed"))
    expect(desk.locator(".detail").get_by_role("alert")).to_have_count(0)


def test_a_closed_incident_shows_every_act_and_a_time_is_corrected_by_a_new_entry(room: Room) -> None:
    town, language = room.town, "en"
    incident = near_the_crew(town)
    desk, phone = room.desk(language), room.phone(language)
    choose(desk, incident)
    expect(proposals(desk).first).to_have_attribute("data-unit", town.crew_unit)
    desk.keyboard.press("Enter")
    phone.locator(".go").click()
    expect(job_of(desk, town.crew_unit)).to_contain_text(words_of(desk)("status.accepted"))
    for key, status in (("e", "en_route"), ("s", "on_scene"), ("d", "cleared")):
        tell_by_radio(desk, town.crew_unit, key, status)
    finish(desk, "assisted")
    expect(row_of(desk, incident)).to_contain_text(words_of(desk)("state.closed"))
    desk.keyboard.press("i")
    desk.wait_for_url(f"**/incidents/{incident['id']}")
    wait_until_ready(desk)

    whole = town.get(f"incidents/{incident['id']}")
    assert whole["disposition"] == "assisted"
    acts = desk.locator("table.tl tbody tr")
    expect(acts).to_have_count(len(whole["timeline"]))
    for act, entry in zip(acts.all(), whole["timeline"], strict=True):
        cells = act.locator("td")
        expect(act).to_have_attribute("id", f"e{entry['seq']}")
        expect(cells.nth(0).locator("time")).to_have_attribute("datetime", entry["at"])
        expect(cells.nth(0)).to_contain_text(re.compile(r"\d\d:\d\d:\d\d"))
        expect(cells.nth(3)).not_to_be_empty()
        expect(cells.nth(4)).not_to_be_empty()
        expect(cells.nth(5)).not_to_be_empty()
    accepted = next(entry for entry in whole["timeline"] if entry["facts"].get("status") == "accepted")
    assert (accepted["how"], accepted["by"]["role"]) == ("button", "crew")
    assert accepted["device_at"]
    expect(desk.locator(f"#e{accepted['seq']} td").nth(6)).to_contain_text(re.compile(r"\d\d:\d\d:\d\d"))
    room.picture(desk, f"4-incident-{language}")
    correct_a_time(room, desk, incident, language)


def correct_a_time(room: Room, page: Page, incident: dict[str, Any], language: str) -> None:
    """The arrival was ten seconds later: both times stand there afterwards."""
    before = room.town.get(f"incidents/{incident['id']}")["timeline"]
    arrival = next(entry for entry in before if entry["facts"].get("status") == "on_scene")
    page.locator("button[data-open=correction]").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox").select_option(str(arrival["seq"]))
    shown = dialog.locator("[name=at]").input_value()
    hour, minute, second = (
        shown.split("T")[1].split(":") if shown.count(":") == 2 else (*shown.split("T")[1].split(":"), "00")
    )
    total = int(hour) * 3600 + int(minute) * 60 + int(float(second)) + 10
    wanted = f"{total // 3600:02d}:{total // 60 % 60:02d}:{total % 60:02d}"
    dialog.locator("[name=at]").fill(f"{shown.split('T')[0]}T{wanted}")
    room.picture(page, f"4-correcting-{language}")
    dialog.locator("[type=submit]").click()
    row = page.locator(f"#e{arrival['seq']}")
    expect(row.locator(".corr")).to_contain_text(wanted)
    wait_until_ready(page)
    after = room.town.get(f"incidents/{incident['id']}")["timeline"]
    assert len(after) == len(before) + 1
    corrected = next(entry for entry in after if entry["seq"] == arrival["seq"])
    assert corrected["at"] == arrival["at"], "the old entry stays as it was"
    assert corrected["corrected_by"] == after[-1]["seq"]
    expect(row.locator("time").first).to_have_attribute("datetime", arrival["at"])
    expect(row.locator(".corr a")).to_have_attribute("href", f"#e{after[-1]['seq']}")
    expect(page.locator(f"#e{after[-1]['seq']}")).to_be_visible()
    room.picture(page, f"4-corrected-{language}")
