"""A body sent in chunks has no length, and Django reads none of it: it is gathered here first, up to the limit."""

from __future__ import annotations

import json
from typing import Any

from fengsui.base.refusals import BodyTooLarge, as_answer
from fengsui.live.stream import Receive, Scope, Send


class WholeBodies:
    """Hands requests on with a body that has a length."""

    def __init__(self, pages: Any, *, limit: int) -> None:
        self.pages, self.limit = pages, limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        names = {name for name, _ in scope["headers"]}
        if b"transfer-encoding" not in names:
            await self.pages(scope, receive, send)
            return
        body = await self._gathered(receive)
        if body is None:
            await self._refuse(scope, send)
            return
        kept = [
            (name, value) for name, value in scope["headers"] if name not in (b"transfer-encoding", b"content-length")
        ]
        scope = scope | {"headers": [*kept, (b"content-length", str(len(body)).encode())]}
        await self.pages(scope, _once(body, receive), send)

    async def _gathered(self, receive: Receive) -> bytes | None:
        """The whole body; None where it is longer than the limit."""
        body, more = b"", True
        while more and len(body) <= self.limit:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        return None if len(body) > self.limit else body

    async def _refuse(self, scope: Scope, send: Send) -> None:
        asked = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"accept-language"), "")
        answer = json.dumps(as_answer(BodyTooLarge(limit=self.limit), asked), ensure_ascii=False).encode()
        headers = [(b"content-type", b"application/json"), (b"connection", b"close")]
        await send({"type": "http.response.start", "status": BodyTooLarge.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer})


def _once(body: bytes, receive: Receive) -> Receive:
    """A receive that tells the body first, then what really comes."""
    waiting = [body]

    async def told() -> dict[str, Any]:
        return {"type": "http.request", "body": waiting.pop(), "more_body": False} if waiting else await receive()

    return told
