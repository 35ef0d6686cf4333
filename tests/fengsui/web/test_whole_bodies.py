"""A body that comes in chunks is read like any other, and no further than the limit."""

import asyncio
from typing import Any

from fengsui.web.whole_bodies import WholeBodies


def _sent(chunks: list[bytes], limit: int = 100) -> tuple[list[Any], list[dict[str, Any]]]:
    """What reached the pages (headers, body), and what was answered without them."""
    reached: list[Any] = []
    answered: list[dict[str, Any]] = []

    async def pages(scope: dict[str, Any], receive: Any, send: Any) -> None:
        reached.append((dict(scope["headers"]), (await receive())["body"]))

    async def receive() -> dict[str, Any]:
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


def test_chunks_beyond_the_limit_are_refused_and_not_read_on() -> None:
    chunks = [b"x" * 60] * 50
    reached, answered = _sent(chunks)
    assert reached == []
    assert answered[0]["status"] == 413
    assert len(chunks) == 48
