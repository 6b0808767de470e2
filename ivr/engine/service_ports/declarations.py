"""The declarations of our services' questions, for `ivr check` and the manual."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from functools import partial
from typing import Any

from ivr.errors import LookupFailed
from ivr.flow.questions import AnswerField, DeclaredQuestion, QuestionField

from . import QUESTIONS
from .field_types import FieldType
from .question import Answer, Question, answer_of, declared_fields


def declared_questions() -> Mapping[str, DeclaredQuestion]:
    """Return every question by its name in flows."""
    return {source: _declared(kind) for source, kind in QUESTIONS.items()}


def _declared(kind: type[Question[Any]]) -> DeclaredQuestion:
    fields = {
        name: QuestionField(field.kind.words, field.help, field.required, partial(_fault, name, field.kind))
        for name, field in declared_fields(kind).items()
        if field.kind
    }
    answered: type[Answer] = answer_of(kind)
    answer = {
        name: AnswerField(field.kinds.words, field.help, field.kinds.names)
        for name, field in declared_fields(answered).items()
        if field.kinds
    }
    return DeclaredQuestion(inspect.getdoc(kind) or "", fields, answer)


def _fault(name: str, kind: FieldType, value: Any) -> str:
    try:
        kind.read(name, value)
    except LookupFailed as fault:
        return str(fault).removeprefix(f"{name} ")
    return ""
