"""A flow as one statechart that all its calls share. No other module may import python-statemachine.

Why one instance: building or restoring one per turn costs a hundred times as much as an event. So a call's position is
data; it is set in the shared instance before an event and read after it, under a lock. Why one compound root: a final
state at the top would stop the instance for good, and global choices become transitions of the root. Why arrivals are
cached: an event costs a third of a turn, and with the same guards open it always arrives at the same step.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from statemachine.exceptions import TransitionNotAllowed
from statemachine.io import create_machine_class_from_definition
from statemachine.orderedset import OrderedSet

from ivr.errors import FlowStuck

from .expressions import Expression
from .model import RETURN, Flow, Route
from .outcomes import flow_routes, step_routes

_ROOT = "(flow)"
Guard = Callable[[Mapping[str, Any]], bool]


class Chart:
    """The statechart of one flow. Thread-safe; holds no state of a call."""

    def __init__(self, flow: Flow) -> None:
        self._lock = threading.Lock()
        self._routes = _routes(flow)
        self._arrivals: dict[tuple[str, str, tuple[bool, ...]], str] = {}
        self._unconditional: dict[tuple[str, str], str] = {}
        self._events: dict[str, str] = {}
        outside = _places_outside(flow)
        # The library makes attributes of ids and splits events at blanks, so names such as 余额 or "key 1" are numbered
        # instead.
        self._ids = {name: f"s{number:04}" for number, name in enumerate([*flow.steps, *outside])}
        states = {self._ids[name]: self._state(name, step_routes(step)) for name, step in flow.steps.items()}
        # Another flow and `return` are ends of this chart; the engine goes on from there with the chart of the other
        # flow.
        states |= {self._ids[name]: {"value": name, "final": True} for name in outside}
        states[self._ids[flow.start]]["initial"] = True
        root = {"initial": True, "value": _ROOT, "states": states, "on": self._transitions(flow_routes(flow))}
        cls = create_machine_class_from_definition(
            "Flow",
            {"root": root},  # type: ignore[dict-item]
            # An error in a guard must reach the engine. As an event it would be dropped, and the call would stay
            # where it is.
            catch_errors_as_events=False,
            allow_event_without_transition=False,
            # Faults that the library would refuse here are found by our own rules, at its line in YAML and with a cure.
            validate_final_reachability=False,
            validate_disconnected_states=False,
            validate_trap_states=False,
        )
        self._machine = cls()

    def _state(self, name: str, routes: Mapping[str, Route]) -> dict[str, Any]:
        return {"value": name, "on": self._transitions(routes)}

    def _transitions(self, routes: Mapping[str, Route]) -> dict[str, Any]:
        return {
            self._event(outcome): [
                {"target": self._ids[way.goto.name], **({"cond": _guard(way.when)} if way.when else {})}
                for way in route
            ]
            for outcome, route in routes.items()
        }

    def _event(self, outcome: str) -> str:
        return self._events.setdefault(outcome, f"e{len(self._events):04}")

    def arrival(self, step: str, outcome: str) -> str | None:
        """Return where `outcome` has led from `step` if it always leads there; None if that is to be asked."""
        return self._unconditional.get((step, outcome))

    def advance(self, step: str, outcome: str, values: Mapping[str, Any]) -> str:
        """Return where `outcome` leads from `step`: the name of a step or of another flow, or `return`.

        Raises FlowStuck if the chart lacks the step or the outcome, or if no guard of the route holds.
        """
        route = self._routes.get((step, outcome), ())
        open_ways = tuple(way.when is None or way.when.holds(values) for way in route)
        event = (step, outcome, open_ways)
        # Two threads may both miss and both ask; they come to the same answer, so the cache needs no lock.
        if event not in self._arrivals:
            self._arrivals[event] = self._send(step, outcome, values)
            # Asked for without values by `arrival`, which saves the engine from collecting them for most turns.
            if all(way.when is None for way in route):
                self._unconditional[step, outcome] = self._arrivals[event]
        return self._arrivals[event]

    def _send(self, step: str, outcome: str, values: Mapping[str, Any]) -> str:
        event = self._events.get(outcome)
        if event is None or step not in self._ids:
            raise FlowStuck(f'step "{step}" has no outcome "{outcome}"')
        with self._lock:
            # The root belongs to the position: without it the transitions that hold everywhere, such as key 0, would
            # not be seen.
            self._machine.current_state_value = OrderedSet([_ROOT, step])
            try:
                self._machine.send(event, call=values)
            except TransitionNotAllowed:
                raise FlowStuck(f'step "{step}" has no way on for "{outcome}"') from None
            return str(next(place for place in self._machine.current_state_value if place != _ROOT))


def _guard(condition: Expression) -> Guard:
    # `send` passes the values by name and the library hands each guard what its signature asks for: `call`.
    def holds(call: Mapping[str, Any]) -> bool:
        return condition.holds(call)

    return holds


def _routes(flow: Flow) -> Mapping[tuple[str, str], Route]:
    """Return the route of every outcome of every step; a step's own routes override the flow's."""
    everywhere = flow_routes(flow)
    return {
        (step.name, outcome): route
        for step in flow.steps.values()
        for outcome, route in {**everywhere, **step_routes(step)}.items()
    }


def _places_outside(flow: Flow) -> list[str]:
    """Return the targets that are not steps of this flow: other flows, and `return`."""
    routes = [*flow_routes(flow).values(), *(r for step in flow.steps.values() for r in step_routes(step).values())]
    names = {way.goto.name for route in routes for way in route} | {RETURN}
    return sorted(names - set(flow.steps))
