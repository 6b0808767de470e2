"""What is done outside of any call: moving who waits, telling the agents' software; each thing once."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from ivr.errors import CarrierFailed
from ivr.jobs.outbox import Webhook
from ivr.services.queue.dispatcher import Dispatcher


class Moves:
    """The carrier, as far as it moves calls."""

    places = False

    def __init__(self) -> None:
        self.moved: list[str] = []
        self.done = threading.Event()
        self.gone: set[str] = set()
        self.endings: dict[str, str] = {}
        self.asked: list[str] = []

    def move(self, call_id: str, *, at: float) -> None:
        self.moved.append(call_id)
        self.done.set()
        if call_id in self.gone:
            raise CarrierFailed("there is no such call")

    def ending_of(self, call_id: str) -> str:
        self.asked.append(call_id)
        if call_id not in self.endings:
            raise CarrierFailed("the carrier does not say")
        return self.endings[call_id]

    def place(self, number: str, leg: str, *, timeout: int) -> str:
        raise CarrierFailed("no calls are placed")


class Screens(ThreadingHTTPServer):
    """The agents' software: keeps what it is told."""

    daemon_threads = True

    def __init__(self, status: int) -> None:
        super().__init__(("127.0.0.1", 0), _Taking)
        self.status = status
        self.told: list[dict[str, Any]] = []
        self.came = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/pop?token=s3cret"


class _Taking(BaseHTTPRequestHandler):
    server: Screens

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.told.append(json.loads(body))
        self.send_response(self.server.status)
        self.end_headers()
        self.server.came.set()

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture
def screens(request: pytest.FixtureRequest) -> Iterator[Screens]:
    server = Screens(getattr(request, "param", 200))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


class Rig:
    """Dispatchers of as many processes as wanted, on one queue."""

    def __init__(self, hall: Any) -> None:
        self.hall, self.now = hall, 0.0
        self.carrier = Moves()
        self.faults: list[Exception] = []

    def dispatcher(self, **more: Any) -> Dispatcher:
        hall = type(self.hall)(self.hall.line, store=self.hall.store)
        return Dispatcher(
            hall.queue,
            calls=more.pop("calls", self.carrier),
            gave_up=self.faults.append,
            failed=lambda _, fault: self.faults.append(fault),
            clock=lambda: self.hall.at(self.now),
            **more,
        )

    def round(self, now: float, *dispatchers: Dispatcher) -> None:
        """Make one round in each process at the same time."""
        self.now = now
        threads = [threading.Thread(target=one.round) for one in dispatchers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


@pytest.fixture
def rig(hall: Any) -> Rig:
    hall.sign_on("w")
    return Rig(hall)


def test_whoever_has_an_agent_is_moved_once_by_however_many_processes(rig: Rig) -> None:
    rig.hall.take(rig.hall.enter("x", 0), 1)
    rig.hall.enter("a", 2)
    rig.hall.enter("b", 3)
    two = [rig.dispatcher(), rig.dispatcher()]
    rig.round(4, *two)
    rig.hall.rang("x", 5)
    for now in (36, 37, 38):
        rig.round(now, *two)
    for one in two:
        one.stop()
    assert rig.carrier.moved == ["a"]
    assert rig.hall.round("a", 39)["state"] == "ring"
    assert not rig.faults


def test_who_does_not_follow_is_moved_again_and_who_cannot_be_moved_is_passed_over(rig: Rig) -> None:
    rig.hall.queue.agents.pause("w", rig.hall.at(0))
    rig.hall.enter("a", 1)
    rig.hall.enter("b", 2)
    rig.hall.queue.agents.ready("w", rig.hall.at(3))
    first = rig.dispatcher()
    rig.round(4, first)
    rig.round(13, first)
    rig.round(15, first)
    first.stop()
    assert rig.carrier.moved == ["a", "a"]
    rig.carrier.gone.add("a")
    second = rig.dispatcher()
    rig.round(26, second)
    second.stop()
    third = rig.dispatcher()
    rig.round(27, third)
    third.stop()
    assert rig.carrier.moved == ["a", "a", "a", "b"]
    assert len(rig.faults) == 1


def test_without_the_carriers_leave_waiters_ask_by_themselves(rig: Rig) -> None:
    rig.hall.queue.agents.pause("w", rig.hall.at(0))
    rig.hall.enter("a", 1)
    rig.hall.queue.agents.ready("w", rig.hall.at(2))
    one = rig.dispatcher(calls=None)
    rig.round(3, one)
    one.stop()
    assert rig.hall.waiter("a").moved == 0
    assert rig.hall.round("a", 4)["state"] == "ring"


def test_the_agents_software_is_told_once_who_is_ringing(rig: Rig, screens: Screens) -> None:
    context = {"path": ["挂失"], "typed": {"card": "***0128"}, "last_reasons": ["fees"]}
    told = {"name": "张伟", "level": 2, "reason": "lost card", "segment": "standard", "context": context}
    ring = rig.hall.enter("a", 0, caller="+8613800000001", customer="C1", **told)
    two = [rig.dispatcher(show=Webhook(screens.url)) for _ in range(2)]
    rig.round(1, *two)
    rig.round(2, *two)
    for one in two:
        one.stop()
    (shown,) = screens.told
    assert shown | {"leg": "", "at": "", "agent_number": ""} == {
        "event": "ringing",
        "call": "a",
        "leg": "",
        "agent": "w",
        "agent_number": "",
        "desk": "general",
        "call_back": False,
        "name": "张伟",
        "number_tail": "0001",
        "customer": "C1",
        "segment": "standard",
        "priority": "normal",
        "language": "",
        "level": 2,
        "reason": "lost card",
        "path": ["挂失"],
        "last_contacts": ["fees"],
        "typed": {"card": "***0128"},
        "message": "",
        "waited": 0,
        "at": "",
    }
    assert shown["leg"] == ring["leg"]
    assert not rig.faults


@pytest.mark.parametrize("screens", [500], indirect=True)
def test_software_that_refuses_or_is_gone_holds_up_nobody(rig: Rig, screens: Screens) -> None:
    rig.hall.enter("a", 0)
    one = rig.dispatcher(show=Webhook(screens.url))
    rig.round(1, one)
    one.stop()
    assert len(rig.faults) == 1
    assert "s3cret" not in str(rig.faults[0])
    assert rig.hall.waiter("a").state == "ringing"


def test_a_running_dispatcher_acts_on_a_change_at_once(rig: Rig) -> None:
    rig.hall.queue.agents.pause("w", rig.hall.at(0))
    rig.hall.enter("a", 1)
    rig.now = 2
    one = Dispatcher(
        rig.hall.queue,
        calls=rig.carrier,
        gave_up=rig.faults.append,
        failed=lambda _, fault: rig.faults.append(fault),
        clock=lambda: rig.hall.at(rig.now),
    )
    one.start()
    rig.hall.queue.agents.ready("w", rig.hall.at(2))
    assert rig.carrier.done.wait(10)
    one.stop()
    assert rig.carrier.moved == ["a"]


def test_a_store_that_fails_is_told_and_the_next_round_comes(rig: Rig, tmp_path: Any) -> None:
    from ivr.stores.sqlite import SqliteStore

    store = SqliteStore(tmp_path / "ivr.db")
    hall = type(rig.hall)(rig.hall.line, store=store)
    rig.hall = hall
    one = rig.dispatcher()
    rig.round(1, one)
    store.close()
    rig.round(2, one)
    one.stop()
    assert len(rig.faults) == 1


LEG = "CA" + "1" * 32


def talking(rig: Rig) -> None:
    """Let an agent and a caller talk whose leg the carrier calls LEG."""
    legs, leg = rig.hall.queue.legs, rig.hall.enter("a", 0)["leg"]
    assert legs.answered(leg, rig.hall.at(1), call=LEG) is not None
    assert legs.key(leg, "1", rig.hall.at(2), call=LEG).state == "taken"


def test_a_talk_whose_end_nobody_reported_ends_within_minutes_by_what_the_carrier_says(rig: Rig) -> None:
    talking(rig)
    rig.carrier.endings[LEG] = ""
    both = [rig.dispatcher(), rig.dispatcher()]
    for now in (60, 121, 122, 123, 242):
        rig.round(now, *both)
    assert rig.hall.agent("w").state == "talking"
    rig.carrier.endings[LEG] = "completed"
    rig.round(362, *both)
    for one in both:
        one.stop()
    assert rig.carrier.asked == [LEG] * 3, "every two minutes, by one process"
    assert (rig.hall.agent("w").state, rig.hall.waiter("a").state) == ("wrap_up", "talked")
    assert rig.hall.agent("w").since == rig.hall.at(362)


def test_an_agent_who_is_ready_ends_a_talk_that_the_carrier_says_is_over_and_no_other(rig: Rig) -> None:
    talking(rig)
    rig.carrier.endings[LEG] = ""
    first = rig.dispatcher()
    assert rig.hall.queue.agents.ready("w", rig.hall.at(50)).state == "talking"
    rig.round(51, first)
    first.stop()
    assert (rig.hall.agent("w").state, rig.hall.agent("w").then) == ("talking", "")
    rig.carrier.endings[LEG] = "completed"
    rig.hall.queue.agents.ready("w", rig.hall.at(80))
    second = rig.dispatcher()
    rig.round(81, second)
    second.stop()
    assert rig.hall.agent("w").state == "ready"
    assert rig.hall.enter("b", 82)["state"] == "ring"


def test_while_the_carrier_does_not_say_the_agents_word_counts_and_nothing_else_ends_a_talk(rig: Rig) -> None:
    talking(rig)
    for now in (130, 260):
        one = rig.dispatcher()
        rig.round(now, one)
        one.stop()
    assert rig.hall.agent("w").state == "talking"
    rig.hall.queue.agents.ready("w", rig.hall.at(300))
    for now, state in ((301, "talking"), (316, "ready")):
        one = rig.dispatcher()
        rig.round(now, one)
        one.stop()
        assert rig.hall.agent("w").state == state
    assert len(rig.faults) == 3


def test_without_the_carriers_leave_the_agents_word_counts_after_a_moment(rig: Rig) -> None:
    talking(rig)
    rig.hall.queue.agents.ready("w", rig.hall.at(300))
    for now, state in ((310, "talking"), (316, "ready")):
        one = rig.dispatcher(calls=None)
        rig.round(now, one)
        one.stop()
        assert rig.hall.agent("w").state == state
