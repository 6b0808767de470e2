"""Explain syntax errors of YAML by their cause, in an editor's words. Must not import a parser.

`silent`, `fullwidth` and `invisible` find what a parser accepts silently; `explain` maps its failures to `values` and
`indentation`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from . import indentation, values
from .invisible import Lone, Long, lone_words, swallowed
from .page import Edit, Slip, SourcePage, before, block_texts, mended, take_apart
from .silent import look

__all__ = [
    "Edit",
    "Lone",
    "Long",
    "ParserFailure",
    "Slip",
    "SourcePage",
    "block_texts",
    "explain",
    "lone_words",
    "look",
    "mended",
    "swallowed",
]


class ParserFailure(NamedTuple):
    """Where a parser stopped and what it said; `opened` is where the construct it was reading began. Counted from 0."""

    what: str
    context: str
    line: int
    column: int
    opened: tuple[int, int]


def explain(page: SourcePage, failure: ParserFailure) -> Slip:
    """Return the cause of a parser's failure; if none is recognised, the rule is `yaml`."""
    number, column = _on_text(page, failure)
    # An open quote makes a parser stop anywhere below, with a message about something else.
    if (slip := _before_all(page, failure, number, column)) is not None:
        return slip
    # By the words of libyaml, which gives no codes.
    for phrase, explanation in _EXPLANATIONS:
        if phrase in failure.what or phrase in failure.context:
            return explanation(page, failure._replace(line=number, column=column))
    return last_resort(page, failure)


def _on_text(page: SourcePage, failure: ParserFailure) -> tuple[int, int]:
    """Move a position at or behind the end of the text to its last line."""
    number, column = failure.line, failure.column
    if number < len(page.lines) and page.lines[number].strip():
        return number, column
    last = before(page.lines, number)
    return (0, 0) if last is None else (last, len(page.lines[last].rstrip()))


def _before_all(page: SourcePage, failure: ParserFailure, number: int, column: int) -> Slip | None:
    """Look for slips that make a parser stop somewhere else; its message does not matter."""
    line = page.lines[number]
    lead = line[: len(line) - len(line.lstrip())]
    if "\t" in lead and (column <= len(lead) or "tab" in failure.what):
        return indentation.tabs(page, number)
    return values.open_quote(page, number)


def last_resort(page: SourcePage, failure: ParserFailure) -> Slip:
    """Return where the parser stopped, for an unknown cause."""
    message = "The file cannot be read on from here; the slip may also stand in a line above."
    cure = "Look for a missing colon, quote, comma or bracket, and compare with a part that works."
    number, column = _on_text(page, failure)
    return Slip("yaml", number, min(column, max(0, len(page.lines[number]) - 1)), 1, message, cure)


def _second_colon(page: SourcePage, failure: ParserFailure) -> Slip:
    number, column = failure.line, failure.column
    written = take_apart(page.lines[number])
    if written.key and column >= written.value_at and written.value:
        return values.colon_in_text(page, number, column)
    if not written.key and re.match(r"[a-z_]\w*\s+[\[{]", written.value):
        return indentation.no_key(page, number)
    return indentation.value_and_more(page, number)


def _no_colon(page: SourcePage, failure: ParserFailure) -> Slip:
    return indentation.no_key(page, failure.opened[0])


def _no_key(page: SourcePage, failure: ParserFailure) -> Slip:
    number, column = failure.line, failure.column
    line = page.lines[number]
    sign = line[column : column + 1]
    if sign == ":":
        return indentation.nameless(number, column)
    if sign in ("]", "}") and not re.match(r"[\s\]}]*\S", line[column:].lstrip("]}")):
        return values.extra_bracket(page, number, column)
    if not line[:column].strip() or not take_apart(line).value:
        return indentation.misplaced(page, number)
    begins = take_apart(line).value[:1]
    if begins in ('"', "'"):
        return values.after_quote(page, number, column)
    if begins in ("[", "{"):
        return values.special_start(page, number, take_apart(line).value_at)
    return values.stray_sign(page, number) or last_resort(page, failure)


def _no_dash(page: SourcePage, failure: ParserFailure) -> Slip:
    if page.lines[failure.line][: failure.column].strip():
        return _no_key(page, failure)
    return indentation.in_list(page, failure.line)


def _between_brackets(page: SourcePage, failure: ParserFailure) -> Slip:
    return values.flow(page, failure.line, failure.column, failure.opened)


def _colon_between_brackets(page: SourcePage, failure: ParserFailure) -> Slip:
    number, column = failure.line, failure.column
    behind = page.lines[number][column + 1 : column + 2]
    if behind.strip():
        return values.colon_before_sign(page, number, column)
    opened = _bracket_above(page, number, column)
    return values.flow(page, number, column, opened) if opened else last_resort(page, failure)


def _no_content(page: SourcePage, failure: ParserFailure) -> Slip:
    number, column = failure.line, failure.column
    line = page.lines[number]
    if "flow" not in failure.context:
        return values.special_start(page, number, column)
    if line[column : column + 1] == "," and re.search(r"[,\[{]\s*$", line[:column]):
        return values.empty_item(page, number, column)
    opened = _bracket_above(page, number, column)
    return values.flow(page, number, column, opened) if opened else last_resort(page, failure)


def _bracket_above(page: SourcePage, number: int, column: int) -> tuple[int, int] | None:
    for n in range(number, max(-1, number - 60), -1):
        signs = re.finditer(r"(?:^|[\s:,\[{-])([\[{])", page.lines[n])
        columns = [match.start(1) for match in signs if n < number or match.start(1) < column]
        if columns:
            return n, columns[0]
    return None


def _special(page: SourcePage, failure: ParserFailure) -> Slip:
    row, column = failure.opened if failure.opened[0] == failure.line else (failure.line, failure.column)
    return values.special_start(page, row, column)


def _dash(page: SourcePage, failure: ParserFailure) -> Slip:
    written = take_apart(page.lines[failure.line])
    if written.key and failure.column >= written.value_at:
        if len(written.value) > 1 and not written.dash and not written.value[1:].strip():
            return values.special_start(page, failure.line, failure.column)
        return indentation.dash_in_line(page, failure.line, failure.column)
    return indentation.value_and_more(page, failure.line)


def _quote(page: SourcePage, failure: ParserFailure) -> Slip:
    row, column = failure.opened
    message = "The quote that opens here is never closed."
    length = max(1, len(page.lines[row].rstrip()) - column)
    return Slip("unclosed-quote", row, column, length, message, "Close it where the text ends.")


def _escape(page: SourcePage, failure: ParserFailure) -> Slip:
    return values.backslash(page, failure.line, failure.column)


def _root(page: SourcePage, failure: ParserFailure) -> Slip:
    return indentation.root_moved(page, failure.line)


_EXPLANATIONS: tuple[tuple[str, Callable[[SourcePage, ParserFailure], Slip]], ...] = (
    ("mapping values are not allowed", _second_colon),
    ("could not find expected ':'", _no_colon),
    ("did not find expected key", _no_key),
    ("did not find expected '-' indicator", _no_dash),
    ("did not find expected ',' or", _between_brackets),
    ("did not find expected node content", _no_content),
    ("found unexpected ':'", _colon_between_brackets),
    ("cannot start any token", _special),
    ("alphabetic or numeric character", _special),
    ("expected comment or line break", _special),
    ("mapping keys are not allowed", _special),
    ("indentation indicator", _special),
    ("scanning a directive", _special),
    ("directive", _special),
    ("scanning a tag", _special),
    ("tag handle", _special),
    ("tag URI", _special),
    ("parsing a tag", _special),
    ("block sequence entries are not allowed", _dash),
    ("unexpected end of stream", _quote),
    ("unexpected document indicator", _quote),
    ("unknown escape character", _escape),
    ("hexdecimal number", _escape),
    ("<document start>", _root),
)
