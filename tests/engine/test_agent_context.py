"""Whatever a caller has proved or typed is not asked again after any hand-over, however it ends and long it takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from ivr.engine.inputs import DialEnded, Digits, Input, NoInput, Recorded
from ivr.engine.turn import IDENTITY_SECONDS
from ivr.engine.verbs import Dial, Enqueue
from ivr.errors import LookupFailed

from .fixtures import Bank

STEPS = """
  start: {menu: [{label: 余额, goto: balance}, {label: 转账, goto: amount}, {label: 人工, goto: talk}]}
  balance: {requires: L1, lookup: {from: bank.balance, as: account, on_error: bye}, next: tell}
  tell: {say: "余额{account.balance|amount}。", next: start}
  amount: {collect: digits, min: 3, max: 3, prompt: 请输入金额。, as: sum, next: told_amount}
  told_amount: {say: 记下了。, next: start}
  talk:
    transfer: general
    choices: [{key: "1", label: 回电, goto: back}, {key: "2", label: 留言, goto: words}]
    next: typed
    otherwise: typed
  back: {callback: general, as: promise, next: typed, on_error: typed}
  words: {message: 请留言。, as: left, next: typed}
  typed: {say: "您输入的是{sum|digits}。", next: start}
"""
WAIT = {"state": "wait", "position": 3, "minutes": None, "due": True, "call_back": True}
RING = {"state": "ring", "agent": "li", "number": "+8613900000001", "leg": "ab", "timeout": 20, "record": False}
TALKED = {"state": "talked", "agent": "li", "seconds": 1500}
ROUTER = {"state": "router", "workflow": "WW1", "priority": 0, "task": {}}
DIRECT = {"state": "direct", "number": "+861000000001", "timeout": 20}
SILENCE = LookupFailed("gone")
LONG = 2.5 * IDENTITY_SECONDS

Ways = Mapping[str, tuple[list[Any], list[tuple[float, Input]]]]
HANDED_OVER: Ways = {
    "the desk's own number, a long talk": ([DIRECT], [(LONG, DialEnded("completed", LONG))]),
    "the desk's own number is busy": ([DIRECT], [(5, DialEnded("busy"))]),
    "an agent, a long talk": ([RING, TALKED], [(LONG, DialEnded("completed", LONG))]),
    "an agent, and how it ended is lost": ([RING, TALKED], [(LONG, NoInput())]),
    "an agent, and the queue cannot be asked after it": ([RING, SILENCE], [(LONG, DialEnded("completed", LONG))]),
    "one who refuses, then one who talks": (
        [RING, RING, TALKED],
        [(30, DialEnded("no-answer")), (LONG, DialEnded("completed", LONG))],
    ),
    "one who refuses, then a call back instead": (
        [WAIT, RING, WAIT],
        [(15, NoInput()), (60, DialEnded("completed", 20)), (15, Digits("1"))],
    ),
    "a long wait, then a message instead": (
        [WAIT] * 100,
        [*[(15.0, NoInput())] * 90, (15, Digits("2")), (60, Recorded("https://api.invalid/R", 9))],
    ),
    "a wait that the queue forgets": ([WAIT, LookupFailed("lost", missing=True), RING, TALKED],
        [(15, NoInput()), (LONG, DialEnded("completed", LONG))]),
    "the carrier's router, a long wait and talk": ([ROUTER], [(LONG, DialEnded("completed"))]),
    "the carrier's router in vain, then the desk's own number": (
        [ROUTER],
        [(LONG, DialEnded("failed")), (LONG, DialEnded("completed", LONG))],
    ),
}  # fmt: skip


class Queue(Bank):
    """A bank, and a queue that answers one by one what a test says."""

    def __init__(self, answers: list[Any]) -> None:
        bank = {
            "bank.caller": {"segment": "standard"},
            "bank.verify": {"verified": True, "customer": "C1", "card": {"tail": "0128"}},
            "bank.balance": {"balance": "5"},
        }
        super().__init__({**bank, "queue.leave": {}, "queue.call_back": {"by": "2026-11-23T10:15", "reference": "1"}})
        self.told: Iterator[Any] = iter(answers)
        for question in ("queue.enter", "queue.round", "queue.rang"):
            self.answers[question] = lambda _given: self._next()

    def _next(self) -> Any:
        answer = next(self.told)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.mark.parametrize(("answers", "deeds"), HANDED_OVER.values(), ids=HANDED_OVER)
def test_what_was_proved_and_typed_holds_after_it(phone, answers, deeds):
    queue = Queue(answers)
    call = phone(STEPS, bank=queue).press("1").press("0128").press("135790")
    assert "余额五元" in call.heard
    call.press("2").press("250").press("3")
    for seconds, deed in deeds:
        call.now += seconds
        call.give(deed)
    assert not isinstance(call.closing, Dial | Enqueue)
    assert "您输入的是二五零" in call.heard
    assert "请输入" not in call.heard
    assert "余额五元" in call.press("1").heard
    assert [source for source, _, _ in queue.asked].count("bank.verify") == 1


def test_every_agent_and_the_call_back_are_told_the_same_level_and_entries(phone):
    queue = Queue([WAIT, LookupFailed("lost", missing=True), WAIT])
    call = phone(STEPS, bank=queue).press("1").press("0128").press("135790").press("3")
    call.give(NoInput())
    call.press("1")
    told = [asked for source, asked, _ in queue.asked if source in ("queue.enter", "queue.call_back")]
    assert len(told) == 3
    assert {one["level"] for one in told} == {1}
    assert {one["customer"] for one in told} == {"C1"}
    assert all(one["context"].typed["card"] == "***0128" for one in told)


def test_who_had_proved_nothing_any_more_when_the_line_was_handed_over_has_not_proved_it_after(phone):
    queue = Queue([DIRECT])
    call = phone(STEPS, bank=queue).press("1").press("0128").press("135790")
    call.now += IDENTITY_SECONDS + 1
    call.press("3").give(DialEnded("completed", 60))
    assert call.press("1").heard.startswith("请输入")
