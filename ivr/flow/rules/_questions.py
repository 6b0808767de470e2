"""Find questions to the engine's own services, and the variables that hold their answers, for rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ivr.flow.model import AskedQuestion, Flow
from ivr.flow.questions import AnswerField, DeclaredQuestion

from ._rule import Parts


def declared(flow: Flow, parts: Parts) -> Iterator[tuple[AskedQuestion, DeclaredQuestion]]:
    """Yield every declared question that a flow asks."""
    for step in flow.written_steps():
        asked = step.asks()
        if asked and asked.source.name in parts.questions:
            yield asked, parts.questions[asked.source.name]


def answers(flow: Flow, parts: Parts) -> Mapping[str, Mapping[str, tuple[AnswerField, ...]]]:
    """Return the answer's fields of each variable that holds only answers of declared questions."""
    by_variable: dict[str, dict[str, tuple[AnswerField, ...]]] = {}
    unsure = set(flow.parameters)
    for step in flow.steps.values():
        asked = step.asks()
        for variable in step.sets():
            question = parts.questions.get(asked.source.name) if asked else None
            if question is None or not asked or asked.save_as != variable:
                unsure.add(variable)
                continue
            fields = by_variable.setdefault(variable, {})
            for name, field in question.answer.items():
                fields[name] = (*fields.get(name, ()), field)
    return {variable: fields for variable, fields in by_variable.items() if variable not in unsure}
