"""How long does a desk wait for a whole recommendation, over HTTP, with 500 units in the database?

A quiet demo city gets 500 units at random junctions and a server of its own; one client, one connection, warm. The
peers are the same server's cheapest answers, so that what HTTP, the sign-in and the database cost by themselves is seen
beside it: a list read from the database, and the health check. The answers are checked against a ranking computed in
this process from the same board.
"""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from fengsui.bench.report import Report, Row
from fengsui_engine.refusal import say
from fengsui_engine.roads import RoadNetwork, nearest, snap, snap_one

Progress = Callable[..., None]

N_UNITS, N_INCIDENTS, N_WARM, K, SEED = 500, 300, 40, 5, 1
READY_S = 120.0


def measure(inputs: Path | None, progress: Progress) -> Report:
    """Make the city, fill it to 500 units, ask 300 times. `inputs` is not needed."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        progress(say("making a quiet city"))
        with _server(data):
            pass  # made and stopped: what follows writes into its database
        progress(say("filling it to %(units)s units"), units=N_UNITS)
        _run_apart("fill", data)
        with _server(data) as desk:
            return _report(desk, RoadNetwork.open(data / "city.roads"), progress)


class Desk:
    """One client with one connection that stays open."""

    def __init__(self, port: int, token: str, pid: int) -> None:
        self.pid = pid
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self.connection = HTTPConnection("127.0.0.1", port, timeout=30)
        self.connection.connect()
        self.connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        self.connection.request(method, path, None if body is None else json.dumps(body), self.headers)
        answer = self.connection.getresponse()
        told = json.loads(answer.read())
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path}: {answer.status} {told}")
        return told

    def timed(self, path: str) -> tuple[float, Any]:
        """(milliseconds, answer)."""
        begin = time.perf_counter()
        told = self.ask("GET", path)
        return (time.perf_counter() - begin) * 1000, told

    def peak_mb(self) -> float:
        """The server's own peak, where the system tells it."""
        try:
            told = Path(f"/proc/{self.pid}/status").read_text()
        except OSError:
            return float("nan")
        return next(int(line.split()[1]) / 1024 for line in told.splitlines() if line.startswith("VmHWM"))


def _report(desk: Desk, roads: RoadNetwork, progress: Progress) -> Report:
    rng = np.random.default_rng(SEED)
    nodes = rng.choice(roads.n_nodes, N_INCIDENTS, replace=False)
    incidents = [_incident(desk, roads, int(node)) for node in nodes]
    board = desk.ask("GET", "/api/v1/board")
    free = [unit for unit in board["units"] if unit["state"] == "available" and unit["lon"] is not None]
    progress(say("asking %(times)s times, %(free)s units free"), times=N_INCIDENTS, free=len(free))
    for incident in incidents[:N_WARM]:
        desk.timed(f"/api/v1/incidents/{incident}/recommendation?k={K}")
    asked = [desk.timed(f"/api/v1/incidents/{incident}/recommendation?k={K}") for incident in incidents]
    expected = _expected(roads, free, nodes)
    is_exact = [[unit["unit"] for unit in told["units"]] for _, told in asked] == expected
    rows = [_row("fengsui", desk, [ms for ms, _ in asked], exact=is_exact)]
    for name, path in (("a list from the database", "/api/v1/dispositions"), ("the health check", "/healthz")):
        rows.append(_row(name, desk, [desk.timed(path)[0] for _ in range(N_INCIDENTS)], exact=True))
    told = {"units": len(board["units"]), "incidents": N_INCIDENTS, "k": K, "seed": SEED, "nodes": roads.n_nodes}
    return Report(job="recommend", input=told | {"clients": 1}, rows=rows)


def _incident(desk: Desk, roads: RoadNetwork, node: int) -> str:
    place = {"lon": float(roads.lon[node]), "lat": float(roads.lat[node])}
    body = {"source_event_id": secrets.token_hex(8), "type": "help", **place}
    return str(desk.ask("POST", "/api/v1/reports", body)["incident"])


def _expected(roads: RoadNetwork, free: list[dict[str, Any]], nodes: np.ndarray) -> list[list[str]]:
    """The engine asked directly: the call signs of the K nearest free units of each incident."""
    units = snap(roads, [unit["lon"] for unit in free], [unit["lat"] for unit in free])
    places = [snap_one(roads, float(roads.lon[node]), float(roads.lat[node])) for node in nodes]
    return [[free[unit]["callsign"] for unit in nearest(roads, place, units, K).unit] for place in places]


def _row(engine: str, desk: Desk, taken_ms: list[float], *, exact: bool) -> Row:
    p50, p99 = (float(ms) for ms in np.percentile(taken_ms, [50, 99]))
    return Row(
        engine=engine,
        version=version("fengsui"),
        draw="http",
        p50_ms=round(p50, 2),
        p99_ms=round(p99, 2),
        peak_mb=round(desk.peak_mb(), 1),
        exact=exact,
    )


@contextmanager
def _server(data: Path) -> Iterator[Desk]:
    """A quiet city in a process of its own, warm."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port = int(bound.getsockname()[1])
    command = [
        sys.executable,
        "-m",
        "fengsui",
        "demo",
        "--data",
        str(data),
        "--port",
        str(port),
        "--calls-per-day",
        "0",
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
    try:
        _wait(port, process)
        token = json.loads((data / "credentials.json").read_text())["tokens"]["dispatcher"]
        yield Desk(port, token, process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/healthz")
            if json.loads(connection.getresponse().read()).get("kernels") == "warm":
                return
        except (OSError, ValueError):
            pass
        time.sleep(0.1)
    raise RuntimeError("the server did not become ready")


def _run_apart(job: str, data: Path) -> None:
    environment = os.environ | {"FENGSUI_DATA": str(data), "DJANGO_SETTINGS_MODULE": "fengsui.settings"}
    command = [sys.executable, "-m", "fengsui.bench.recommend", job]
    subprocess.run(command, check=True, env=environment)  # noqa: S603


def fill() -> None:
    """In a process of its own: bring the dispatcher's centre to 500 units, each at a random junction."""
    import django

    django.setup()
    from django.conf import settings
    from django.db import transaction

    from fengsui.base import clock
    from fengsui.force.models import Position, Unit

    roads, rng, now = RoadNetwork.open(settings.FENGSUI_ROADS), np.random.default_rng(SEED), clock.now()
    first = Unit.objects.order_by("pk")[0]
    n_more = N_UNITS - Unit.objects.of_centre(first.centre_code).count()
    with transaction.atomic():
        for number in range(n_more):
            callsign = f"BN{number:03}"
            unit = Unit.objects.create(
                callsign=callsign,
                name={"zh": callsign, "en": callsign},
                kind=first.kind,
                centre_code=first.centre_code,
                state="available",
                state_since=now,
                valid_from=now,
            )
            node = int(rng.integers(roads.n_nodes))
            Position.objects.create(unit=unit, lon=float(roads.lon[node]), lat=float(roads.lat[node]), at=now)


if __name__ == "__main__" and sys.argv[1:] == ["fill"]:
    fill()
