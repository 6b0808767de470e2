"""Check that what conversations name is there in the flows: flows, questions and fields of answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Release
from ivr.flow.questions import AnswerField
from ivr.yamlfile.suggest import did_you_mean

from .model import Conversation, ScriptedAnswer


def conversation_problems(conversations: Iterable[Conversation], release: Release) -> list[Problem]:
    """Return the problems of conversations that are played with the flows of a release."""
    return [problem for conversation in conversations for problem in _problems(conversation, release)]


def _problems(conversation: Conversation, release: Release) -> Iterator[Problem]:
    if conversation.flow and conversation.flow not in release.flows:
        message = f'"{conversation.title}" calls the flow "{conversation.flow}", which is not there.'
        flows = f"The flows are {', '.join(sorted(release.flows))}."
        cure = did_you_mean(conversation.flow, release.flows) or flows
        yield Problem(conversation.place, "unknown-flow", message, cure)
    yield from _answers(conversation.answers, release)
    for turn in conversation.turns:
        yield from _answers(turn.answers, release)


def _answers(answers: Mapping[str, ScriptedAnswer], release: Release) -> Iterator[Problem]:
    questions = release.lookups.questions
    for source, scripted in answers.items() if release.lookups.declared else ():
        if source not in questions:
            cure = did_you_mean(source, questions) or f"The questions are {', '.join(questions)}."
            yield Problem(scripted.place, "unknown-question", f'"{source}" is no question of lookups.yaml.', cure)
            continue
        declared = questions[source].declared
        for name in scripted.fields if not declared.open_answer else ():
            if name not in declared.answer:
                yield _unknown_field(source, name, declared.answer, scripted)


def _unknown_field(source: str, name: str, fields: Mapping[str, AnswerField], scripted: ScriptedAnswer) -> Problem:
    cure = did_you_mean(name, fields) or f"It has {', '.join(fields)}."
    return Problem(scripted.place, "unknown-answer", f'The answer of "{source}" has no "{name}".', cure)
