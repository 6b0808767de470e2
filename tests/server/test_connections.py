"""Open connections: deadlines, and room for new ones."""

from __future__ import annotations

import math
import resource
import socket
import time

import pytest

from ivr.server.connections import MOST_CONNECTIONS, HttpConnection, OpenConnections, most_connections


@pytest.fixture
def pairs():
    made = [socket.socketpair() for _ in range(4)]
    yield [(HttpConnection(ours, {}, 10), theirs) for ours, theirs in made]
    for pair in made:
        for each in pair:
            each.close()


def is_ended(theirs: socket.socket) -> bool:
    theirs.setblocking(False)
    try:
        return theirs.recv(1) == b""
    except BlockingIOError:
        return False


def test_a_new_connection_takes_the_room_of_the_one_that_has_waited_longest(pairs):
    connections = OpenConnections(most=3)
    for connection, _ in pairs[:3]:
        connections.add(connection)
    pairs[0][0].until = math.inf  # its request is being answered
    connections.renew(pairs[1][0])
    connections.add(pairs[3][0])
    assert [is_ended(theirs) for _, theirs in pairs] == [False, False, True, False]


def test_only_overdue_connections_are_shut_down(pairs):
    connections = OpenConnections(most=9)
    for connection, _ in pairs:
        connections.add(connection)
    now = time.monotonic()
    for (connection, _), until in zip(pairs, (now - 1, now + 9, math.inf, now - 1), strict=True):
        connection.until = until
    connections.shut_overdue(now)
    assert [is_ended(theirs) for _, theirs in pairs] == [True, False, False, True]


def test_only_connections_between_requests_are_idle(pairs):
    connections = OpenConnections(most=9)
    for connection, _ in pairs:
        connections.add(connection)
    pairs[0][0].reader.feed(b"POST")
    pairs[1][0].until = math.inf
    connections.shut_idle()
    assert [is_ended(theirs) for _, theirs in pairs] == [False, False, True, True]


def test_a_closed_connection_is_no_longer_there(pairs):
    connections, connection = OpenConnections(most=9), pairs[0][0]
    connections.add(connection)
    assert connections.get(connection.descriptor) is connection
    connections.close(connection)
    assert connections.get(connection.descriptor) is None
    assert len(connections) == 0
    connection.shut_down()


def test_connections_leave_room_for_other_files():
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        most = most_connections()
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        assert 64 <= most <= MOST_CONNECTIONS
        assert soft == resource.RLIM_INFINITY or most < soft or most == 64
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
