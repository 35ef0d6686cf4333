"""A new extract is built beside, checked, and taken into service by a server that runs on."""

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import httpx
import osmium
import pytest
from running import Server

from fengsui.demo.ground import PACKED

pytestmark = pytest.mark.server
WITHIN_S = 30.0


def replace(extract: Path, folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "fengsui", "roads", "replace", str(extract), "--data", str(folder), "--json"]
    return subprocess.run([*command, *more], capture_output=True, text=True, timeout=120, check=False)


def without(ways: Sequence[int], path: Path) -> Path:
    """The packed city without some of its ways, as an extract of another day."""
    left_out = set(ways)
    with osmium.SimpleWriter(str(path)) as writer:
        for thing in osmium.FileProcessor(str(PACKED / "shuoquan-1.osm.pbf")):
            if not (thing.is_way() and thing.id in left_out):
                writer.add(thing)
    return path


def digest_served(client: httpx.Client, incident: str) -> str:
    return str(client.get(f"incidents/{incident}/recommendation").json()["roads"])


def test_new_roads_come_into_service_without_a_restart_and_closures_stay(tmp_path: Path) -> None:
    server = Server(tmp_path / "city").start()
    try:
        with server.client() as client:
            incident, closed = begun(client)
            before = digest_served(client, incident)
            pid = server.process.pid  # type: ignore[union-attr]
            cut = tmp_path / "cut.osm.pbf"
            cut.write_bytes((PACKED / "shuoquan-1.osm.pbf").read_bytes()[:100_000])
            assert refused(replace(cut, server.folder)) == "extract_unreadable"
            assert digest_served(client, incident) == before

            done = replace(without(lanes()[::10], tmp_path / "fewer-lanes.osm.pbf"), server.folder)
            assert done.returncode == 0, done.stderr
            assert json.loads(done.stdout)["doubts"] == []
            deadline = time.monotonic() + WITHIN_S
            while digest_served(client, incident) == before:
                assert time.monotonic() < deadline, server.told()
                time.sleep(0.2)
            assert server.process.pid == pid  # type: ignore[union-attr]
            assert closed in {row["id"] for row in client.get("board").json()["closures"]}
            after = digest_served(client, incident)
        server.kill()
        server.start()
        with server.client() as client:
            assert digest_served(client, incident) == after
            assert closed in {row["id"] for row in client.get("closures").json()["items"]}
            few = without(streets("residential", "tertiary"), tmp_path / "few-streets.osm.pbf")
            assert refused(replace(few, server.folder)) == "roads_doubtful"
            assert digest_served(client, incident) == after
    finally:
        server.stop()


def refused(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 1
    return str(json.loads(done.stderr.strip().splitlines()[-1])["code"])


def begun(client: httpx.Client) -> tuple[str, str]:
    """An incident, and a closure beside it."""
    unit = client.get("units").json()["items"][0]
    lon, lat = unit["lon"], unit["lat"]
    report = {"source_event_id": "1", "type": "help", "lon": lon, "lat": lat}
    incident = client.post("reports", json=report).json()["incident"]
    made = client.post("closures", json={"from": [lon, lat], "to": [lon + 0.001, lat + 0.001]})
    assert made.status_code == 201, made.text
    return str(incident), str(made.json()["id"])


def streets(*classes: str) -> list[int]:
    """Ways of the packed city of these classes."""
    packed = osmium.FileProcessor(str(PACKED / "shuoquan-1.osm.pbf"))
    return [thing.id for thing in packed if thing.is_way() and thing.tags.get("highway") in classes]


def lanes() -> list[int]:
    return streets("service")
