"""A step that never waits begins again when it is answered, and a hang-up in it changes nothing."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from ivr.engine.inputs import Digits, HungUp, NoInput
from ivr.engine.scratch import Scratch
from ivr.engine.step import FlowResults, LiveStep, Move, RunFlow
from ivr.engine.turn import Turn
from ivr.flow.model import Route


class Counting(LiveStep):
    """Counts how often it was entered."""

    kind = "counting"
    entered = 0

    def exits(self) -> Mapping[str, Route]:
        return {}

    def enter(self, turn: Turn) -> Move:
        Counting.entered += 1
        return "next"


def test_a_step_that_does_not_answer_is_entered_again() -> None:
    step, turn = object.__new__(Counting), object.__new__(Turn)
    Counting.entered = 0
    for action in (Digits("1"), NoInput()):
        assert step.answer(turn, action) == "next"
    assert Counting.entered == 2
    step.on_hangup(turn, HungUp())
    assert not step.takes_recording(turn, 1)
    assert Counting.entered == 2


def test_a_step_must_say_how_it_is_entered() -> None:
    with pytest.raises(TypeError, match="abstract"):
        type("Empty", (LiveStep,), {"kind": "empty"})()


def test_results_of_a_sub_flow_are_scratch_with_none_before_it_has_returned() -> None:
    assert issubclass(FlowResults, Scratch)
    assert FlowResults().results is None
    assert (RunFlow("branches").values, RunFlow("branches").proven) == ({}, {})


def test_a_hang_up_is_no_answer_for_a_step(phone) -> None:
    call = phone("  start:\n    prompt: 请选择。\n    menu:\n      - {key: '1', label: 查询, goto: agent}")
    call.give(HungUp())
    assert call.call.ended
    assert call.step == "start"
