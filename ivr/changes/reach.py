"""The places that callers get to: steps at all, a person on silence, a person by keys and after how many seconds."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.flow import phrasebook
from ivr.flow.line_graph import BY_SILENCE, Arc, LineGraph, StepName, StepNode
from ivr.flow.model import Choice, Flow, Step
from ivr.flow.outcomes import FAILED
from ivr.flow.text import Text
from ivr.speech.prompts.duration import seconds_at

from .texts import step_texts

_NOT_AT_FIRST = frozenset({"no_input", "no_match", "help", "short"})
"""The keys of texts that a caller does not hear when a step begins."""
VALUE_SECONDS = 2.0
"""The duration of a spoken value, such as an amount."""


def reachable_steps(graph: LineGraph) -> set[StepName]:
    """Return the steps that a call can get to."""
    return {node.name for node in graph.distances if graph.step(node) is not None}


def reaches_person_on_silence(graph: LineGraph) -> dict[StepName, bool]:
    """Return for each step that listens whether a caller who stays silent there always reaches a person.

    Steps at which silence is an answer, such as a survey, are left out.
    """
    return {
        (flow.name, step.name): _silent(graph, StepNode(flow.name, step.name, run=True), set())
        for flow in graph.flows.values()
        for step in flow.written_steps()
        if step.listens and not step.reaches_person and not step.refusable
    }


def _silent(graph: LineGraph, node: StepNode, under_way: set[StepNode]) -> bool:
    """Follow silence. A step met again is left to the budget of errors, whose end is followed where it is first met."""
    step = graph.step(node)
    if step is None or node in under_way or step.reaches_person:
        return True
    if step.ends:
        return False
    under_way = {*under_way, node}
    return all(_silent(graph, arc.to, under_way) for arc in graph.arcs(node) if _on_silence(step, arc))


def _on_silence(step: Step, arc: Arc) -> bool:
    return not step.listens or arc.outcome == FAILED or BY_SILENCE in arc.causes


def seconds_to_person(graph: LineGraph, flow: Flow, step: Step) -> float | None:
    """Return after how many seconds of a step a caller has heard how to get to a person; None where no key does it.

    Speech is estimated by the profile's rate. A key that works without being spoken counts from the end of the prompt.
    """
    language, texts = flow.language, step_texts(step).items()
    said = sum(_seconds(text, flow, language) for (key, _), text in texts if key not in _NOT_AT_FIRST)
    options = dict(_options_in_time(flow, step, language, said))
    end = max(options.values(), default=said)
    node = StepNode(flow.name, step.name, run=True)
    keys = [arc.choice.key for arc in graph.arcs(node) if arc.choice and _leads_to_person(graph, node, arc.to)]
    return min((options.get(key, end) for key in keys), default=None)


def _leads_to_person(graph: LineGraph, node: StepNode, to: StepNode) -> bool:
    step = graph.step(to)
    return to == graph.target(graph.flows[node.flow].agent, node) or (step is not None and step.reaches_person)


def _options_in_time(flow: Flow, step: Step, language: str, begin: float) -> Iterator[tuple[str, float]]:
    """Yield the key of each option of a menu with the second at which it has been spoken."""
    if not step.own_choices():
        return
    # The way to a person is spoken with the options, though it belongs to the whole flow.
    person = [choice for choice in flow.globals if choice.goto and choice.goto.name == flow.agent and choice.key]
    spoken = [choice for choice in step.own_choices() if choice.label is not None]
    spoken = [*person, *spoken] if flow.profile.agent_spoken == "first" else [*spoken, *person]
    at = begin
    for choice in spoken:
        at += _option_seconds(choice, flow, language)
        yield choice.key, at


def _option_seconds(choice: Choice, flow: Flow, language: str) -> float:
    label = choice.label.template(language).parts if choice.label else [phrasebook.phrase(language, "agent_label")]
    words = phrasebook.phrase(language, "option", label="".join(map(str, label)), key=choice.key)
    return _spoken(words, flow) + flow.profile.option_pause


def _seconds(text: Text, flow: Flow, language: str) -> float:
    template = text.template(language)
    values = sum(1 for _ in template.slots())
    return _spoken("".join(part for part in template.parts if isinstance(part, str)), flow) + values * VALUE_SECONDS


def _spoken(words: str, flow: Flow) -> float:
    profile = flow.profile
    return seconds_at(words, (profile.characters_per_minute, profile.words_per_minute), profile.rate)
