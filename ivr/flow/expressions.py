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
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cached_property, partial
from typing import Any

from ivr.diagnostics.problem import Place
from ivr.secret import Secret

from .card_schemes import card_scheme

LONGEST_EXPRESSION = 500
"""Maximum number of characters; longer conditions should be split into several steps."""

Evaluate = Callable[[Mapping[str, Any]], Any]
_Relation = Callable[[Any, Any], bool]

SCHEME_OF_A_CARD = ("pan", "scheme")
"""The kind of secret that has a part which may be read, and the part."""

CONSTANTS = {"true": True, "false": False, "none": None, "null": None, "True": True, "False": False, "None": None}
_SUMS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_ALLOWED = (
    ast.Expression, ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.USub, ast.BinOp, *_SUMS, ast.Compare,
    ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq, ast.In, ast.NotIn,
    ast.Name, ast.Attribute, ast.Constant, ast.List, ast.Tuple, ast.Load,
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
        return self._evaluate(values)

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Return whether the expression is true; none, empty and zero are false."""
        return bool(self._evaluate(values))

    @cached_property
    def _evaluate(self) -> Evaluate:
        return _compiled(self._tree)

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
        if isinstance(value, dict) or isinstance(value, Mapping):  # noqa: SIM101 - the ABC is asked ten times as long
            value = value.get(part)
        elif isinstance(value, list | tuple) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        elif isinstance(value, Secret) and (value.kind, part) == SCHEME_OF_A_CARD:
            value = card_scheme(value.reveal())
        else:
            return None
    return value


def _compiled(node: ast.expr) -> Evaluate:
    """Make a function of a tree, so that calls do not walk it anew."""
    match node:
        case ast.Constant():
            return _always(node.value)
        case ast.Name() if node.id in CONSTANTS:
            return _always(CONSTANTS[node.id])
        case ast.Name() | ast.Attribute():
            return partial(at_path, _path(node))
        case ast.BoolOp():
            return _bool_op([_compiled(operand) for operand in node.values], stop_at=isinstance(node.op, ast.Or))
        case ast.UnaryOp():
            operand = _compiled(node.operand)
            if isinstance(node.op, ast.Not):
                return lambda values: not operand(values)
            return lambda values: None if (number := _number(operand(values))) is None else -number
        case ast.BinOp():
            return _sum(_SUMS[type(node.op)], _compiled(node.left), _compiled(node.right))
        case ast.Compare():
            relations = [_RELATIONS[type(op)] for op in node.ops]
            return _comparison(_compiled(node.left), relations, [_compiled(right) for right in node.comparators])
        case ast.List() | ast.Tuple():
            items = [_compiled(item) for item in node.elts]
            return lambda values: [item(values) for item in items]
    return _always(None)  # pragma: no cover - _check has refused anything else


def _always(constant: Any) -> Evaluate:
    return lambda _values: constant


def _bool_op(operands: Sequence[Evaluate], *, stop_at: bool) -> Evaluate:
    def bool_op(values: Mapping[str, Any]) -> Any:
        value: Any = None
        for operand in operands:
            value = operand(values)
            if bool(value) is stop_at:
                break
        return value

    return bool_op


def _comparison(first: Evaluate, relations: Sequence[_Relation], others: Sequence[Evaluate]) -> Evaluate:
    if len(relations) == 1:
        (related,), (other,) = relations, others
        return lambda values: related(first(values), other(values))
    links = tuple(zip(relations, others, strict=True))

    def chain(values: Mapping[str, Any]) -> bool:
        left = first(values)
        for related, other in links:
            right = other(values)
            if not related(left, right):
                return False
            left = right
        return True

    return chain


def _sum(calculate: Callable[[Any, Any], Any], left_of: Evaluate, right_of: Evaluate) -> Evaluate:
    def total(values: Mapping[str, Any]) -> Any:
        left, right = _number(left_of(values)), _number(right_of(values))
        if left is None or right is None:
            return None
        try:
            result = calculate(left, right)
        except ArithmeticError:
            return None
        return int(result) if result == result.to_integral_value() and abs(result) < 10**15 else str(result)

    return total


def _ordered(in_order: Callable[[Any, Any], bool], left: Any, right: Any) -> bool:
    if type(left) is int and type(right) is int:
        return in_order(left, right)
    low, high = _number(left), _number(right)
    if low is None or high is None:
        if isinstance(left, str) and isinstance(right, str):
            return in_order(left, right)  # dates and times as ISO text
        return False
    return in_order(low, high)


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


_RELATIONS: dict[type[ast.cmpop], _Relation] = {
    ast.Eq: _equal,
    ast.NotEq: lambda left, right: not _equal(left, right),
    ast.In: lambda left, right: _contains(right, left),
    ast.NotIn: lambda left, right: not _contains(right, left),
    ast.Lt: partial(_ordered, operator.lt),
    ast.LtE: partial(_ordered, operator.le),
    ast.Gt: partial(_ordered, operator.gt),
    ast.GtE: partial(_ordered, operator.ge),
}
