"""Two dispatchers press at once, each in a process of its own: one wins, the other is told who has the unit."""

import multiprocessing
import time
from multiprocessing.synchronize import Barrier
from typing import Any

import httpx
import pytest
from running import Server, report

pytestmark = pytest.mark.server

N_ROUNDS = 100
Attempt = tuple[float, float, int, dict[str, Any]]  # sent, answered, status, body


def _press(url: str, token: str, rounds: list[tuple[str, str, int]], gate: Barrier, answers: Any) -> None:
    """One dispatcher: in each round wait for the other, then send the unit to one's own incident."""
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=30) as client:
        client.get("board")  # the connection is open before the first round
        for number, (incident, unit, version) in enumerate(rounds):
            gate.wait(timeout=60)
            sent = time.monotonic()
            answer = client.post(f"incidents/{incident}/assignments", json={"unit": unit, "version": version})
            answers.put((number, (sent, time.monotonic(), answer.status_code, answer.json())))


def _race(server: Server, pairs: list[tuple[tuple[str, str, int], tuple[str, str, int]]]) -> list[list[Attempt]]:
    """Both sides of every round, in the order of rounds."""
    context = multiprocessing.get_context("spawn")
    gate, answers = context.Barrier(2), context.Queue()
    tokens = [server.credentials["tokens"][role] for role in ("dispatcher", "shift_lead")]
    sides = [
        context.Process(
            target=_press, args=(f"{server.url}/api/v1/", token, [pair[side] for pair in pairs], gate, answers)
        )
        for side, token in enumerate(tokens)
    ]
    for side in sides:
        side.start()
    found: list[list[Attempt]] = [[] for _ in pairs]
    for _ in range(2 * len(pairs)):
        number, attempt = answers.get(timeout=120)
        found[number].append(attempt)
    for side in sides:
        side.join()
    return found


def test_of_two_who_send_the_same_unit_one_wins_and_the_other_hears_who_has_it(server: Server) -> None:
    with server.client() as client:
        units = [unit["callsign"] for unit in client.get("units").json()["items"] if unit["state"] == "available"]
        incidents = [report(client, f"race-{number}-{side}") for number in range(N_ROUNDS) for side in "ab"]
        n_together = 0
        for start in range(0, N_ROUNDS, len(units)):
            rounds = range(start, min(N_ROUNDS, start + len(units)))
            pairs = [
                tuple((incidents[2 * number + side]["incident"], units[number - start], 1) for side in (0, 1))
                for number in rounds
            ]
            for one, other in _race(server, pairs):  # type: ignore[arg-type]
                n_together += max(one[0], other[0]) < min(one[1], other[1])
                winner, loser = sorted((one, other), key=lambda attempt: attempt[2])
                assert (winner[2], loser[2]) == (201, 409)
                assert loser[3]["code"] == "unit_not_free"
                assert loser[3]["facts"]["incident"] == winner[3]["incident"]
                assert client.post(f"assignments/{winner[3]['id']}/recall").status_code == 200
        states = {unit["callsign"]: unit["state"] for unit in client.get("units").json()["items"]}
    assert n_together >= N_ROUNDS / 2, f"only {n_together} of {N_ROUNDS} rounds had both in flight"
    assert all(states[unit] == "available" for unit in units)
