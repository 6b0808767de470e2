"""A question is checked when it is made; errors name the field and repeat no value."""

from __future__ import annotations

import pytest
from msgspec import Struct

from ivr.engine.service_ports import QUESTIONS
from ivr.engine.service_ports.identity import ChargeTry, JudgePin, TryCharged
from ivr.engine.service_ports.question import Done, answer_of, declared_fields, read_question
from ivr.engine.service_ports.survey import KeepSurvey
from ivr.errors import LookupFailed
from ivr.secret import Secret

PIN = Secret("pin", "135790")


def test_fields_are_brought_into_form_and_defaults_filled_in() -> None:
    question = read_question(ChargeTry, {"account": "C1", "pieces": ["pin", "135790"]})
    assert question == ChargeTry(account="C1", number="", called="", pieces=("pin",))


def test_a_field_that_is_missing_empty_or_unknown_is_refused() -> None:
    for values in ({}, {"account": ""}, {"account": None}):
        with pytest.raises(LookupFailed, match="account was not given"):
            read_question(ChargeTry, values)
    with pytest.raises(LookupFailed, match="no such field; its fields are account"):
        read_question(ChargeTry, {"account": "C1", "acount": "135790"})


def test_spare_values_are_dropped_where_the_question_does_not_take_them() -> None:
    assert read_question(JudgePin, {"pin": PIN, "call": "CA1"}, spare=("call",)) == JudgePin(pin=PIN)


def test_a_question_in_code_is_checked_like_one_of_a_flow() -> None:
    with pytest.raises(LookupFailed, match=r"^satisfaction ") as refused:
        KeepSurvey(call="CA1", satisfaction=135790)
    assert "135790" not in str(refused.value)


def test_the_text_of_a_question_shows_no_field() -> None:
    assert repr(ChargeTry(account="C-100001", number="+8613800000001")) == "ChargeTry()"


def test_an_answer_is_a_variable_without_what_is_none() -> None:
    assert Done().values() == {}
    answer = TryCharged(allowed=False, wait_s=30)
    assert answer.values()["wait_s"] == 30
    assert None not in answer.values().values()


def test_every_question_declares_its_answer() -> None:
    assert answer_of(ChargeTry) is TryCharged
    assert all(answer_of(question) for question in QUESTIONS.values())


def test_a_field_without_its_declaration_is_an_error_of_the_programmer() -> None:
    class Bare(Struct):
        number: str

    with pytest.raises(TypeError, match="number does not declare"):
        declared_fields(Bare)
