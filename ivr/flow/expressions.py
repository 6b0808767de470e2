"""Conditions and values that editors write (`caller.age >= 65`). Must not call functions, keep state or do I/O.

An expression never raises during a call. An unset name is none; ordering none or values of different types is false;
text that looks like a number compares as a number, because back ends send money as text.
"""

from __future__ import annotations

import ast
import keyword
import operator
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from ivr.diagnostics.problem import Place
from ivr.secret import Secret

LONGEST_EXPRESSION = 500
"""Maximum number of characters; longer conditions should be split into several steps."""

CONSTANTS = {"true": True, "false": False, "none": None, "null": None, "True": True, "False": False, "None": None}
_ORDER: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_SUMS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_ALLOWED = (
    ast.Expression, ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.USub, ast.BinOp, *_SUMS, ast.Compare,
    *_ORDER, ast.Eq, ast.NotEq, ast.In, ast.NotIn, ast.Name, ast.Attribute, ast.Constant, ast.List, ast.Tuple, ast.Load,
)  # fmt: skip


_SHOWN = 60
_SAMPLE = 'caller.age >= 65 and caller.segment == "vip"'
_COMPARE = "Use names, numbers and texts in quotes with ==, !=, <, <=, >, >=, in, and, or, not and the signs + - * /."


class ExpressionError(ValueError):
    """The text is not a valid expression; message and cure are written for editors."""

    def __init__(self, message: str, cure: str) -> None:
        self.cure = cure
        super().__init__(message)


@dataclass(frozen=True)
class Expression:
    """A parsed expression. Two expressions are equal if their texts are."""

    text: str
    place: Place = field(compare=False)
    _tree: ast.expr = field(compare=False, repr=False)

    def __call__(self, values: Mapping[str, Any]) -> Any:
        """Evaluate the expression with a call's variables; never raises."""
        return _value(self._tree, values)

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Return whether the expression is true; none, empty and zero are false."""
        return bool(_value(self._tree, values))

    def constant(self) -> Any:
        """Return the value of a literal; None for an expression that reads or computes a value."""
        return self._tree.value if isinstance(self._tree, ast.Constant) else None

    def paths(self) -> Iterator[tuple[str, ...]]:
        """Yield every variable that is read, as the parts of its dotted path."""
        covered: set[int] = set()
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Attribute | ast.Name) and id(node) not in covered:
                covered.update(id(inner) for inner in ast.walk(node))
                path = _path(node)
                if path[0] not in CONSTANTS or len(path) > 1:
                    yield path


def parse_expression(text: str, place: Place) -> Expression:
    """Parse an expression. Raises ExpressionError with the cause and the cure in an editor's words."""
    narrow = unicodedata.normalize("NFKC", text).strip()
    if not narrow:
        raise ExpressionError("The condition is empty.", f"Write one, as in: {_SAMPLE}")
    if len(narrow) > LONGEST_EXPRESSION:
        message = f"The condition has {len(narrow)} characters; {LONGEST_EXPRESSION} are allowed."
        raise ExpressionError(message, "Split it into several ways or branch steps.")
    try:
        tree = ast.parse(narrow, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ExpressionError(
            f'"{_cut(narrow)}" cannot be read as a condition or value.', _how_to_write(narrow)
        ) from None
    for node in ast.walk(tree):
        _check(node)
    return Expression(narrow, place, tree.body)


def _how_to_write(text: str) -> str:
    if "&&" in text or "||" in text:
        return 'Write "and" for && and "or" for ||.'
    if re.search("=>|=<|<>", text):
        return "Write >= for at least, <= for at most, != for unlike."
    if re.search("(?<![=!<>])=(?!=)", text):
        return 'Compare with two signs: "==".'
    if re.search(r"!(?!=)", text):
        return 'Write "not" for !.'
    if reserved := next((part for part in re.findall(r"\.(\w+)", text) if keyword.iskeyword(part)), ""):
        return f'No value has a part "{reserved}"; README.md beside the flows lists the parts that there are.'
    return f"Write one, as in: {_SAMPLE}"


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _check(node: ast.AST) -> None:
    if isinstance(node, ast.Call):
        raise ExpressionError("A condition cannot call anything: no brackets behind a name.", _COMPARE)
    if not isinstance(node, _ALLOWED):
        raise ExpressionError("A condition cannot contain this.", _COMPARE)
    if isinstance(node, ast.Attribute) and (node.attr.startswith("_") or not _is_path(node)):
        cure = "Only a name may stand before a dot, and no part begins with an underscore."
        raise ExpressionError('A dot leads from a name to one of its parts, as in "caller.age".', cure)
    if isinstance(node, ast.Name) and node.id.startswith("_"):
        raise ExpressionError(f'"{node.id}" begins with an underscore; names of values never do.', _COMPARE)
    if isinstance(node, ast.Constant) and not isinstance(node.value, str | int | float | bool | None):
        cure = "Compare with texts in quotes, numbers, true, false or none."
        raise ExpressionError("A value cannot be compared with this.", cure)


def _is_path(node: ast.AST) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


def _path(node: ast.Attribute | ast.Name) -> tuple[str, ...]:
    if isinstance(node, ast.Name):
        return (node.id,)
    assert isinstance(node.value, ast.Attribute | ast.Name)  # noqa: S101 - _check has refused anything else
    return (*_path(node.value), node.attr)


def at_path(path: tuple[str, ...], values: Mapping[str, Any]) -> Any:
    """Follow a dotted path through maps and, by index from 0, through lists; return None if it leads nowhere."""
    value: Any = values
    for part in path:
        if isinstance(value, Mapping):
            value = value.get(part)
        elif isinstance(value, list | tuple) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        else:
            return None
    return value


def _value(node: ast.expr, values: Mapping[str, Any]) -> Any:
    match node:
        case ast.Constant():
            return node.value
        case ast.Name() if node.id in CONSTANTS:
            return CONSTANTS[node.id]
        case ast.Name() | ast.Attribute():
            return at_path(_path(node), values)
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
    return None  # pragma: no cover - _check has refused anything else


def _bool_op(node: ast.BoolOp, values: Mapping[str, Any]) -> Any:
    stop_at = isinstance(node.op, ast.Or)
    value: Any = None
    for operand in node.values:
        value = _value(operand, values)
        if bool(value) is stop_at:
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
        if isinstance(left, str) and isinstance(right, str):
            return _ORDER[type(op)](left, right)  # dates and times as ISO text
        return False
    return _ORDER[type(op)](low, high)


def _equal(left: Any, right: Any) -> bool:
    if isinstance(left, Secret) or isinstance(right, Secret):
        return bool(left == right)
    if isinstance(left, str) == isinstance(right, str):
        return bool(left == right)
    low, high = _number(left), _number(right)
    return low is not None and low == high


def _contains(container: Any, value: Any) -> bool:
    if isinstance(container, str):
        return isinstance(value, str) and value in container
    if isinstance(container, Mapping):
        return value in container if isinstance(value, str) else False
    return isinstance(container, list | tuple) and any(_equal(item, value) for item in container)


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _sum(node: ast.BinOp, values: Mapping[str, Any]) -> Any:
    left, right = _number(_value(node.left, values)), _number(_value(node.right, values))
    if left is None or right is None:
        return None
    try:
        result = _SUMS[type(node.op)](left, right)
    except ArithmeticError:
        return None
    return int(result) if result == result.to_integral_value() and abs(result) < 10**15 else str(result)
