"""A body that is too large is refused so that an ordinary client can read why."""

import http.client
import json
import select
import socket
from collections.abc import Iterator
from contextlib import closing

import pytest
from running import Server

pytestmark = pytest.mark.server

MB = 1_000_000


@pytest.mark.parametrize("size", [5 * MB, 25 * MB])
@pytest.mark.parametrize("is_chunked", [False, True])
def test_a_client_that_sends_before_it_reads_can_read_that_its_body_is_too_large(
    standing: Server, size: int, is_chunked: bool
) -> None:
    kind = {"Content-Type": "application/json", "Connection": "close"} | _token(standing)  # as urllib does
    length = {"Transfer-Encoding": "chunked"} if is_chunked else {"Content-Length": str(size)}
    with closing(http.client.HTTPConnection("127.0.0.1", standing.port, timeout=30)) as connection:
        connection.request(
            "POST", "/api/v1/reports", _in_two_goes(connection, size), kind | length, encode_chunked=True
        )
        answer = connection.getresponse()
        assert (answer.status, json.loads(answer.read())["code"]) == (413, "body_too_large")


def test_a_client_that_asks_first_is_told_before_it_sends(standing: Server) -> None:
    with socket.create_connection(("127.0.0.1", standing.port), timeout=10) as wire:
        wire.sendall(_head(standing, 5 * MB, "Expect: 100-continue\r\n"))
        assert wire.recv(100).startswith(b"HTTP/1.1 413 ")


def test_a_client_that_stops_in_the_middle_is_answered_all_the_same(standing: Server) -> None:
    with socket.create_connection(("127.0.0.1", standing.port), timeout=10) as wire:
        wire.sendall(_head(standing, 5 * MB) + b"x" * MB)
        assert wire.recv(100).startswith(b"HTTP/1.1 413 ")


def test_a_client_that_is_refused_for_another_reason_can_read_that_too(standing: Server) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", standing.port, timeout=30)) as connection:
        body = _in_two_goes(connection, MB)
        length = {"Content-Type": "application/json", "Content-Length": str(MB)}
        connection.request("POST", "/api/v1/reports", body, length)
        assert connection.getresponse().status == 401


def _in_two_goes(connection: http.client.HTTPConnection, size: int) -> Iterator[bytes]:
    """A body of that size; a server that answers the first part alone has hung up before the second."""
    yield b"x" * (size // 2)
    select.select([connection.sock], [], [], 0.5)
    yield b"x" * (size - size // 2)


def _token(server: Server) -> dict[str, str]:
    return {"Authorization": f"Bearer {server.credentials['tokens']['call_taker']}"}


def _head(server: Server, length: int, more: str = "") -> bytes:
    token = f"Authorization: {_token(server)['Authorization']}\r\n"
    kind = f"Content-Type: application/json\r\nContent-Length: {length}\r\n"
    return f"POST /api/v1/reports HTTP/1.1\r\nHost: 127.0.0.1\r\n{token}{kind}{more}\r\n".encode()
