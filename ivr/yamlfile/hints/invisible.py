"""Explain slips that show only in the parsed file: lines swallowed by a text, words without a value."""

from __future__ import annotations

import re
from typing import NamedTuple

from .indentation import list_below_text
from .page import Edit, Slip, SourcePage, quoted_value, take_apart, value_span, write
from .values import close_quote

_LOOKS_LIKE_KEY = re.compile(r"\s*(?:- +)*(?:[a-z_]\w*:(?:\s|$)|\{\w+:\s)")


class Long(NamedTuple):
    """A text over several lines; `style` is its quote or block sign, "" for a plain one."""

    line: int
    column: int
    last: int
    style: str


class Lone(NamedTuple):
    """A word in braces without colon and value; `alone` if that is true of all words in these braces."""

    line: int
    column: int
    end: int
    opened: tuple[int, int]
    alone: bool


def swallowed(page: SourcePage, text: Long) -> Slip | None:
    """Find lines with keys inside a quoted text, or list items inside a plain one."""
    inside = range(text.line + 1, min(text.last + 1, len(page.lines)))
    if text.style in ("'", '"'):
        if any(_LOOKS_LIKE_KEY.match(page.lines[n]) for n in inside):
            return close_quote(page, text.line, text.column, text.style)
        return None
    if text.style:
        return None
    item = next((n for n in inside if page.lines[n].lstrip().startswith("- ")), None)
    return list_below_text(page, item, text.line) if item is not None else None


def lone_words(page: SourcePage, lone: Lone) -> Slip:
    """Explain words in braces that have no value: a list in the wrong brackets, or a comma inside a text."""
    line = page.lines[lone.line]
    word = line[lone.column : lone.end]
    # A URL in braces has a colon without a blank, and is no key.
    if (colon := re.match(r"([A-Za-z_]\w*):(?=\S)", word)) and "//" not in word:
        edits = (Edit(lone.line, lone.column + colon.end(), lone.column + colon.end(), " "),)
        message = f'The colon behind "{colon.group(1)}" needs a space behind it.'
        return Slip("missing-space", lone.line, lone.column, colon.end(), message, write(line, edits), edits)
    first = line[: lone.column].rstrip().endswith("{")
    if (parts := re.match(r"([a-z_]\w*)(\s+)\S", word)) and (first or parts.group(1) in page.words):
        edits = (Edit(lone.line, lone.column + parts.end(1), lone.column + parts.end(2), ": "),)
        message = f'The colon behind "{parts.group(1)}" is missing.'
        return Slip("missing-colon", lone.line, lone.column, parts.end(1), message, write(line, edits), edits)
    if lone.alone:
        return _list_in_braces(page, lone)
    if first:
        message, cure = f'"{word}" has no value.', "Write a key, a colon, a space and a value."
        return Slip("missing-colon", lone.line, lone.column, len(word), message, cure, sure=False)
    end = lone.column - len(line[: lone.column]) + len(line[: lone.column].rstrip().removesuffix(",").rstrip())
    start = value_span(line, max(0, end - 1))[0]
    edits = (Edit(lone.line, start, lone.end, quoted_value(line[start : lone.end].replace('"', ""))),)
    sure = bool(take_apart(line).line) and lone.opened[0] == lone.line and start < end
    message = f'"{word}" stands between commas without a colon and a value.'
    cure = write(line, edits, "If the comma belongs to the text, put the text in quotes")
    return Slip("comma-in-text", lone.line, lone.column, len(word), message, cure, edits if sure else (), sure)


def _list_in_braces(page: SourcePage, lone: Lone) -> Slip:
    row, at = lone.opened
    line = page.lines[row]
    close = line.find("}", at)
    edits = (Edit(row, at, at + 1, "["), Edit(row, close, close + 1, "]")) if close > 0 else ()
    message = "Braces hold keys with their values; a list stands in square brackets."
    cure = write(line, edits) if edits else "Use [ and ]."
    return Slip("list-in-braces", row, at, max(1, close - at + 1), message, cure, edits, bool(edits))
