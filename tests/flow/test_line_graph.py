"""The graph of all flows: arcs, what makes a call take them, and how far steps are from the answer."""

from __future__ import annotations

import pytest

from ivr.flow.line_graph import (
    BY_CALLER,
    BY_ITSELF,
    BY_MISSES,
    BY_SILENCE,
    RUN,
    LineGraph,
    StepNode,
    after_misses,
    after_silence,
)
from ivr.flow.model import Release
from ivr.flow.outcomes import FAILED, MAIN_MENU, UNVERIFIED, global_outcome

MAIN = StepNode("main_menu", "main")


@pytest.fixture
def graph(shipped: Release) -> LineGraph:
    return LineGraph.of_release(shipped)


def arcs_of(graph: LineGraph, node: StepNode) -> dict:
    return {arc.outcome: arc for arc in graph.arcs(node)}


def test_the_arcs_of_a_menu_carry_the_choice_that_takes_them(graph: LineGraph) -> None:
    arcs = arcs_of(graph, MAIN)
    assert arcs["key 1"].to == StepNode("main_menu", "balance")
    assert arcs["key 1"].choice.reason == "balance"
    assert arcs["key 1"].causes == {BY_CALLER}
    assert arcs[global_outcome(0)].choice is graph.flows["main_menu"].globals[0]
    assert arcs[FAILED].to == graph.target(graph.flows["main_menu"].agent, MAIN)
    assert arcs[FAILED].choice is None
    assert arcs[FAILED].causes == {BY_SILENCE, BY_MISSES}


def test_a_step_that_runs_a_flow_enters_it_and_goes_on_when_it_returns(graph: LineGraph) -> None:
    arcs = arcs_of(graph, StepNode("main_menu", "complain"))
    assert arcs[RUN].to == graph.start_of("complaint", run=True)
    assert arcs["next"].returns_from == "complaint"
    assert MAIN_MENU not in arcs  # a step that does not listen is not left by a caller's wish


def test_a_way_has_its_own_condition_and_those_that_did_not_hold_before(graph: LineGraph) -> None:
    ways = [arc for node in graph.distances for arc in graph.arcs(node) if len(arc.conditions) == 2]
    assert ways
    for way in ways:
        assert not way.conditions[0][1]
        assert way.when == (way.conditions[1][0].text if way.conditions[1][1] else "")
    assert arcs_of(graph, MAIN)["key 1"].when == ""


def test_a_protected_step_is_left_by_itself_to_be_verified(graph: LineGraph) -> None:
    balance = StepNode("main_menu", "balance")
    unverified = arcs_of(graph, balance)[UNVERIFIED]
    assert unverified.causes == {BY_ITSELF}
    assert graph.place_of(unverified.to) == graph.step(balance).place_of("requires")


def test_names_lead_to_steps_other_flows_or_back(graph: LineGraph) -> None:
    assert graph.target("main", MAIN) == MAIN
    assert graph.target("elderly_simple", MAIN) == graph.start_of("elderly_simple")
    assert graph.target("return", MAIN._replace(run=True)) == StepNode("main_menu", "return", run=True)
    assert graph.target("return", MAIN) == graph.start_of(graph.flows["main_menu"].agent)
    assert graph.target("nowhere", MAIN) is None
    assert graph.step(StepNode("main_menu", "nowhere")) is None
    assert graph.step(StepNode("nowhere", "main")) is None


def test_distances_begin_at_the_answer_and_reach_every_flow(graph: LineGraph) -> None:
    assert [flow.name for flow in graph.called_flows()] == [
        node.flow for node, far in graph.distances.items() if not far
    ]
    assert graph.distances[StepNode("main_menu", "balance")] > graph.distances[MAIN]
    assert {node.flow for node in graph.distances} == set(graph.flows)


def test_a_line_that_was_not_read_leads_nowhere(shipped: Release) -> None:
    assert LineGraph(shipped.flows, None).called_flows() == []
    assert LineGraph(shipped.flows, shipped.line, sound=False).distances == {}


def test_silence_and_misses_leave_a_step_by_the_outcomes_that_the_engine_takes(graph: LineGraph) -> None:
    steps = [step for flow in graph.flows.values() for step in flow.written_steps() if step.listens]
    assert {after_misses(step) for step in steps} == {FAILED, "next"}
    assert {after_silence(step) for step in steps} == {FAILED, "next", "no_input"}
