"""What the services of our own do for each other."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ivr.app import build
from ivr.engine.service_ports.question import A, Question
from ivr.errors import LookupFailed
from ivr.services.queue.callback_failure import CallbackFailure
from ivr.services.registry import hand_on
from ivr.settings import Settings

PROMISE = CallbackFailure(
    key="back-1:1795400000",
    reference="11231234",
    by="2026-11-23T10:45+08:00",
    why="unreached",
    tries=2,
    desk="general",
    priority="normal",
    language="zh-CN",
    number="+8613800000001",
    name="张伟",
    reason="lost card",
    customer="",
    message="",
)


@pytest.fixture
def ivr() -> Any:
    return build(Settings(store="memory:"))


def tickets(ivr: Any) -> list[Any]:
    return [ivr.store.get("tickets", key) for key in ivr.store.keys("tickets")]


def test_a_promise_in_vain_becomes_one_ticket_and_one_text_message(ivr: Any) -> None:
    for _ in range(2):
        hand_on(ivr.back_ends)(PROMISE)
    (ticket,) = tickets(ivr)
    assert "11231234" in ticket["text"]
    assert "2次未接通" in ticket["text"]
    (text,) = ivr.texts_sent()
    assert "11231234" in text
    assert ticket["ticket"] in text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"why": "message", "number": "", "message": "https://api.twilio.com/RE1"}, "留言"),
        ({"why": "waiting"}, "人工回电"),
        ({"number": "+861085550100"}, "未接通"),
    ],
)
def test_colleagues_get_a_ticket_also_where_no_text_message_can_go(ivr: Any, change: Any, said: str) -> None:
    hand_on(ivr.back_ends)(replace(PROMISE, **change))
    (ticket,) = tickets(ivr)
    assert said in ticket["text"]
    assert ticket["recording"] == change.get("message", "")
    assert not ivr.texts_sent()


def test_a_ticket_that_cannot_be_opened_is_heard_of(ivr: Any) -> None:
    class Broken:
        def ask(self, question: Question[A], *, key: str) -> A:
            raise LookupFailed("the disk is full")

    with pytest.raises(LookupFailed, match="full"):
        hand_on(Broken())(PROMISE)
