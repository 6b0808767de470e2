"""Explain slips within a value at which a parser stops: signs with a meaning in YAML, quotes, brackets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from .page import (
    Edit,
    Slip,
    SourcePage,
    after,
    before,
    bracket_pairs,
    comment_at,
    mask,
    quoted_value,
    take_apart,
    value_span,
    write,
)

_CLOSER = {"[": "]", "{": "}"}
_CLOSER_OF_ANY = {"]": "[", "}": "{"}
_WIDE_CLOSER = {"】": "]", "］": "]", "）": "]", "〕": "]", "｝": "}"}
_REACH = 60
_PHONE_KEY = {"*": "star", "#": "pound"}
_TAG = r"[a-z]{2,3}-[A-Z]{2}"
_KEY_NEXT = re.compile(rf"(?:{_TAG}|\w+):\s")


def in_quotes(page: SourcePage, number: int, column: int, rule: str, message: str) -> Slip:
    """Advise to put the value around a column in quotes."""
    line = page.lines[number]
    start, end = value_span(line, column)
    text = line[start:end]
    edits = (Edit(number, start, end, quoted_value(_bare(text))),)
    cure = write(line, edits, "Put the whole text in quotes")
    return Slip(rule, number, start, max(1, end - start), message, cure, edits)


def _bare(text: str) -> str:
    """Remove quotes that do not enclose the whole text as intended."""
    if len(text) > 1 and text[0] in "\"'" and text[-1] == text[0]:
        return text[1:-1]
    if text[:1] in ('"', "'") and text.count(text[0]) == 2:
        return text.replace(text[0], "")
    return text


def colon_in_text(page: SourcePage, number: int, column: int) -> Slip:
    """Explain a second colon in a value, or keys whose opening brace is missing."""
    if (slip := _never_opened(page, number)) is not None:
        return slip
    slip = in_quotes(page, number, column, "colon-in-text", "A colon and a space stand inside this text.")
    start = max(column, 0)
    return Slip(slip.rule, number, start, 1, slip.message, slip.cure, slip.edits)


def _never_opened(page: SourcePage, number: int) -> Slip | None:
    line = page.lines[number]
    written = take_apart(line)
    if not written.value.endswith("}") or mask(line).count("{") >= mask(line).count("}"):
        return None
    start = written.value_at if re.match(r"[a-z_]\w*:\s", written.value) else written.at
    edits = (Edit(number, start, start, "{"),)
    message = 'This "}" closes a map that was never opened.'
    return Slip("extra-bracket", number, written.value_end - 1, 1, message, write(line, edits, "Open it"), edits)


def special_start(page: SourcePage, number: int, column: int) -> Slip:
    """Explain a value that begins with a sign that has a meaning in YAML."""
    line = page.lines[number]
    sign = line[column : column + 1]
    start, end = value_span(line, column)
    value = line[start:end] or sign
    if value.rstrip(":") in _PHONE_KEY:
        word = _PHONE_KEY[value[0]]
        edits = (Edit(number, start, start + 1, word),)
        cure = write(line, edits, f"Write {word}")
        return Slip("special-start", number, start, 1, f'"{value[0]}" has a meaning of its own in YAML.', cure, edits)
    written = take_apart(line)
    if sign == "*" and (match := re.match(r"\*(?=:(?:\s|$))", line[written.at :])):
        edits = (Edit(number, written.at, written.at + match.end(), "star"),)
        message = '"*" has a meaning of its own in YAML.'
        return Slip("special-start", number, written.at, 1, message, write(line, edits, "Write star"), edits)
    if sign in "|>" and (slip := _text_behind_block_sign(page, number, start)):
        return slip
    message = f'A text cannot begin with "{line[start : start + 1]}", which has a meaning of its own in YAML.'
    slip = in_quotes(page, number, column, "special-start", message)
    return slip if written.key or written.dash or bracket_pairs(line).pieces else replace(slip, edits=(), cure="")


def _text_behind_block_sign(page: SourcePage, number: int, start: int) -> Slip | None:
    line = page.lines[number]
    below = after(page.lines, number)
    written = take_apart(line)
    if below is None or below != number + 1 or take_apart(page.lines[below]).indent <= written.indent:
        return None
    end = start + len(line[start:]) - len(line[start:].lstrip("|>+-0123456789 "))
    if take_apart(page.lines[below]).key or not line[end:].strip():
        return None
    message = f'Behind "{line[start]}" the line must end; the text begins in the next line.'
    cure = f'Move "{line[end:].strip()}" to a line of its own.'
    return Slip("special-start", number, end, len(line.rstrip()) - end, message, cure, (Edit(number, start, end, ""),))


def after_quote(page: SourcePage, number: int, column: int) -> Slip:
    """Explain text behind a closing quote."""
    line = page.lines[number]
    start, _ = value_span(line, column)
    sign = line[start]
    inside = line[start + 1 : column].rstrip()[:-1]
    message = f"The quote that opens in column {start + 1} is closed here, but the text goes on."
    slip = in_quotes(page, number, column, "text-after-quote", message)
    # A comma or full stop behind the closing quote is the commonest: editors write it as in a sentence.
    rest = line[column : slip.edits[0].end].strip()
    if rest in (",", "，", "；", ";", "。"):
        edits = (Edit(number, column, slip.edits[0].end, ""),)
        cure = write(line, edits, f'Drop the "{rest}"')
        return Slip("text-after-quote", number, column, 1, message, cure, edits)
    if sign == "'" and line[column : column + 1].isalpha() and line[column - 2 : column - 1].isalpha():
        message = "The apostrophe closes the text, because the text stands in single quotes."
    return Slip(slip.rule, number, column, max(1, len(rest)), message, slip.cure, slip.edits, bool(inside))


def open_quote(page: SourcePage, number: int) -> Slip | None:
    """Find the nearest value above that opens a quote without closing it and is followed by a line with a key."""
    for n in range(min(number, len(page.lines) - 1), max(-1, number - _REACH), -1):
        line = page.lines[n]
        for start, sign in _opened(line):
            # A quoted text may go on over several lines; only one that is followed by a key was meant to end.
            if n > number or not _goes_on_with_key(page.lines, n):
                continue
            return close_quote(page, n, start, sign)
    return None


def _opened(line: str) -> list[tuple[int, str]]:
    """Return the positions where values of a line open a quote that the line never closes."""
    masked = mask(line)
    quote = re.search(r"""(?:^|[\s:\[{,-])\s*(?<![\x01"'])(["'])(?!\x01)""", masked)
    if not quote or masked.lstrip().startswith("#"):
        return []
    start, sign = quote.start(1), quote.group(1)
    before_it = masked[:start].rstrip()
    begins_value = not before_it or before_it[-1] in ":-[{,"
    rest = masked[start + 1 :]
    return [(start, sign)] if begins_value and sign not in rest and "\x01" not in rest[:1] else []


def _goes_on_with_key(lines: Sequence[str], number: int) -> bool:
    below = after(lines, number)
    if below is None:
        return True
    written = take_apart(lines[below])
    return bool(written.key) or written.dash


def close_quote(page: SourcePage, number: int, start: int, sign: str) -> Slip:
    """Explain a quote that is never closed, or closed by a sign that is no quotation mark."""
    line = page.lines[number]
    end = _end_of_quote(line, start)
    message = "The quote that opens here is never closed."
    edits: tuple[Edit, ...] = (Edit(number, end, end, sign),)
    wide = re.search("[”“’‘＂」』]", line[start:end])
    if wide and start + wide.end() == end:
        edits = (Edit(number, start + wide.start(), end, sign),)
        message = f"The quote that opens here is closed by {wide.group()}, which is no quotation mark to YAML."
        rule = "full-width-quotes"
    else:
        rule = "unclosed-quote"
    return Slip(rule, number, start, max(1, end - start), message, write(line, edits, "Close it"), edits)


def _end_of_quote(line: str, start: int) -> int:
    """Infer where the text ends: in a list or map before the next key or closing bracket, else at the line's end."""
    end = len(line.rstrip())
    if not bracket_pairs(line[:start]).unclosed:
        return end
    stop = re.search(r"\s*,\s*[a-z_]\w*:\s|\s*[\]}]+\s*$", line[start:])
    return start + stop.start() if stop else end


def flow(page: SourcePage, number: int, column: int, opened: tuple[int, int]) -> Slip:
    """Explain why a list in [ ] or a map in { } does not continue or end as it should."""
    return (
        _wide_closer(page, opened)
        or _inner_bracket(page, number, column, opened)
        or _comment_inside(page, opened, number)
        or _no_comma_above(page, opened, number)
        or _not_closed(page, opened, number, column)
        or _at_sign(page, number, column, opened)
    )


def _wide_closer(page: SourcePage, opened: tuple[int, int]) -> Slip | None:
    number, start = opened
    line = page.lines[number][: comment_at(page.lines[number])].rstrip()
    sign = line[start : start + 1]
    if not bracket_pairs(line).unclosed or line[-1:] not in _WIDE_CLOSER or sign not in _CLOSER:
        return None
    at = len(line) - 1
    edits = (Edit(number, at, at + 1, _CLOSER[sign]),)
    message = f'"{line[-1]}" does not close the bracket "{sign}".'
    return Slip("full-width-brackets", number, at, 1, message, write(page.lines[number], edits), edits)


def _inner_bracket(page: SourcePage, number: int, column: int, opened: tuple[int, int]) -> Slip | None:
    """Find a list within a map of one line that is not closed, or not opened."""
    line = page.lines[number]
    sign, opener = line[column : column + 1], line[opened[1] : opened[1] + 1]
    if number != opened[0] or (opener, sign) not in (("[", "}"), ("{", "]")):
        return None
    if opener == "[" and bracket_pairs(line[: opened[1]]).unclosed:
        key = re.search(r"\s*,\s*[a-z_]\w*:\s", line[opened[1] : column])
        at = opened[1] + key.start() if key else column
        edits = (Edit(number, at, at, "]"),)
        message = 'The bracket "[" that opens here is never closed.'
        return Slip("unclosed-bracket", number, opened[1], 1, message, write(line, edits, "Close it"), edits)
    keys = list(re.finditer(r"[a-z_]\w*:\s+", line[:column]))
    if opener == "[" or not keys:
        return None
    edits = (Edit(number, keys[-1].end(), keys[-1].end(), "["),)
    message = 'This "]" closes a list that was never opened.'
    return Slip("extra-bracket", number, column, 1, message, write(line, edits, "Open it"), edits)


def _comment_inside(page: SourcePage, opened: tuple[int, int], number: int) -> Slip | None:
    """Find a # between brackets that turns the closing bracket into a comment."""
    for n in range(opened[0], min(number, len(page.lines) - 1) + 1):
        line = page.lines[n]
        at = comment_at(line)
        rest = line[at:]
        if (
            at >= len(line)
            or not line[:at].strip()
            or not re.search(r"[\]}]\s*$", rest)
            or not bracket_pairs(line).unclosed
        ):
            continue
        end = at + (re.search(r"[,\]}]|$", rest) or re.match("", rest)).start()  # type: ignore[union-attr]
        text = line[at:end].strip()
        start = at if re.search(r"[:,\[{]\s*$", line[:at]) else value_span(line, at - 1)[0]
        word = "pound" if text == "#" and start == at else quoted_value(line[start : at + len(text)])
        edits = (Edit(n, start, at + len(text), word),)
        cure = write(line, edits, "For the pound key, write" if word == "pound" else "Put it in quotes")
        message = "# begins a comment, so the bracket that follows does not count."
        return Slip("hash", n, at, max(1, len(text)), message, cure, edits)
    return None


def _no_comma_above(page: SourcePage, opened: tuple[int, int], number: int) -> Slip | None:
    """Find a map over several lines in which the line above a key has no comma at its end."""
    above = before(page.lines, number)
    if above is None or above < opened[0] or number >= len(page.lines) or not take_apart(page.lines[number]).key:
        return None
    line = page.lines[above]
    end = len(line[: comment_at(line)].rstrip())
    if line[end - 1] in ",[{" or not _closed_below(page, number, take_apart(page.lines[opened[0]]).indent):
        return None
    name = take_apart(page.lines[number]).key
    edits = (Edit(above, end, end, ","),)
    message = f'A comma is missing behind this line, before "{name}".'
    return Slip("missing-comma", above, end - 1, 1, message, write(line, edits), edits)


def _closed_below(page: SourcePage, number: int, indent: int) -> bool:
    """Return whether more brackets close than open from a line on, before a line that is no deeper than `indent`."""
    depth = 0
    # Bounded, since a missing bracket would otherwise be looked for in the whole file at each step.
    for line in page.lines[number : number + _REACH]:
        text = mask(line[: comment_at(line)])
        if text.strip() and take_apart(line).indent <= indent and text.strip()[0] not in "]}":
            return False
        depth += sum((sign in "[{") - (sign in "]}") for sign in text)
        if depth < 0:
            return True
    return False


def _not_closed(page: SourcePage, opened: tuple[int, int], number: int, column: int) -> Slip | None:
    first = opened[0]
    line = page.lines[first]
    left = bracket_pairs(line).unclosed
    below = after(page.lines, first)
    if not left or (number == first and column < len(line.rstrip())):
        return None
    written = take_apart(page.lines[below]) if below is not None else None
    if written and not (written.key or written.dash) and number != first:
        return None
    end = len(line[: comment_at(line)].rstrip())
    edits = (Edit(first, end, end, "".join(_CLOSER[sign] for sign, _ in reversed(left))),)
    sign, at = left[-1]
    cure = write(line, edits, "Close it")
    return Slip("unclosed-bracket", first, at, 1, f'The bracket "{sign}" that opens here is never closed.', cure, edits)


def _at_sign(page: SourcePage, number: int, column: int, opened: tuple[int, int]) -> Slip:
    line = page.lines[number] if number < len(page.lines) else ""
    sign = line[column : column + 1]
    start = value_span(line, column)[0] if line else 0
    if sign == ":" and (tag := re.search(rf"(?<=\S)\s+({_TAG})$", line[:column])):
        return _missing_comma(page, number, tag.start(), tag.start(1))
    match = re.search(r"(?<=([\s\w]))\s+(\w+)$", line[:column]) if sign == ":" else None
    if match and (match.group(2) in page.words or re.fullmatch(r"[a-z_0-9]+\s+[a-z_]+", line[start:column])):
        return _missing_comma(page, number, match.start(), match.start(2))
    if sign == ":":
        return colon_in_text(page, number, column)
    if sign in _CLOSER_OF_ANY:
        kind = line[opened[1] : opened[1] + 1] if opened[0] == number else ""
        wanted = _CLOSER.get(kind, "the other bracket")
        edits = (Edit(number, column, column + 1, wanted),) if kind else ()
        message = f'"{sign}" does not close the bracket "{kind or _CLOSER_OF_ANY[sign]}".'
        return Slip("wrong-bracket", number, column, 1, message, write(line, edits) if kind else "", edits)
    if line[start : start + 1] in ('"', "'") and start < column and _KEY_NEXT.match(line, column):
        return _missing_comma(page, number, len(line[:column].rstrip()), column)
    if line[start : start + 1] in ('"', "'") and start < column:
        return after_quote(page, number, column)
    if _KEY_NEXT.match(line, column):
        return _missing_comma(page, number, len(line[:column].rstrip()), column)
    if sign in ("{", "[") or line[start : start + 1] in ("{", "["):
        message = "A brace or bracket stands inside a text between brackets."
        return in_quotes(page, number, column, "bracket-in-text", message)
    message = "Something is wrong between the bracket that opens here and the place where the file cannot be read on."
    row, at = opened
    cure = f'Look for a missing comma, quote or "{_CLOSER.get(page.lines[row][at : at + 1], "]")}".'
    return Slip("unclosed-bracket", row, at, 1, message, cure, related=((number, column, 1, "reading stops here"),))


def _missing_comma(page: SourcePage, number: int, end: int, key_at: int) -> Slip:
    line = page.lines[number]
    edits = (Edit(number, end, key_at, ", "),)
    word = re.compile(r"[\w-]+").match(line, key_at)
    name = word.group() if word else line[key_at : key_at + 1]
    message = f'A comma is missing before "{name}".'
    return Slip("missing-comma", number, key_at, len(name), message, write(line, edits), edits)


def extra_bracket(page: SourcePage, number: int, column: int) -> Slip:
    """Explain a closing bracket without its opening one."""
    line = page.lines[number]
    edits = (Edit(number, column, column + 1, ""),)
    message = f'"{line[column]}" closes a bracket that was never opened.'
    return Slip("extra-bracket", number, column, 1, message, write(line, edits), edits)


def empty_item(page: SourcePage, number: int, column: int) -> Slip:
    """Explain two commas in a row, or a comma with nothing before it."""
    line = page.lines[number]
    edits = (Edit(number, column, column + 1, ""),)
    return Slip("extra-comma", number, column, 1, "Nothing stands before this comma.", write(line, edits), edits)


def backslash(page: SourcePage, number: int, column: int) -> Slip:
    """Explain an escape that YAML does not know."""
    line = page.lines[number]
    at = line.find("\\", max(0, column - 2))
    at = at if at >= 0 else column
    edits = (Edit(number, at, at + 1, "\\\\"),)
    message = f'Between double quotes "{line[at : at + 2]}" is an escape that YAML does not know.'
    return Slip("backslash", number, at, 2, message, write(line, edits, "Double the backslash"), edits)


def colon_before_sign(page: SourcePage, number: int, column: int) -> Slip:
    """Explain a colon between brackets that has no space and no value behind it."""
    line = page.lines[number]
    sign = line[column + 1]
    edits = (Edit(number, column + 1, column + 1, " "),)
    if sign in "[{":
        message = "The colon needs a space behind it."
        return Slip("missing-space", number, column, 1, message, write(line, edits), edits)
    message = f'Between this colon and the "{sign}" a value is missing.'
    cure = "Write the value, or put the text in quotes if the colon belongs to it."
    return Slip("missing-value", number, column, 1, message, cure, edits, sure=False)


def stray_sign(page: SourcePage, number: int) -> Slip | None:
    """Find a sign or two in front of a list item or map."""
    line = page.lines[number]
    match = re.match(r"\s*(?:- +)?(-?\S{1,2}?) *(?=(?:- *)?[\[{])", line)
    if not match:
        return None
    start = match.start(1)
    at = start + 1 if match.group(1).startswith("-") else start
    edits = (Edit(number, at, match.end(), " " if at > start else ""),)
    message = f'"{line[at : match.end(1)]}" does not belong in front of "{line[match.end()]}".'
    return Slip("stray-sign", number, at, match.end(1) - at, message, write(line, edits), edits, sure=False)
