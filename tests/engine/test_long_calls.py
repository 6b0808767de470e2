"""A turn costs the same however long the call has lasted and however many steps it has seen."""

from __future__ import annotations

import sys
from typing import Any

import msgspec
import pytest

from ivr.engine.engine import Engine
from ivr.engine.input_step import VISITED_LIMIT
from ivr.flow.loader import reload
from ivr.session.step_registry import catalogue
from tests.engine.fixtures import AGENT, LINE, SERVICES, Bank, Phone

STEPS = 1002


def chain_of_menus(more: str) -> Phone:
    steps = "".join(
        f"  s{n:04}: {{prompt: 长的提示。, {more} menu: [{{label: 下一个, goto: s{n + 1:04}}}]}}\n"
        for n in range(STEPS)
    )
    head = "flow: test\nstart: s0000\nglobals: [{key: '*', do: back, phrases: [返回]}]\n"
    text = f"{head}steps:\n{steps}  s{STEPS:04}: {{say: 完。, next: agent}}\n{AGENT}"
    return Phone(Engine(reload({"line.yaml": LINE, "test.yaml": text}, catalogue()), SERVICES), Bank()).ring()


def calls_of_a_turn(phone: Phone, keys: str) -> int:
    """Press keys; return how many functions that took."""
    calls = 0

    def count(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        phone.press(keys)
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize("more", ["", "short: 短的提示。,"])
def test_the_thousandth_turn_does_and_keeps_no_more_than_an_early_one(more: str) -> None:
    phone = chain_of_menus(more)
    calls, sizes = [0], [len(msgspec.json.encode(phone.call))]
    while phone.call.turn < 1000:
        calls.append(calls_of_a_turn(phone, "1"))
        sizes.append(len(msgspec.json.encode(phone.call)))
    assert calls[1] > 100
    assert calls[-1] <= 1.05 * min(calls[2:10])
    assert sizes[-1] <= sizes[VISITED_LIMIT + 1] + 2  # the number of the turn has more digits


def test_steps_that_say_the_same_to_who_comes_back_are_not_remembered() -> None:
    phone = chain_of_menus("").press("1").press("1")
    assert (phone.call.frame.visited, phone.call.frame.scratch) == ((), {})
    assert b"heard" not in msgspec.json.encode(phone.call)


def test_who_comes_back_hears_less_until_many_other_steps_were_heard() -> None:
    phone = chain_of_menus("short: 短的提示。,")
    assert "长的提示" in phone.press("1").heard
    assert "短的提示" in phone.press("*").heard
    for _ in range(VISITED_LIMIT + 5):
        phone.press("1")
    assert len(phone.call.frame.visited) == VISITED_LIMIT
    assert phone.call.frame.visited[-1] == phone.step
    assert "短的提示" in phone.press("*").heard
