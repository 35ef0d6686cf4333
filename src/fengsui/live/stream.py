"""`GET /api/v1/live`: the stream of a centre, as a plain ASGI application beside Django.

A stream lives for hours and must not hold one of the few threads that answer pages, so it stays in the event loop.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qs

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore

from fengsui.accounts.sessions import NotSignedIn, bearer_grant, session_grant
from fengsui.accounts.who_may import require
from fengsui.base.actors import Actor
from fengsui.base.refusals import as_answer
from fengsui.live.board import centre_for
from fengsui.live.frames import cursor_frame, frame
from fengsui.live.hub import Hub, Subscriber
from fengsui_engine.refusal import Refusal, say

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

# A screen counts the age of what it shows from the last cursor, and greys its map after 10 s.
_QUIET_S = 3.0
_UNREAD_S = 30.0
# A stream outlives a request by hours; a token or a grant that is taken away ends it within this time.
_LOOK_AGAIN_S = 30.0
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


class NotANumber(Refusal):
    status = 422
    sentence = say("%(after)s is not a number of the journal. Leave it out, or send the last id you received.")


async def live(scope: Scope, receive: Receive, send: Send, hub: Hub) -> None:
    """Answer one stream until the reader leaves, is cut, or the server ends."""
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    query = {key: values[-1] for key, values in parse_qs(scope["query_string"].decode("latin-1")).items()}
    try:
        reader = await sync_to_async(_reader, thread_sensitive=False)(headers)
        require(reader, "read_lists")
        centre = await sync_to_async(centre_for, thread_sensitive=False)(reader, query.get("centre"))
        after = _after(headers.get("last-event-id") or query.get("after"))
    except Refusal as refusal:
        await _refuse(send, refusal, headers.get("accept-language", ""))
        return
    await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
    await _tell(send, b"retry: 1000\n\n")
    subscriber = Subscriber(centre=centre, reader=reader, at=-1 if after is None else after)
    if not await _join(hub, subscriber):
        await _tell(send, frame("resync", {"centre": centre}), more=False)
        return
    leaving = asyncio.create_task(_gone(receive))
    try:
        await _follow(subscriber, send, leaving, headers)
    except TimeoutError:
        return  # it read nothing for half a minute; it comes back with its last number
    finally:
        hub.leave(subscriber)
        leaving.cancel()


async def _join(hub: Hub, subscriber: Subscriber) -> bool:
    if subscriber.at < 0:  # from now on
        subscriber.at = await hub.last(subscriber.centre)
    return await hub.join(subscriber)


async def _follow(subscriber: Subscriber, send: Send, leaving: asyncio.Task[None], headers: dict[str, str]) -> None:
    clock = asyncio.get_running_loop().time
    looked_at = clock()
    await _tell(send, cursor_frame(subscriber.at, subscriber.at) if subscriber.queue.empty() else b": hello\n\n")
    while not subscriber.is_cut and not leaving.done():
        if clock() - looked_at > _LOOK_AGAIN_S:
            looked_at = clock()
            if not await _still_may(headers, subscriber.reader):
                break
        waiting = asyncio.ensure_future(subscriber.get(timeout_s=_QUIET_S))
        await asyncio.wait({waiting, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not waiting.done():
            waiting.cancel()
            return
        try:
            data = waiting.result()
        except TimeoutError:
            if not subscriber.queue.empty():
                continue  # queued in this very moment: a cursor must not overtake it
            data = cursor_frame(subscriber.at, subscriber.at)
        await _tell(send, data)
    await _tell(send, b"", more=False)


async def _still_may(headers: dict[str, str], reader: Actor) -> bool:
    """Whether the token or the session still stands for the same actor."""
    try:
        found: Actor = await sync_to_async(_reader, thread_sensitive=False)(headers)
    except NotSignedIn:
        return False
    return found == reader


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _tell(send: Send, data: bytes, *, more: bool = True) -> None:
    """Send, or give up on a reader that takes nothing: TimeoutError ends its stream."""
    await asyncio.wait_for(send({"type": "http.response.body", "body": data, "more_body": more}), _UNREAD_S)


async def _refuse(send: Send, refusal: Refusal, accept_language: str) -> None:
    body = json.dumps(as_answer(refusal, accept_language), ensure_ascii=False).encode()
    headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await _tell(send, body, more=False)


def _reader(headers: dict[str, str]) -> Actor:
    if "authorization" in headers:
        grant = bearer_grant(headers["authorization"])
    else:
        morsel = SimpleCookie(headers.get("cookie", "")).get(settings.SESSION_COOKIE_NAME)
        grant = session_grant(SessionStore(morsel.value)) if morsel is not None else None
    if grant is None:
        raise NotSignedIn()
    return grant.actor()


def _after(text: str | None) -> int | None:
    if text is None or text == "":
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise NotANumber(after=text[:20])
    return int(text)
