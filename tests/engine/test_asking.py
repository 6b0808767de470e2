"""A turn stops at each question and goes on with its answer; two turns of one thread do not disturb each other."""

from __future__ import annotations

import gc
import weakref
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import greenlet
import pytest

from ivr.engine.asking import Ask, BankLookup, answer_all, ask, run_turn
from ivr.engine.service_ports.memory import RecallPreferences
from ivr.errors import LookupFailed, StoreError


def bank(source: str, **fields: Any) -> BankLookup:
    return BankLookup(source, fields)


def asked(outcome: object) -> Ask[Any]:
    assert isinstance(outcome, Ask)
    return outcome


def echo(question: Ask[Any]) -> dict[str, str]:
    return {"key": question.key}


def two_questions() -> list[Any]:
    """Ask two questions and return both answers."""
    return [ask(bank("bank.verify", pin="135790"), "CA1:1:1", 2.0), ask(bank("bank.balance"), "CA1:1:2", 2.0)]


def test_a_turn_without_a_question_ends_at_once() -> None:
    assert run_turn(lambda: "reply") == "reply"


def test_questions_come_one_by_one_in_order_and_the_turn_ends_in_its_result() -> None:
    first = asked(run_turn(two_questions))
    assert (first.question, first.key, first.deadline) == (bank("bank.verify", pin="135790"), "CA1:1:1", 2.0)
    second = asked(first.answered({"ok": True}))
    assert (second.question, second.key) == (bank("bank.balance"), "CA1:1:2")
    assert second.answered({"amount": 5}) == [{"ok": True}, {"amount": 5}]


def test_a_question_to_a_service_is_handed_out_as_it_is() -> None:
    question = RecallPreferences(number="+8613800000001")
    assert asked(run_turn(lambda: ask(question, "k", 0.5))).question is question


def test_a_question_shows_no_field_in_its_text() -> None:
    assert "135790" not in repr(asked(run_turn(two_questions)))


def test_no_answer_raises_lookup_failed_in_the_turn_with_its_reason() -> None:
    def turn() -> str:
        try:
            ask(bank("bank.balance"), "k", 2.0)
        except LookupFailed as failed:
            return f"{failed}, missing: {failed.missing}"
        return "answered"

    assert asked(run_turn(turn)).answered(LookupFailed("no account", missing=True)) == "no account, missing: True"


def test_a_failure_that_the_turn_does_not_catch_is_raised_where_the_answer_is_handed_in() -> None:
    failed = LookupFailed("the bank is gone")
    with pytest.raises(LookupFailed) as raised:
        asked(run_turn(lambda: ask(bank("bank.balance"), "k", 2.0))).answered(failed)
    assert raised.value is failed


@pytest.mark.parametrize("answers", [0, 1])
def test_an_exception_of_the_turn_is_raised_where_it_is_run(answers: int) -> None:
    def turn() -> None:
        for key in range(answers):
            ask(bank("bank.balance"), str(key), 2.0)
        raise StoreError("broken")

    with pytest.raises(StoreError, match="broken"):
        answer_all(run_turn(turn), echo)
    assert run_turn(lambda: "reply") == "reply", "the thread can run the next turn"


def test_all_questions_are_answered_until_the_turn_ends() -> None:
    assert answer_all(run_turn(two_questions), echo) == [{"key": "CA1:1:1"}, {"key": "CA1:1:2"}]


def test_a_turn_that_has_ended_needs_no_answer() -> None:
    def never(_: Ask[str]) -> LookupFailed:
        raise AssertionError("a question that the turn did not ask")

    assert answer_all("reply", never) == "reply"


def test_a_lookup_failed_that_answering_raises_is_the_answer() -> None:
    def turn() -> list[str]:
        texts = []
        for source in ("bank.verify", "bank.balance"):
            try:
                texts.append(ask(bank(source), source, 2.0)["key"])
            except LookupFailed as failed:
                texts.append(str(failed))
        return texts

    def answer(question: Ask[list[str]]) -> dict[str, str]:
        if question.key == "bank.verify":
            raise LookupFailed("no time is left")
        return echo(question)

    assert answer_all(run_turn(turn), answer) == ["no time is left", "bank.balance"]


def test_another_exception_of_answering_ends_the_turn_and_runs_its_clean_up() -> None:
    cleaned: list[str] = []

    def turn() -> None:
        try:
            ask(bank("bank.balance"), "k", 2.0)
        finally:
            cleaned.append("turn")

    def answer(_: Ask[None]) -> LookupFailed:
        raise StoreError("conflict")

    with pytest.raises(StoreError, match="conflict"):
        answer_all(run_turn(turn), answer)
    gc.collect()
    assert cleaned == ["turn"]


def test_a_turn_that_is_dropped_half_way_is_freed_and_does_not_go_on() -> None:
    class Held:
        pass

    steps: list[str] = []
    held = Held()
    reference = weakref.ref(held)

    def turn(held: Held) -> None:
        steps.append("begun")
        try:
            ask(bank("bank.balance"), "k", 2.0)
            steps.append("gone on")
        finally:
            steps.append("cleaned up")

    question = run_turn(lambda own=held: turn(own))  # type: ignore[misc]
    del held
    assert isinstance(question, Ask)
    assert reference() is not None
    del question
    gc.collect()
    assert steps == ["begun", "cleaned up"]
    assert reference() is None


def test_two_turns_of_one_thread_can_be_interleaved() -> None:
    def turn(name: str) -> list[Any]:
        return [ask(bank(name), f"{name}:{place}", 2.0) for place in (1, 2)]

    first, second = asked(run_turn(lambda: turn("a"))), asked(run_turn(lambda: turn("b")))
    second = asked(second.answered({"to": "b1"}))
    first = asked(first.answered({"to": "a1"}))
    assert (first.key, second.key) == ("a:2", "b:2")
    assert first.answered({"to": "a2"}) == [{"to": "a1"}, {"to": "a2"}]
    assert second.answered({"to": "b2"}) == [{"to": "b1"}, {"to": "b2"}]


def test_a_turn_inside_of_a_turn_asks_its_own_runner() -> None:
    def outer() -> list[Any]:
        inner = answer_all(run_turn(lambda: ask(bank("inner"), "inner", 2.0)), echo)
        return [inner, ask(bank("outer"), "outer", 2.0)]

    question = asked(run_turn(outer))
    assert question.key == "outer"
    assert question.answered({"key": "answered outside"}) == [{"key": "inner"}, {"key": "answered outside"}]


def test_turns_of_many_threads_get_their_own_answers() -> None:
    with ThreadPoolExecutor(8) as pool:
        results = pool.map(
            lambda place: answer_all(run_turn(lambda: ask(bank("bank.verify"), str(place), 2.0)), echo), range(64)
        )
        assert [result["key"] for result in results] == [str(place) for place in range(64)]


def test_a_question_outside_of_a_turn_fails_instead_of_waiting_for_ever() -> None:
    with pytest.raises(LookupFailed, match="outside of a turn"):
        ask(bank("bank.balance"), "k", 2.0)


def test_a_question_in_a_greenlet_of_another_library_fails_too() -> None:
    def other() -> str:
        with pytest.raises(LookupFailed, match="outside of a turn"):
            ask(bank("bank.balance"), "k", 2.0)
        return "refused"

    assert greenlet.greenlet(other).switch() == "refused"
