"""Whether a back end takes connections: quickly told, seldom tried, and nothing is asked."""

from __future__ import annotations

import socket
import threading

import pytest

from ivr.net import reachability as reach
from ivr.net.reachability import Reach, is_loopback
from tests.waiting import PATIENCE


@pytest.fixture
def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def test_who_listens_has_no_trouble_and_who_does_not_has(free_port, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert Reach(f"http://127.0.0.1:{server.getsockname()[1]}/bank").trouble() == ""
    assert Reach(f"http://127.0.0.1:{free_port}").trouble() == "cannot be reached"
    monkeypatch.setattr(socket, "getaddrinfo", _no_name)
    assert Reach("http://bank.invalid").trouble() == "cannot be found: its name has no address"


def _no_name(*_: object, **__: object) -> None:
    raise socket.gaierror(-2, "Name or service not known")


def test_many_questions_knock_once_until_the_answer_is_old(free_port, monkeypatch):
    with socket.create_server(("127.0.0.1", 0), backlog=16) as server:
        asked = Reach(f"http://127.0.0.1:{server.getsockname()[1]}")
        assert [asked.trouble() for _ in range(20)] == [""] * 20
        server.accept()[0].close()
        server.settimeout(0.05)
        with pytest.raises(TimeoutError):
            server.accept()
    assert asked.trouble() == ""
    monkeypatch.setattr(reach, "KEPT_SECONDS", 0.0)
    assert asked.trouble() == "cannot be reached"


def test_a_name_look_up_that_hangs_holds_up_nobody_and_begins_no_second_one(monkeypatch):
    look_ups, release = [], threading.Event()

    def hang(name: str, *_: object, **__: object) -> None:
        look_ups.append(name)
        release.wait(PATIENCE)
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    monkeypatch.setattr(reach, "CONNECT_SECONDS", 0.05)
    asked = Reach("http://bank.invalid")
    assert [asked.trouble() for _ in range(3)] == ["did not take a connection within 0.05 s"] * 3
    assert look_ups == ["bank.invalid"]
    release.set()


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost", True),
        ("localhost.example", False),
        ("10.0.0.1", False),
        ("0.0.0.0", False),
        ("", False),
    ],
)
def test_only_loopback_can_mean_this_machine_alone(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback
