"""Slips of the keyboard that a parser takes silently for text: full-width signs, a forgotten space, a vanishing `#`.

Each detector looks at one line and knows nothing of the parser.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence

from .written import NAME, Edit, Page, Slip, after, comment_at, mask, mended, quoted, take_apart, write

_WIDE_BLANK = "\u3000\u00a0\u2002\u2003"
_WIDE = re.compile(
    rf"[A-Za-z_]\w*\s*：|：\s*$|[:,\[{{-]\s*[“”‘’「『＂＇]|[”’＂＇」』]\s*(?:$|[,\]}}])|(?:[:-]\s|^)\s*[｛［【（〔]"
    rf"|\[[^\]]*[，、]|，\s*[a-z_]\w*\s*[:：]|^\s*[＃－—–•·]|^ *[{_WIDE_BLANK}]|[:-] *[{_WIDE_BLANK}]"
)
_NARROW = re.compile(
    r"\s*(?:- +)*(?:-[^\s\d.-]|[a-z_][\w-]*:(?:[^\s/]| [>|]\d+\s*$)|[a-z][\w-]* +\")"
    r"|.*(?:[{,] *[a-z_]\w*:[^\s/]|[\[{,:-] *\{[\w.]+\||#)"
)
_PAIRS = {"“": "”", "”": "”", "‘": "’", "’": "’", "「": "」", "『": "』", "＂": "＂", "＇": "＇"}
_BRACKETS = {"【": "】", "［": "］", "（": "）", "〔": "〕"}
_LEAD = r"(\s*(?:-\s+)*)"

Detector = Callable[[Page, int], Slip | None]


def look(page: Page, skip: Collection[int]) -> Iterator[Slip]:
    """Yield the slips of all lines but those to skip. Several in one line follow from one mending to the next."""
    page = Page(list(page.lines))
    for number, line in enumerate(page.lines):
        if number not in skip and ((not line.isascii() and _WIDE.search(line)) or _NARROW.match(line)):
            yield from _look_at(page, number)


def _look_at(page: Page, number: int) -> Iterator[Slip]:
    seen: set[str] = set()
    while (slip := _first(page, number, seen)) is not None:
        yield slip
        seen.add(slip.rule)
        page.lines[number] = mended(page.lines[number], slip.edits)


def _first(page: Page, number: int, seen: set[str]) -> Slip | None:
    found = (detect(page, number) for detect in DETECTORS)
    return next((slip for slip in found if slip and slip.rule not in seen), None)


def wide_blank(page: Page, number: int) -> Slip | None:
    """Find a full-width or no-break space where YAML counts plain ones."""
    line = page.lines[number]
    match = re.match(rf"[ {_WIDE_BLANK}]*[{_WIDE_BLANK}][ {_WIDE_BLANK}]*(?=\S)", line) or re.match(
        rf"{_LEAD}(?:[A-Za-z_]\w*:|-)([{_WIDE_BLANK} ]*[{_WIDE_BLANK}][{_WIDE_BLANK} ]*)", line
    )
    if not match:
        return None
    start = match.start(2) if match.re.groups else 0
    depth = sum(2 if sign == "\u3000" else 1 for sign in line[: match.end()])
    edits = (Edit(number, start, match.end(), " " if start else " " * depth),)
    message = "A full-width or no-break space stands where YAML needs plain spaces."
    return Slip("full-width-space", number, start, match.end() - start, message, write(line, edits), edits)


def wide_hash(page: Page, number: int) -> Slip | None:
    """Find a comment that begins with the full-width sign."""
    line = page.lines[number]
    at = len(line) - len(line.lstrip())
    if line[at : at + 1] != "＃":
        return None
    edits = (Edit(number, at, at + 1, "#"),)
    message = "The full-width ＃ begins no comment."
    return Slip("full-width-hash", number, at, 1, message, write(line, edits), edits)


def dash(page: Page, number: int) -> Slip | None:
    """Find a list dash of another kind, or one without a space behind it."""
    line = page.lines[number]
    if match := re.match(r"(\s*)(-)(?=[^\s\d.-])", line):
        message, rule = "A list dash needs a space behind it.", "missing-space"
    elif match := re.match(r"(\s*)([－—–•·])\s*(?=[a-z_]\w*\s*[:：]|[{\[])", line):
        message, rule = f'"{match.group(2)}" is no list dash.', "full-width-dash"
    else:
        return None
    edits = (Edit(number, match.start(2), match.end(), "- "),)
    return Slip(rule, number, match.start(2), 1, message, write(line, edits), edits)


def wide_colon(page: Page, number: int) -> Slip | None:
    """Find a full-width colon behind what is a key by its place."""
    line = mask(page.lines[number])[: comment_at(page.lines[number])]
    found = [match for match in [re.match(rf"{_LEAD}({NAME})\s*：\u3000*", line)] if match]
    if "{" in line:
        inside = re.finditer(rf"([{{,，]\s*)({NAME})\s*：\u3000*", line)
        found += inside
    found = found or _heading(page.lines, number)
    if not found:
        return None
    whole = page.lines[number]
    edits = tuple(Edit(number, m.end(2), m.end(), ": " if whole[m.end() : m.end() + 1].strip() else ":") for m in found)
    at = line.index("：", found[0].end(2))
    message = (
        f'The colon behind "{found[0].group(2)}" is the full-width ：, so this is one text, not a key and its value.'
    )
    return Slip("full-width-colon", number, at, 1, message, write(page.lines[number], edits), edits)


def _heading(lines: Sequence[str], number: int) -> list[re.Match[str]]:
    """Match a name in any script with ： at the line's end, if deeper lines follow."""
    match = re.match(r"(\s*)([^\s#\"'][^：:]*)：(?=\s*$)", lines[number])
    below = after(lines, number)
    if not match or below is None:
        return []
    written = take_apart(lines[below])
    deeper = written.indent > len(match.group(1)) and (written.key or written.dash or "：" in written.value)
    return [match] if deeper else []


def colon_without_space(page: Page, number: int) -> Slip | None:
    """Find `goto:agent`, which YAML takes for one word."""
    line = mask(page.lines[number])[: comment_at(page.lines[number])]
    found = [match for match in [re.match(rf"{_LEAD}({NAME}):(?=[^\s/:])(?![^\s{{\[]*:\s)", line)] if match]
    if "{" in line:
        inside = re.finditer(r"([{,]\s*)([a-z_]\w*):(?=[^\s/:,}\]])", line)
        found += [match for match in inside if match.group(2) in page.words or match.group(1).startswith("{")]
    if not found:
        return None
    edits = tuple(Edit(number, match.end(), match.end(), " ") for match in found)
    name, at = found[0].group(2), found[0].start(2)
    message = f'The colon behind "{name}" needs a space behind it.'
    return Slip("missing-space", number, at, len(name) + 1, message, write(page.lines[number], edits), edits)


def no_colon(page: Page, number: int) -> Slip | None:
    """Find `say "At noon: closed"`, where the colon in the text makes a key of all before it."""
    match = re.match(rf'{_LEAD}({NAME})(\s+)"[^"]*: [^"]*"\s*$', page.lines[number])
    if not match:
        return None
    edits = (Edit(number, match.end(2), match.end(3), ": "),)
    message = f'The colon behind "{match.group(2)}" is missing.'
    cure = write(page.lines[number], edits)
    return Slip("missing-colon", number, match.start(2), len(match.group(2)), message, cure, edits)


def wide_quotes(page: Page, number: int) -> Slip | None:
    """Find full-width quotes around a whole value; quotes within a text are fine."""
    line = mask(page.lines[number])[: comment_at(page.lines[number])]
    openers, closers = "".join(_PAIRS), "".join(_PAIRS.values())
    pattern = (
        rf"""(?:(?:^|[:,\[{{-])\s+|[\[{{,]|^)(["{openers}])([^{openers}{closers}"]*)(["{closers}])\s*(?=$|[,\]}}])"""
    )
    found = [m for m in re.finditer(pattern, line) if m.group(1) + m.group(3) != '""']
    found = [m for m in found if '"' in m.group(1) + m.group(3) or _PAIRS[m.group(1)] == m.group(3)]
    if not found:
        return None
    edits = tuple(Edit(number, m.start(1), m.end(3), quoted(m.group(2))) for m in found)
    first = found[0]
    sign = first.group(1) if first.group(1) != '"' else first.group(3)
    message = f"{sign} is no quotation mark to YAML: it becomes part of the text, or leaves it unclosed."
    start, length = first.start(1), first.end(3) - first.start(1)
    return Slip("full-width-quotes", number, start, length, message, write(page.lines[number], edits), edits)


def wide_brackets(page: Page, number: int) -> Slip | None:
    """Find a list or map in full-width brackets."""
    line = mask(page.lines[number])[: comment_at(page.lines[number])].rstrip()
    match = re.search(r"(?:: +|- +|^\s*)([｛［【（〔])", line)
    if not match or line[-1] not in "}]｝" + "".join(_BRACKETS.values()):
        return None
    inner = line[match.end() : -1]
    map_like = match.group(1) == "｛" or re.match(r"\s*[a-z_]+\s*[:：]", inner)
    if not map_like and match.group(1) not in "［〔" and not re.search("[,，、]", inner):
        return None
    left, right = ("{", "}") if map_like else ("[", "]")
    commas = [
        Edit(number, m.start(), m.end(), ", ") for m in re.finditer(r"[，、]\s*", line) if m.start() > match.end()
    ]
    edits = (Edit(number, match.start(1), match.end(1), left), *commas, Edit(number, len(line) - 1, len(line), right))
    message = f"Full-width brackets make no {'map' if map_like else 'list'}; all of this is one text."
    start = match.start(1)
    return Slip(
        "full-width-brackets", number, start, len(line) - start, message, write(page.lines[number], edits), edits
    )


def wide_commas(page: Page, number: int) -> Slip | None:
    """Find full-width commas between the items of a list or the keys of a map."""
    line = mask(page.lines[number])[: comment_at(page.lines[number])]
    found = []
    for match in re.finditer(r"(?:: |- |[\[{,] *)\[([^\[\]{}]*)\]", line):
        if not re.search("[。！？；]", match.group(1)):
            found += [(match.start(1) + m.start(), match.start(1) + m.end()) for m in _commas(match.group(1))]
    if "{" in line:
        keys = re.finditer(r"(，\s*)([a-z_]\w*)\s*[:：]\s", line)
        found += [m.span(1) for m in keys if m.start() > line.index("{")]
    if not found:
        return None
    edits = tuple(Edit(number, start, end, ", ") for start, end in found)
    message = f'"{line[found[0][0]]}" separates nothing in YAML; what stands on both sides is one text.'
    return Slip("full-width-comma", number, found[0][0], 1, message, write(page.lines[number], edits), edits)


def _commas(items: str) -> Iterator[re.Match[str]]:
    return re.finditer(r"[，、]\s*", items) if "\x01" not in items else iter(())


def slot_at_start(page: Page, number: int) -> Slip | None:
    """Find a text that is nothing but a value in braces, which YAML takes for a map."""
    line = mask(page.lines[number])[: comment_at(page.lines[number])]
    match = re.search(r"(?:: |- |[\[{,] *)(\{[\w.]+\|[^{},\s]*\}) *(?=$|[,\]}])", line)
    if not match:
        return None
    edits = (Edit(number, match.start(1), match.end(1), f'"{match.group(1)}"'),)
    message = "A text that begins with a brace must stand in quotes; YAML takes the brace for a map."
    start, length = match.start(1), len(match.group(1))
    return Slip("special-start", number, start, length, message, write(page.lines[number], edits), edits)


def block_number(page: Page, number: int) -> Slip | None:
    """Find `>5`, which YAML takes for the head of a text five deep."""
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


def pound(page: Page, number: int) -> Slip | None:
    """Find a # meant as a key of the phone or as text, which YAML takes for a comment."""
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
    edits = (Edit(number, at, end, "pound" if text == "#" else quoted(text)),)
    cure = write(line, edits, "For the pound key, write" if text == "#" else "Put it in quotes")
    return Slip("hash", number, at, end - at, "# begins a comment, so nothing is left of this value.", cure, edits)


def cut_text(page: Page, number: int) -> Slip | None:
    """Find a text that a # cuts off. A comment after a value has a space behind its #, or stands further off."""
    line = page.lines[number]
    written = take_apart(line)
    at = comment_at(line)
    if at >= len(line) or not written.value or written.value[0] in "\"'|>[{" or line[at - 2 : at - 1].isspace():
        return None
    speaks = not written.value.isascii() or " " in written.value
    key_named = re.search(r"(?:按|拨|键|press|dial)$", written.value, re.IGNORECASE)
    if not (speaks and re.match(r"#[^\s#]", line[at:])) and not key_named:
        return None
    edits = (Edit(number, written.value_at, len(line.rstrip()), quoted(line[written.value_at :].rstrip())),)
    message = f'# begins a comment, so the text ends with "{written.value[-8:]}".'
    cure = write(line, edits, "If # belongs to the text, put it in quotes")
    return Slip("hash", number, at, len(line.rstrip()) - at, message, cure, level="warning")


DETECTORS: tuple[Detector, ...] = (
    wide_blank,
    wide_hash,
    dash,
    wide_colon,
    colon_without_space,
    no_colon,
    wide_quotes,
    wide_brackets,
    wide_commas,
    slot_at_start,
    block_number,
    pound,
    cut_text,
)
