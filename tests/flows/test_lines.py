"""Whole lines of other trades in the flow language: each is checked, and its conversations go as written."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.carrier.clock import VirtualClock
from ivr.cli.test import MONDAY_AT_TEN, play_one, wired
from ivr.conversations.reader import read_conversations
from ivr.conversations.release_check import conversation_problems
from ivr.flow.loader import inspect
from ivr.session.step_registry import catalogue

LINES = sorted(path for path in (Path(__file__).parent / "lines").iterdir() if path.is_dir())


@pytest.mark.parametrize("line", LINES, ids=lambda path: path.name)
def test_a_line_has_no_problem_and_its_conversations_go_as_written(line, monkeypatch):
    release, problems = inspect(line / "flows", catalogue())
    conversations = read_conversations([line / "conversations"])
    assert release is not None, "\n".join(map(str, problems))
    assert not problems + conversation_problems(conversations, release)
    monkeypatch.setenv("IVR_FLOWS", str(line / "flows"))
    clock = VirtualClock(MONDAY_AT_TEN)
    with wired(clock.now, sleep=clock.sleep) as whole:
        failed = [str(failure) for one in conversations for failure in play_one(whole, clock, one).failures]
        taken, there = whole.choices()
    assert not failed, "\n".join(failed)
    assert not [f"{there[choice]}: {choice}" for choice in there if choice not in taken]
