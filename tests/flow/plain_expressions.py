"""Evaluates expressions the plain way, by walking the tree: what compiled expressions are held equal to."""

from __future__ import annotations

import ast
import operator
from collections.abc import Mapping
from typing import Any

from ivr.flow.evaluation import CONSTANTS, _contains, _equal, _number, at_path, item_of, same_form

_ORDER = {ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge}
_SUMS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}


def evaluate(text: str, values: Mapping[str, Any]) -> Any:
    """Evaluate a valid expression."""
    return _value(ast.parse(text, mode="eval").body, values)


def _value(node: ast.expr, values: Mapping[str, Any]) -> Any:
    match node:
        case ast.Constant():
            return node.value
        case ast.Name() if node.id in CONSTANTS:
            return CONSTANTS[node.id]
        case ast.Name():
            return values.get(node.id)
        case ast.Attribute():
            return at_path((node.attr,), _value(node.value, values))
        case ast.Subscript():
            return item_of(_value(node.value, values), _value(node.slice, values))
        case ast.BoolOp():
            return _bool_op(node, values)
        case ast.UnaryOp(op=ast.Not()):
            return not _value(node.operand, values)
        case ast.UnaryOp():
            number = _number(_value(node.operand, values))
            return None if number is None else -number
        case ast.BinOp():
            return _sum(node, values)
        case ast.Compare():
            return _compare(node, values)
        case ast.List() | ast.Tuple():
            return [_value(item, values) for item in node.elts]
    raise AssertionError(ast.dump(node))


def _bool_op(node: ast.BoolOp, values: Mapping[str, Any]) -> Any:
    value: Any = None
    for operand in node.values:
        value = _value(operand, values)
        if bool(value) is isinstance(node.op, ast.Or):
            break
    return value


def _compare(node: ast.Compare, values: Mapping[str, Any]) -> bool:
    left = _value(node.left, values)
    for op, right_node in zip(node.ops, node.comparators, strict=True):
        right = _value(right_node, values)
        if not _related(op, left, right):
            return False
        left = right
    return True


def _related(op: ast.cmpop, left: Any, right: Any) -> bool:
    if isinstance(op, ast.Eq | ast.NotEq):
        return _equal(left, right) is isinstance(op, ast.Eq)
    if isinstance(op, ast.In | ast.NotIn):
        return _contains(right, left) is isinstance(op, ast.In)
    low, high = _number(left), _number(right)
    if low is None or high is None:
        return isinstance(left, str) and isinstance(right, str) and _ORDER[type(op)](*same_form(left, right))
    return _ORDER[type(op)](low, high)


def _sum(node: ast.BinOp, values: Mapping[str, Any]) -> Any:
    left, right = _number(_value(node.left, values)), _number(_value(node.right, values))
    if left is None or right is None:
        return None
    try:
        result = _SUMS[type(node.op)](left, right)
    except ArithmeticError:
        return None
    return int(result) if result == result.to_integral_value() and abs(result) < 10**15 else str(result)
