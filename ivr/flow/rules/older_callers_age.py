"""Check that callers of 65 and more get what is meant for older callers."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise

from ivr.diagnostics.problem import Problem
from ivr.flow.evaluation import path_of
from ivr.flow.expressions import Expression
from ivr.flow.model import Flow
from ivr.flow.parts_within import within

from ._limits import older_from
from ._rule import Parts, Rule, RuleManual


def check_conditions(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check the conditions of a flow."""
    del parts
    yield from _conditions([flow.globals, *flow.written_steps()])


def check_segment_ages(parts: Parts) -> Iterator[Problem]:
    """Check the segments of line.yaml."""
    yield from _conditions(list(parts.line.segments.values()) if parts.line is not None else [])


def _conditions(part: object) -> Iterator[Problem]:
    for expression in within(part, Expression):
        for node in ast.walk(expression.tree):
            if isinstance(node, ast.Compare):
                operands = [node.left, *node.comparators]
                for (left, right), relation in zip(pairwise(operands), node.ops, strict=True):
                    if (age := _least_age(left, relation, right)) and age > older_from():
                        yield _problem(expression, age)


def _least_age(left: ast.expr, relation: ast.cmpop, right: ast.expr) -> float:
    """Return the age from which a comparison of caller.age with a figure holds; 0 for any other comparison."""
    if not isinstance(right, ast.Constant) or not isinstance(right.value, int | float):
        return 0
    if not isinstance(left, ast.Attribute | ast.Name | ast.Subscript) or path_of(left) != ("caller", "age"):
        return 0
    # Upper bounds and equality say nothing about where older callers begin.
    return {ast.GtE: right.value, ast.Gt: right.value + 1}.get(type(relation), 0)


def _problem(expression: Expression, age: float) -> Problem:
    message = f"Only callers of {age:g} and more get this; it is due to those of {older_from()}."
    chinese = (f"{age:g}岁起才适用；应从{older_from()}岁起。", f"写成 caller.age >= {older_from()}")
    return Problem(
        expression.place,
        RULE.id,
        message,
        f"Write: caller.age >= {older_from()}",
        measured=f"{age:g}",
        allowed=f"{older_from()}",
        chinese=chinese,
    )


RULE = Rule(
    "older-callers-age",
    "What is meant for older callers begins at a higher age than 65.",
    flow=check_conditions,
    parts=check_segment_ages,
    at_load=False,
    manual=RuleManual(
        why="Callers of 65 and more are to reach a person without keys and menus.",
        chinese="65岁以上来电应一键（或直接）接入人工，不必听菜单。",
        wrong="""\
steps:
  hello:
    branch:
      - {when: caller.age >= 70, goto: agent}  # here
      - {goto: bye}
""",
        right="""\
steps:
  hello:
    branch:
      - {when: caller.age >= 65, goto: agent}
      - {goto: bye}
""",
        source="MIIT 2020-12-25 and 2025; CBIRC [2021] 40; Guobanfa [2020] 45",
    ),
)
