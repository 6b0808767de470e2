"""The ways between steps, over flows."""

from __future__ import annotations

from ivr.flow.edges import ENTERS, edges_of, failure_edge, starts, step_named, target_of
from ivr.flow.model import Release


def test_the_ways_of_a_menu_carry_the_choice_that_takes_them(shipped: Release) -> None:
    flow = shipped.flows["main_menu"]
    edges = {edge.outcome: edge for edge in edges_of(shipped, flow, flow.steps["main"])}
    assert edges["key 1"].target == ("main_menu", "balance")
    choice = edges["key 1"].choice
    assert choice is not None
    assert choice.reason == "balance"
    assert failure_edge(shipped, flow, flow.steps["main"]).target == target_of(shipped, flow, flow.agent)


def test_a_step_that_runs_a_flow_enters_it(shipped: Release) -> None:
    flow = shipped.flows["main_menu"]
    entered = [edge.target for edge in edges_of(shipped, flow, flow.steps["complain"]) if edge.outcome == ENTERS]
    assert entered == [("complaint", shipped.flows["complaint"].start)]


def test_names_lead_to_steps_other_flows_or_back(shipped: Release) -> None:
    flow = shipped.flows["main_menu"]
    assert target_of(shipped, flow, "main") == ("main_menu", "main")
    assert target_of(shipped, flow, "elderly_simple") == ("elderly_simple", shipped.flows["elderly_simple"].start)
    assert target_of(shipped, flow, "return") is None
    assert ("main_menu", flow.start) in starts(shipped)
    assert step_named(shipped, ("main_menu", "nowhere")) is None
    assert step_named(shipped, ("nowhere", "main")) is None
