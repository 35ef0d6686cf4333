"""Runs the platform in this process until it is told to stop."""

import socket
import sys
from contextlib import suppress

import uvicorn
from django.conf import settings

# Kernel buffers hid 1.9 MB from a reader that had stopped reading; with 64 kB a slow one is noticed and cut.
_SEND_BUFFER = 64 * 1024


def listening(host: str, port: int) -> socket.socket:
    """A socket bound to (host, port). Raises OSError where the port is taken."""
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
    bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    bound.bind((host, port))
    bound.listen(512)
    return bound


def run(bound: socket.socket) -> None:
    """Serve on `bound`; returns after Ctrl-C, when everything has ended cleanly."""
    from fengsui.web.asgi import Application

    config = uvicorn.Config(
        Application(),
        lifespan="on",
        # The faster parser has no limit on headers: one unfinished header of 100 MB was taken without a word.
        http="h11",
        log_level=settings.LOG_LEVEL.lower(),
        access_log=False,
        timeout_graceful_shutdown=2,
        server_header=False,
        h11_max_incomplete_event_size=64 * 1024,
    )
    # A switch of threads each 5 ms lets one busy page hold up the event loop; 1 ms is plenty on two cores.
    sys.setswitchinterval(0.001)
    with suppress(KeyboardInterrupt):  # the server ends, then raises once more what ended it
        uvicorn.Server(config).run(sockets=[bound])
