"""Conversations name choices and prompts by meaning: they are found in the flows, at the step where the call is."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.carrier.clock import VirtualClock
from ivr.cli.test import MONDAY_AT_TEN, play_one, wired
from ivr.conversations.flow_words import FlowWords
from ivr.conversations.model import NotInFlow, StepPrompt
from ivr.conversations.reader import read_conversation_text
from ivr.flow.loader import load
from ivr.session.step_registry import catalogue
from ivr.speech.verbalize import Reader

FLOWS = Path(__file__).parents[2] / "flows"
RELEASE = load(FLOWS, catalogue())
BALANCE = """
conversation: a caller hears the balance whatever key it has
flow: main_menu
turns:
  - at: main
    hear: {step: welcome}
    choose: balance
  - press: "0128"
  - press: "135790"
    secret: true
  - at: after_balance
    hear: {step: tell_balance, account.card.tail: "0128", account.balance: "12345.67"}
    choose: 返回主菜单
    by: word
  - {at: main, choose: lost_card, expect: {flow: main_menu}}
  - hang_up: true
"""


def words(flow: str = "main_menu", step: str = "main", language: str = "zh-CN") -> FlowWords:
    return FlowWords(RELEASE, lambda _: {"flow": flow, "step": step, "language": language}, Reader())


@pytest.mark.parametrize("name", ["balance", "查询余额", "your balance"])
def test_a_choice_is_named_by_its_target_its_reason_or_its_label(name):
    assert words().keys_of("CA1", name) == words().keys_of("CA1", "balance")


def test_a_choice_is_said_in_the_language_of_the_call():
    assert words().phrase_of("CA1", "balance") == "余额"
    assert words(language="en-US").phrase_of("CA1", "balance") == "balance"


def test_a_choice_or_step_that_is_not_there_is_told_with_those_that_are():
    with pytest.raises(NotInFlow, match="balance"):
        words().keys_of("CA1", "loans")
    with pytest.raises(NotInFlow, match="no step"):
        words().words_of("CA1", StepPrompt("nowhere"))


def test_the_words_of_a_step_have_gaps_for_values_that_are_not_given():
    pieces = words().words_of("CA1", StepPrompt("tell_balance", {"account.balance": "12.50"}))
    assert pieces[0] == "您尾号"
    assert "十二元五角" in pieces
    assert len(pieces) == 4


@pytest.mark.parametrize(
    ("old", "new", "failure"),
    [
        ("", "", ""),
        ("at: after_balance", "at: more", "at step more"),
        ("12345.67", "12345.68", "step tell_balance"),
        ("choose: lost_card", "choose: again", "no choice"),
    ],
)
def test_a_conversation_by_meaning_is_played(old, new, failure, monkeypatch):
    monkeypatch.setenv("IVR_FLOWS", str(FLOWS))
    (conversation,) = read_conversation_text(BALANCE.replace(old, new) if old else BALANCE)
    clock = VirtualClock(MONDAY_AT_TEN)
    with wired(clock.now, sleep=clock.sleep) as whole:
        failures = [failed.message for failed in play_one(whole, clock, conversation).failures]
    assert (not failures) if not failure else failure in failures[0]
