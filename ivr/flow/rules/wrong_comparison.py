"""Check that values are compared with something that they can be."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any

from ivr.diagnostics.problem import Problem
from ivr.flow.evaluation import CONSTANTS, path_of
from ivr.flow.expressions import Expression
from ivr.flow.model import Flow
from ivr.flow.parts_within import within
from ivr.yamlfile.suggest import did_you_mean

from ._questions import answers, with_item
from ._rule import Parts, Rule
from ._types import FLAG, LITERAL_FORMS, NUMBER, KindsOfValues, kinds_of_values

_ORDER = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check every comparison of a value with a literal."""
    by_variable = answers(flow, parts)
    kinds = kinds_of_values(flow, parts, by_variable)
    yield from _comparisons(flow.globals, kinds)
    for step in flow.written_steps():
        yield from _comparisons(step, replace(kinds, answers=with_item(step, by_variable)))


def _comparisons(part: Any, kinds: KindsOfValues) -> Iterator[Problem]:
    for expression in within(part, Expression):
        for node in ast.walk(expression.tree):
            if not isinstance(node, ast.Compare):
                continue
            for (left, right), relation in zip(pairwise([node.left, *node.comparators]), node.ops, strict=True):
                # Editors write both 65 <= caller.age and caller.age >= 65.
                for value, other in ((left, right), (right, left)):
                    for literal in other.elts if isinstance(other, ast.List | ast.Tuple) else [other]:
                        yield from _compared(expression, value, literal, relation, kinds)


def _compared(
    expression: Expression, value: ast.expr, literal: ast.expr, relation: ast.cmpop, kinds: KindsOfValues
) -> Iterator[Problem]:
    if not _is_value(value) or not isinstance(literal, ast.Constant) or literal.value is None:
        return
    path = path_of(value)
    name, written = ast.unparse(value), literal.value
    kind, texts = kinds.type_of(path), kinds.texts_of(path)
    if kind == FLAG:
        if not isinstance(written, bool):
            cure = f'Write "{name}", or "not {name}".'
            yield _problem(expression, f'"{name}" is true or false, and never {_shown(written)}.', cure)
    elif isinstance(written, bool):
        return
    elif kind == NUMBER and not _is_number(written):
        yield _problem(expression, f'"{name}" is a number, and never {_shown(written)}.', "Compare with a number.")
    elif kind in LITERAL_FORMS and not (isinstance(written, str) and LITERAL_FORMS[kind][0].fullmatch(written)):
        message = f'"{name}" is a {kind}, which does not compare with {_shown(written)}.'
        yield _problem(expression, message, f'Write it as in "{LITERAL_FORMS[kind][1]}".')
    elif texts and isinstance(written, str) and written not in texts and not isinstance(relation, _ORDER):
        cure = did_you_mean(written, texts) or f"It is one of {', '.join(texts)}."
        yield _problem(expression, f'"{name}" is never {_shown(written)}.', cure)


def _is_value(node: ast.expr) -> bool:
    if isinstance(node, ast.Name):
        return node.id not in CONSTANTS
    return isinstance(node, ast.Attribute | ast.Subscript)


def _is_number(written: Any) -> bool:
    try:
        return Decimal(str(written)).is_finite()
    except InvalidOperation:
        return False


def _shown(written: Any) -> str:
    return f'"{written}"' if isinstance(written, str) else str(written)


def _problem(expression: Expression, message: str, cure: str) -> Problem:
    return Problem(expression.place, RULE.id, message, cure)


RULE = Rule(
    "wrong-comparison",
    "A condition compares a value with something that it can never be.",
    flow=check,
    whole=True,
)
