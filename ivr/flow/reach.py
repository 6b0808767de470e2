"""The choices of other menus that callers may name at a menu: services of the line, and choices of menus below.

A caller who says what he wants should not have to find its menu first. So a choice counts at other menus, too, if a
call can begin at its target: no step behind it reads a value that only the way to the choice sets. Choices with a
`reason` are services, which count in every flow that hangs together with theirs; others count at the menus above.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from .model import Choice, Flow, Step
from .outcomes import flow_routes, step_routes
from .paths_read import paths_read
from .standing_values import STANDING_VALUES

HERE = "here"
"""The value of `reach` that keeps a choice to its own menu."""


@dataclass(frozen=True)
class DistantChoice:
    """A choice of another menu, with the flow and the step in it to which the choice leads."""

    flow: str
    step: str
    choice: Choice


class ChoiceReach:
    """The choices of a release by the menus at which they count. Each target is examined once."""

    def __init__(self, flows: Mapping[str, Flow]) -> None:
        self._flows = flows
        self._beginnings: dict[tuple[str, str], bool] = {}
        self._around: dict[str, Sequence[str]] = {}

    def distant_choices(self, flow: str, menu: str) -> Sequence[DistantChoice]:
        """Return the choices that count at a menu besides its own, the nearest first."""
        below = {step.name: step for step in _onward(self._flows[flow], menu) if step.name != menu}
        others = (step for step in self._flows[flow].written_steps() if step.name != menu and step.name not in below)
        distant = list(self._landing(flow, [*below.values(), *others], below))
        if flow not in self._around:
            self._around[flow] = _flows_around(self._flows, flow)
        for other in self._around[flow]:
            distant += self._landing(other, self._flows[other].written_steps())
        return distant

    def _landing(self, flow: str, steps: Iterable[Step], below: Collection[str] = ()) -> Iterator[DistantChoice]:
        """Yield the choices of steps that count elsewhere: services, and all of the steps named `below`."""
        for step in steps:
            for choice in step.own_choices():
                if (choice.reason or step.name in below) and (landing := self.landing_of(flow, step, choice)):
                    yield DistantChoice(*landing, choice)

    def landing_of(self, flow: str, step: Step, choice: Choice) -> tuple[str, str] | None:
        """Return the flow and step to which a choice leads from any menu; None for one that counts in its own only.

        That are choices to which the editor gave `reach: here`, a condition or a value, those that lead to a person, to
        the end or out of the flow, those of a waiting caller, and those whose target needs what was done before.
        """
        if choice.reach == HERE or choice.when is not None or choice.value or choice.goto is None:
            return None
        target = None if step.reaches_person else self._target(flow, choice.goto.name)
        if target is None or self._flows[flow].agent in (choice.goto.name, target[0]):
            return None
        if target not in self._beginnings:
            there = self._flows[target[0]].steps.get(target[1])
            leads_on = there is not None and not there.ends and not there.reaches_person
            self._beginnings[target] = leads_on and begins_at(self._flows[target[0]], target[1])
        return target if self._beginnings[target] else None

    def _target(self, flow: str, name: str) -> tuple[str, str] | None:
        if name in self._flows[flow].steps:
            return flow, name
        return (name, self._flows[name].start) if name in self._flows else None  # `return` is neither


def begins_at(flow: Flow, start: str) -> bool:
    """Return whether a call can begin at a step: every value that is spoken or passed on is set on all ways to it.

    The ways end at the flow's main menu, where every call can be.
    """
    settable = {name for step in flow.steps.values() for name in step.sets()} | set(flow.parameters)
    settable -= set(STANDING_VALUES)
    before: dict[str, frozenset[str]] = {start: frozenset()}
    frontier = [start]
    while frontier:
        step = flow.steps.get(frontier.pop())
        if step is None or (step.name == flow.main_menu and step.name != start):
            continue
        names = before[step.name]
        if (_needs(step) & settable) - names:
            return False
        for target, after in _arrivals(step, names):
            on_all_ways = before[target] & after if target in before else after
            if before.get(target) != on_all_ways:
                before[target] = on_all_ways
                frontier.append(target)
    return True


def _needs(step: Step) -> frozenset[str]:
    """Return the variables that a step says, computes with or passes on; conditions can do without."""
    spoken = {path[0] for path, _, said in paths_read(step) if said}
    asked, nested = step.asks(), step.nested()
    passed = [*(asked.fields if asked else {}).values(), *(nested.values if nested else {}).values()]
    own: set[str] = set()
    computed: set[str] = set()
    for name, value in step.assigns().items():  # a later line may use an earlier one
        computed |= {path[0] for path in value.paths()} - own
        own.add(name)
    return frozenset(spoken | computed | {path[0] for value in passed for path in value.paths()})


def _arrivals(step: Step, names: frozenset[str]) -> Iterator[tuple[str, frozenset[str]]]:
    for outcome, route in step_routes(step).items():
        after = names if outcome in step.fails_by() else names | frozenset(step.sets())
        yield from ((way.goto.name, after) for way in route)


def _onward(flow: Flow, start: str) -> Iterator[Step]:
    """Yield the steps of a flow behind a step, the nearest first; not beyond its main menu or to a person."""
    seen, queue = {start, flow.agent, flow.main_menu}, [start]
    for name in queue:
        step = flow.steps.get(name)
        if step is None:
            continue
        yield step
        for route in step_routes(step).values():
            for way in route:
                if way.goto.name not in seen:
                    seen.add(way.goto.name)
                    queue.append(way.goto.name)


def _flows_around(flows: Mapping[str, Flow], start: str) -> Sequence[str]:
    """Return the other flows that hang together with one by the names that they use, the nearest first."""
    used = {name: _flows_used(flow, flows) for name, flow in flows.items()}
    seen = [start]
    for name in seen:
        beside = [*used[name], *(other for other in flows if name in used[other])]
        seen += dict.fromkeys(other for other in beside if other not in seen)
    return seen[1:]


def _flows_used(flow: Flow, flows: Mapping[str, Flow]) -> Sequence[str]:
    routes = [*(route for step in flow.steps.values() for route in step_routes(step).values())]
    names = [way.goto.name for route in [*routes, *flow_routes(flow).values()] for way in route]
    names += [nested.name for step in flow.steps.values() if (nested := step.nested())]
    return [name for name in dict.fromkeys(names) if name in flows and name not in flow.steps]
