"""The choices of other menus that callers may name at a menu: services of the line, and choices of menus below.

A caller who says what he wants should not have to find its menu first. So a choice counts at other menus, too, if a
call can begin at its target: no step behind it reads a value that only the way to the choice sets. Choices with a
`reason` are services, which count in every flow that hangs together with theirs; others count at the menus above.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from .model import Choice, Flow, Step
from .outcomes import flow_routes, step_routes
from .paths_read import paths_read
from .standing_values import STANDING_VALUES

HERE = "here"
"""The value of `reach` that keeps a choice to its own menu."""
MOST_DISTANT = 200
"""The most choices of other menus that count at one: a carrier takes 500 hints (Twilio), each choice has a few."""


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
        self._needs: dict[str, _Needs] = {}

    def distant_choices(self, flow: str, menu: str) -> Sequence[DistantChoice]:
        """Return the choices that count at a menu besides its own, the nearest first, `MOST_DISTANT` at most."""
        below: set[str] = {menu}
        if flow not in self._around:
            self._around[flow] = _flows_around(self._flows, flow)
        # Generators, taken in this order: `below` is filled while `near` is read, and only then tells which steps are
        # others.
        near = self._landing(flow, self._below(flow, menu, below), every=True)
        others = self._landing(flow, (step for step in self._flows[flow].written_steps() if step.name not in below))
        elsewhere = (self._landing(other, self._flows[other].written_steps()) for other in self._around[flow])
        return list(islice(chain(near, others, *elsewhere), MOST_DISTANT))

    def _below(self, flow: str, menu: str, names: set[str]) -> Iterator[Step]:
        """Yield the steps behind a menu, the nearest first, and note their names."""
        for step in _onward(self._flows[flow], menu):
            if step.name not in names:
                names.add(step.name)
                yield step

    def _landing(self, flow: str, steps: Iterable[Step], *, every: bool = False) -> Iterator[DistantChoice]:
        """Yield the choices of steps that count elsewhere: services, or with `every` all."""
        for step in steps:
            for choice in step.own_choices():
                if (choice.reason or every) and (landing := self.landing_of(flow, step, choice)):
                    yield DistantChoice(*landing, choice)

    def landing_of(self, flow: str, step: Step, choice: Choice) -> tuple[str, str] | None:
        """Return the flow and step to which a choice leads from any menu; None for one that counts in its own only.

        That are choices to which the editor gave `reach: here`, a condition or a value, those that lead to a person, to
        the end or out of the flow, those of a waiting caller, and those whose target needs what was done before.
        """
        # A condition is judged at the choice's own menu, with values that another menu may not have.
        if choice.reach == HERE or choice.when is not None or choice.value or choice.goto is None:
            return None
        target = None if step.reaches_person else self._target(flow, choice.goto.name)
        if target is None or self._flows[flow].agent in (choice.goto.name, target[0]):
            return None
        return target if self.begins_at(*target) else None

    def begins_at(self, flow: str, step: str) -> bool:
        """Return whether a call can begin at a step: it needs nothing that was done before, and it leads on."""
        target = (flow, step)
        if target not in self._beginnings:
            there = self._flows[flow].steps.get(step) if flow in self._flows else None
            leads_on = there is not None and not there.ends and not there.reaches_person
            # Hundreds of choices of a large line lead to the same steps, such as "main"; each is proved once.
            self._beginnings[target] = leads_on and _begins_at(self._flows[flow], step, self._needs_of(flow))
        return self._beginnings[target]

    def needed_at(self, flow: str, step: str) -> frozenset[str]:
        """Return the variables of its flow that a step says, computes with or always passes on."""
        return self._needs_of(flow).of(self._flows[flow].steps[step])

    def _needs_of(self, flow: str) -> _Needs:
        if flow not in self._needs:
            self._needs[flow] = _Needs(self._flows[flow])
        return self._needs[flow]

    def _target(self, flow: str, name: str) -> tuple[str, str] | None:
        if name in self._flows[flow].steps:
            return flow, name
        return (name, self._flows[name].start) if name in self._flows else None  # `return` is neither


class _Needs:
    """The needs of a flow's steps, each worked out once: flows of a thousand menus ask for each target."""

    def __init__(self, flow: Flow) -> None:
        settable = {name for step in flow.steps.values() for name in step.sets()} | set(flow.parameters)
        self._settable = frozenset(settable - set(STANDING_VALUES))
        self._by_step: dict[str, frozenset[str]] = {}
        self._arrivals: dict[str, Sequence[tuple[str, frozenset[str]]]] = {}
        self._certain = _set_on_all_ways(flow, flow.start, frozenset(flow.parameters), self)

    def of(self, step: Step) -> frozenset[str]:
        """Return the variables of the flow that a step says or computes with, and those that it always passes on."""
        if step.name not in self._by_step:
            said, passed = _said(step), _passed(step) & self._certain.get(step.name, frozenset())
            self._by_step[step.name] = (said | passed) & self._settable
        return self._by_step[step.name]

    def onward(self, step: Step) -> Sequence[tuple[str, frozenset[str]]]:
        """Return the steps to which a step leads, with what it sets on the way."""
        if step.name not in self._arrivals:
            self._arrivals[step.name] = tuple(dict.fromkeys(_arrivals(step)))
        return self._arrivals[step.name]


def _begins_at(flow: Flow, start: str, needs: _Needs) -> bool:
    """Return whether a call can begin at a step: every value that is spoken or passed on is set on all ways to it.

    The ways end at the flow's main menu, where every call can be.
    """
    before = _set_on_all_ways(flow, start, frozenset(), needs, ends_at=flow.main_menu)
    return all(
        needs.of(flow.steps[name]) <= names
        for name, names in before.items()
        if name in flow.steps and (name != flow.main_menu or name == start)
    )


def _set_on_all_ways(
    flow: Flow, start: str, at_start: frozenset[str], needs: _Needs, *, ends_at: str = ""
) -> Mapping[str, frozenset[str]]:
    """Return the variables that are set on all ways from a step to each step behind it; no way goes on at `ends_at`."""
    before: dict[str, frozenset[str]] = {start: at_start}
    frontier = [start]
    while frontier:
        step = flow.steps.get(frontier.pop())
        # The main menu can be reached with nothing set in any case, so what follows behind it proves nothing about
        # this choice.
        if step is None or (step.name == ends_at and step.name != start):
            continue
        for target, added in needs.onward(step):
            after = before[step.name] | added
            # Only what is set on every way counts. The set of a step shrinks each time, so the search ends.
            on_all_ways = before[target] & after if target in before else after
            if before.get(target) != on_all_ways:
                before[target] = on_all_ways
                frontier.append(target)
    return before


def _said(step: Step) -> frozenset[str]:
    """Return the variables that a step says or computes with."""
    said = {path[0] for path, _, is_said in paths_read(step) if is_said}
    own: set[str] = set()
    computed: set[str] = set()
    for name, value in step.assigns().items():  # a later line may use an earlier one
        computed |= {path[0] for path in value.paths()} - own
        own.add(name)
    return frozenset(said | computed)


def _passed(step: Step) -> frozenset[str]:
    """Return the variables that a step passes on, such as to a service; conditions can do without theirs."""
    ways = [way.when for route in step_routes(step).values() for way in route]
    conditions = [*ways, *(choice.when for choice in step.own_choices())]
    doubtful = {(path, place) for path, place, _ in paths_read([*conditions, *step.assigns().values()])}
    return frozenset(path[0] for path, place, _ in paths_read(step) if (path, place) not in doubtful)


def _arrivals(step: Step) -> Iterator[tuple[str, frozenset[str]]]:
    for outcome, route in step_routes(step).items():
        added = frozenset() if outcome in step.fails_by() else frozenset(step.sets())
        yield from ((way.goto.name, added) for way in route)


def _onward(flow: Flow, start: str) -> Iterator[Step]:
    """Yield the steps of a flow behind a step, the nearest first; not beyond its main menu or to a person."""
    seen, queue = {start, flow.agent, flow.main_menu}, [start]
    # The list grows while it is read: that is the search in breadth, and the nearest steps come first.
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
    # As above, the list grows while it is read.
    for name in seen:
        beside = [*used[name], *(other for other in flows if name in used[other])]
        seen += dict.fromkeys(other for other in beside if other not in seen)
    return seen[1:]


def _flows_used(flow: Flow, flows: Mapping[str, Flow]) -> Sequence[str]:
    routes = [*(route for step in flow.steps.values() for route in step_routes(step).values())]
    names = [way.goto.name for route in [*routes, *flow_routes(flow).values()] for way in route]
    names += [nested.name for step in flow.steps.values() if (nested := step.nested())]
    return [name for name in dict.fromkeys(names) if name in flows and name not in flow.steps]
