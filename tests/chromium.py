"""One Chromium for all tests that need one: as this machine has it, with the network cable out.

It draws maps without a graphics card. Everything but 127.0.0.1 is sent to a port where nobody listens: a page that asks
something of another host does not get it.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

import missing

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_FLAGS = (
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_NOBODY = "http://127.0.0.1:9"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The browser comes last: its event loop holds the thread, and Django would refuse its database there."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    executable = missing.program("chromium", "chromium-browser", "google-chrome")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=list(_FLAGS), proxy={"server": _NOBODY, "bypass": "127.0.0.1"}
        )
        yield browser
        browser.close()
