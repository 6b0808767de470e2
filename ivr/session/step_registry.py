"""The catalogue of the flow language: kinds of steps, kinds of spoken values, languages and questions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ivr import steps
from ivr.diagnostics.problem import Problem
from ivr.discovery import kinds_in
from ivr.engine.service_ports.declarations import declared_questions
from ivr.engine.service_ports.field_types import OUTSIDE_TYPES
from ivr.engine.step import LiveStep
from ivr.flow.catalogue import Catalogue
from ivr.speech.languages import families
from ivr.speech.prompts.heard import hearing_with
from ivr.speech.prompts.index import PromptIndex
from ivr.speech.readings import read_readings
from ivr.speech.verbalize import VALUE_KINDS, argument_fault, unclear_numbers
from ivr.yamlfile.source import Node


def catalogue(audio: Path | None = None) -> Catalogue:
    """Return the catalogue of the installed step kinds, value kinds, languages and questions.

    With the folder of recordings, rules about the length of prompts know the real lengths.
    """
    kinds = kinds_in(steps, LiveStep)  # type: ignore[type-abstract]
    questions = declared_questions()
    hear = hearing_with(PromptIndex(audio) if audio is not None else None)
    return Catalogue(
        kinds, VALUE_KINDS, argument_fault, families(), questions, _unclear, _check_readings, OUTSIDE_TYPES, hear
    )


def _check_readings(node: Node | None) -> Sequence[Problem]:
    return read_readings(node)[1]


def _unclear(text: str, language: str) -> Sequence[tuple[str, str]]:
    return [(number.figure, number.cure) for number in unclear_numbers(text, language)]
