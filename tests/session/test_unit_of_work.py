"""A turn is one unit of work: one read and one write of the store, every request answered once, nothing lost."""

from __future__ import annotations

import json
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from ivr.app import Ivr, build
from ivr.demo.bank.serving import BackgroundBank
from ivr.engine.inputs import CallStarted, DialEnded, Digits, HungUp, Input, NoInput, Recorded
from ivr.engine.ports import Incoming
from ivr.session.session import LOST_SECONDS
from ivr.settings import Settings

FLOWS = Path(__file__).parents[2] / "flows"
NUMBER = "+8613800000001"
RING = CallStarted(NUMBER, "+861000")


@pytest.fixture(scope="module")
def bank():
    with BackgroundBank() as running:
        yield running


@pytest.fixture
def settings(tmp_path, bank):
    return Settings(store=f"sqlite:///{tmp_path}/ivr.db", flows=FLOWS, bank_url=bank.url)


@pytest.fixture
def ivr(settings, bank, shipped):
    bank.reset()
    running = build(settings, release=shipped)
    yield running
    running.store.close()


class Caller:
    """One call of an ivr, request by request."""

    def __init__(self, ivr: Ivr, call: str = "CA1", number: str = NUMBER) -> None:
        self.ivr, self.call, self.number, self.turn = ivr, call, number, 0
        self.requests: list[tuple[Incoming, bytes]] = []

    def do(self, what: Input, turn: int | None = None, key: str = "") -> str:
        place = turn if turn is not None else (self.turn or None)
        key = key or f"{self.call} {len(self.requests)}"
        incoming = Incoming(self.call, place, what, key, self.number, "+861000")
        document = self.ask(incoming)
        self.requests.append((incoming, document))
        self.turn += 1
        return document.decode()

    def ask(self, incoming: Incoming) -> bytes:
        return self.ivr.session.answer(self.ivr.channels["twilio"], incoming)

    def press(self, *keys: str) -> str:
        return [self.do(Digits(pressed)) for pressed in keys][-1]


class Transactions:
    """Counts what this thread's connection to the store does."""

    def __init__(self, ivr: Ivr) -> None:
        self._connection: Any = ivr.store._connections.get()  # type: ignore[attr-defined]
        self.statements: list[str] = []

    def __enter__(self) -> Transactions:
        self.statements.clear()
        self._connection.set_trace_callback(self.statements.append)
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.set_trace_callback(None)

    @property
    def counted(self) -> tuple[int, int]:
        """Return how many read and how many write transactions there were."""
        reads = writes = 0
        inside = ""
        for statement in self.statements:
            verb = statement.lstrip().upper()
            if verb.startswith("BEGIN IMMEDIATE"):
                inside, writes = "write", writes + 1
            elif verb.startswith("BEGIN"):
                inside, reads = "read", reads + 1
            elif verb.startswith(("COMMIT", "ROLLBACK", "END")):
                inside = ""
            elif not inside:
                reads += verb.startswith("SELECT")
                writes += not verb.startswith("SELECT")
        return reads, writes


@pytest.mark.parametrize(
    ("before", "keys", "most"),
    [
        ((), "9", (1, 1)),  # a menu that repeats
        ((), "4", (1, 1)),  # into another menu
        (("1",), "0128", (2, 1)),  # collected, and the bank asked whose account it is
        (("1", "0128"), "135790", (3, 2)),  # the try is charged, the bank asked, the rest committed
        ((), "0", (1, 1)),  # a transfer: the queue is part of the same read and write
    ],
    ids=["menu", "submenu", "collect", "verify", "transfer"],
)
def test_a_turn_reads_once_and_writes_once_and_a_try_has_a_write_of_its_own(ivr, before, keys, most):
    caller = Caller(ivr)
    caller.do(RING)
    for pressed in before:
        caller.press(pressed)
    with Transactions(ivr) as transactions:
        caller.press(keys)
    assert transactions.counted <= most, transactions.statements
    assert transactions.counted[1] == most[1]


def test_every_request_of_a_call_keeps_its_reply_in_any_order_and_after_the_end(ivr):
    caller = Caller(ivr)
    caller.do(RING)
    caller.press("1", "0128", "135790", "1")
    caller.do(NoInput())
    ivr.session.hang_up(Incoming("CA1", None, HungUp("completed"), "status"))
    rows = len(ivr.store.journal("CA1"))
    chance = random.Random(1)
    for incoming, document in chance.sample(caller.requests * 3, len(caller.requests) * 3):
        assert caller.ask(incoming) == document
    assert len(ivr.store.journal("CA1")) == rows


def test_a_captured_arrival_tells_nothing_that_was_said_since(ivr):
    caller = Caller(ivr)
    greeting = caller.do(RING)
    caller.press("1", "0128", "135790")
    before = ivr.store.load("CA1")
    assert caller.ask(caller.requests[0][0]).decode() == greeting
    assert ivr.store.load("CA1") == before


def test_an_older_dial_that_is_reported_again_dials_nobody(ivr):
    caller = Caller(ivr)
    caller.do(RING)
    assert "<Dial" in caller.press("0")
    after = caller.do(DialEnded("busy", 0))
    dialled = caller.requests[-1]
    caller.press("1")
    before = ivr.store.load("CA1")
    assert caller.ask(dialled[0]) == dialled[1] == after.encode()
    assert ivr.store.load("CA1") == before


def test_the_same_request_at_once_from_two_servers_is_one_turn(settings, bank, shipped):
    bank.reset()
    servers = [build(settings, release=shipped) for _ in range(2)]
    callers = [Caller(ivr) for ivr in servers]
    callers[0].do(RING)
    incoming = Incoming("CA1", 1, Digits("4"), "twice", NUMBER, "+861000")
    barrier = threading.Barrier(8)

    def ask(place: int) -> bytes:
        barrier.wait()
        return callers[place % 2].ask(incoming)

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(ask, range(8)))) == 1
    assert servers[1].session.facts("CA1")["turn"] == 2
    for ivr in servers:
        ivr.store.close()


def message_of(ivr: Ivr) -> Caller:
    """Bring a call to where it records a message."""
    caller = Caller(ivr)
    caller.do(RING)
    caller.press("0")
    caller.do(DialEnded("busy", 0))
    assert "<Record" in caller.press("2")
    return caller


RECORDING = Recorded("https://api.example/RE1", 9.0)


def kept(ivr: Ivr) -> list[str]:
    return [json.loads(row.data)["url"] for row in ivr.store.journal("CA1") if row.kind == "message"]


def test_a_recording_that_comes_after_the_end_is_kept_once_and_what_follows_it_is_done(ivr):
    caller = message_of(ivr)
    turn = caller.turn
    ivr.session.hang_up(Incoming("CA1", None, HungUp("completed"), "status"))
    late = Incoming("CA1", turn, RECORDING, "late", NUMBER, "+861000")
    document = caller.ask(late)
    assert document.endswith(b"<Response><Hangup /></Response>")
    assert kept(ivr) == [RECORDING.url]
    promised = ivr.queue.view(ivr.clock())["call_backs"]
    assert len(promised) == 1
    assert caller.ask(late) == document
    assert kept(ivr) == [RECORDING.url]
    assert sum(row.kind == "ended" for row in ivr.store.journal("CA1")) == 1
    assert ivr.live() == 0


def test_a_recording_in_time_is_taken_by_its_turn(ivr):
    caller = message_of(ivr)
    caller.do(RECORDING)
    assert kept(ivr) == [RECORDING.url]


def test_a_recording_is_kept_also_when_an_older_request_is_repeated_meanwhile(ivr):
    caller = message_of(ivr)
    turn = caller.turn
    caller.ask(Incoming("CA1", turn - 1, Digits("2"), "sent again under another key", NUMBER, "+861000"))
    caller.ask(Incoming("CA1", turn, RECORDING, "recording", NUMBER, "+861000"))
    assert kept(ivr) == [RECORDING.url]
    assert not [row for row in ivr.store.journal("CA1") if row.kind == "late_recording"]


def test_it_is_kept_when_after_that_the_caller_hangs_up_and_the_status_comes_first(ivr):
    caller = message_of(ivr)
    turn = caller.turn
    caller.ask(Incoming("CA1", turn - 1, Digits("2"), "sent again under another key", NUMBER, "+861000"))
    ivr.session.hang_up(Incoming("CA1", None, HungUp("completed"), "status"))
    caller.ask(Incoming("CA1", turn, RECORDING, "recording", NUMBER, "+861000"))
    assert kept(ivr) == [RECORDING.url]


def test_a_recording_whose_step_is_over_is_noted_for_colleagues(ivr):
    caller = message_of(ivr)
    turn = caller.turn
    caller.do(RECORDING)
    caller.ask(Incoming("CA1", turn, RECORDING, "another of the same turn", NUMBER, "+861000"))
    (late,) = [json.loads(row.data) for row in ivr.store.journal("CA1") if row.kind == "late_recording"]
    assert (late["url"], late["turn"]) == (RECORDING.url, turn)


def test_a_recording_of_a_question_is_no_message(ivr):
    caller = Caller(ivr)
    caller.do(RING)
    ivr.session.hang_up(Incoming("CA1", None, HungUp("completed"), "status"))
    caller.ask(Incoming("CA1", 1, RECORDING, "late", NUMBER, "+861000"))
    assert kept(ivr) == []


def test_a_turn_that_loses_to_another_writer_is_run_again_and_asks_the_bank_once(ivr, monkeypatch):
    caller = Caller(ivr)
    caller.do(RING)
    caller.press("1", "0128")
    asked: list[str] = []
    outside = ivr.back_ends._outside

    def bank(source, question, *, deadline, key):
        asked.append(source)
        if source == "bank.balance" and asked.count("bank.balance") == 1:  # another call's try, at this very moment
            ivr.store.change("identity.watch", "tails", lambda before: {**before, "at": before["at"] + 1})
        return outside(source, question, deadline=deadline, key=key)

    monkeypatch.setattr(ivr.back_ends, "_outside", bank)
    assert "一万二千三百四十五元" in caller.press("135790")
    assert asked == ["bank.verify", "bank.balance"]
    (account,) = ivr.store.keys("identity.accounts")
    assert ivr.store.get("identity.accounts", account)["failures"] == 0


def test_a_lost_call_that_has_ended_meanwhile_is_left_alone(ivr, monkeypatch):
    caller = Caller(ivr)
    caller.do(RING)
    now = ivr.clock() + LOST_SECONDS + 60
    ids = ivr.store.calls(live=True, oldest=True)
    ivr.session.hang_up(Incoming("CA1", None, HungUp("completed"), "status"))
    monkeypatch.setattr(ivr.store, "calls", lambda **_: ids)
    assert ivr.session.end_lost(now) == 0
    assert sum(row.kind == "ended" for row in ivr.store.journal("CA1")) == 1
