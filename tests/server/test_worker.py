"""One worker process, from its start to its end."""

from __future__ import annotations

import os
import signal
import socket

import pytest

from ivr.errors import StoreError
from ivr.server.worker import READY, work
from tests.server_door import Client, SmallApplication


@pytest.fixture
def listener():
    with socket.create_server(("127.0.0.1", 0)) as opened:
        yield opened


def started(make, listener: socket.socket) -> tuple[int, int, int]:
    """Fork a worker; return its process, what it reports on, and the pipe that keeps it alive."""
    ready, life = os.pipe(), os.pipe()
    pid = os.fork()
    if not pid:
        os.close(life[1])
        work(make, [listener], ready[1], life[0])
    os.close(ready[1])
    os.close(life[0])
    return pid, ready[0], life[1]


def status_of(pid: int, *descriptors: int) -> int:
    for descriptor in descriptors:
        os.close(descriptor)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def test_it_says_that_it_takes_calls_and_leaves_when_told(listener):
    pid, ready, life = started(SmallApplication, listener)
    assert os.read(ready, 1) == READY
    with Client(listener.getsockname()[1]) as client:
        assert client.ask("/a", b"x") == (200, b"x")
    os.kill(pid, signal.SIGTERM)
    assert status_of(pid, ready, life) == 0


def test_it_leaves_when_the_parent_ends(listener):
    pid, ready, life = started(SmallApplication, listener)
    assert os.read(ready, 1) == READY
    os.close(life)
    assert status_of(pid, ready) == 0


@pytest.mark.parametrize("fault", [StoreError("the store is broken"), RuntimeError("135790")])
def test_a_worker_that_cannot_start_ends_with_a_reason(listener, fault, capfd):
    def make() -> SmallApplication:
        raise fault

    pid, ready, life = started(make, listener)
    assert os.read(ready, 1) == b""
    assert status_of(pid, ready, life) == 1
    words = capfd.readouterr().err
    assert ("the store is broken" in words) is isinstance(fault, StoreError)
    assert "135790" not in words
