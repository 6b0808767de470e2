"""What the services of our own do for each other."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ivr.app import build
from ivr.flow.phrasebook import SHIPPED_PHRASES
from ivr.services.queue.callback_failure import CallbackFailure
from ivr.services.registry import hand_on
from ivr.services.tasks import due_of
from ivr.settings import Settings

PROMISE = CallbackFailure(
    key="back-1:1795400000",
    reference="11231234",
    promise="2026-11-23:11231234:1795401900",
    call="CA1",
    by=1795401900,
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
def ivr(tmp_path: Path) -> Any:
    return build(Settings(store=f"sqlite:///{tmp_path}/ivr.db"))


def handed_on(ivr: Any, promise: CallbackFailure, now: float = 1795400000.0) -> None:
    hand_on(ivr.store, ivr.back_ends, lambda: now, lambda: SHIPPED_PHRASES)(promise)


def test_a_promise_in_vain_becomes_one_task_and_one_text_message_and_no_complaint(ivr: Any) -> None:
    for _ in range(2):
        handed_on(ivr, PROMISE)
    (task,) = ivr.tasks.listed()
    assert (task["kind"], task["reference"], task["call"]) == ("call_back", "11231234", "CA1")
    assert (task["number"], task["name"], task["text"]) == ("+8613800000001", "张伟", "回电2次未接通")
    assert due_of(task) == 1795400000 + 86400
    (text,) = ivr.texts_sent()
    assert "11231234" in text
    assert task["task"] not in text
    assert not ivr.store.keys("tickets")
    assert not ivr.store.keys("ticket_owners")


@pytest.mark.parametrize(
    ("change", "kind", "words"),
    [
        ({"why": "message", "number": "", "message": "https://api.twilio.com/RE1"}, "message", "留言"),
        ({"why": "waiting"}, "call_back", "人工回电"),
        ({"number": "+861085550100"}, "call_back", "未接通"),
    ],
)
def test_colleagues_get_a_task_also_where_no_text_message_can_go(ivr: Any, change: Any, kind: str, words: str) -> None:
    handed_on(ivr, replace(PROMISE, **change))
    (task,) = ivr.tasks.listed()
    assert task["kind"] == kind
    assert words in task["text"]
    assert task["recording"] == change.get("message", "")
    assert not ivr.texts_sent()


def test_a_task_that_cannot_be_opened_is_heard_of(ivr: Any) -> None:
    ivr.store.close()
    with pytest.raises(Exception, match="closed"):
        handed_on(ivr, PROMISE)
