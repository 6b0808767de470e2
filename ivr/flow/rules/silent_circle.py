"""Prove that no call goes round without end while the caller does nothing, over all flows.

Silence, failed lookups, and a person who cannot be reached lead on by themselves. A circle of such ways dials a busy
desk or speaks for ever. A circle that a counter of `set` steps ends is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ivr.diagnostics.problem import Problem
from ivr.flow.line_graph import BY_ITSELF, BY_SILENCE, Arc, StepNode

from ._circles import Walked, circles
from ._example_call import example_call, leading_back, shortest_way
from ._rule import Parts, Rule, RuleManual


def check(parts: Parts) -> Iterator[Problem]:
    """Search circles over all flows, if every flow could be read."""
    for circle in circles(parts, _unasked):
        yield _problem(parts, circle)


def _unasked(_: StepNode, arc: Arc) -> bool:
    return bool(arc.causes & {BY_ITSELF, BY_SILENCE})


def _problem(parts: Parts, circle: Sequence[Walked]) -> Problem:
    graph = parts.graph
    names = [walked.node[1] for walked in circle]
    shown = " → ".join([*names, names[0]])
    place = leading_back(graph, circle).place
    way = [*shortest_way(graph, circle[0].node), *circle]
    return Problem(
        place,
        RULE.id,
        f"A call goes round without end while the caller does nothing: {shown}.",
        "Lead one of these ways to a person, a call back or the end, or count the rounds and leave after the third.",
        related=((graph.place_of(circle[0].node), "where the circle begins"),),
        chinese=(
            f"客户什么也不做，通话会一直打转：{shown}。",
            "让其中一条路转人工、回电或结束，或者计数，三次后离开。",
        ),
        call=example_call(parts, "a caller who does nothing goes round", way, circle[0].node),
    )


RULE = Rule(
    "silent-circle",
    "A call goes round without end while the caller does nothing, over any flows.",
    parts=check,
    at_load=False,
    manual=RuleManual(
        why="A telephone that is off the hook would keep a line, and a busy desk would be dialled hundreds of times.",
        chinese="电话没挂好就会一直占线；坐席忙时会被反复拨打上百次。",
        wrong="""\
steps:
  hello:
    say: 您好。
    next: agent
  agent:
    transfer: general
    next: bye
    otherwise: agent  # here
""",
        right="""\
steps:
  hello:
    say: 您好。
    next: agent
  agent:
    transfer: general
    next: bye
    otherwise: all_busy
  all_busy:
    say: 人工座席都在通话中。
    next: bye
""",
        source="proof over the routes of all flows; GetHuman standard 1.0, 8",
    ),
)
