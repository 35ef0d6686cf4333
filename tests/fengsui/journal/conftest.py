"""Someone who acts, a moment, and a short way to write an entry."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from fengsui.base.actors import Actor
from fengsui.journal.record import record

NOON = datetime(2026, 11, 24, 4, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def noon() -> datetime:
    return NOON


@pytest.fixture
def dispatcher() -> Actor:
    return Actor(id="0193-dispatcher", role="dispatcher", area="SQ", centre="SQC")


@pytest.fixture
def note(dispatcher: Actor) -> Callable[..., None]:
    """Write a small entry: `note(3)`, `note(3, centre="SQL")`."""

    def note(number: int, centre: str = "SQC", **facts: Any) -> None:
        record(
            "unit.dispatched",
            centre=centre,
            about=[("incident", f"i-{number}"), ("unit", "SQ01")],
            by=dispatcher,
            facts={"number": number, **facts},
            now=NOON,
        )

    return note
