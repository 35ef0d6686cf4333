"""One Chromium for all tests that need one: as this machine has it, with the network cable out.

It draws maps without a graphics card. Everything but 127.0.0.1 is sent to a port where nobody listens: a page that asks
something of another host does not get it.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

import missing
from fengsui.bench.screen import BROWSERS, FLAGS

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_NOBODY = "http://127.0.0.1:9"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long tests of servers first, so that two processes end together.

    The browser comes last: its event loop holds the thread, and Django would refuse its database there.
    """
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    if item.get_closest_marker("browser"):
        return 2
    return 0 if item.get_closest_marker("server") else 1


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    executable = missing.program(*BROWSERS)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=list(FLAGS), proxy={"server": _NOBODY, "bypass": "127.0.0.1"}
        )
        yield browser
        browser.close()
