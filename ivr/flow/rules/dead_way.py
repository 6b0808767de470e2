"""Check that each way of a route can be taken: an earlier way must not take all of its callers."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from ivr.diagnostics.problem import Place, Problem
from ivr.flow.evaluation import path_of
from ivr.flow.expressions import Expression
from ivr.flow.model import Flow, Route
from ivr.flow.outcomes import step_routes

from ._rule import Parts, Rule, RuleManual

_ORDER = {ast.GtE: 1, ast.Gt: 1, ast.LtE: -1, ast.Lt: -1}


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check every route of the flow's steps."""
    del parts
    # A route that several outcomes share is one object, and is reported once.
    seen: set[int] = set()
    for step in flow.written_steps():
        for route in step_routes(step).values():
            if id(route) not in seen:
                seen.add(id(route))
                yield from _dead(route)


def _dead(route: Route) -> Iterator[Problem]:
    earlier: list[Expression] = []
    for way in route:
        if way.when is None:
            if _cover_all(earlier) and len(route) > 1:
                yield _problem(way.goto.place, earlier[-1])
            return
        covering = next((other for other in earlier if _covers(other, way.when)), None)
        if covering is not None:
            yield _problem(way.when.place, covering)
        earlier.append(way.when)


def _cover_all(conditions: Sequence[Expression]) -> bool:
    """Return whether one of two conditions always holds: a value, and the same value denied."""
    texts = {condition.text for condition in conditions}
    # By text: a real proof of conditions would need a solver, and this is how editors write the two halves of a
    # question.
    return any(f"not {text}" in texts for text in texts)


def _covers(first: Expression, second: Expression) -> bool:
    """Return whether the first condition holds whenever the second does."""
    if first.text == second.text:
        return True
    wide, narrow = _bound(first), _bound(second)
    return wide is not None and narrow is not None and wide[:2] == narrow[:2] and wide[2:] <= narrow[2:]


def _bound(condition: Expression) -> tuple[tuple[str, ...], int, float, bool] | None:
    """Return the path, direction and figure of a comparison such as caller.age >= 65, and whether it excludes 65.

    Of two with the same path and direction, the one with the lower figure covers the other. None for another condition.
    """
    match condition.tree:
        case ast.Compare(
            left=ast.Attribute() | ast.Name() as left, ops=[relation], comparators=[ast.Constant(value=figure)]
        ):
            if type(relation) in _ORDER and isinstance(figure, int | float):
                direction = _ORDER[type(relation)]
                # The figure of an upper bound is turned round: the higher one is the wider one.
                return path_of(left), direction, figure * direction, isinstance(relation, ast.Gt | ast.Lt)
    return None


def _problem(place: Place, covering: Expression) -> Problem:
    message = f'This way is never taken: "{covering.text}" above takes all of its callers.'
    cure = "Put the narrower condition first, or delete this way."
    chinese = (f"这条路永远走不到：上面的「{covering.text}」已经包括了它。", "把更窄的条件放在前面，或删去这一行。")
    return Problem(place, RULE.id, message, cure, chinese=chinese)


RULE = Rule(
    "dead-way",
    "A way is never taken, because an earlier one takes all of its callers.",
    flow=check,
    at_load=False,
    manual=RuleManual(
        why="Conditions are tried in order. What was written for some callers would reach nobody.",
        chinese="条件按顺序判断。写在后面的永远轮不到。",
        wrong="""\
steps:
  hello:
    branch:
      - {when: caller.age >= 50, goto: bye}
      - {when: caller.age >= 60, goto: agent}  # here
      - {goto: bye}
""",
        right="""\
steps:
  hello:
    branch:
      - {when: caller.age >= 60, goto: agent}
      - {when: caller.age >= 50, goto: bye}
      - {goto: bye}
""",
        source="the engine takes the first way whose condition holds",
    ),
)
