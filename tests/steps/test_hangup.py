"""The step `hangup`: a last sentence that is heard to its end, and the call is over."""

from __future__ import annotations

from ivr.engine.inputs import Digits
from ivr.engine.verbs import Hangup, Say

STEPS = "  start: {hangup: 感谢您的来电，再见。}\n"


def test_the_last_sentence_is_heard_to_its_end_and_the_call_ends(phone):
    call = phone(STEPS)
    assert isinstance(call.closing, Hangup)
    assert [(prompt.text, prompt.barge_in) for prompt in call.closing.prompts if isinstance(prompt, Say)] == [
        ("感谢您的来电，再见。", False)
    ]
    assert call.call.ended == "completed"
    assert call.events("ended")[0]["reason"] == "completed"


def test_nothing_is_said_to_a_call_that_has_ended(phone):
    assert phone(STEPS).give(Digits("1")).closing == Hangup(())


def test_goodbye_needs_no_proof_in_a_flow_that_does(phone):
    assert phone(STEPS, head="requires: L1").heard == "感谢您的来电，再见。"
