"""Split lines of YAML into their parts, whether or not a parser can read them. Must not judge or explain anything."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from ivr.diagnostics.problem import Level

NAME = r"(?:[a-z]{2,3}-[A-Z]{2}|[a-z_][a-z0-9_]*)"
LEAD = r"(\s*(?:-\s+)*)"
_KEY = re.compile(r"""("[^"]*"|'[^']*'|[^\s:"'\[{#&*!|>%@`,-][^:{\[]*?|-[^\s:][^:{\[]*?) *:(?=\s|$)""")
_LEAD = re.compile(r"\s*(?:-\s+)*(?:-$)?")
_BLOCK_HEAD = re.compile(r"(?::|-)\s+[|>][+-]?\d?[+-]?\s*(?:#.*)?$")
_WORD_KEY = re.compile(r"(?:^\s*(?:- +)*|[{,]\s*)([a-z_][a-z0-9_]*):(?=\s|$)")
_CLOSER = {"[": "]", "{": "}"}


class Edit(NamedTuple):
    """Put `text` where the characters from `start` to `end` of a line stand; all counted from 0."""

    line: int
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Slip:
    """One slip, its cause and its correction. Line and column count from 0; `sure` means that the edits are certain."""

    rule: str
    line: int
    column: int
    length: int
    message: str
    cure: str = ""
    edits: tuple[Edit, ...] = ()
    sure: bool = True
    level: Level = "error"
    related: tuple[tuple[int, int, int, str], ...] = ()


class SourcePage:
    """The lines of a file, corrected as reading goes on, and the plain words that it uses as keys."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines

    @cached_property
    def words(self) -> frozenset[str]:
        """The words used as keys; they tell a key from a word of a text."""
        return frozenset(word for line in self.lines for word in _WORD_KEY.findall(line))


@dataclass(frozen=True)
class Written:
    """The parts of one line: depth, dashes, key, and value without the comment behind it."""

    line: str
    indent: int
    at: int
    key: str
    value: str
    value_at: int

    @property
    def dash(self) -> bool:
        """Whether the line begins a list item."""
        return self.line[self.indent : self.at].lstrip().startswith("-")

    @property
    def blank(self) -> bool:
        """Whether the line has nothing but blanks or a comment."""
        return not self.line.strip() or self.line.lstrip().startswith("#")

    @property
    def value_end(self) -> int:
        """The column behind the value."""
        return self.value_at + len(self.value)


@dataclass(frozen=True)
class Brackets:
    """The flow collections that begin in one line: the pieces between commas, and the unclosed brackets."""

    pieces: list[tuple[int, int]] = field(default_factory=list)
    unclosed: list[tuple[str, int]] = field(default_factory=list)


def take_apart(line: str) -> Written:
    """Split a line into its parts."""
    lead = _LEAD.match(line)
    at = lead.end() if lead else 0
    indent = len(line) - len(line.lstrip())
    key = _KEY.match(line, at)
    start = key.end() if key else at
    value = line[start : comment_at(line, start)]
    value_at = start + len(value) - len(value.lstrip())
    return Written(line, indent, at, key.group(1) if key else "", value.strip(), value_at)


def comment_at(line: str, start: int = 0) -> int:
    """Return where the comment of a line begins, else its length. A `#` in a quoted text begins none."""
    masked = mask(line)
    sign = re.compile(r"(?:^|(?<=\s))#").search(masked, start)
    return sign.start() if sign else len(line)


def mask(line: str) -> str:
    """Blank out the text between matching quotes, so that signs in it are not taken for YAML."""
    return re.sub(
        r"""((?:^|[\s:\[{,-])\s*)("(?:[^"\\]|\\.)*"|'(?:[^']|'')*')""",
        # Of the same length, so that columns of the masked line are those of the line.
        lambda match: match.group(1) + match.group(2)[0] + "\x01" * (len(match.group(2)) - 2) + match.group(2)[0],
        line,
    )


def bracket_pairs(line: str) -> Brackets:
    """Find the pieces of the flow collections in a line. A bracket inside a text is part of that text."""
    text, pairs = mask(line[: comment_at(line)]), Brackets()
    open_: list[tuple[str, int]] = []
    starts: list[int] = []
    value_begins = True
    position = 0
    while position < len(text):
        sign = text[position]
        if sign in "[{" and value_begins:
            open_.append((sign, position))
            starts.append(position + 1)
        elif sign in "[{" and (close := text.find(_CLOSER[sign], position)) > 0:
            position = close
        elif open_ and sign == ",":
            pairs.pieces.append((starts[-1], position))
            starts[-1] = position + 1
        elif open_ and sign == _CLOSER[open_[-1][0]]:
            pairs.pieces.append((starts.pop(), position))
            open_.pop()
        if not sign.isspace():
            value_begins = sign in "[{," or (sign in ":-" and text[position + 1 : position + 2] in (" ", ""))
        position += 1
    pairs.pieces.extend((start, len(text.rstrip())) for start in starts)
    pairs.unclosed.extend(open_)
    return pairs


def value_span(line: str, column: int) -> tuple[int, int]:
    """Return start and end of the value around a column: its piece of a flow collection, else the value of the line."""
    around = [piece for piece in bracket_pairs(line).pieces if piece[0] <= column <= piece[1]]
    if not around:
        written = take_apart(line)
        return written.value_at, written.value_end
    start, end = min(around, key=lambda piece: piece[1] - piece[0])
    key = re.compile(r"\s*[\w\"'-]+:(?=\s)").match(line, start, end)
    start = key.end() if key else start
    piece = line[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())


def quoted_value(text: str) -> str:
    """Put a text in quotes: double ones if nothing in it needs escaping, else single ones."""
    if '"' not in text and "\\" not in text:
        return f'"{text}"'
    return "'" + text.replace("'", "''") + "'"


def mended(line: str, edits: Sequence[Edit]) -> str:
    """Apply edits to a line."""
    for edit in sorted(edits, key=lambda edit: edit.start, reverse=True):
        line = line[: edit.start] + edit.text + line[edit.end :]
    return line


def write(line: str, edits: Sequence[Edit], advice: str = "Write") -> str:
    """Return the cure that shows the mended line, if it is short enough to read."""
    shown = mended(line, edits).strip()
    return f"{advice}: {shown}" if len(shown) <= 100 else f"{advice}." if advice != "Write" else ""


def before(lines: Sequence[str], number: int) -> int | None:
    """Return the number of the nearest line above that is neither blank nor a comment."""
    return next((n for n in range(min(number, len(lines)) - 1, -1, -1) if not take_apart(lines[n]).blank), None)


def after(lines: Sequence[str], number: int) -> int | None:
    """Return the number of the nearest line below that is neither blank nor a comment."""
    return next((n for n in range(number + 1, len(lines)) if not take_apart(lines[n]).blank), None)


def block_texts(lines: Sequence[str]) -> frozenset[int]:
    """Return the lines of block texts (| or >), judged by depth alone."""
    inside: set[int] = set()
    depth = -1
    for number, line in enumerate(lines):
        indent = len(line) - len(line.lstrip(" "))
        if depth >= 0 and (not line.strip() or indent > depth):
            inside.add(number)
            continue
        depth = indent if opens_block(line) else -1
    return frozenset(inside)


def opens_block(line: str) -> bool:
    """Return whether a line ends with the | or > that begins a block text."""
    return bool(_BLOCK_HEAD.search(line))
