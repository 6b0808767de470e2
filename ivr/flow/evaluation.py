"""Evaluate parsed conditions and values. Must not call functions, keep state or do I/O.

An evaluation never raises during a call. An unset name is none; ordering none or values of different types is false;
text that looks like a number compares as a number, because back ends send money as text; 9:30 is before 10:00.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

from ivr.secret import Secret

from .card_schemes import card_scheme

Evaluate = Callable[[Mapping[str, Any]], Any]
_Relation = Callable[[Any, Any], bool]

SCHEME_OF_A_CARD = ("pan", "scheme")
"""The kind of secret that has a part which may be read, and the part."""

CONSTANTS = {"true": True, "false": False, "none": None, "null": None, "True": True, "False": False, "None": None}
SUMS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d(?::[0-5]\d)?)")


def is_dotted(node: ast.AST) -> bool:
    """Return whether a node is a name and parts of it, without an item of a list."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


def path_of(node: ast.expr) -> tuple[str, ...]:
    """Return the dotted path of a name, its parts and items; an item that a value names stands as "0"."""
    match node:
        case ast.Name():
            return (node.id,)
        case ast.Attribute():
            return (*path_of(node.value), node.attr)
        case ast.Subscript():
            place = node.slice.value if isinstance(node.slice, ast.Constant) else 0
            return (*path_of(node.value), str(place))
    raise TypeError("no path")  # pragma: no cover - the parser has refused anything else


def at_path(path: tuple[str, ...], values: Any) -> Any:
    """Follow a dotted path through maps and, by index from 0, through lists; return None if it leads nowhere.

    A list has `first`, `last` and `length`.
    """
    value: Any = values
    for part in path:
        if isinstance(value, dict) or isinstance(value, Mapping):  # noqa: SIM101 - the ABC is asked ten times as long
            value = value.get(part)
        elif isinstance(value, list | tuple):
            value = _part_of_list(value, part)
        elif isinstance(value, Secret) and (value.kind, part) == SCHEME_OF_A_CARD:
            # The only part of any secret: it picks a desk, and tells nothing about the number.
            value = card_scheme(value.reveal())
        else:
            return None
    return value


def _part_of_list(items: Sequence[Any], part: str) -> Any:
    if part == "length":
        return len(items)
    # In an empty list `last` is "-1", which is no decimal number: it leads nowhere instead of to the end.
    place = {"first": "0", "last": str(len(items) - 1)}.get(part, part)
    # Not `isdigit`, which also accepts "²", where int() raises.
    return items[int(place)] if place.isdecimal() and int(place) < len(items) else None


def item_of(container: Any, index: Any) -> Any:
    """Return an item of a list by its place from 0, or a value of a map by its name; None if there is none."""
    if isinstance(container, Mapping):
        return container.get(index) if isinstance(index, str) else None
    # A place often comes from a key that a caller pressed, and then is a text such as "2".
    number = _number(index)
    if not isinstance(container, list | tuple) or number is None or number != number.to_integral_value():
        return None
    return container[int(number)] if 0 <= number < len(container) else None


def compiled(node: ast.expr) -> Evaluate:
    """Make a function of a tree, so that calls do not walk it anew."""
    match node:
        case ast.Constant():
            return _always(node.value)
        case ast.Name() if node.id in CONSTANTS:
            return _always(CONSTANTS[node.id])
        case ast.Subscript():
            container, index = compiled(node.value), compiled(node.slice)
            return lambda values: item_of(container(values), index(values))
        case ast.Name() | ast.Attribute() if is_dotted(node):
            return partial(at_path, path_of(node))
        case ast.Attribute():
            holder, part = compiled(node.value), (node.attr,)
            return lambda values: at_path(part, holder(values))
        case ast.BoolOp():
            return _bool_op([compiled(operand) for operand in node.values], stop_at=isinstance(node.op, ast.Or))
        case ast.UnaryOp():
            operand = compiled(node.operand)
            if isinstance(node.op, ast.Not):
                return lambda values: not operand(values)
            return lambda values: _negative(operand(values))
        case ast.BinOp():
            return _sum(SUMS[type(node.op)], compiled(node.left), compiled(node.right))
        case ast.Compare():
            relations = [_RELATIONS[type(op)] for op in node.ops]
            return _comparison(compiled(node.left), relations, [compiled(right) for right in node.comparators])
        case ast.List() | ast.Tuple():
            items = [compiled(item) for item in node.elts]
            return lambda values: [item(values) for item in items]
    return _always(None)  # pragma: no cover - _check has refused anything else


def _always(constant: Any) -> Evaluate:
    return lambda _values: constant


def _bool_op(operands: Sequence[Evaluate], *, stop_at: bool) -> Evaluate:
    def bool_op(values: Mapping[str, Any]) -> Any:
        value: Any = None
        # The value itself is returned, as in Python, so that `caller.name or "客户"` gives a text to speak.
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
    # A chain such as 9 <= call.hour < 17 reads each value once, and stops at the first link that fails.
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
        # Money stays exact as text; a float would bring back the cents that binary arithmetic loses. Counters stay
        # whole numbers, which lists are indexed by.
        return int(result) if result == result.to_integral_value() and abs(result) < 10**15 else str(result)

    return total


def _negative(value: Any) -> Decimal | None:
    number = _number(value)
    # Not "-", which rounds to the precision of sums, and raises Overflow for an exponent beyond theirs. 0 stays 0.
    return number.copy_negate() if number else number


def _ordered(in_order: Callable[[Any, Any], bool], left: Any, right: Any) -> bool:
    # Counters and hours are most of what is compared; as Decimals they take fifteen times as long.
    if type(left) is int and type(right) is int:
        return in_order(left, right)
    low, high = _number(left), _number(right)
    if low is None or high is None:
        if isinstance(left, str) and isinstance(right, str):
            # Two texts without numbers: as ISO 8601 writes dates and times, their order is that of time.
            return in_order(*same_form(left, right))  # dates and times as ISO text
        return False
    return in_order(low, high)


def _equal(left: Any, right: Any) -> bool:
    # First, since a Secret compares in constant time and must not be turned into text on the way.
    if isinstance(left, Secret) or isinstance(right, Secret):
        return bool(left == right)
    if isinstance(left, str) and isinstance(right, str):
        first, second = same_form(left, right)
        return first == second
    # Two texts compare as texts: "007" is another code than "7". Only text and number compare as numbers.
    if isinstance(left, str) == isinstance(right, str):
        return bool(left == right)
    low, high = _number(left), _number(right)
    return low is not None and low == high


def same_form(left: str, right: str) -> tuple[str, str]:
    """Return two texts so that they compare as times of day if both are, and as they are otherwise."""
    # Back ends write 9:00 as well as 09:00, and as texts "9:00" would come after "10:00".
    if ":" in left and ":" in right and (first := _TIME.fullmatch(left)) and (second := _TIME.fullmatch(right)):
        return f"{first[1]:0>2}:{first[2]}", f"{second[1]:0>2}:{second[2]}"
    return left, right


def _contains(container: Any, value: Any) -> bool:
    if isinstance(container, str):
        return isinstance(value, str) and value in container
    if isinstance(container, Mapping):
        return value in container if isinstance(value, str) else False
    return isinstance(container, list | tuple) and any(_equal(item, value) for item in container)


def _number(value: Any) -> Decimal | None:
    # True is an int in Python: without this, `line.open >= 1` would hold.
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    # A caller's entry is a text, too: "NaN" in an answer would make every comparison raise InvalidOperation.
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
