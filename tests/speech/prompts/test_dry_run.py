"""A turn without a call: what a step would say, from which field, and without asking anybody."""

from __future__ import annotations

from typing import Any

import pytest

from ivr.errors import LookupFailed
from ivr.flow.phrasebook import SHIPPED_PHRASES
from ivr.speech.prompts.dry_run import VALUE, DryRunTurn, Scene, dry_run_turn, phrase_keys, source_of, texts_of

from .conftest import release_of

STEPS = """
  start:
    say: "余额{caller.balance|amount}。"
    next: ask
  ask:
    menu:
      - {label: 查询余额, phrases: [余额], goto: bye}
      - {label: 挂失, phrases: [挂失], goto: bye, when: caller.vip == true}
    no_input: [请按键。, 没有听到。]
"""


def turn_at(step: str, **more: Any) -> DryRunTurn:
    release = release_of(STEPS)
    flow = release.flows["test"]
    return dry_run_turn(flow, release.line, flow.steps[step], "zh-CN", **more)


def test_a_value_is_marked_where_it_would_be_spoken():
    turn = turn_at("start")
    step = turn.flow.steps["start"]
    turn.say(step.say)
    (said,) = turn.said
    assert (said.source, said.say.text) == ("say", f"余额{VALUE}。")
    assert id(step.say) in turn.met


def test_the_texts_of_a_step_are_named_by_their_field():
    step = turn_at("ask").flow.steps["ask"]
    names = [name for name, _ in texts_of(step)]
    assert {"no_input.1", "no_input.2"} <= set(names)
    assert source_of(step, step.no_input[1]) == "no_input.2"
    assert source_of(step, turn_at("start").flow.steps["start"].say) == ""
    assert texts_of(object()) == []


def test_a_choice_is_offered_unless_its_condition_is_hidden():
    step = turn_at("ask").flow.steps["ask"]
    always, sometimes = step.menu
    assert turn_at("ask").offered(sometimes)
    hidden = turn_at("ask", hidden=frozenset({sometimes.when.text}))
    assert (hidden.offered(always), hidden.offered(sometimes)) == (True, False)


def test_nobody_is_asked_and_every_desk_is_open():
    turn = turn_at("start")
    with pytest.raises(LookupFailed, match="nothing can be asked outside of a turn"):
        turn.lookup("bank.balance", {}, deadline=1.0)
    assert turn.desk_open("general")


def test_a_phrase_of_the_engine_is_named_after_its_key():
    turn = turn_at("start")
    turn.phrase("verified")
    assert turn.said[0].source == "phrases.verified"


def test_who_comes_back_was_there_and_who_was_misunderstood_has_failed():
    assert turn_at("ask", scene=Scene(back=True)).frame.visited == ("ask",)
    assert not turn_at("ask").frame.visited
    assert turn_at("ask", scene=Scene(failures=2)).frame.scratch != turn_at("ask").frame.scratch


def test_the_engines_phrases_are_those_that_are_said_as_they_stand():
    keys = phrase_keys("zh-CN", SHIPPED_PHRASES)
    assert "verified" in keys
    assert keys == sorted(set(keys))
