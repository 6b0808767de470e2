"""The declared questions are those that services answer, with the judgement of fixed values."""

from __future__ import annotations

from ivr.engine.service_ports import QUESTIONS
from ivr.engine.service_ports.declarations import declared_questions


def test_every_question_is_declared_with_its_fields_and_answer() -> None:
    declared = declared_questions()
    assert declared.keys() == QUESTIONS.keys()
    assert declared["identity.charge"].fields["account"].required
    assert not declared["identity.charge"].fields["number"].required
    assert "locked" in declared["identity.status"].answer


def test_every_question_field_and_answer_is_explained() -> None:
    for source, question in declared_questions().items():
        assert question.help, source
        parts = (*question.fields.items(), *question.answer.items())
        assert not [name for name, part in parts if not (part.help and part.words)], source


def test_a_value_that_the_field_takes_has_no_fault_and_another_says_what_is_taken() -> None:
    satisfaction = declared_questions()["survey.answer"].fields["satisfaction"]
    assert satisfaction.fault(5) == ""
    assert satisfaction.fault(6).startswith("is no whole number from")
