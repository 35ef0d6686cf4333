"""The control room that browser tests sit in: a running city, and people at its screens.

Whoever sits down gets a browser context of their own (cookies, language, size), already signed in. Everything that a
page complains about is written down, and so is every request that left this machine.
"""

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request, Route, expect
from running import Server

DESK = {"width": 1600, "height": 900}
PHONE = {"width": 390, "height": 844}
LOCALES = {"zh": "zh-CN", "en": "en"}
CJK = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
_TELL_VIOLATIONS = (
    "document.addEventListener('securitypolicyviolation', (event) => "
    "console.error(`content policy: ${event.violatedDirective} ${event.blockedURI}`))"
)


@dataclass
class Town:
    """A quiet made-up city, running, and the sign-ins that were already made there."""

    server: Server
    keys: dict[str, Any] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return self.server.url

    @property
    def crew_unit(self) -> str:
        return str(self.server.credentials["crew_unit"])

    def get(self, path: str, role: str = "dispatcher") -> Any:
        with self.server.client(role) as client:
            return client.get(path).raise_for_status().json()

    def post(self, path: str, body: dict[str, Any], role: str = "dispatcher") -> Any:
        with self.server.client(role) as client:
            return client.post(path, json=body).raise_for_status().json()

    def delete(self, path: str, role: str = "dispatcher") -> Any:
        with self.server.client(role) as client:
            return client.delete(path).raise_for_status().json()

    def unit(self, callsign: str) -> dict[str, Any]:
        return next(unit for unit in self.get("units?limit=500")["items"] if unit["callsign"] == callsign)

    def report(self, type_: str = "crime", **said: Any) -> dict[str, Any]:
        """A report by the API; the incident that it opened."""
        event = f"browser-{time.monotonic_ns()}"
        opened = self.post("reports", {"source_event_id": event, "type": type_, **said}, role="call_taker")
        return dict(self.get(f"incidents/{opened['incident']}"))

    def clear_away(self) -> None:
        """Close what is open, open what is closed, put every unit back on duty: each test begins in a calm city."""
        for row in self.get("incidents?state=open&limit=500")["items"]:
            self.post(f"incidents/{row['id']}/closing", {"disposition": "settled", "version": row["version"]})
        for closure in self.get("closures?limit=500")["items"]:
            self.delete(f"closures/{closure['id']}")
        for unit in self.get("units?limit=500")["items"]:
            if unit["state"] != "available":
                self.post(f"units/{unit['callsign']}/state", {"state": "available"})


class Room:
    """Sit people down at `town`'s screens with `browser`; `complaints` is what went wrong on any of them."""

    def __init__(self, browser: Browser, town: Town, pictures: Path) -> None:
        self.browser, self.town, self.pictures = browser, town, pictures
        self.contexts: list[BrowserContext] = []
        self.complaints: list[str] = []
        self.allowed: list[re.Pattern[str]] = []

    def desk(self, language: str = "zh", *, role: str = "dispatcher", **options: Any) -> Page:
        """A desk, live and drawn."""
        return self.page("/desk", language, role=role, **options)

    def phone(self, language: str = "zh", **options: Any) -> Page:
        """The crew's page on a phone."""
        return self.page("/crew", language, role="crew", size=PHONE, has_touch=True, is_mobile=True, **options)

    def page(
        self,
        path: str,
        language: str = "zh",
        *,
        role: str | None = "dispatcher",
        theme: str | None = None,
        size: dict[str, int] | None = None,
        is_ready: bool = True,
        **options: Any,
    ) -> Page:
        """A page as `role` sees it (None: nobody is signed in); `is_ready` waits until it says that it is."""
        known = self._signed_in(role) if role else None
        context = self.context(language, size=size, storage_state=known, **options)
        if theme:
            context.add_cookies([{"name": "fengsui_theme", "value": theme, "url": self.town.url}])
        page = context.new_page()
        page.goto(f"{self.town.url}{path}")
        if is_ready:
            wait_until_ready(page)
        return page

    def context(self, language: str = "zh", *, size: dict[str, int] | None = None, **options: Any) -> BrowserContext:
        """A browser context that tells on its pages."""
        context = self.browser.new_context(viewport=size or DESK, locale=LOCALES[language], **options)  # type: ignore[arg-type]
        context.set_default_timeout(20_000)
        context.add_init_script(_TELL_VIOLATIONS)
        context.on("console", self._hear)
        context.on("weberror", lambda error: self.complaints.append(f"page error: {error.error}"))
        context.on("request", self._watch)
        self.contexts.append(context)
        return context

    def allow(self, *patterns: str) -> None:
        """What the pages may say in this test: a refusal that is wanted, a server that is away."""
        self.allowed += [re.compile(pattern) for pattern in patterns]

    def picture(self, page: Page, name: str) -> None:
        """Keep what is on the screen, for looking at."""
        self.pictures.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=self.pictures / f"{name}.png")

    def leave(self) -> list[str]:
        """Close everything; the complaints that nobody allowed."""
        for context in self.contexts:
            context.close()
        return [said for said in self.complaints if not any(pattern.search(said) for pattern in self.allowed)]

    def _signed_in(self, role: str) -> Any:
        if role not in self.town.keys:
            with self.browser.new_context(locale="en") as context:
                sign_in(context.new_page(), self.town, role)
                self.town.keys[role] = context.storage_state()
        return self.town.keys[role]

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and "GPU stall due to ReadPixels" not in message.text:
            self.complaints.append(f"console {message.type}: {message.text} ({message.location.get('url', '')})")

    def _watch(self, request: Request) -> None:
        if not request.url.startswith((f"{self.town.url}/", "data:", "blob:")):
            self.complaints.append(f"left this machine: {request.url}")


def sign_in(page: Page, town: Town, role: str) -> None:
    """Sign in by name and password, on the page."""
    secret = town.server.credentials["sign_ins"][role]
    page.goto(f"{town.url}/sign-in")
    page.locator("#username").fill(secret["user"])
    page.locator("#password").fill(secret["password"])
    page.locator("#password").press("Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)


def wait_until_ready(page: Page) -> None:
    page.locator("body[data-ready='1']").wait_for(state="attached", timeout=60_000)


def words_of(page: Page) -> Callable[..., str]:
    """What the page calls things, in its own language: `say("call.save")`."""
    table: dict[str, str] = json.loads(page.locator("#page").text_content() or "{}")["words"]
    return lambda key, **facts: table[key] % facts if facts else table[key]


def rows_of(desk: Page) -> Locator:
    """The rows of the queue."""
    return desk.locator(".queue").get_by_role("option")


def row_of(desk: Page, incident: dict[str, Any]) -> Locator:
    return desk.locator(f"[id='row-{incident['id']}']")


def choose(desk: Page, incident: dict[str, Any]) -> None:
    """Click an incident and wait until its ranking is there."""
    row_of(desk, incident).click()
    expect(row_of(desk, incident)).to_have_attribute("aria-selected", "true")


def put_away(desk: Page) -> None:
    """Esc, until nothing is open over the desk."""
    desk.keyboard.press("Escape")
    expect(desk.locator(".call:visible, .panel:visible, dialog[open]")).to_have_count(0)


@contextmanager
def held_up(page: Page, what: str) -> Iterator[None]:
    """Requests to `what` stay on their way while this lasts: the line is slow, nothing is made up."""
    on_their_way: list[Route] = []
    is_slow = True
    page.route(what, lambda route: on_their_way.append(route) if is_slow else route.continue_())
    _wait_until_routed(page)
    yield
    deadline = time.monotonic() + 10
    while not on_their_way:
        assert time.monotonic() < deadline, f"nothing was asked of {what}"
        page.wait_for_timeout(20)
    is_slow = False
    for route in on_their_way:
        route.continue_()


def _wait_until_routed(page: Page) -> None:
    """A browser lets requests by for a moment after a route was set: ask until one is seen."""
    seen: list[Route] = []
    page.route("**/healthz", lambda route: (seen.append(route), route.continue_()))
    while not seen:
        page.evaluate("fetch('/healthz').then((answer) => answer.text())")
    page.unroute("**/healthz")


def proposals(desk: Page) -> Locator:
    return desk.get_by_role("list", name=words_of(desk)("rank.title")).get_by_role("listitem")


def assignments(desk: Page) -> Locator:
    return desk.get_by_role("list", name=words_of(desk)("sent.title")).get_by_role("listitem")


def with_its_map_in_hand(desk: Page) -> None:
    """Load the page again, its map where a test can ask it."""

    def hand_over(route: Route) -> None:
        told = route.fetch()
        line = 'bus.on("theme", restyle);'
        assert line in told.text()
        route.fulfill(response=told, body=told.text().replace(line, f"globalThis.theMap = map; {line}"))

    desk.route("**/map/map.js", hand_over)
    desk.reload()
    wait_until_ready(desk)


def keep_an_eye(page: Page) -> Callable[[], bool]:
    """Whether this is still the page that it was: not loaded again since."""
    page.evaluate("() => { globalThis.isTheSame = true; }")
    return lambda: page.evaluate("() => globalThis.isTheSame === true") is True


def metres_east(row: dict[str, Any], metres: float) -> tuple[float, float]:
    """(lon, lat) east of a place, in a city near 40 degrees north."""
    return row["lon"] + metres / 84_500, row["lat"]
