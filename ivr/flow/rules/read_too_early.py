"""Check that a value is set on some way that leads to the step which reads it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Flow, Step
from ivr.flow.outcomes import step_routes
from ivr.flow.paths_read import paths_read
from ivr.flow.standing_values import STANDING_VALUES

from ._rule import Parts, Rule
from ._values import names_set
from ._walks import reached, reached_everywhere


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check every variable that a step reads and a step of this flow sets, if a call can come to the step at all.

    A condition may wait for what a caller did before going back to the menu; a text that is spoken may not.
    """
    del parts
    settable = names_set(flow) - set(STANDING_VALUES) - set(flow.parameters)
    by_any_way, onward = _set_before(flow, back=True), _set_before(flow, back=False)
    for step in flow.written_steps():
        reported = set(step.assigns())
        for (name, *_), place, spoken in paths_read(step):
            before = onward if spoken else by_any_way
            if step.name not in before or name not in settable - before[step.name] - reported:
                continue
            # Once for each step and name: the cure is the same for every place of the step.
            reported.add(name)
            setter = next(other.name for other in flow.written_steps() if name in other.sets())
            message = f'No way to the step "{step.name}" sets "{name}" before.'
            cure = f'It is set in "{setter}"; lead the call through that step first.'
            yield Problem(place, RULE.id, message, cure)


def _set_before(flow: Flow, *, back: bool) -> dict[str, set[str]]:
    """Return the variables that some way to each step may have set; steps that no way leads to are left out.

    With `back` the ways back count, too: to the main menu, and to menus that were left. What works everywhere, such as
    the way to a person, may begin with any variable.
    """
    anywhere = {name for name in reached_everywhere(flow) if name in flow.steps and (back or name != flow.main_menu)}
    everything = {name for step in flow.steps.values() for name in step.sets()}
    before: dict[str, set[str]] = {flow.start: set(), **{name: set(everything) for name in anywhere}}
    backwards = _returned_to(flow) if back else {}
    arrivals = {name: _arrivals(step, backwards) for name, step in flow.steps.items()}
    frontier = deque(name for name in before if name in arrivals)
    while frontier:
        name = frontier.popleft()
        for target, sets in arrivals[name].items():
            names = before[name] | sets
            if target in arrivals and (target not in before or not names <= before[target]):
                before[target] = before.get(target, set()) | names
                frontier.append(target)
    return before


def _arrivals(step: Step, backwards: Mapping[str, list[str]]) -> dict[str, set[str]]:
    """Return the next steps, each with the variables that the step sets on the way to it."""
    arrivals: dict[str, set[str]] = {}
    for outcome, route in step_routes(step).items():
        names = set() if outcome in step.fails_by() else set(step.sets())
        for way in route:
            arrivals.setdefault(way.goto.name, set()).update(names)
    for target in backwards.get(step.name, ()):
        arrivals.setdefault(target, set())
    return arrivals


def _returned_to(flow: Flow) -> dict[str, list[str]]:
    """Return for each step that listens the steps to which `back` may lead from it."""
    returnable = {step.name: reached(flow, [step.name]) for step in flow.steps.values() if step.returnable}
    return {
        step.name: [name for name, onward in returnable.items() if step.name in onward]
        for step in flow.steps.values()
        if step.listens
    }


RULE = Rule(
    "read-too-early",
    "A step reads a value that no way to it has set.",
    flow=check,
    whole=True,
    unless=frozenset({"unknown-step", "unknown-value"}),
)
