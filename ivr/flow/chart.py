"""A flow as one statechart that all its calls share; the only file that imports python-statemachine.

Why one instance: building or restoring one per turn costs a hundred times what an event does. So a call's place is
data; it is put into the shared instance before an event and read out after it, under a lock. Why one compound root:
a final state at the top would stop the instance for good, and what works everywhere becomes a transition of the root.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from ..errors import FlowStuck
from .expressions import Expression
from .model import RETURN, Branch, Flow, Route, Step, Target

AGENT = "agent"
MAIN_MENU = "main_menu"
FAILED = "failed"
UNVERIFIED = "unverified"
ROOT = "(flow)"
Guard = Callable[[Mapping[str, Any]], bool]


def global_outcome(number: int) -> str:
    """Name the outcome of taking the flow's global choice `number`, counted from 0."""
    return f"global {number}"


def verify_name(step: str) -> str:
    """Name the step that verifies the caller in front of a protected one; no editor can write such a name."""
    return f"{step}.verify"


def step_routes(step: Step) -> Mapping[str, Route]:
    """Return every outcome of a step and where it leads, the check in front of a protected step among them."""
    routes = dict(step.exits())
    if step.requires and verify_name(step.name) != step.name:
        routes[UNVERIFIED] = (Branch(Target(verify_name(step.name), step.place)),)
    return routes


def flow_routes(flow: Flow) -> Mapping[str, Route]:
    """Return what works in every step: the globals, the way to a person, and giving up (which is the same)."""
    routes = {
        global_outcome(number): (Branch(choice.goto),) for number, choice in enumerate(flow.globals) if choice.goto
    }
    agent = (Branch(Target(flow.agent, flow.place)),)
    main_menu = (Branch(Target(flow.main_menu, flow.place)),)
    return {**routes, AGENT: agent, FAILED: agent, MAIN_MENU: main_menu}


class Chart:
    """The statechart of one flow. Thread-safe; holds no call."""

    def __init__(self, flow: Flow) -> None:
        from statemachine.io import create_machine_class_from_definition  # heavy, and checking flows needs none of it

        self._lock = threading.Lock()
        self._events: dict[str, str] = {}
        outside = _places_outside(flow)
        self._ids = {name: f"s{number:04}" for number, name in enumerate([*flow.steps, *outside])}
        states = {self._ids[name]: self._state(name, step_routes(step)) for name, step in flow.steps.items()}
        states |= {self._ids[name]: {"value": name, "final": True} for name in outside}
        states[self._ids[flow.start]]["initial"] = True
        root = {"initial": True, "value": ROOT, "states": states, "on": self._transitions(flow_routes(flow))}
        cls = create_machine_class_from_definition(
            "Flow",
            {"root": root},  # type: ignore[dict-item]
            catch_errors_as_events=False,
            allow_event_without_transition=False,
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

    def advance(self, step: str, outcome: str, values: Mapping[str, Any]) -> str:
        """Return where `outcome` leads from `step`: a step's name, another flow's, or `return`.

        Raises FlowStuck when the step or the outcome is not in the chart, or every guarded way is closed.
        """
        from statemachine.exceptions import TransitionNotAllowed
        from statemachine.orderedset import OrderedSet

        event = self._events.get(outcome)
        if event is None or step not in self._ids:
            raise FlowStuck(f'step "{step}" has no outcome "{outcome}"')
        with self._lock:
            self._machine.current_state_value = OrderedSet([ROOT, step])
            try:
                self._machine.send(event, call=values)
            except TransitionNotAllowed:
                raise FlowStuck(f'step "{step}" has no way on for "{outcome}"') from None
            return str(next(place for place in self._machine.current_state_value if place != ROOT))


def _guard(condition: Expression) -> Guard:
    def holds(call: Mapping[str, Any]) -> bool:
        return condition.holds(call)

    return holds


def _places_outside(flow: Flow) -> list[str]:
    """List the targets that are no steps of this flow: other flows, and `return`."""
    routes = [*flow_routes(flow).values(), *(r for step in flow.steps.values() for r in step_routes(step).values())]
    names = {way.goto.name for route in routes for way in route} | {RETURN}
    return sorted(names - set(flow.steps))
