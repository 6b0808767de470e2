"""Parse conditions and values that editors write (`caller.age >= 65`). `evaluation` evaluates them."""

from __future__ import annotations

import ast
import keyword
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ivr.diagnostics.problem import Place

from .evaluation import CONSTANTS, SUMS, Evaluate, compiled, path_of

LONGEST_EXPRESSION = 500
"""Maximum number of characters; longer conditions should be split into several steps."""

_ALLOWED = (
    ast.Expression, ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.USub, ast.BinOp, *SUMS, ast.Compare,
    ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq, ast.In, ast.NotIn,
    ast.Name, ast.Attribute, ast.Subscript, ast.Constant, ast.List, ast.Tuple, ast.Load,
)  # fmt: skip


_QUOTED = re.compile(r"""("[^"]*"|'[^']*')""")
_MOMENT = re.compile(r"(?<![\w.])(\d{4}-\d{1,2}-\d{1,2}|\d{1,2}:\d{2})(?![\w.])")
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
        return compiled(self._tree)

    @property
    def tree(self) -> ast.expr:
        """The parsed expression, for checks."""
        return self._tree

    def constant(self) -> Any:
        """Return the value of a literal; None for an expression that reads or computes a value."""
        return self._tree.value if isinstance(self._tree, ast.Constant) else None

    def paths(self) -> Iterator[tuple[str, ...]]:
        """Yield every variable that is read, as the parts of its dotted path."""
        covered: set[int] = set()
        for node in ast.walk(self._tree):
            # `ast.walk` comes to a.b.c before a.b and a, which are parts of the same path and no further variables.
            if isinstance(node, ast.Attribute | ast.Subscript | ast.Name) and id(node) not in covered:
                covered.update(map(id, _held_by(node)))
                path = path_of(node)
                if path[0] not in CONSTANTS or len(path) > 1:
                    yield path


def constant_expression(text: str, place: Place) -> Expression:
    """Return the expression of a text that is written as it is."""
    return Expression(ast.unparse(constant := ast.Constant(text)), place, constant)


def parse_expression(text: str, place: Place) -> Expression:
    """Parse an expression. Raises ExpressionError with the cause and the cure in an editor's words."""
    # Editors type （ ， ＝ and ＞ from a Chinese keyboard without seeing the difference.
    narrow = unicodedata.normalize("NFKC", text).strip()
    if not narrow:
        raise ExpressionError("The condition is empty.", f"Write one, as in: {_SAMPLE}")
    # Before `ast.parse`, of which Python warns that deeply nested code can crash the interpreter.
    if len(narrow) > LONGEST_EXPRESSION:
        message = f"The condition has {len(narrow)} characters; {LONGEST_EXPRESSION} are allowed."
        raise ExpressionError(message, "Split it into several ways or branch steps.")
    if error := _unquoted_moment(narrow):
        raise error
    try:
        tree = ast.parse(narrow, mode="eval")
    # Besides SyntaxError, deep nesting raises RecursionError or MemoryError, and older parsers refuse a null
    # character with ValueError.
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ExpressionError(
            f'"{_cut(narrow)}" cannot be read as a condition or value.', _how_to_write(narrow)
        ) from None
    for node in ast.walk(tree):
        _check(node)
    return Expression(narrow, place, tree.body)


def _held_by(node: ast.expr) -> Iterator[ast.expr]:
    """Yield a path and those that it begins with."""
    yield node
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
        yield node


def _unquoted_moment(text: str) -> ExpressionError | None:
    """Return the error of a date or time without quotes: 2026-12-30 would be a subtraction."""
    # Before parsing: 2026-01-09 is a SyntaxError for its leading zero, and 2026-12-30 the number 1984.
    plain = _QUOTED.sub("", text)
    if moment := _MOMENT.search(plain):
        what = "date" if "-" in moment[0] else "time"
        form = "2026-12-30" if what == "date" else "09:00"
        return ExpressionError(f"A {what} stands in quotes.", f'Write it as "{form}".')
    return None


def _how_to_write(text: str) -> str:
    if "&&" in text or "||" in text:
        return 'Write "and" for && and "or" for ||.'
    # In this order: the next test would take the sign of => for a single "=".
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
    # All that is not listed is refused, so that a new syntax of Python never opens a way to run code from a flow.
    if isinstance(node, ast.Call):
        raise ExpressionError("A condition cannot call anything: no brackets behind a name.", _COMPARE)
    if not isinstance(node, _ALLOWED):
        raise ExpressionError("A condition cannot contain this.", _COMPARE)
    if isinstance(node, ast.Subscript):
        _check_item(node)
    # Paths are followed in maps and lists only, but a name such as __class__ is refused before anything could follow
    # it.
    if isinstance(node, ast.Attribute) and (node.attr.startswith("_") or not _is_path(node)):
        cure = "Only a name may stand before a dot, and no part begins with an underscore."
        raise ExpressionError('A dot leads from a name to one of its parts, as in "caller.age".', cure)
    if isinstance(node, ast.Name) and node.id.startswith("_"):
        raise ExpressionError(f'"{node.id}" begins with an underscore; names of values never do.', _COMPARE)
    if isinstance(node, ast.Constant) and not isinstance(node.value, str | int | float | bool | None):
        cure = "Compare with texts in quotes, numbers, true, false or none."
        raise ExpressionError("A value cannot be compared with this.", cure)


def _is_path(node: ast.AST) -> bool:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return isinstance(node, ast.Name)


def _check_item(node: ast.Subscript) -> None:
    cure = "Write the place of the item from 0, or a value that holds it, as in: sites[0].name, sites[number - 1].name"
    constant = node.slice.value if isinstance(node.slice, ast.Constant) else 0
    if not _is_path(node) or isinstance(node.slice, ast.Slice | ast.Tuple) or isinstance(constant, bool | float):
        raise ExpressionError("Square brackets name one item of a list.", cure)
    # [-1] would count from the end in Python and from nowhere here; `last` says what is meant.
    if isinstance(node.slice, ast.UnaryOp):
        raise ExpressionError("The items of a list count from 0.", 'The last one is "last", as in: sites.last.name')
