"""What callers say first, in sentences of their own, leads to what they mean: the lists in `sentences/`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from ivr.carrier.twiml import Dial

SENTENCES = {
    file.stem: yaml.safe_load(file.read_text("utf-8"))
    for file in sorted(Path(__file__).parent.glob("sentences/*.yaml"))
}
LEAST_IN_SCOPE = 0.9
"""The share of sentences in scope that must do what is meant at once."""


def started(leg, sentence: Mapping[str, str]) -> str:
    """Say a sentence to the main menu; return what it started: as `means` in the file, or "" for nothing."""
    leg.arrive("main_menu")
    english = sentence.get("language") == "en-US"
    if english:
        leg.act(Digits="8")
    leg.act(SpeechResult=sentence["say"], Confidence="0.8")
    call = leg.machine.ivr.session.codec.thaw(leg.machine.ivr.store.load(leg.sid).call)
    if call.transfer.priority == "fraud":
        return "fraud"
    if call.facts.reason:
        return call.facts.reason
    if isinstance(leg.waiting, Dial):
        return "person"
    if call.frames[0].flow == "elderly_simple":
        return "simple"
    return "english" if call.language == "en-US" and not english else ""


def shown(sentences) -> str:
    return "; ".join(f"{sentence['say']} -> {got or 'asked again'}" for sentence, got in sentences)


def hear(ring, name: str, group: str):
    """Yield each sentence of a group with what it started, each from a telephone of its own: places are kept by it."""
    for number, sentence in enumerate(SENTENCES[name][group]):
        yield sentence, started(ring(f"+86139123450{number:02}"), sentence)


@pytest.mark.parametrize("name", SENTENCES)
def test_of_sentences_in_scope_nine_of_ten_do_what_is_meant_at_once(ring, name):
    heard = list(hear(ring, name, "in_scope"))
    wrong = [(sentence, got) for sentence, got in heard if got != sentence["means"]]
    assert len(wrong) <= (1 - LEAST_IN_SCOPE) * len(heard), shown(wrong)


@pytest.mark.parametrize("group", ["out_of_scope", "negated"])
@pytest.mark.parametrize("name", SENTENCES)
def test_what_is_out_of_scope_or_not_wanted_starts_nothing(ring, name, group):
    wrong = [(sentence, got) for sentence, got in hear(ring, name, group) if got]
    assert not wrong, shown(wrong)
