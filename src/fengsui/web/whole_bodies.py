"""A body is gathered here before a thread is asked to answer: whole, up to the limit, and then with its length.

Sent in chunks it has none, and Django would read nothing of it; sent slowly it would hold one of the few threads. One
that is too large is read on for a while and kept nowhere: a client that sends all before it reads anything finds its
connection reset otherwise, and never hears why.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import Any

from fengsui.base.refusals import BodyTooLarge, as_answer
from fengsui.live.stream import Receive, Scope, Send

_MOST_READ_ON = 32 * 1024 * 1024
_READ_ON_S = 5.0


class WholeBodies:
    """Hands requests on with a body that has a length."""

    def __init__(self, pages: Any, *, limit: int) -> None:
        self.pages, self.limit = pages, limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        length = 0 if b"transfer-encoding" in headers else int(headers.get(b"content-length", b"0"))
        if length == 0 and b"transfer-encoding" not in headers:
            await self.pages(scope, receive, send)
            return
        body = await self._gathered(receive) if length <= self.limit else None
        if body is None:
            if b"expect" not in headers:  # who asks first has not sent it
                await _read_on(receive)
            await self._refuse(scope, send)
            return
        kept = [
            (name, value) for name, value in scope["headers"] if name not in (b"transfer-encoding", b"content-length")
        ]
        scope = scope | {"headers": [*kept, (b"content-length", str(len(body)).encode())]}
        await self.pages(scope, _once(body, receive), send)

    async def _gathered(self, receive: Receive) -> bytes | None:
        """The whole body; None where it is longer than the limit, or the sender went away."""
        body, more = b"", True
        while more and len(body) <= self.limit:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            body += message.get("body", b"")
            more = message.get("more_body", False)
        return None if len(body) > self.limit else body

    async def _refuse(self, scope: Scope, send: Send) -> None:
        asked = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"accept-language"), "")
        answer = json.dumps(as_answer(BodyTooLarge(limit=self.limit), asked), ensure_ascii=False).encode()
        headers = [(b"content-type", b"application/json"), (b"connection", b"close")]
        await send({"type": "http.response.start", "status": BodyTooLarge.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer})


async def _read_on(receive: Receive) -> None:
    """Take what is still coming and drop it, within bounds."""
    n_read, more = 0, True
    with suppress(TimeoutError):
        async with asyncio.timeout(_READ_ON_S):
            while more and n_read < _MOST_READ_ON:
                message = await receive()
                n_read += len(message.get("body", b""))
                more = message.get("more_body", False)


def _once(body: bytes, receive: Receive) -> Receive:
    """A receive that tells the body first, then what really comes."""
    waiting = [body]

    async def told() -> dict[str, Any]:
        return {"type": "http.request", "body": waiting.pop(), "more_body": False} if waiting else await receive()

    return told
