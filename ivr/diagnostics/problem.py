"""A problem in a file that an editor wrote: place, rule, message and cure. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass
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
class Problem:
    """One problem. `rule` is a stable code, `message` says what is wrong, `cure` says what to write instead."""

    place: Place
    rule: str
    message: str
    cure: str = ""
    level: Level = "error"
    related: tuple[tuple[Place, str], ...] = ()

    def __str__(self) -> str:
        cure = f" {self.cure}" if self.cure else ""
        return f"{self.place}: {self.level} {self.rule}: {self.message}{cure}"


def in_order(problems: list[Problem]) -> list[Problem]:
    """Sort by file, line, column and rule, and drop duplicates (same place, rule and message)."""
    unique = {(p.place, p.rule, p.message): p for p in problems}
    return sorted(unique.values(), key=lambda p: (p.place.file, p.place.line, p.place.column, p.rule))
