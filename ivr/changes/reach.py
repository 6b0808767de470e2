"""The places that callers get to: steps at all, a person on silence, a person by keys and after how many seconds."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.engine.input_step import SILENCE
from ivr.flow import phrasebook
from ivr.flow.edges import Edge, StepName, edges_of, failure_edge, starts, step_named, target_of
from ivr.flow.model import Choice, Flow, Release, Step
from ivr.flow.outcomes import flow_routes
from ivr.flow.text import Text
from ivr.speech.prompts.duration import seconds_at

from .texts import step_texts

_NOT_AT_FIRST = frozenset({"no_input", "no_match", "help", "short"})
"""The keys of texts that a caller does not hear when a step begins."""
VALUE_SECONDS = 2.0
"""The duration of a spoken value, such as an amount."""


def reachable_steps(release: Release) -> set[StepName]:
    """Return the steps that a call can get to."""
    reached, frontier = set[StepName](), [*starts(release)]
    while frontier:
        name = frontier.pop()
        step, flow = step_named(release, name), release.flows.get(name[0])
        if name in reached or step is None or flow is None:
            continue
        reached.add(name)
        ways = [edge.target for edge in edges_of(release, flow, step)]
        ways += [target_of(release, flow, way.goto.name) for route in flow_routes(flow).values() for way in route]
        frontier += [target for target in ways if target is not None]
    return reached


def reaches_person_on_silence(release: Release) -> dict[StepName, bool]:
    """Return for each step that listens whether a caller who stays silent there always reaches a person."""
    return {
        (flow.name, step.name): _silent(release, (flow.name, step.name), set())
        for flow in release.flows.values()
        for step in flow.written_steps()
        if step.listens and not step.reaches_person
    }


def _silent(release: Release, name: StepName | None, under_way: set[StepName]) -> bool:
    """Follow silence. A step met again is left to the budget of errors, whose end is followed where it is first met."""
    if name is None or name in under_way:
        return True
    step, flow = step_named(release, name), release.flows.get(name[0])
    if step is None or flow is None or step.ends:
        return False
    if step.reaches_person:
        return True
    under_way = {*under_way, name}
    return all(_silent(release, edge.target, under_way) for edge in _on_silence(release, flow, step))


def _on_silence(release: Release, flow: Flow, step: Step) -> Iterator[Edge]:
    ways = list(edges_of(release, flow, step))
    if not step.listens:
        yield from ways
        return
    yield from (edge for edge in ways if edge.outcome == SILENCE)
    yield failure_edge(release, flow, step)


def seconds_to_person(release: Release, name: StepName) -> float | None:
    """Return after how many seconds of a step a caller has heard how to get to a person; None where no key does it.

    Speech is estimated by the profile's rate. A key that works without being spoken counts from the end of the prompt.
    """
    step, flow = step_named(release, name), release.flows[name[0]]
    if step is None:
        return None
    language, texts = flow.language, step_texts(step).items()
    said = sum(_seconds(text, flow, language) for (key, _), text in texts if key not in _NOT_AT_FIRST)
    options = dict(_options_in_time(flow, step, language, said))
    end = max(options.values(), default=said)
    keys = [choice.key for choice in (*step.own_choices(), *flow.globals) if _leads_to_person(release, flow, choice)]
    return min((options.get(key, end) for key in keys), default=None)


def _leads_to_person(release: Release, flow: Flow, choice: Choice) -> bool:
    if choice.goto is None:
        return False
    target = target_of(release, flow, choice.goto.name)
    step = step_named(release, target) if target else None
    return choice.goto.name == flow.agent or (step is not None and step.reaches_person)


def _options_in_time(flow: Flow, step: Step, language: str, begin: float) -> Iterator[tuple[str, float]]:
    """Yield the key of each option of a menu with the second at which it has been spoken."""
    if not step.own_choices():
        return
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
