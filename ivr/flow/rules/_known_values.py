"""Evaluate conditions of which only some values are known: true, false, or open."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Any

from ivr.flow.evaluation import CONSTANTS, compiled, path_of
from ivr.flow.expressions import Expression

OPEN = object()
"""The value of a name that may hold anything."""


def value_of(expression: Expression, values: Mapping[str, Any]) -> Any:
    """Return the value of an expression, or OPEN if it reads a name that is not in `values` or is open there."""
    return expression(values) if _is_known(expression.tree, values) else OPEN


def holds(expression: Expression, values: Mapping[str, Any]) -> bool | None:
    """Return whether a condition holds; None if that is open."""
    return _holds(expression.tree, values)


def possible(conditions: Sequence[tuple[Expression, bool]], values: Mapping[str, Any]) -> bool:
    """Return whether conditions may all be as they are wanted: true, or with False not true."""
    return all(holds(condition, values) is not (not wanted) for condition, wanted in conditions)


def _holds(node: ast.expr, values: Mapping[str, Any]) -> bool | None:
    match node:
        case ast.BoolOp():
            parts = [_holds(operand, values) for operand in node.values]
            decisive = isinstance(node.op, ast.Or)
            # As in Kleene's logic: one true operand decides an `or` though others are open, and one false operand an
            # `and`.
            if decisive in parts:
                return decisive
            return None if None in parts else not decisive
        case ast.UnaryOp(op=ast.Not()):
            inner = _holds(node.operand, values)
            return None if inner is None else not inner
    # The engine's own evaluation, so that a proof cannot disagree with the call.
    return bool(compiled(node)(values)) if _is_known(node, values) else None


def _is_known(node: ast.expr, values: Mapping[str, Any]) -> bool:
    """Return whether every name that a tree reads has a value; a part of an open value is open, too."""
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and part.id not in CONSTANTS and values.get(part.id, OPEN) is OPEN:
            return False
        if isinstance(part, ast.Attribute) and not _reaches(path_of(part), values):
            return False
    return True


def _reaches(path: tuple[str, ...], values: Mapping[str, Any]) -> bool:
    """Return whether a path leads to a value that is known. In a map that is known, other parts are open."""
    value: Any = values
    for part in path:
        if isinstance(value, Mapping):
            value = value.get(part, OPEN)
        if value is OPEN:
            return False
    return True
