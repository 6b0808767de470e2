"""What can happen in a step and where it leads: the step's own outcomes, and those that work everywhere in a flow."""

from __future__ import annotations

from collections.abc import Mapping

from .model import Flow, Route, Step, Target, Way

AGENT = "agent"
MAIN_MENU = "main_menu"
FAILED = "failed"
UNVERIFIED = "unverified"


def global_outcome(number: int) -> str:
    """Name the outcome of taking the flow's global choice `number`, counted from 0."""
    return f"global {number}"


def verify_name(step: str) -> str:
    """Name the step that verifies the caller in front of a protected one; no editor can write such a name."""
    return f"{step}.verify"


def step_routes(step: Step) -> Mapping[str, Route]:
    """Return every outcome of a step and where it leads, the check in front of a protected step among them."""
    routes = dict(step.exits())
    if step.requires:
        routes[UNVERIFIED] = (Way(Target(verify_name(step.name), step.place)),)
    return routes


def flow_routes(flow: Flow) -> Mapping[str, Route]:
    """Return what works in every step: the globals, the way to a person, and giving up (which is the same)."""
    routes = {global_outcome(number): (Way(choice.goto),) for number, choice in enumerate(flow.globals) if choice.goto}
    agent = (Way(Target(flow.agent, flow.place)),)
    main_menu = (Way(Target(flow.main_menu, flow.place)),)
    return {**routes, AGENT: agent, FAILED: agent, MAIN_MENU: main_menu}
