"""The server dies without a word and starts again: what was receipted is there, once, and screens catch up.

The truth is the client's own file of receipts, written when an answer arrived and before the next report is sent.
"""

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from random import Random

import httpx
import pytest
from running import Server

pytestmark = pytest.mark.server

N_KILLS = 50 if os.environ.get("FENGSUI_TEST_PROFILE") == "long" else 10


class Sender(threading.Thread):
    """Sends reports one after another and repeats each until it has its receipt."""

    def __init__(self, server: Server, receipts: Path, name: str) -> None:
        super().__init__(daemon=True)
        self.server, self.receipts, self.prefix = server, receipts, name
        self.is_over = threading.Event()
        self.headers = {"Authorization": f"Bearer {server.credentials['tokens']['call_taker']}"}

    def run(self) -> None:
        number = 0
        with self.receipts.open("a") as file:
            while not self.is_over.is_set():
                event = f"{self.prefix}-{number}"
                answer = self._send(event)
                if answer is not None:
                    file.write(json.dumps([event, answer["receipt"], answer["incident"]]) + "\n")
                    file.flush()
                    number += 1

    def _send(self, event: str) -> dict[str, str] | None:
        body = {"source_event_id": event, "type": "help"}
        try:
            answer = httpx.post(f"{self.server.url}/api/v1/reports", json=body, headers=self.headers, timeout=5)
        except httpx.HTTPError:
            time.sleep(0.05)
            return None
        return answer.json() if answer.status_code in (200, 201) else None


def test_nothing_receipted_is_lost_or_doubled_over_ten_kills(folder: Path, tmp_path: Path) -> None:
    rng = Random(20261124)
    server = Server(folder).start()
    files = [tmp_path / f"receipts-{number}" for number in range(2)]
    senders = [Sender(server, file, f"kill-{number}") for number, file in enumerate(files)]
    for sender in senders:
        sender.start()
    for _ in range(N_KILLS):
        time.sleep(rng.uniform(0.3, 1.2))
        server.kill()
        server.start()
    time.sleep(0.5)
    for sender in senders:
        sender.is_over.set()
        sender.join(timeout=20)
    told = [json.loads(line) for file in files for line in file.read_text().splitlines()]
    assert len(told) > 5 * N_KILLS
    try:
        _assert_all_there_once(server, told)
    finally:
        server.stop()
    _assert_record_is_whole(folder)


def _assert_all_there_once(server: Server, told: list[list[str]]) -> None:
    assert len({receipt for _, receipt, _ in told}) == len(told)
    assert len({incident for _, _, incident in told}) == len(told)
    with server.client("call_taker") as client:
        for event, receipt, incident in told:
            again = client.post("reports", json={"source_event_id": event, "type": "help"})
            assert (again.status_code, again.json()["receipt"], again.json()["incident"]) == (200, receipt, incident)
        board = client.get("board").json()
    there = {row["id"] for row in board["incidents"]}
    assert {incident for _, _, incident in told} <= there
    # At most the one report of each sender that was committed and never answered is there without a line in the file.
    assert len(there) <= len(told) + 2


def _assert_record_is_whole(folder: Path) -> None:
    command = [sys.executable, "-m", "fengsui", "journal", "verify", "--data", str(folder), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["ok"] is True


def test_a_desk_catches_up_after_a_kill_from_the_number_it_had(folder: Path) -> None:
    server = Server(folder).start()
    with server.client() as client:
        client.post("reports", json={"source_event_id": "before", "type": "fire"})
        seen = client.get("board").json()["last"]
        client.post("reports", json={"source_event_id": "missed", "type": "fire"})
    server.kill()
    server.start()
    try:
        with server.client() as client, client.stream("GET", "live", headers={"Last-Event-ID": str(seen)}) as stream:
            entries = []
            for line in stream.iter_lines():
                if line.startswith("data: {"):
                    entries.append(json.loads(line[6:]))
                if entries:
                    break
        assert [entry["seq"] for entry in entries] == [seen + 1]
        assert entries[0]["what"] == "incident.opened"
    finally:
        server.stop()
