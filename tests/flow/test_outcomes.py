"""Where the outcomes of a step and of a whole flow lead."""

from __future__ import annotations

import pytest

from ivr.flow.loader import reload
from ivr.flow.model import Flow, Route
from ivr.flow.outcomes import (
    AGENT,
    FAILED,
    MAIN_MENU,
    UNVERIFIED,
    flow_routes,
    global_outcome,
    step_routes,
    verify_name,
)
from ivr.session.step_registry import catalogue

LINE = 'lines: {default: it}\ndesks: {general: "+861085550100"}\ndesk: general\n'
FLOW = """\
flow: it
start: main
globals: [{key: 9, goto: guarded}, {key: star, do: back}]
steps:
  main:
    menu: [{label: 余额, goto: guarded}]
  guarded:
    requires: L1
    say: 您好。
    next: main
  agent: {transfer: general, otherwise: main}
"""


@pytest.fixture(scope="module")
def flow() -> Flow:
    return reload({"it.yaml": FLOW, "line.yaml": LINE}, catalogue()).flows["it"]


def goes_to(route: Route) -> list[str]:
    return [way.goto.name for way in route]


def test_giving_up_and_asking_for_a_person_lead_to_the_flows_agent(flow: Flow) -> None:
    routes = flow_routes(flow)
    assert goes_to(routes[AGENT]) == goes_to(routes[FAILED]) == ["agent"]
    assert goes_to(routes[MAIN_MENU]) == ["main"]


def test_only_globals_that_go_somewhere_are_routes(flow: Flow) -> None:
    routes = flow_routes(flow)
    assert goes_to(routes[global_outcome(0)]) == ["guarded"]
    assert global_outcome(1) not in routes, "back is no place"


def test_a_protected_step_has_the_check_in_front_of_it_as_an_outcome(flow: Flow) -> None:
    assert goes_to(step_routes(flow.steps["guarded"])[UNVERIFIED]) == [verify_name("guarded")]
    assert UNVERIFIED not in step_routes(flow.steps["main"])


def test_no_editor_can_write_the_name_of_a_check(flow: Flow) -> None:
    assert "." in verify_name("main"), "names of steps hold no dots"
