"""Alarms of tickets and identity are sent to the alarm webhook, each once; without a webhook nothing is tried."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from ivr.jobs.outbox import Delivered
from ivr.services.alarm_rounds import alarm_rounds
from ivr.services.identity.alarms import Alarms
from ivr.services.surveys import Surveys
from ivr.settings import Hidden, Settings
from ivr.stores.memory import MemoryStore
from tests.asking import ask

NOW = 1_795_000_000


class Receiver(ThreadingHTTPServer):
    """A real webhook: keeps the bodies that it gets, and answers `status`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Post)
        self.bodies: list[dict[str, Any]] = []
        self.status = 204

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/alarms?token=t0k3n"


class _Post(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        self.server.bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def run(store: MemoryStore, receiver: Receiver, now: float) -> Delivered:
    rounds = alarm_rounds(store, Settings(store="memory:", alarm_url=Hidden(receiver.url)))
    return sum((work(now) for work in rounds), Delivered())


def test_without_an_address_there_is_no_round() -> None:
    assert alarm_rounds(MemoryStore(), Settings(store="memory:")) == []


def test_an_alarm_of_identity_is_sent_once(receiver: Receiver) -> None:
    store = MemoryStore()
    Alarms(store).raise_alarm("caller", "more than 3 accounts from 138****0001 within an hour", NOW)
    assert run(store, receiver, NOW) == Delivered(taken=1)
    assert run(store, receiver, NOW + 3600) == Delivered()
    (body,) = receiver.bodies
    assert (body["about"], body["alarm"], body["to"]) == ("identity", "caller", ["security"])


def test_a_missed_deadline_of_a_task_is_sent_too(receiver: Receiver) -> None:
    store = MemoryStore()
    ask(
        Surveys(store),
        "survey.answer",
        {"call": "CA1", "satisfaction": 1, "number": "+8613800000001"},
        key="k",
        now=NOW,
    )
    assert run(store, receiver, NOW + 3600) == Delivered()
    assert run(store, receiver, NOW + 25 * 3600) == Delivered(taken=1)
    assert [body["alarm"] for body in receiver.bodies] == ["callback.overdue"]


def test_an_alarm_that_is_refused_is_sent_again(receiver: Receiver) -> None:
    store = MemoryStore()
    Alarms(store).raise_alarm("caller", "text", NOW)
    receiver.status = 503
    assert run(store, receiver, NOW) == Delivered(failed=1)
    receiver.status = 204
    assert run(store, receiver, NOW + 61) == Delivered(taken=1)
    assert len(receiver.bodies) == 2
