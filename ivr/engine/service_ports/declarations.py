"""The declarations of our services' questions, for `ivr check` and the manual."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from functools import partial
from typing import Any

from ivr.flow.questions import AnswerField, DeclaredQuestion, FieldType, QuestionField, type_fault

from . import QUESTIONS
from .field_types import ClassType, PrivateTextsType, PrivateType
from .question import Answer, Question, answer_of, declared_fields


def declared_questions() -> Mapping[str, DeclaredQuestion]:
    """Return every question by its name in flows."""
    return {source: _declared(kind) for source, kind in QUESTIONS.items()}


def _declared(kind: type[Question[Any]]) -> DeclaredQuestion:
    fields = {
        name: QuestionField(
            field.kind.words,
            field.help,
            field.required,
            partial(type_fault, field.kind, name),
            private=_is_private(field.kind),
            class_of=field.kind.of if isinstance(field.kind, ClassType) else "",
        )
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


def _is_private(kind: FieldType) -> bool:
    return isinstance(kind, PrivateType | PrivateTextsType)
