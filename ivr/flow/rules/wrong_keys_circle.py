"""Prove that a caller whose answers never fit reaches a person or the end, with any mix of silence and wrong keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ivr.diagnostics.problem import Problem
from ivr.flow.line_graph import BY_CALLER, Arc, StepNode

from ._circles import Walked, circles
from ._example_call import example_call, is_by_misses, shortest_way
from ._rule import Parts, Rule, RuleManual


def check(parts: Parts) -> Iterator[Problem]:
    """Search circles of failures that pass no person; silent-circle reports those of silence alone."""
    graph = parts.graph

    def fails(node: StepNode, arc: Arc) -> bool:
        step = graph.step(node)
        # Any choice or entry is progress: only ways that the caller did not choose make this circle.
        return step is not None and not step.reaches_person and arc.causes != {BY_CALLER}

    for circle in circles(parts, fails):
        if any(is_by_misses(walked.arc) for walked in circle):
            yield _problem(parts, circle)


def _problem(parts: Parts, circle: Sequence[Walked]) -> Problem:
    graph = parts.graph
    names = [walked.node[1] for walked in circle]
    shown = " → ".join([*names, names[0]])
    wrong = next(walked for walked in circle if is_by_misses(walked.arc))
    way = [*shortest_way(graph, circle[0].node), *circle]
    return Problem(
        wrong.arc.place,
        RULE.id,
        f"A caller whose answers never fit goes round without end: {shown}.",
        'Lead "on_failure" to a person, a call back or a message.',
        related=((graph.place_of(circle[0].node), "where the circle begins"),),
        chinese=(f"一直按错的客户会不停打转：{shown}。", "on_failure 应转人工、回电或留言。"),
        call=example_call(parts, "a caller whose answers never fit goes round", way, circle[0].node),
    )


RULE = Rule(
    "wrong-keys-circle",
    "A caller whose answers never fit goes round without end.",
    parts=check,
    at_load=False,
    manual=RuleManual(
        why="Callers who cannot use the keys must reach a person within a few tries, on every way.",
        chinese="不会按键的客户，试几次之后必须能转到人工。",
        wrong="""\
steps:
  hello:
    menu:
      - {label: 余额, goto: bye}
    on_no_input: agent
    on_failure: hello  # here
globals:
  - {key: star, do: back}
  - {key: pound, do: repeat}
""",
        right="""\
steps:
  hello:
    menu:
      - {label: 余额, goto: bye}
    on_no_input: agent
    on_failure: agent
globals:
  - {key: star, do: back}
  - {key: pound, do: repeat}
""",
        source="proof over the routes of all flows; ACIXD and AVAYA (2-3 attempts, then a person)",
    ),
)
