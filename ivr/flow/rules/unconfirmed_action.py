"""Prove that what cannot be undone is done only after a yes, on every way, and not by silence or keys pressed ahead."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from ivr.diagnostics.problem import Place, Problem
from ivr.flow.line_graph import StepNode

from ._example_call import example_call, shortest_way
from ._questions import declared
from ._rule import Parts, Rule, RuleManual


def check(parts: Parts) -> Iterator[Problem]:
    """Check every step that asks a question which lookups.yaml marks with `confirm`."""
    graph = parts.graph
    yes = {(flow.name, step.name, step.affirms) for flow in parts.flows.values() for step in flow.written_steps()}
    starts = {graph.start_of(flow.name) for flow in graph.called_flows()}
    for flow in parts.flows.values():
        for step, asked, question in declared(flow, parts) if _any_needs_yes(parts) else ():
            for node in (StepNode(flow.name, step.name), StepNode(flow.name, step.name, run=True)):
                # An empty way means "reached at once" and "not reached" alike, so starts are asked for by themselves.
                if question.confirm and (node in starts or shortest_way(graph, node, avoiding=yes)):
                    yield _problem(parts, node, yes, asked.source.name, asked.source.place)
                    break


def _any_needs_yes(parts: Parts) -> bool:
    """Return whether any question needs a yes."""
    return any(question.confirm for question in parts.questions.values())


def _problem(parts: Parts, node: StepNode, yes: Collection[tuple[str, str, str]], source: str, place: Place) -> Problem:
    way = shortest_way(parts.graph, node, avoiding=yes)
    shown = " → ".join([*(walked.node[1] for walked in way), node[1]][-5:])
    return Problem(
        place,
        RULE.id,
        f'"{source}" cannot be undone, and a call comes here without a yes: {shown}.',
        'Lead every way through a step of kind "confirm", by its "yes".',
        chinese=(f"「{source}」不能撤销，可这条路没有经过确认：{shown}。", "每条路都先经过 confirm 步骤的 yes。"),
        call=example_call(parts, f"{source} is asked without a yes", way, node),
    )


RULE = Rule(
    "unconfirmed-action",
    "What cannot be undone is done on a way without a yes.",
    parts=check,
    at_load=False,
    manual=RuleManual(
        why="A card that was locked by a wrong key leaves its owner without money. Read it back, and ask.",
        chinese="按错一个键就锁了卡，客户会没钱用。先念给客户听，再请客户确认。",
        wrong="""\
steps:
  hello:
    lookup: {from: bank.lock, on_error: agent}  # here
    next: bye
# file: lookups
services:
  bank:
    address: {setting: IVR_BANK_URL}
    questions:
      lock: {confirm: yes, takes: {}, gives: {reference: code}}
""",
        right="""\
steps:
  hello:
    confirm: 现在为您锁住这张卡。
    yes: lock
    no: bye
  lock:
    lookup: {from: bank.lock, on_error: agent}
    next: bye
# file: lookups
services:
  bank:
    address: {setting: IVR_BANK_URL}
    questions:
      lock: {confirm: yes, takes: {}, gives: {reference: code}}
""",
        source="ACIXD, confirmation strategy; dominance over the routes of all flows",
    ),
)
