"""The demo's folder: made once, carried on with, never shared by two, never mixed up with another city."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from running import Server, free_port, report, wait_until

pytestmark = pytest.mark.server


def fengsui(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
    return subprocess.run(
        [sys.executable, "-m", "fengsui", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        timeout=60,
    )


def test_the_credentials_open_every_door_they_name(standing: Server) -> None:
    told = standing.credentials
    assert set(told) >= {"url", "centre", "tokens", "sign_ins", "crew_unit"}
    assert (standing.folder / "credentials.json").stat().st_mode & 0o777 == 0o600
    for role, token in told["tokens"].items():
        answer = httpx.get(f"{standing.url}/api/v1/units", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200, role
    assert told["crew_unit"].isascii()


def test_at_least_forty_crews_stand_in_the_dispatchers_centre(standing: Server) -> None:
    with standing.client() as client:
        board = client.get("board").json()
    assert len(board["units"]) >= 40
    assert all(unit["centre"] == standing.credentials["centre"] for unit in board["units"])


def test_a_second_start_in_the_same_folder_is_refused(standing: Server) -> None:
    done = fengsui("demo", "--data", str(standing.folder), "--port", str(free_port()))
    assert done.returncode == 1
    assert "already running" in done.stderr


def test_ctrl_c_is_a_clean_end_that_says_how_to_go_on(folder: Path) -> None:
    server = Server(folder).start()
    assert server.process is not None
    server.process.send_signal(signal.SIGINT)
    ended = server.process.wait(timeout=15)
    server.stop()
    assert ended == 0
    assert str(folder) in server.told().splitlines()[-1]
    assert "Traceback" not in server.told()


def test_the_words_whose_time_is_over_are_deleted_by_the_running_server(folder: Path) -> None:
    server = Server(folder).start()
    with server.client() as client:
        opened = report(client, "long-ago", words="canary")
        closing = client.post(f"incidents/{opened['incident']}/cancelling", json={"version": 1})
        assert closing.status_code == 200
        assert client.get(f"incidents/{opened['incident']}").json()["words"] == "canary"
    server.stop()
    with sqlite3.connect(folder / "fengsui.sqlite3") as database:
        database.execute("UPDATE incidents_particulars SET expires_at = '2020-01-01 00:00:00'")
    server.start()  # its timers run at once, then every hour
    try:
        with server.client() as client:
            wait_until(lambda: client.get(f"incidents/{opened['incident']}").json()["words"] is None)
            told = client.get(f"incidents/{opened['incident']}").json()["timeline"]
        assert told[-1]["what"] == "incident.words_expired"
    finally:
        server.stop()


def test_a_port_in_use_is_said_and_nothing_is_started(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = fengsui("demo", "--data", str(folder), "--port", str(taken.getsockname()[1]))
    assert done.returncode == 1
    assert "is taken" in done.stderr


def test_another_seed_in_the_same_folder_is_refused_and_reset_is_named(folder: Path) -> None:
    done = fengsui("demo", "--data", str(folder), "--seed", "2", "--port", str(free_port()))
    assert done.returncode == 1
    assert "--reset" in done.stderr


def test_a_folder_that_holds_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    done = fengsui("demo", "--data", str(tmp_path), "--reset", "--port", str(free_port()))
    assert done.returncode == 1
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_started_again_it_is_the_same_city_with_the_same_tokens(folder: Path) -> None:
    server = Server(folder).start()
    with server.client() as client:
        opened = report(client, "yesterday")
    tokens = server.credentials["tokens"]
    server.stop()
    server.start()
    try:
        assert server.credentials["tokens"] == tokens
        with server.client() as client:
            assert client.get(f"incidents/{opened['incident']}").json()["number"] == opened["number"]
    finally:
        server.stop()


def test_verify_names_the_entry_in_which_one_byte_was_changed_by_hand(folder: Path) -> None:
    server = Server(folder).start()
    with server.client() as client:
        for number in range(5):
            report(client, f"entry-{number}")
    server.stop()
    assert fengsui("journal", "verify", "--data", str(folder)).returncode == 0
    with sqlite3.connect(folder / "fengsui.sqlite3") as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f'DROP TRIGGER "{name}"')
        centre, seq, body = database.execute(
            "SELECT centre, seq, body FROM journal_entry WHERE what = 'incident.opened' ORDER BY seq LIMIT 1 OFFSET 2"
        ).fetchone()
        changed = body.replace('"help"', '"helq"')
        assert changed != body
        database.execute("UPDATE journal_entry SET body = ? WHERE centre = ? AND seq = ?", (changed, centre, seq))
    done = fengsui("journal", "verify", "--data", str(folder), "--json")
    assert done.returncode == 1
    broken = json.loads(done.stdout)["broken"]
    assert (broken["centre"], broken["seq"]) == (centre, seq)
