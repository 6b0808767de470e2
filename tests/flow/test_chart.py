"""The shared statechart: it leads exactly where the routes say, for every outcome, and from many threads at once."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.errors import FlowStuck
from ivr.flow.chart import Chart
from ivr.flow.loader import load, reload
from ivr.flow.outcomes import AGENT, FAILED, MAIN_MENU, flow_routes, step_routes
from ivr.session.step_registry import catalogue

LINE = 'lines: {default: test}\ndesks: {general: "+861000000001"}\ndesk: general\n'
SHIPPED = load(Path(__file__).parents[2] / "flows", catalogue()).flows
VALUES = [
    {},
    {"caller": {"age": 72, "segment": "vip"}},
    {"account": {"card": {"status": "lost"}}, "recent": {"count": 0}},
]


def told_by_routes(flow, step, outcome, values):
    """Follow the routes by hand: the step's own first, then the flow's; the first open way is taken."""
    route = step_routes(flow.steps[step]).get(outcome) or flow_routes(flow).get(outcome)
    return next((way.goto.name for way in route or () if way.when is None or way.when.holds(values)), None)


def conditional(flow, step, outcome):
    route = step_routes(flow.steps[step]).get(outcome) or flow_routes(flow).get(outcome)
    return any(way.when is not None for way in route)


def outcomes_of(flow, step):
    return {*step_routes(flow.steps[step]), *flow_routes(flow)}


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_every_outcome_of_every_shipped_step_leads_where_it_is_written(name):
    flow = SHIPPED[name]
    chart = Chart(flow)
    checked = 0
    for step in flow.steps:
        for outcome in outcomes_of(flow, step):
            for values in (*VALUES, *VALUES):
                there = told_by_routes(flow, step, outcome, values)
                assert chart.advance(step, outcome, values) == there
                assert chart.arrival(step, outcome) == (None if conditional(flow, step, outcome) else there)
                checked += 1
    assert checked > 30  # the smallest flow has three steps


@st.composite
def flows(draw):
    names = [f"s{n}" for n in range(draw(st.integers(2, 6)))]
    target = st.sampled_from([*names, "agent", "return"])
    steps = []
    for name in names:
        choices = draw(st.lists(target, min_size=1, max_size=4))
        lines = "".join(f"\n      - {{label: 选项, goto: {goto}}}" for goto in choices)
        ways = draw(st.lists(st.tuples(st.integers(0, 3), target), max_size=2))
        way = "".join(f"{{when: n == {n}, goto: {goto}}}, " for n, goto in ways)
        steps.append(f"  {name}:\n    menu:{lines}\n    on_failure: [{way}{{goto: {draw(target)}}}]\n")
    extra = "  agent: {transfer: general, otherwise: agent}\n  n: {set: {n: 1}, next: agent}\n"
    return f"flow: test\nstart: s0\nsteps:\n{''.join(steps)}{extra}"


@settings(max_examples=25, deadline=None)
@given(flows(), st.integers(0, 3))
def test_random_flows_lead_where_they_are_written(text, n):
    flow = reload({"line.yaml": LINE, "test.yaml": text}, catalogue()).flows["test"]
    chart = Chart(flow)
    for step in flow.steps:
        for outcome in outcomes_of(flow, step):
            there = told_by_routes(flow, step, outcome, {"n": n})
            assert chart.arrival(step, outcome) is None  # asked for the first time
            assert chart.advance(step, outcome, {"n": n}) == there
            assert chart.arrival(step, outcome) == (None if conditional(flow, step, outcome) else there)


def test_an_outcome_or_step_that_is_not_there_is_refused():
    chart = Chart(SHIPPED["main_menu"])
    with pytest.raises(FlowStuck, match="no outcome"):
        chart.advance("main", "key 99", {})
    with pytest.raises(FlowStuck, match="no outcome"):
        chart.advance("nowhere", AGENT, {})
    with pytest.raises(FlowStuck, match="no way on"):
        chart.advance("main", "yes", {})


def test_a_refused_outcome_leaves_the_chart_usable():
    chart = Chart(SHIPPED["main_menu"])
    with pytest.raises(FlowStuck):
        chart.advance("main", "yes", {})
    assert chart.advance("main", MAIN_MENU, {}) == "main"
    assert chart.advance("main", FAILED, {}) == "person"


def test_many_threads_share_one_chart_and_each_arrives_where_it_should():
    flow = SHIPPED["main_menu"]
    chart = Chart(flow)
    wanted = [
        (step, outcome, told_by_routes(flow, step, outcome, {}))
        for step in flow.steps
        for outcome in outcomes_of(flow, step)
    ]
    wrong = []

    def walk(offset):
        for step, outcome, there in wanted[offset:] + wanted[:offset]:
            if chart.advance(step, outcome, {}) != there:
                wrong.append((step, outcome))

    threads = [threading.Thread(target=walk, args=(n * 7,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
