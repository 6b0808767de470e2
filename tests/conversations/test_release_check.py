"""What a conversation names must be there in the flows."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.conversations.reader import read_conversation_text
from ivr.conversations.release_check import conversation_problems
from ivr.flow.loader import load
from ivr.session.step_registry import catalogue

RELEASE = load(Path(__file__).parents[2] / "flows", catalogue())


def problems(flow: str = "main_menu", answers: str = "{}"):
    text = f"conversation: one\nflow: {flow}\nanswers: {answers}\nturns:\n  - hear: 您好\n"
    return conversation_problems(read_conversation_text(text), RELEASE)


def test_a_sound_conversation_has_no_problem():
    assert problems(answers='{bank.balance: {balance: "1.00"}, bank.limits: missing, bank.branches: {slow: 2s}}') == []


@pytest.mark.parametrize(
    ("flow", "answers", "rule", "cure"),
    [
        ("main_mneu", "{}", "unknown-flow", "main_menu"),
        ("main_menu", "{bank.balence: error}", "unknown-question", "bank.balance"),
        ("main_menu", '{bank.balance: {balanse: "1"}}', "unknown-answer", "balance"),
    ],
)
def test_what_is_not_there_is_a_problem_with_the_name_that_was_meant(flow, answers, rule, cure):
    (found,) = problems(flow, answers)
    assert found.rule == rule
    assert cure in found.cure


@pytest.mark.parametrize(
    ("turn", "rule", "cure"),
    [
        ("{at: mian, hear: 您好}", "unknown-step", "main"),
        ("{hear: {step: welcom}}", "unknown-step", "welcome"),
        ("{choose: balence}", "unknown-choice", "balance"),
        ('{press: "1", expect: {quued: vip}}', "unknown-fact", "queued"),
        ('{press: "1", expect: {queued: vpi}}', "unknown-fact", "vip"),
        ('{press: "1", expect: {step: mainn}}', "unknown-fact", "main"),
    ],
)
def test_steps_choices_and_facts_are_checked_too(turn, rule, cure):
    text = f"conversation: one\nflow: main_menu\nturns:\n  - {turn}\n"
    (found,) = conversation_problems(read_conversation_text(text), RELEASE)
    assert found.rule == rule
    assert cure in found.cure
