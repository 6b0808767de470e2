"""Prove that no flow is run again inside itself by way of another flow that leads there.

A flow that is run and goes to the flow which runs it, instead of to `return`, is one level deeper each time; after
eight levels the call is given to a person. The rule runs-itself reports flows that run one another directly.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.line_graph import RUN, Arc, LineGraph, StepNode

from ._reached import reached_states
from ._rule import Parts, Rule, RuleManual


def check(parts: Parts) -> Iterator[Problem]:
    """Walk from the start of every flow that is run until it is run again."""
    graph = parts.graph
    starts = {arc.to for node in reached_states(parts) for arc in graph.arcs(node) if arc.outcome == RUN}
    reported: set[Arc] = set()
    for start in sorted(starts):
        arc = _run_again(graph, start)
        if arc is not None and arc not in reported:
            reported.add(arc)
            message = f'"{start.flow}" is run here again while it still runs, one level deeper each time.'
            chinese = (
                f"「{start.flow}」还没有返回，又在这里再次运行。",
                "需要返回的地方写 return，不要写流程名。",
            )
            cure = f'Go to "return" where {start.flow} leads back to the flow that runs it.'
            yield Problem(arc.place, RULE.id, message, cure, chinese=chinese)


def _run_again(graph: LineGraph, start: StepNode) -> Arc | None:
    """Return the arc by which a flow is run again before it has returned."""
    seen, frontier = {start}, [start]
    while frontier:
        for arc in graph.arcs(frontier.pop()):
            if arc.outcome == RUN and arc.to == start:
                return arc
            # Only within flows that are run: what leads out of them, to a person or another line, ends the nesting.
            if arc.to.run and arc.to not in seen:
                seen.add(arc.to)
                frontier.append(arc.to)
    return None


RULE = Rule(
    "deep-nesting",
    "A flow that is run leads back to the flow which runs it, instead of to `return`.",
    parts=check,
    at_load=False,
    unless=frozenset({"runs-itself"}),
    manual=RuleManual(
        why="After eight rounds the call breaks off, and the caller is handed to a person without a reason.",
        chinese="来回八次之后通话会中断，客户被莫名转给人工。",
        wrong="""\
steps:
  hello:
    menu:
      - {label: 余额, goto: more}
  more:
    flow: other  # here
    next: hello
globals:
  - {key: star, do: back}
  - {key: pound, do: repeat}
# file: other
flow: other
start: tell
steps:
  tell:
    menu:
      - {label: 返回, goto: sample}
      - {label: 结束, goto: return}
globals:
  - {key: star, do: back}
  - {key: pound, do: repeat}
""",
        right="""\
steps:
  hello:
    menu:
      - {label: 余额, goto: more}
  more:
    flow: other
    next: hello
globals:
  - {key: star, do: back}
  - {key: pound, do: repeat}
# file: other
flow: other
start: tell
steps:
  tell:
    menu:
      - {label: 返回, goto: return}
globals:
  - {key: star, do: back}
  - {key: pound, do: repeat}
""",
        source="the engine stacks eight flows at the most; proof over the routes of all flows",
    ),
)
