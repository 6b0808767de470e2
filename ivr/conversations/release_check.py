"""Check that what conversations name is there in the flows: flows, steps, choices, facts, questions, answers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Release
from ivr.flow.questions import AnswerField
from ivr.yamlfile.suggest import did_you_mean

from .flow_words import choice_names
from .model import Conversation, ConversationTurn, ScriptedAnswer, StepPrompt

FACTS = (
    *("flow", "step", "language", "level", "errors", "turn", "release", "queued", "priority"),
    *("dialled", "ended", "seconds_at_most"),
)
"""The facts that conversations may expect."""


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
        yield from _turn(turn, release)
        yield from _facts(turn, release)


def _turn(turn: ConversationTurn, release: Release) -> Iterator[Problem]:
    steps = {name for flow in release.flows.values() for name in flow.steps}
    prompts = [
        (expectation, expectation.value.step) for expectation in turn.hear if isinstance(expectation.value, StepPrompt)
    ]
    for expectation, step in [*prompts, *([(turn.at, str(turn.at.value))] if turn.at else [])]:
        if step not in steps:
            cure = did_you_mean(step, steps) or "Name a step of the flows."
            yield Problem(expectation.place, "unknown-step", f'No flow has a step "{step}".', cure)
    if turn.choose:
        names = {name for flow in release.flows.values() for name in choice_names(flow)}
        if turn.choose not in names:
            cure = (
                did_you_mean(turn.choose, names) or "Name the step that the choice leads to, its reason or its label."
            )
            yield Problem(turn.place, "unknown-choice", f'No choice of the flows is "{turn.choose}".', cure)


def _facts(turn: ConversationTurn, release: Release) -> Iterator[Problem]:
    """Check the facts that are expected: their names, and the values that only a few can be."""
    steps = {name for flow in release.flows.values() for name in flow.steps}
    values: dict[str, Collection[str]] = {
        "flow": release.flows,
        "step": steps,
        "queued": release.line.desks,
        "priority": release.line.classes.priorities,
        "level": ("0", "1", "2", "3"),
        "ended": ("true", "false"),
    }
    for name, expectation in turn.expect.items():
        if name not in FACTS:
            cure = did_you_mean(name, FACTS) or f"The facts are {', '.join(FACTS)}."
            yield Problem(expectation.place, "unknown-fact", f'There is no fact "{name}".', cure)
        # A list or a block is no value that could be misspelt.
        elif name in values and isinstance(expectation.value, str) and expectation.value not in values[name]:
            cure = (
                did_you_mean(expectation.value, values[name]) or f"It is one of {', '.join(sorted(values[name])[:12])}."
            )
            yield Problem(expectation.place, "unknown-fact", f'The fact "{name}" is never "{expectation.value}".', cure)


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
