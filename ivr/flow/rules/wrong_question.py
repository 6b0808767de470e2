"""Check that a question to the engine's own services has all required fields, no unknown ones, and valid values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ivr.diagnostics.problem import Problem
from ivr.flow.model import AskedQuestion, Flow
from ivr.flow.questions import GIVEN_ALONG, DeclaredQuestion
from ivr.yamlfile.suggest import did_you_mean

from ._questions import declared
from ._rule import Parts, Rule
from ._values import reads_secret, secrets_of


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check the fields of every declared question."""
    secrets = secrets_of(flow, parts)
    for _, asked, question in declared(flow, parts):
        yield from _fields(asked, question, parts)
        yield from _secrets(asked, question, secrets)
        for name, field in question.fields.items():
            # The engine adds the call and the customer to every question.
            if field.required and name not in asked.fields and name not in GIVEN_ALONG:
                message = f'The question "{asked.source.name}" needs "{name}": {field.help}.'
                yield Problem(asked.source.place, RULE.id, message, f'Add "{name}" under "with", {field.words}.')


def _fields(asked: AskedQuestion, question: DeclaredQuestion, parts: Parts) -> Iterator[Problem]:
    for name, expression in asked.fields.items():
        if name not in question.fields:
            cure = did_you_mean(name, question.fields) or f"Its fields are {', '.join(question.fields) or 'none'}."
            message = f'The question "{asked.source.name}" has no field "{name}".'
            yield Problem(expression.place, RULE.id, message, cure)
        elif fault := question.fields[name].fault(value) if (value := expression.constant()) is not None else "":
            cure = f"It takes {question.fields[name].words}."
            yield Problem(expression.place, RULE.id, f'The value of "{name}" {fault}.', cure)
        elif (of := question.fields[name].class_of) and parts.line and value is not None:
            names = getattr(parts.line.classes, of)
            if value not in names:
                cure = did_you_mean(str(value), names) or f"There are {', '.join(names)}."
                yield Problem(expression.place, RULE.id, f'There is no "{value}" for "{name}" in line.yaml.', cure)


def _secrets(asked: AskedQuestion, question: DeclaredQuestion, secrets: Mapping[str, str]) -> Iterator[Problem]:
    for name, expression in asked.fields.items():
        taken = question.fields.get(name)
        if taken and not taken.private and any(reads_secret(path, secrets) for path in expression.paths()):
            message = f'"{name}" takes {taken.words}, and gets a secret.'
            cure = f'Declare it as "{name}: secret" in lookups.yaml, or give it another value.'
            yield Problem(expression.place, RULE.id, message, cure)


RULE = Rule("wrong-question", "A field of a question is unknown, missing, or has an invalid value.", flow=check)
