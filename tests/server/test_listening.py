"""Listening sockets: our own, and those of systemd."""

from __future__ import annotations

import os
import socket

import pytest

from ivr.server import listening
from ivr.server.listening import listen_on, notify, passed_on


def test_a_socket_of_our_own_takes_connections():
    with listen_on("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        assert listener.accept()[0].detach()


def test_a_port_in_use_is_an_error():
    with listen_on("127.0.0.1", 0) as listener, pytest.raises(OSError, match="in use"):
        listen_on(*listener.getsockname())


def test_the_sockets_of_systemd_are_taken_by_the_process_that_they_are_for(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        monkeypatch.setattr(listening, "FIRST_PASSED", os.dup(listener.fileno()))
        assert passed_on({"LISTEN_PID": "1", "LISTEN_FDS": "1"}) == []
        assert passed_on({}) == []
        [passed] = passed_on({"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1"})
        assert passed.getsockname() == listener.getsockname()
        passed.close()


def test_systemd_hears_the_state(tmp_path):
    address = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(address)
        notify({"NOTIFY_SOCKET": address}, "READY=1")
        assert systemd.recv(100) == b"READY=1"
    notify({"NOTIFY_SOCKET": address}, "READY=1")
    notify({}, "READY=1")
