"""The questions that flows may ask the engine's own services, with their fields and answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class QuestionField:
    """A field of a question. `fault` returns the fault of a value, or an empty text."""

    words: str
    help: str
    required: bool
    fault: Callable[[Any], str]


@dataclass(frozen=True)
class AnswerField:
    """A field of an answer, with the value kinds by which it may be read aloud."""

    words: str
    help: str
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class DeclaredQuestion:
    """A question that one of the engine's own services answers."""

    help: str
    fields: Mapping[str, QuestionField]
    answer: Mapping[str, AnswerField]
