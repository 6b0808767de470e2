"""A problem in a file that an editor wrote: place, rule, message and cure. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Level = Literal["error", "warning", "info"]


@dataclass(frozen=True, order=True)
class Place:
    """A spot in a file. Line and column count from 1; a column counts characters, not bytes."""

    file: str
    line: int
    column: int
    length: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True)
class Fix:
    """A change that cures a problem without a decision: the characters of `place` are replaced by `text`.

    With `whole_line` the line is deleted when nothing but blanks is left of it.
    """

    place: Place
    text: str
    whole_line: bool = False


@dataclass(frozen=True)
class Problem:
    """One problem. `rule` is a stable code, `message` says what is wrong, `cure` says what to write instead.

    `measured` and `allowed` are figures with their unit, where the rule has any. `chinese` holds message and cure in
    Chinese; both are empty where a problem has none of its own. `call` is a conversation, as YAML, that shows the
    problem.
    """

    place: Place
    rule: str
    message: str
    cure: str = ""
    level: Level = "error"
    related: tuple[tuple[Place, str], ...] = ()
    measured: str = ""
    allowed: str = ""
    chinese: tuple[str, str] = ("", "")
    fixes: tuple[Fix, ...] = ()
    call: str = ""

    def __str__(self) -> str:
        cure = f" {self.cure}" if self.cure else ""
        return f"{self.place}: {self.level} {self.rule}: {self.message}{cure}"


def in_chinese(problem: Problem) -> Problem:
    """Return the problem with its own message and cure in Chinese, as far as it has them."""
    message, cure = problem.chinese
    return replace(problem, message=message or problem.message, cure=cure or (problem.cure if not message else ""))


def in_order(problems: list[Problem]) -> list[Problem]:
    """Sort by file, line, column and rule, and drop duplicates (same place, rule and message)."""
    unique = {(p.place, p.rule, p.message): p for p in problems}
    return sorted(unique.values(), key=lambda p: (p.place.file, p.place.line, p.place.column, p.rule))
