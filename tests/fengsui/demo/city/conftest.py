"""One made-up city, drawn once for all tests of it."""

from collections.abc import Callable

import pytest

from fengsui.demo.city import City, build_city


@pytest.fixture(scope="session")
def told() -> list[tuple[float, str]]:
    """What the drawing of `city` said of its progress."""
    return []


@pytest.fixture(scope="session")
def city(told: list[tuple[float, str]]) -> City:
    """The city of seed 1."""
    tell: Callable[[float, str], None] = lambda fraction, words: told.append((fraction, words))  # noqa: E731
    return build_city(1, progress=tell)
