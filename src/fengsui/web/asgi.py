"""One application: event streams stay in the event loop, everything else goes to Django's threads.

One process by default, so that the one hub tells every screen. The mux answers the server's lifespan itself.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

from a2wsgi import WSGIMiddleware
from django.conf import settings

from fengsui.base.timers import timers
from fengsui.incidents.particulars import expire_particulars
from fengsui.live.hub import Hub
from fengsui.live.stream import Receive, Scope, Send, live
from fengsui.places.closures.actions import expire_closures, forget_closures
from fengsui.places.service import watch
from fengsui.web.warmth import warmth
from fengsui.web.whole_bodies import WholeBodies

_LIVE = "/api/v1/live"
# Answers are short; a storm of them waits here rather than as threads that fight for two cores.
_THREADS = 10
_A_SECOND_S, _A_MOMENT_S, _AN_HOUR_S = 1, 2, 3600


class Application:
    """The mux. Built after Django is set up."""

    def __init__(self) -> None:
        from django.core.wsgi import get_wsgi_application

        pages: Any = get_wsgi_application()
        threads: Any = WSGIMiddleware(pages, workers=_THREADS)
        self.pages = WholeBodies(threads, limit=settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        self.hub: Hub | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live_and_die(receive, send)
        elif scope["type"] == "http" and scope["path"] == _LIVE and scope["method"] == "GET" and self.hub is not None:
            await live(scope, receive, send, self.hub)
        elif scope["type"] == "http":
            await self.pages(scope, receive, send)

    async def _live_and_die(self, receive: Receive, send: Send) -> None:
        await receive()
        self.hub = Hub()
        following = asyncio.create_task(self.hub.run())
        timers.every(_A_SECOND_S, _open_again)
        timers.every(_A_MOMENT_S, watch().look)
        timers.every(_AN_HOUR_S, _expire)
        timers.start()
        warmth.begin()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        timers.stop()
        self.hub.close()
        following.cancel()
        await send({"type": "lifespan.shutdown.complete"})


def _expire(now: datetime) -> None:
    """Every installation deletes what it no longer may keep, whatever else it runs."""
    expire_particulars(now=now)
    forget_closures(now=now)


def _open_again(now: datetime) -> None:
    """Streets that were closed until now."""
    expire_closures(now=now)
