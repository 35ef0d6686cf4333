"""A real server process, started by the command a person would type, on a port of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

READY_S = 90.0


@dataclass
class Server:
    """`fengsui demo` in a folder: start, stop, kill, and speak to it."""

    folder: Path
    port: int = 0
    arguments: tuple[str, ...] = ("--calls-per-day", "0")
    process: subprocess.Popen[bytes] | None = None
    log: list[str] = field(default_factory=list)

    def start(self) -> "Server":
        self.port = self.port or free_port()
        command = [sys.executable, "-m", "fengsui", "demo", "--data", str(self.folder), "--port", str(self.port)]
        self.errors = (self.folder.parent / f"{self.folder.name}.log").open("ab")
        self.process = subprocess.Popen([*command, *self.arguments], stdout=self.errors, stderr=self.errors)
        self.wait_until_ready()
        return self

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_S
        while time.monotonic() < deadline:
            assert self.process is not None
            assert self.process.poll() is None, self.told()
            try:
                if httpx.get(f"{self.url}/healthz", timeout=2).json()["kernels"] == "warm":
                    return
            except (httpx.HTTPError, ValueError, KeyError):
                pass
            time.sleep(0.1)
        raise AssertionError(f"not ready in {READY_S} s\n{self.told()}")

    def kill(self) -> None:
        """As a power cut would: no goodbye."""
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.errors.close()

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=15)
            self.errors.close()

    def told(self) -> str:
        return (self.folder.parent / f"{self.folder.name}.log").read_text()[-4000:]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def credentials(self) -> dict[str, Any]:
        return json.loads((self.folder / "credentials.json").read_text())

    def client(self, role: str = "dispatcher") -> httpx.Client:
        headers = {"Authorization": f"Bearer {self.credentials['tokens'][role]}", "Accept-Language": "en"}
        return httpx.Client(base_url=f"{self.url}/api/v1/", headers=headers, timeout=30)


def free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])


def wait_until(is_so: Callable[[], bool], *, limit_s: float = 15.0) -> None:
    """Ask again and again until it is so."""
    deadline = time.monotonic() + limit_s
    while not is_so():
        assert time.monotonic() < deadline, f"not so within {limit_s} s"
        time.sleep(0.1)


def report(client: httpx.Client, event: str, **fields: Any) -> dict[str, Any]:
    """Send a report; the answer, which must be a receipt."""
    body = {"source_event_id": event, "type": "help", **fields}
    answer = client.post("reports", json=body)
    assert answer.status_code in (200, 201), answer.text
    return answer.json()
