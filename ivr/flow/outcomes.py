"""The outcomes of a step and their routes: the step's own, and the flow's, which apply in every step."""

from __future__ import annotations

from collections.abc import Mapping

from .model import Flow, Route, Step, Target, Way

AGENT = "agent"
MAIN_MENU = "main_menu"
FAILED = "failed"
UNVERIFIED = "unverified"


def global_outcome(number: int) -> str:
    """Return the outcome of the flow's global choice `number`, counted from 0."""
    return f"global {number}"


def verify_name(step: str) -> str:
    """Return the name of the generated step that verifies the caller before a step. It is no valid name in YAML."""
    return f"{step}.verify"


def guarded_step(name: str) -> str:
    """Return the step that a generated step stands before; any other name as it is."""
    return name.removesuffix(verify_name(""))


def step_routes(step: Step) -> Mapping[str, Route]:
    """Return every outcome of a step and its route, including the verification before a protected step."""
    routes = dict(step.exits())
    if step.requires:
        # The dot keeps generated names apart from those of editors, which cannot hold one.
        routes[UNVERIFIED] = (Way(Target(verify_name(step.name), step.place)),)
    return routes


def flow_routes(flow: Flow) -> Mapping[str, Route]:
    """Return the routes that apply in every step: globals, main menu, agent, and failure (which leads to the agent)."""
    routes = {global_outcome(number): (Way(choice.goto),) for number, choice in enumerate(flow.globals) if choice.goto}
    agent = (Way(Target(flow.agent, flow.place)),)
    main_menu = (Way(Target(flow.main_menu, flow.place)),)
    return {**routes, AGENT: agent, FAILED: agent, MAIN_MENU: main_menu}
