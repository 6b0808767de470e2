"""What flows may ask services of our own, as the catalogue tells it: the questions, their fields and their answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class QuestionField:
    """A field of a question. `fault` says what is wrong with a value, and is empty where nothing is."""

    words: str
    help: str
    required: bool
    fault: Callable[[Any], str]


@dataclass(frozen=True)
class AnswerField:
    """A field of an answer, with the kinds of value as which it may be read aloud."""

    words: str
    help: str
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class DeclaredQuestion:
    """A question that a service of our own answers."""

    help: str
    fields: Mapping[str, QuestionField]
    answer: Mapping[str, AnswerField]
