"""The keys of a gather, and its parameters: those of the simulated carrier."""

from __future__ import annotations

import pytest

from ivr.carrier.gather_rules import gathered
from ivr.carrier.line.key_entry import KeyEntry, blank_end, speech_result
from ivr.carrier.twiml import Gather
from ivr.speech.asr import Nothing, RecognizedPhrase


@pytest.mark.parametrize(
    ("gather", "keys"),
    [
        (Gather(num_digits=1), "1"),
        (Gather(num_digits=4), "0128"),
        (Gather(num_digits=4), "01#"),
        (Gather(finish_on_key="*"), "12#*"),
        (Gather(finish_on_key="", num_digits=2), "##"),
        (Gather(action_on_empty=True), "#"),
    ],
)
def test_an_entry_has_the_parameters_that_the_simulated_carrier_sends(gather: Gather, keys: str) -> None:
    entry = KeyEntry(gather)
    for key in keys:
        assert not entry.complete
        entry.add(key)
    assert (entry.complete, entry.begun) == (True, True)
    assert entry.parameters() == gathered(gather, keys).parameters(blank=True)


def test_the_finishing_key_alone_is_no_answer_unless_an_empty_one_is_wanted() -> None:
    entry = KeyEntry(Gather())
    entry.add("#")
    assert entry.parameters() is None
    assert blank_end(Gather(), blank=True) is None
    assert blank_end(Gather(action_on_empty=True), blank=False) == {}


def test_what_was_said_is_a_result_and_noise_is_none() -> None:
    assert speech_result(RecognizedPhrase("查询余额", 0.91234, 1.0)) == {
        "SpeechResult": "查询余额",
        "Confidence": "0.912",
    }
    assert speech_result(Nothing("noise")) is None
    unclear = speech_result(Nothing("unclear"))
    assert unclear is not None
    assert unclear["Confidence"] == "0.0"
    assert speech_result(Nothing("broken")) == {"ErrorCode": "13334"}
