"""A body is gathered before the pages see it, however it comes; what is too large is read on, within bounds."""

import asyncio
from typing import Any

from fengsui.web.whole_bodies import WholeBodies


def _sent(
    chunks: list[bytes], limit: int = 100, leaves_after: int | None = None
) -> tuple[list[Any], list[dict[str, Any]]]:
    """What reached the pages (headers, body), and what was answered without them."""
    reached: list[Any] = []
    answered: list[dict[str, Any]] = []

    async def pages(scope: dict[str, Any], receive: Any, send: Any) -> None:
        reached.append((dict(scope["headers"]), (await receive())["body"]))

    n_chunks = len(chunks)

    async def receive() -> dict[str, Any]:
        if leaves_after is not None and n_chunks - len(chunks) >= leaves_after:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": chunks.pop(0), "more_body": bool(chunks)}

    async def send(message: dict[str, Any]) -> None:
        answered.append(message)

    scope = {"type": "http", "headers": [(b"transfer-encoding", b"chunked")]}
    asyncio.run(WholeBodies(pages, limit=limit)(scope, receive, send))
    return reached, answered


def test_chunks_reach_the_pages_as_one_body_with_its_length() -> None:
    reached, answered = _sent([b'{"a"', b": 1}"])
    assert reached == [({b"content-length": b"8"}, b'{"a": 1}')]
    assert answered == []


def test_a_body_beyond_the_limit_is_refused_and_read_to_its_end() -> None:
    chunks = [b"x" * 60] * 50
    reached, answered = _sent(chunks)
    assert reached == []
    assert answered[0]["status"] == 413
    assert chunks == []


def test_a_body_without_end_is_not_read_for_ever() -> None:
    chunks = [b"x" * 1024 * 1024] * 50
    _, answered = _sent(chunks)
    assert answered[0]["status"] == 413
    assert len(chunks) > 10


def test_what_is_left_of_a_body_whose_sender_went_away_reaches_nobody() -> None:
    reached, _ = _sent([b'{"a"', b""], leaves_after=1)
    assert reached == []
