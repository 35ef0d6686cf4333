"""A quiet city in a server of its own, for jobs that ask over HTTP."""

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

READY_S = 120.0


class Desk:
    """One client with one connection that stays open."""

    def __init__(self, port: int, token: str, pid: int) -> None:
        self.pid, self.url = pid, f"http://127.0.0.1:{port}"
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


@contextmanager
def quiet_city(data: Path) -> Iterator[Desk]:
    """A made-up city without calls, in a process of its own, warm; kept in `data`."""
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
