"""A dispatcher's desk in a real browser, at a real server's quiet city."""

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

# The server's own tests know how to start one; the modules' tests how to start a browser.
sys.path.append(str(Path(__file__).parents[3] / "server"))

from running import Server

Desks = Callable[..., Page]

# Patience for a busy machine; what is timed is the bench, not a test.
expect.set_options(timeout=15_000)


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A quiet made-up city, running: nobody calls, no crew answers by itself."""
    server = Server(tmp_path_factory.mktemp("desk") / "data").start()
    yield server
    server.stop()


def sign_in(context: BrowserContext, town: Server, who: str, language: str) -> None:
    """Sign in as a person would, without the page: the form's token, name and password."""
    secret = town.credentials["sign_ins"][who]
    form = context.request.get(f"{town.url}/sign-in").text()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
    assert token is not None
    fields = {"csrfmiddlewaretoken": token.group(1), "username": secret["user"], "password": secret["password"]}
    here = {"Referer": f"{town.url}/sign-in"}
    assert context.request.post(f"{town.url}/sign-in", form=fields, headers=here, max_redirects=0).status == 302
    context.request.post(f"{town.url}/language", form=fields | {"language": language}, headers=here)


@pytest.fixture
def desks(browser: Browser, town: Server) -> Iterator[Desks]:
    """`desks(who, language)` opens a desk and waits until it is live and drawn; its complaints fail the test."""
    opened: list[BrowserContext] = []
    complaints: list[str] = []

    def open_desk(who: str = "dispatcher", language: str = "zh-hans", **options: Any) -> Page:
        context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN", **options)
        opened.append(context)
        sign_in(context, town, who, language)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: complaints.append(line.text) if "Content Security" in line.text else None)
        page.on("request", lambda asked: None if is_local(asked.url, town) else complaints.append(asked.url))
        page.goto(f"{town.url}/desk")
        page.locator("body[data-ready='1']").wait_for(state="attached", timeout=60_000)
        return page

    yield open_desk
    for context in opened:
        context.close()
    assert not complaints, complaints


def is_local(address: str, town: Server) -> bool:
    return address.startswith((town.url, "data:", "blob:"))
