"""Connections to one server: kept while it keeps them, opened within a deadline, and faults in plain words."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from ivr.net import connections
from ivr.net.connections import TOO_MANY, NotConnectedError, ServerConnections
from tests.waiting import wait_until


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def to(server: socket.socket, most: int = 4, scheme: str = "http") -> ServerConnections:
    return ServerConnections(f"{scheme}://127.0.0.1:{server.getsockname()[1]}/path", most)


def soon() -> float:
    return time.monotonic() + 60


def test_a_kept_connection_is_used_again_and_only_once(listening: socket.socket) -> None:
    server = to(listening)
    assert server.kept() is None
    connection = server.open(soon())
    server.keep(connection)
    assert server.kept() is connection
    assert server.kept() is None
    connection.close()
    assert server.host == f"127.0.0.1:{listening.getsockname()[1]}"


def test_a_connection_that_the_server_has_closed_is_thrown_away(listening: socket.socket) -> None:
    server = to(listening)
    connection = server.open(soon())
    other_side, _ = listening.accept()
    other_side.close()
    wait_until(lambda: not connection.is_connected)
    server.keep(connection)
    assert server.kept() is None
    assert connection.sock is None


def test_idle_connections_are_closed_with_what_keeps_them(listening: socket.socket) -> None:
    server = to(listening)
    connection = server.open(soon())
    server.keep(connection)
    server.close()
    assert connection.sock is None
    forgotten = server.open(soon())
    server.keep(forgotten)
    del server
    assert forgotten.sock is None


def refused(server: ServerConnections, until: float) -> str | None:
    with pytest.raises(NotConnectedError) as caught:
        server.open(until)
    return caught.value.reason


def test_nobody_at_the_address_cannot_be_reached() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        assert refused(to(unused), soon()) == "cannot be reached"


def test_a_deadline_that_has_passed_opens_nothing(listening: socket.socket) -> None:
    assert refused(to(listening), time.monotonic() - 1) is None


def test_a_server_without_tls_has_no_trusted_certificate(listening: socket.socket) -> None:
    def answer() -> None:
        other_side, _ = listening.accept()
        with other_side:
            other_side.recv(1 << 14)
            other_side.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    thread = threading.Thread(target=answer)
    thread.start()
    assert refused(to(listening, scheme="https"), soon()) == "has no trusted certificate"
    thread.join()


def test_an_attempt_that_hangs_is_left_behind_and_bounds_the_next(
    listening: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()
    monkeypatch.setattr(connections.HTTPConnection, "connect", lambda self: go_on.wait())
    server = to(listening, most=1)
    assert refused(server, time.monotonic() + 0.05) is None
    assert refused(server, soon()) == TOO_MANY
    go_on.set()


def test_a_name_without_an_address_cannot_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(*_: object, **__: object) -> None:
        raise socket.gaierror("no address")

    monkeypatch.setattr(socket, "getaddrinfo", nothing)
    server = ServerConnections("http://nowhere.invalid", 1)
    assert refused(server, soon()) == "cannot be found: its name has no address"
