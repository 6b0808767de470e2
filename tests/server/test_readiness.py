"""Each event of a socket goes to one wait, once."""

from __future__ import annotations

import socket

from ivr.server.readiness import Readiness


def test_a_socket_reports_once_until_it_is_armed_again():
    ours, theirs = socket.socketpair()
    other, its_peer = socket.socketpair()
    with ours, theirs, other, its_peer:
        ready = Readiness()
        ready.add(ours.fileno())
        ready.add(other.fileno())
        theirs.send(b"a")
        assert ready.wait() == ours.fileno()
        its_peer.send(b"b")
        assert ready.wait() == other.fileno()
        ready.arm(ours.fileno())
        assert ready.wait() == ours.fileno()
        ready.arm(other.fileno(), write=True)
        assert ready.wait() == other.fileno()
