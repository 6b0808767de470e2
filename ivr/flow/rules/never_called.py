"""Prove that every flow can be reached from a called number."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem

from ._reached import reached_states
from ._rule import Parts, Rule, RuleManual


def check(parts: Parts) -> Iterator[Problem]:
    """Walk from the flows of line.yaml over all arcs."""
    graph = parts.graph
    reached = {node.flow for node in reached_states(parts)} if graph.called_flows() else set(parts.flows)
    for name, flow in parts.flows.items():
        if name not in reached:
            message = f'No called number leads to the flow "{name}", and no other flow does.'
            cure = "Lead a choice to it, name it in line.yaml, or delete the file."
            chinese = (f"没有号码，也没有别的流程通到「{name}」。", "让某个选项通到它，写进 line.yaml，或删去文件。")
            yield Problem(flow.place_of("flow"), RULE.id, message, cure, "warning", chinese=chinese)


RULE = Rule(
    "never-called",
    "No called number leads to a flow, and no other flow does (warning).",
    parts=check,
    at_load=False,
    manual=RuleManual(
        why="What no call can reach is not tested by calls either, and misleads the next editor.",
        chinese="没有来电能走到的流程，也没有人测试，只会误导后来的编辑。",
        wrong="""\
steps:
  hello:
    say: 您好。
    next: bye
# file: other
flow: other  # here
start: hello
steps:
  hello:
    say: 您好。
    next: bye
""",
        right="""\
steps:
  hello:
    say: 您好。
    next: bye
""",
        source="proof over the routes of all flows",
    ),
)
