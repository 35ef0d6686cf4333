"""Can everyone use it? axe finds nothing serious and nothing critical, on any page, dark or light."""

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page, expect
from room import Room, assignments, choose, proposals, put_away

pytestmark = [pytest.mark.browser, pytest.mark.server]

PLACE = {"lon": 101.8974, "lat": 40.6493}
RULES = {
    "preload": False,  # axe would ask for the imported styles again, at an address that they do not have
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}


def grave(page: Page, where: str) -> list[str]:
    """What axe calls serious or critical in the dark and in the light, as lines to read."""
    found = []
    own = page.evaluate("() => document.documentElement.dataset.theme")
    for theme in ("dark", "light"):
        page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
        for one in Axe().run(page, options=RULES).response["violations"]:
            if one["impact"] in ("serious", "critical"):
                told = [f"{node['html'][:160]} {node['failureSummary']}" for node in one["nodes"][:4]]
                found.append(f"{where}, {theme}: {one['id']} ({one['impact']})\n  " + "\n  ".join(told))
    page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", own)
    return found


def test_the_desk(room: Room) -> None:
    # axe puts a style of its own into the page, which the content policy rightly refuses.
    desk = room.desk("en", bypass_csp=True)
    found = grave(desk, "empty")
    incident = room.town.report("crime", words="Two men at a car", **PLACE)
    room.town.report("help", words="no place")
    given = room.town.post(
        f"incidents/{incident['id']}/assignments", {"unit": room.town.crew_unit, "version": incident["version"]}
    )
    room.town.post(f"assignments/{given['id']}/status", {"status": "en_route", "key": "k"})
    choose(desk, incident)
    expect(assignments(desk)).to_have_count(1)
    expect(proposals(desk)).to_have_count(5)
    found += grave(desk, "chosen")
    for key, opened in (("F2", ".call"), ("o", ".panel"), ("x", ".panel"), ("F3", ".panel"), ("?", "dialog[open]")):
        put_away(desk)
        desk.keyboard.press(key)
        expect(desk.locator(opened)).to_be_visible()
        found += grave(desk, key)
    assert not found, "\n".join(found)


def test_the_crews_page(room: Room) -> None:
    phone = room.phone("zh", bypass_csp=True)
    found = grave(phone, "idle")
    incident = room.town.report("medical", **PLACE)
    given = room.town.post(
        f"incidents/{incident['id']}/assignments", {"unit": room.town.crew_unit, "version": incident["version"]}
    )
    expect(phone.locator(".alarm")).to_be_visible()
    found += grave(phone, "ringing")
    for status in ("en_route", "on_scene"):
        room.town.post(f"assignments/{given['id']}/status", {"status": status, "key": status}, role="crew")
        expect(phone.locator(f".steps .now.{status}")).to_be_visible()
        found += grave(phone, status)
    version = room.town.get(f"incidents/{incident['id']}")["version"]
    room.town.post(f"incidents/{incident['id']}/cancelling", {"version": version})
    expect(phone.locator(".ended")).to_be_visible()
    found += grave(phone, "ended")
    assert not found, "\n".join(found)


def test_the_pages_of_the_record(room: Room) -> None:
    incident = room.town.report("crime", words="Two men at a car", **PLACE)
    room.town.post(f"incidents/{incident['id']}/notes", {"words": "seen before"})
    found = []
    for role in ("dispatcher", "auditor"):
        for path in ("/incidents", f"/incidents/{incident['id']}"):
            page = room.page(path, "en", role=role, bypass_csp=True)
            found += grave(page, f"{role} {path}")
            if path != "/incidents" and role == "dispatcher":
                page.locator("button[data-open=note]").click()
                found += grave(page, "note")
    assert not found, "\n".join(found)


def test_the_door_and_the_refusals(room: Room) -> None:
    room.allow("status of 40[14]")
    page = room.page("/sign-in", "zh", role=None, bypass_csp=True, is_ready=False)
    expect(page.locator("h1")).to_be_visible()
    found = grave(page, "sign-in")
    page.locator("#username").fill("dispatcher")
    page.locator("#password").fill("not it")
    page.locator("#password").press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    found += grave(page, "sign-in refused")
    nowhere = "/incidents/00000000-0000-7000-8000-000000000000"
    refused = room.page(nowhere, "en", bypass_csp=True, is_ready=False)
    expect(refused.locator("h1")).to_be_visible()
    found += grave(refused, "refusal")
    assert not found, "\n".join(found)
