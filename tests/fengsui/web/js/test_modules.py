"""Do the browser's own rules hold: the city that follows the stream, the queue's order, the clocks, the beacon line?

The modules are pure; they run in Chromium because Node may be missing. No server is started: the browser's requests are
answered from the files.
"""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route

HERE = Path(__file__).parent
STATIC = Path(__file__).parents[4] / "src/fengsui/web/static"
HOST = "http://modules.test"

pytestmark = pytest.mark.browser


def answer(route: Route) -> None:
    """Serve `/static/…` from the package, everything else from this folder."""
    path = route.request.url.removeprefix(HOST).partition("?")[0]
    if path == "/":
        route.fulfill(content_type="text/html", body="<!doctype html><title>modules</title><body>")
        return
    file = STATIC / path.removeprefix("/static/") if path.startswith("/static/") else HERE / path.lstrip("/")
    route.fulfill(content_type="text/javascript", body=file.read_bytes())


def told_by(page: Page, file: str) -> list[dict[str, Any]]:
    page.route(f"{HOST}/**", answer)
    page.goto(f"{HOST}/")
    outcome: list[dict[str, Any]] = page.evaluate(
        "async (file) => { await import(file); return (await import('/check.js')).run(); }", f"/{file}"
    )
    return outcome


FILES = ("city", "clock", "crew", "desk", "ground", "stream", "streets")


@pytest.mark.parametrize("file", [f"{name}.test.js" for name in FILES])
def test_the_modules_keep_their_promises(page: Page, file: str) -> None:
    outcome = told_by(page, file)
    assert outcome, f"{file} holds no test"
    failed = [f"{one['name']}\n{one['error']}" for one in outcome if one["error"]]
    assert not failed, "\n\n".join(failed)
