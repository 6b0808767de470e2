"""Variables, parameters, functions and fields are called by what they hold."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.MatchAs, ast.MatchStar, ast.ExceptHandler)
EMPTY_WORDS = frozenset({"found", "given", "known", "one", "told"})
WRITTEN_BY_EDITORS = {("ivr/engine/service_ports/identity.py", "given"), ("ivr/engine/call.py", "known")}
"""Fields of questions, whose names flows use."""


def bound_names(tree: ast.AST) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, NAMED) and node.name:
            yield node.name, node.lineno


def empty_words(source: str) -> list[tuple[str, int]]:
    return [(name, line) for name, line in bound_names(ast.parse(source)) if name.strip("_") in EMPTY_WORDS]


def test_no_name_is_an_empty_word() -> None:
    names = [
        f"{path}:{line} {name}"
        for file in sorted((ROOT / "ivr").rglob("*.py"))
        for path in [file.relative_to(ROOT).as_posix()]
        for name, line in empty_words(file.read_text(encoding="utf-8"))
        if (path, name) not in WRITTEN_BY_EDITORS
    ]
    assert not names, "say what it holds: " + ", ".join(names)


@pytest.mark.parametrize(
    "source",
    [
        "found = 1",
        "for one in (): pass",
        "[one for one in ()]",
        "def told(): pass",
        "def ask(*, given): pass",
        "lambda known: 0",
        "class Letter:\n    told: str",
        "self._known = {}",
        "if found := 1: pass",
    ],
)
def test_an_empty_word_is_noticed_wherever_a_name_is_bound(source: str) -> None:
    assert empty_words(source)
