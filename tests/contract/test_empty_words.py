"""Names say what they hold; docstrings and comments name their subject."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.MatchAs, ast.MatchStar, ast.ExceptHandler)
EMPTY_WORDS = frozenset({"found", "given", "known", "one", "told"})
REPLACED = {
    "acquaintance": "last_agent", "asides": "side_requests", "deaf": "recogniser_failed", "deed": "act",
    "deeds": "acts",
    "ear": "play_prompt or input_mode", "habits": "carrier_options", "keeper": "repository", "rehearsal": "dry_run",
    "roster": "agents", "shelf": "index", "unkept": "callback_failure", "wish": "the option or the expectation",
}  # fmt: skip
"""Words of a language of its own that the code once had, each with the term that took its place."""
WRITTEN_BY_EDITORS = {("ivr/engine/service_ports/identity.py", "given"), ("ivr/engine/call.py", "known")}
"""Fields of questions, whose names flows use."""
WITHOUT_SUBJECT = re.compile(
    r"\b(?:whoever|whomever|whatever|nobody|somebody|anybody|everybody|the business of|of one's own)\b"
    r"|^(?:What|Who|Tells?) ",
    re.IGNORECASE,
)
"""Words that stand for a caller, an agent or a client; and openings where a noun or "Return" is meant."""


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


def test_no_name_is_of_the_language_that_was_replaced() -> None:
    names = [
        f"{file.relative_to(ROOT).as_posix()}:{line} {name} (now {REPLACED[name.strip('_').lower()]})"
        for file in sorted((ROOT / "ivr").rglob("*.py"))
        for name, line in bound_names(ast.parse(file.read_text(encoding="utf-8")))
        if name.strip("_").lower() in REPLACED and not file.match("speech/audio/levels.py")  # a shelf of a filter
    ]
    assert not names, "use the field's term: " + ", ".join(names)


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


def explanations(source: str) -> Iterator[tuple[int, str]]:
    """Yield every docstring and comment with its line."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.lineno, node.value.value
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string.lstrip("# ")


def without_subject(source: str) -> list[tuple[int, str]]:
    return [(line, match[0].strip()) for line, text in explanations(source) if (match := WITHOUT_SUBJECT.search(text))]


def test_docstrings_and_comments_name_their_subject() -> None:
    riddles = [
        f"{file.relative_to(ROOT).as_posix()}:{line} {word}"
        for file in sorted((ROOT / "ivr").rglob("*.py"))
        for line, word in without_subject(file.read_text(encoding="utf-8"))
    ]
    assert not riddles, "name the caller, agent, client or value: " + ", ".join(riddles)


@pytest.mark.parametrize(
    "source",
    [
        '"""What a queue holds."""',
        'def wait():\n    """Wait until nobody speaks."""',
        'WAIT = 1\n"""Whoever waits longer hangs up."""',
        "x = 1  # somebody else was first",
        "x = 1  # whatever the others do",
        'def is_open():\n    """Tell whether a desk is open."""',
    ],
)
def test_an_explanation_without_its_subject_is_noticed(source: str) -> None:
    assert without_subject(source)


def test_a_plain_explanation_passes() -> None:
    assert not without_subject('def is_open():\n    """Return whether a desk is open."""  # from the cache')
