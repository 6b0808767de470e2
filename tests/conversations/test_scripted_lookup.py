"""A conversation changes the answers of outside services."""

from __future__ import annotations

import pytest

from ivr.conversations.model import ScriptedAnswer
from ivr.conversations.scripted_lookup import ScriptedLookup
from ivr.diagnostics.problem import Place
from ivr.errors import LookupFailed

HERE = Place("x.yaml", 1, 1)


def usual(source, question, *, deadline, key):
    if source == "bank.gone":
        raise LookupFailed("gone")
    return {"sell": "7.12", "buy": "7.08"}


def lookup(slept=None, **answers: ScriptedAnswer) -> ScriptedLookup:
    scripted = ScriptedLookup(usual, (slept if slept is not None else []).append)
    scripted.script({f"bank.{name}": answer for name, answer in answers.items()})
    return scripted


def ask(scripted: ScriptedLookup, source: str = "bank.rates"):
    return scripted(source, {}, deadline=2.0, key="1")


def test_fields_stand_beside_those_of_the_usual_answer():
    changed = lookup(rates=ScriptedAnswer(HERE, fields={"sell": "7.30"}))
    assert ask(changed) == {"sell": "7.30", "buy": "7.08"}
    assert ask(changed, "bank.other") == {"sell": "7.12", "buy": "7.08"}


def test_a_question_without_a_usual_answer_gets_the_fields_alone():
    assert ask(lookup(gone=ScriptedAnswer(HERE, fields={"sell": "1"})), "bank.gone") == {"sell": "1"}
    with pytest.raises(LookupFailed):
        ask(lookup(gone=ScriptedAnswer(HERE, slow=0.5)), "bank.gone")


@pytest.mark.parametrize("outcome", ["missing", "error"])
def test_no_such_thing_and_a_fault(outcome):
    with pytest.raises(LookupFailed) as caught:
        ask(lookup(rates=ScriptedAnswer(HERE, outcome)))
    assert caught.value.missing is (outcome == "missing")


def test_a_late_answer_takes_its_time_and_one_that_is_too_late_fails():
    slept = []
    assert ask(lookup(slept, rates=ScriptedAnswer(HERE, slow=1.5)))["sell"] == "7.12"
    with pytest.raises(LookupFailed):
        ask(lookup(slept, rates=ScriptedAnswer(HERE, slow=3.0)))
    assert slept == [1.5, 2.0]


def test_answers_of_a_turn_join_those_of_before():
    changed = lookup(rates=ScriptedAnswer(HERE, fields={"sell": "7.30"}))
    changed.script({"bank.fees": ScriptedAnswer(HERE, fields={"sell": "1"})}, more=True)
    assert ask(changed)["sell"] == "7.30"
    assert ask(changed, "bank.fees")["sell"] == "1"
    changed.script({})
    assert ask(changed)["sell"] == "7.12"
