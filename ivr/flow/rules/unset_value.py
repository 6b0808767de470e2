"""Prove that every value which is spoken has been set on each way to the sentence.

A sentence with a value that is not set has a hole. Ways are followed within a flow; a step that failed has set nothing,
and a condition that reads an unset value is decided as in a call.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping

from ivr.diagnostics.problem import Place, Problem
from ivr.flow.line_graph import RUN, LineGraph, StepNode
from ivr.flow.model import RETURN, Flow
from ivr.flow.paths_read import paths_read
from ivr.flow.standing_values import STANDING_VALUES

from ._circles import Walked
from ._example_call import example_call, shortest_way
from ._known_values import OPEN, possible, value_of
from ._reached import reached_states
from ._rule import Parts, Rule, RuleManual


def check(parts: Parts) -> Iterator[Problem]:
    """Check every variable that a step of any flow speaks."""
    graph = parts.graph
    called = {node.flow for node in reached_states(parts) if not node.run}
    for flow in parts.flows.values() if graph.sound else ():
        for name, readers in _spoken(flow).items():
            start = graph.start_of(flow.name, run=flow.name not in called)
            ways = _ways_without(graph, flow, name, start)
            for step, place in readers.items():
                if (node := start._replace(step=step)) in ways:
                    yield _problem(parts, name, place, node, ways)


def _spoken(flow: Flow) -> Mapping[str, Mapping[str, Place]]:
    """Return the variables that texts read, with the steps that speak them and the places."""
    spoken: dict[str, dict[str, Place]] = {}
    own = {name for step in flow.steps.values() for name in step.sets()} - set(flow.parameters)
    for step in flow.written_steps():
        for (name, *_), place, aloud in paths_read(step):
            if aloud and name in own and name not in STANDING_VALUES and name not in step.sets():
                spoken.setdefault(name, {}).setdefault(step.name, place)
    return spoken


def _ways_without(graph: LineGraph, flow: Flow, name: str, start: StepNode) -> Mapping[StepNode, Walked | None]:
    """Return the steps of a flow to which a call can come while a variable is unset, each with the arc before it."""
    before: dict[StepNode, Walked | None] = {start: None}
    frontier = deque([start])
    values = {name: None}
    while frontier:
        node = frontier.popleft()
        step = flow.steps[node.step]
        sets = name in step.sets()
        if sets and name in step.assigns() and value_of(step.assigns()[name], {}) is not OPEN:
            continue
        for arc in graph.arcs(node):
            if arc.to.flow != flow.name or arc.to.step == RETURN or arc.outcome == RUN or arc.to in before:
                continue
            if sets and arc.outcome not in step.fails_by():
                continue
            if possible(arc.conditions, values):
                before[arc.to] = Walked(node, arc)
                frontier.append(arc.to)
    return before


def _problem(
    parts: Parts, name: str, place: Place, node: StepNode, before: Mapping[StepNode, Walked | None]
) -> Problem:
    way: list[Walked] = []
    walked = before[node]
    while walked is not None:
        way.insert(0, walked)
        walked = before[walked.node]
    way = [*shortest_way(parts.graph, parts.graph.start_of(node.flow, run=node.run)), *way]
    shown = " → ".join([*(each.node[1] for each in way), node[1]][-5:])
    return Problem(
        place,
        RULE.id,
        f'A call can come here while "{name}" is not set, and hears a sentence with a hole: {shown}.',
        f'Lead that way to another step, or set "{name}" on it.',
        chinese=(
            f"有一条路走到这里时「{name}」还没有值，客户会听到缺字的句子：{shown}。",
            "让那条路走别的步骤，或先给它赋值。",
        ),
        call=example_call(parts, f"a sentence is spoken without {name}", way, node),
    )


RULE = Rule(
    "unset-value",
    "A value is spoken that some way to the sentence does not set.",
    parts=check,
    at_load=False,
    unless=frozenset({"unknown-value"}),
    manual=RuleManual(
        why="A balance that is missing from its sentence sounds like zero, or like a fault.",
        chinese="余额没有念出来，听上去像零，或者像出了故障。",
        wrong="""\
steps:
  hello:
    lookup: {from: bank.branches, as: places, on_error: tell}
    next: tell
  tell:
    say: 一共有{places.count|count:家}网点。  # here
    next: bye
""",
        right="""\
steps:
  hello:
    lookup: {from: bank.branches, as: places, on_error: bye}
    next: tell
  tell:
    say: 一共有{places.count|count:家}网点。
    next: bye
""",
        source="proof over the routes of the flow",
    ),
)
