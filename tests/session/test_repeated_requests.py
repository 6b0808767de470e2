"""Calls whose requests come twice, late, at once and in any order, on two servers: the same bytes, no effect twice."""

from __future__ import annotations

import json
import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ivr.app import Ivr, build
from ivr.engine.inputs import CallStarted, DialEnded, Digits, HungUp, Input, NoInput, Recorded
from ivr.engine.ports import Incoming
from ivr.flow.model import Release
from ivr.settings import Hidden, Settings
from tests.contract.stores import SHARED

from .bank import Bank

FLOWS = Path(__file__).parents[2] / "flows"
CALLS = int(os.environ.get("IVR_TEST_CALLS", "60"))
"""More than a check of every change has time for are played where the environment says how many."""
WALKS: list[list[Input]] = [
    [Digits("1"), Digits("0128"), Digits("135790"), Digits("1"), NoInput()],
    [Digits("4"), Digits("2"), Digits("*"), NoInput(), Digits("9")],
    [Digits("3"), Digits("1018"), Digits("135790"), Digits("1"), NoInput()],
    [Digits("0"), DialEnded("busy", 0), Digits("2"), Recorded("https://api.example/RE1", 9.0), NoInput()],
    [Digits("1"), Digits("0128"), Digits("246802"), Digits("135790"), NoInput()],
]


@pytest.fixture
def bank() -> Bank:
    return Bank()


@pytest.fixture(params=SHARED)
def servers(
    request: pytest.FixtureRequest, new_address: Callable[[str], str], bank: Bank, shipped: Release
) -> Iterator[list[Ivr]]:
    settings = Settings(store=new_address(request.param), flows=FLOWS, key=Hidden("k" * 32))
    running = [build(settings, lookup=bank, release=shipped) for _ in range(2)]
    yield running
    for ivr in running:
        ivr.close()


def number(call: int) -> str:
    return f"+86138{call:08d}"


def ask(servers: list[Ivr], chance: random.Random, incoming: Incoming) -> bytes:
    ivr = chance.choice(servers)
    return ivr.session.answer(ivr.channels["twilio"], incoming)


def play(servers: list[Ivr], call: int) -> Counter[str]:
    """Play one call with repeats of every kind; return what was wrong with its answers."""
    chance = random.Random(call)
    caller, sid = number(call), f"CA{call}"
    line = CallStarted(caller, "+861000")
    answers: dict[str, bytes] = {}
    requests: list[Incoming] = []
    faults: Counter[str] = Counter()

    def check(incoming: Incoming, document: bytes) -> None:
        if answers.setdefault(incoming.key, document) != document:
            faults["another answer to the same request"] += 1

    with ThreadPoolExecutor(3) as pool:
        for place, step in enumerate([line, *WALKS[call % len(WALKS)]]):
            incoming = Incoming(sid, place or None, step, f"{sid} {place}", caller, "+861000")
            requests.append(incoming)
            at_once = [
                pool.submit(ask, servers, random.Random(call + n), incoming) for n in range(chance.choice([1, 1, 3]))
            ]
            for answer in at_once:
                check(incoming, answer.result())
            for old in chance.sample(requests, min(len(requests), chance.randrange(3))):
                check(old, ask(servers, chance, old))
        gone = Incoming(sid, None, HungUp("completed"), f"{sid} status", caller, "+861000")
        for ivr in servers:
            ivr.session.hang_up(gone)
        for old in chance.sample(requests, len(requests)):
            check(old, ask(servers, chance, old))
    return faults


def test_every_request_has_one_answer_and_every_effect_is_done_once(servers: list[Ivr], bank: Bank) -> None:
    with ThreadPoolExecutor(6) as pool:
        faults = sum(pool.map(lambda call: play(servers, call), range(CALLS)), Counter[str]())
    assert not faults
    asked_twice = {question: times for question, times in bank.asked.items() if times > 1}
    assert not asked_twice
    store = servers[0].store
    for call in range(CALLS):
        rows = store.journal(f"CA{call}")
        kinds = Counter(row.kind for row in rows)
        assert kinds["started"] == kinds["ended"] == 1, (call, kinds)
        turns = [row.turn for row in rows]
        assert turns == sorted(turns)
        assert kinds["message"] == (call % len(WALKS) == 3), (call, kinds)
        tries = [json.loads(row.data)["outcome"] for row in rows if row.kind == "identity"]
        assert tries == {0: ["verified"], 2: ["verified"], 4: ["refused", "verified"]}.get(call % len(WALKS), []), call
    failed = [store.get("identity.accounts", key)["failures"] for key in store.keys("identity.accounts")]  # type: ignore[index]
    assert set(failed) == {0}
    assert servers[0].live() == 0
