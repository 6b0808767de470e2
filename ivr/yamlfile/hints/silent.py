"""Find slips that a parser silently accepts as text: a missing space or colon, a `#` that cuts a text, a lone quote.

Each detector examines one line, without the parser. `look` also runs the detectors of `fullwidth`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator

from . import fullwidth
from .page import (
    LEAD,
    NAME,
    Edit,
    Slip,
    SourcePage,
    after,
    before,
    comment_at,
    mask,
    mended,
    quoted_value,
    take_apart,
    write,
)

_WIDE = re.compile(
    rf"[A-Za-z_]\w*\s*：|：\s*$|[｛｝｜】］〕）]|[:,\[{{-]\s*[“”‘’「『＂＇]|[”’＂＇」』]\s*(?:$|[,\]}}])|(?:[:-]\s|^)\s*[｛［【（〔]"
    rf"|\[[^\]]*[，、]|，\s*[a-z_]\w*\s*[:：]|^\s*[＃－—–•·]|^ *[{fullwidth.WIDE_BLANK}]|[:-] *[{fullwidth.WIDE_BLANK}]"
)
_NARROW = re.compile(
    r"\s*(?:- +)*(?:-[^\s\d.-]|[a-z_][\w-]*:(?:[^\s/]| [>|]\d+\s*$)|[a-z][\w-]* +\")"
    r"|.*(?:[{,] *[a-z_]\w*:[^\s/]|[\[{,:-] *\{[\w.]+\||#)"
)
_QUOTE_AT_END = re.compile(r"[^\s:{\[,\"-][^\":]*\"\s*(?:$|[,}\]])")

Detector = Callable[[SourcePage, int], Slip | None]


def look(page: SourcePage, skip: Collection[int]) -> Iterator[Slip]:
    """Yield the slips of all lines except those in `skip`. A line is searched again after each correction."""
    page = SourcePage(list(page.lines))
    for number, line in enumerate(page.lines):
        if number not in skip and _suspect(line):
            yield from _look_at(page, number)


def _suspect(line: str) -> bool:
    """Return whether a line may contain a slip: a fast filter, since few lines of a good file do."""
    if not line.isascii() and _WIDE.search(line):
        return True
    return _NARROW.match(line) is not None or ('"' in line and _QUOTE_AT_END.search(line) is not None)


def _look_at(page: SourcePage, number: int) -> Iterator[Slip]:
    seen: set[str] = set()
    while (slip := _first(page, number, seen)) is not None:
        yield slip
        seen.add(slip.rule)
        page.lines[number] = mended(page.lines[number], slip.edits)


def _first(page: SourcePage, number: int, seen: set[str]) -> Slip | None:
    slips = (detect(page, number) for detect in DETECTORS)
    return next((slip for slip in slips if slip and slip.rule not in seen), None)


def dash(page: SourcePage, number: int) -> Slip | None:
    """Find a list dash of another kind, or one without a space behind it."""
    line = page.lines[number]
    if match := re.match(r"(\s*)(-)(?=[^\s\d.-])", line):
        message, rule = "A list dash needs a space behind it.", "missing-space"
    elif (match := re.match(r"(\s*)([－—–•·])\s*(?=\S)", line)) and _among_items(page, number, match):
        message, rule = f'"{match.group(2)}" is no list dash.', "full-width-dash"
    else:
        return None
    edits = (Edit(number, match.start(2), match.end(), "- "),)
    return Slip(rule, number, match.start(2), 1, message, write(line, edits), edits)


def _among_items(page: SourcePage, number: int, match: re.Match[str]) -> bool:
    """Return whether a line is a list item, judged by its text or by its neighbours."""
    if re.match(r"[a-z_]\w*\s*[:：]|[{\[]", page.lines[number][match.end() :]):
        return True
    beside = [n for n in (before(page.lines, number), after(page.lines, number)) if n is not None]
    indent = len(match.group(1))
    return any(
        re.match(r"\s*[-－—–•·]\s", page.lines[n]) and take_apart(page.lines[n]).indent == indent for n in beside
    )


def colon_without_space(page: SourcePage, number: int) -> Slip | None:
    """Find `goto:agent`, which YAML reads as one word."""
    line = mask(page.lines[number])[: comment_at(page.lines[number])]
    matches = [match for match in [re.match(rf"{LEAD}({NAME}):(?=[^\s/:])(?![^\s{{\[]*:\s)", line)] if match]
    if "{" in line:
        inside = re.finditer(r"([{,]\s*)([a-z_]\w*):(?=[^\s/:,}\]])", line)
        matches += [match for match in inside if match.group(2) in page.words or match.group(1).startswith("{")]
    if not matches:
        return None
    edits = tuple(Edit(number, match.end(), match.end(), " ") for match in matches)
    name, at = matches[0].group(2), matches[0].start(2)
    message = f'The colon behind "{name}" needs a space behind it.'
    return Slip("missing-space", number, at, len(name) + 1, message, write(page.lines[number], edits), edits)


def no_colon(page: SourcePage, number: int) -> Slip | None:
    """Find `say "At noon: closed"`, where YAML takes everything before the colon in the text as a key."""
    match = re.match(rf'{LEAD}({NAME})(\s+)"[^"]*: [^"]*"\s*$', page.lines[number])
    if not match:
        return None
    edits = (Edit(number, match.end(2), match.end(3), ": "),)
    message = f'The colon behind "{match.group(2)}" is missing.'
    cure = write(page.lines[number], edits)
    return Slip("missing-colon", number, match.start(2), len(match.group(2)), message, cure, edits)


def quote_at_end(page: SourcePage, number: int) -> Slip | None:
    """Find a text that ends with a quote but does not begin with one."""
    line = mask(page.lines[number])[: comment_at(page.lines[number])]
    match = re.search(r"""(?:[a-z\w"]: +|^\s*- +)([^\s"'\[{|>&*!%@`#,][^"]*)"\s*(?=$|[,}\]])""", line)
    if not match or "\x01" in match.group(1) or ("{" in line[: match.start(1)] and "," in match.group(1)):
        return None
    at = match.start(1)
    edits = (Edit(number, at, at, '"'),)
    message = "The quote at the end of this text was never opened."
    cure = write(page.lines[number], edits, "Open it")
    return Slip("unclosed-quote", number, match.end(1), 1, message, cure, edits)


def slot_at_start(page: SourcePage, number: int) -> Slip | None:
    """Find a text that is only a slot in braces, which YAML reads as a map."""
    line = mask(page.lines[number])[: comment_at(page.lines[number])]
    match = re.search(r"(?:: |- |[\[{,] *)(\{[\w.]+\|[^{},\s]*\}) *(?=$|[,\]}])", line)
    if not match:
        return None
    edits = (Edit(number, match.start(1), match.end(1), f'"{match.group(1)}"'),)
    message = "A text that begins with a brace must stand in quotes; YAML takes the brace for a map."
    start, length = match.start(1), len(match.group(1))
    return Slip("special-start", number, start, length, message, write(page.lines[number], edits), edits)


def block_number(page: SourcePage, number: int) -> Slip | None:
    """Find `>5`, which YAML reads as the head of a block text five spaces deep."""
    line = page.lines[number]
    match = re.search(r"(?:: |- )([>|]\d+)\s*$", line)
    below = after(page.lines, number)
    deep = below is not None and take_apart(page.lines[below]).indent > take_apart(line).indent
    if not match or deep:
        return None
    edits = (Edit(number, match.start(1), match.end(1), f'"{match.group(1)}"'),)
    message = f'"{match.group(1)}" has a meaning of its own in YAML and vanishes.'
    return Slip(
        "special-start",
        number,
        match.start(1),
        len(match.group(1)),
        message,
        write(line, edits, "Put it in quotes"),
        edits,
    )


def pound(page: SourcePage, number: int) -> Slip | None:
    """Find a # meant as a key of the phone or as text, which YAML reads as a comment."""
    line = page.lines[number]
    masked = mask(line)
    if match := re.match(r"(\s*)#(?=:\s*\S)", masked):
        edits = (Edit(number, match.end() - 1, match.end(), "pound"),)
        message = "This line is a comment, because it begins with #."
        cure = write(line, edits, "For the pound key, write")
        return Slip("hash", number, match.start(1) + len(match.group(1)), 1, message, cure, edits, level="warning")
    match = re.search(r"(?:^|[\s{,])[\w-]+:\s+(#)(?=\s*$|[,}\]#\w*])", masked)
    below = after(page.lines, number)
    if not match or line.lstrip().startswith("#"):
        return None
    if below is not None and take_apart(page.lines[below]).indent > take_apart(line).at:
        return None
    at = match.start(1)
    end = at + (re.compile(r"#?[^\s,}\]]*").match(line, at) or match).end() - at
    text = line[at:end]
    edits = (Edit(number, at, end, "pound" if text == "#" else quoted_value(text)),)
    cure = write(line, edits, "For the pound key, write" if text == "#" else "Put it in quotes")
    return Slip("hash", number, at, end - at, "# begins a comment, so nothing is left of this value.", cure, edits)


def cut_text(page: SourcePage, number: int) -> Slip | None:
    """Find a text that is cut off by a #. In a comment, a space follows the # or two spaces precede it."""
    line = page.lines[number]
    written = take_apart(line)
    at = comment_at(line)
    if at >= len(line) or not written.value or written.value[0] in "\"'|>[{" or line[at - 2 : at - 1].isspace():
        return None
    speaks = not written.value.isascii() or " " in written.value
    key_named = re.search(r"(?:按|拨|键|press|dial)$", written.value, re.IGNORECASE)
    if not (speaks and re.match(r"#[^\s#]", line[at:])) and not key_named:
        return None
    edits = (Edit(number, written.value_at, len(line.rstrip()), quoted_value(line[written.value_at :].rstrip())),)
    message = f'# begins a comment, so the text ends with "{written.value[-8:]}".'
    cure = write(line, edits, "If # belongs to the text, put it in quotes")
    return Slip("hash", number, at, len(line.rstrip()) - at, message, cure, level="warning")


DETECTORS: tuple[Detector, ...] = (
    fullwidth.blank,
    fullwidth.hash_sign,
    dash,
    fullwidth.colon,
    colon_without_space,
    no_colon,
    fullwidth.quotes,
    quote_at_end,
    fullwidth.slot,
    fullwidth.brackets,
    fullwidth.commas,
    slot_at_start,
    block_number,
    pound,
    cut_text,
)
