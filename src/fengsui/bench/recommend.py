"""How long does a desk wait for a whole recommendation, over HTTP, with 500 units in the database?

A quiet demo city gets 500 units at random junctions and a server of its own; one client, one connection, warm. The
peers are the same server's cheapest answers, so that what HTTP, the sign-in and the database cost by themselves is seen
beside it: a list read from the database, and the health check. The answers are checked against a ranking computed in
this process from the same board.
"""

import os
import secrets
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from fengsui.bench.inputs import Progress
from fengsui.bench.own_server import Desk, quiet_city
from fengsui.bench.report import Report, Row
from fengsui_engine.refusal import say
from fengsui_engine.roads import RoadNetwork, nearest, snap, snap_one

N_UNITS, N_INCIDENTS, N_WARM, K, SEED = 500, 300, 40, 5, 1


def measure(inputs: Path | None, progress: Progress) -> Report:
    """Make the city, fill it to 500 units, ask 300 times. `inputs` is not needed."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        progress(say("making a quiet city"))
        with quiet_city(data):
            pass  # made and stopped: what follows writes into its database
        progress(say("filling it to %(units)s units"), units=N_UNITS)
        _run_apart("fill", data)
        with quiet_city(data) as desk:
            return _report(desk, RoadNetwork.open(data / "city.roads"), progress)


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
