"""Check that the scale of a survey question of `line.yaml` can be answered."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Hotline
from ivr.flow.own_classes import SURVEY_QUESTIONS
from ivr.yamlfile.source import Mapping

from ._line_names import place_within
from ._rule import Rule

_BLOCK = "survey_questions"


def check(line: Hotline, node: Mapping) -> Iterator[Problem]:
    """Check the ends of every scale, and that no question replaces one that every line has."""
    for name, asked in line.classes.survey_questions.items():
        place = place_within(node, _BLOCK, name)
        if asked.ask is None:
            continue
        if name in SURVEY_QUESTIONS:
            message = f'"{name}" is a question that every line has, with a scale that reports know.'
            yield Problem(place, RULE.id, message, "Give your question another name.")
        elif asked.least >= asked.most:
            message = f"The answers begin at {asked.least} and end at {asked.most}."
            cure = f"Write from: {min(asked.least, asked.most - 1)}, or a higher end."
            yield Problem(place_within(node, _BLOCK, name, "to"), RULE.id, message, cure)
        elif asked.unhappy >= asked.most:
            message = f"Every caller who answers {asked.unhappy} or less is called back: that is everyone."
            cure = f"Write unhappy: {asked.most - 1} or less."
            yield Problem(place_within(node, _BLOCK, name, "unhappy"), RULE.id, message, cure)


RULE = Rule("wrong-scale", "The answers to a survey question have no order, or make every caller unhappy.", line=check)
