"""Find full-width signs where YAML needs plain ones: blanks, colons, quotes, brackets, commas, and # for a comment.

A parser accepts most of them as text. Each detector examines one line, without the parser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .page import LEAD, NAME, Edit, Slip, SourcePage, after, comment_at, mask, quoted_value, take_apart, write

WIDE_BLANK = "\u3000\u00a0\u2002\u2003"
_QUOTES = ('“”＂"', "‘’＇", "「」", "『』")
_CLOSERS = {"［": "]］】", "【": "]】］", "（": ")）", "〔": "]〕", "｛": "}｝"}
_WORD_LISTS = ("phrases",)


def blank(page: SourcePage, number: int) -> Slip | None:
    """Find a full-width or no-break space where YAML counts plain ones."""
    line = page.lines[number]
    match = re.match(rf"[ {WIDE_BLANK}]*[{WIDE_BLANK}][ {WIDE_BLANK}]*(?=\S)", line) or re.match(
        rf"{LEAD}(?:[A-Za-z_]\w*:|-)([{WIDE_BLANK} ]*[{WIDE_BLANK}][{WIDE_BLANK} ]*)", line
    )
    if not match:
        return None
    start = match.start(2) if match.re.groups else 0
    # An ideographic space is as wide as two plain ones on the screen, by which the editor aligned the line.
    depth = sum(2 if sign == "\u3000" else 1 for sign in line[: match.end()])
    edits = (Edit(number, start, match.end(), " " if start else " " * depth),)
    message = "A full-width or no-break space stands where YAML needs plain spaces."
    return Slip("full-width-space", number, start, match.end() - start, message, write(line, edits), edits)


def hash_sign(page: SourcePage, number: int) -> Slip | None:
    """Find a comment that begins with a full-width ＃."""
    line = page.lines[number]
    at = len(line) - len(line.lstrip())
    if line[at : at + 1] != "＃":
        return None
    edits = (Edit(number, at, at + 1, "#"),)
    message = "The full-width ＃ begins no comment."
    return Slip("full-width-hash", number, at, 1, message, write(line, edits), edits)


def colon(page: SourcePage, number: int) -> Slip | None:
    """Find a full-width colon behind what must be a key by its position."""
    # In quotes and comments full-width signs are text.
    line = mask(page.lines[number])[: comment_at(page.lines[number])]
    matches = [match for match in [re.match(rf"{LEAD}({NAME})\s*：\u3000*", line)] if match]
    if "{" in line:
        inside = re.finditer(rf"([{{,，]\s*)({NAME})\s*：\u3000*", line)
        matches += inside
    matches = matches or _heading(page.lines, number)
    if not matches:
        return None
    whole = page.lines[number]
    edits = tuple(
        Edit(number, m.end(2), m.end(), ": " if whole[m.end() : m.end() + 1].strip() else ":") for m in matches
    )
    at = line.index("：", matches[0].end(2))
    message = (
        f'The colon behind "{matches[0].group(2)}" is the full-width ：, so this is one text, not a key and its value.'
    )
    return Slip("full-width-colon", number, at, 1, message, write(page.lines[number], edits), edits)


def _heading(lines: Sequence[str], number: int) -> list[re.Match[str]]:
    """Match a name in any script with ： at the end of the line, if deeper lines follow."""
    match = re.match(r"(\s*)([^\s#\"'][^：:]*)：(?=\s*$)", lines[number])
    below = after(lines, number)
    if not match or below is None:
        return []
    written = take_apart(lines[below])
    deeper = written.indent > len(match.group(1)) and (written.key or written.dash or "：" in written.value)
    return [match] if deeper else []


def quotes(page: SourcePage, number: int) -> Slip | None:
    """Find full-width quotes around a whole value; quotes within a text are allowed."""
    line = mask(page.lines[number])[: comment_at(page.lines[number])]
    signs = "".join(_QUOTES)
    pattern = rf"""(?:(?:^|[:,\[{{-])\s+|[\[{{,]|^)([{signs}])([^{signs}]*)([{signs}])\s*(?=$|[,\]}}])"""
    matches = [m for m in re.finditer(pattern, line) if any({m[1], m[3]} <= set(family) for family in _QUOTES)]
    matches = [m for m in matches if m[1] + m[3] != '""']
    if not matches:
        return None
    edits = tuple(
        Edit(number, m.start(1), m.end(3), quoted_value(page.lines[number][m.start(2) : m.end(2)])) for m in matches
    )
    first = matches[0]
    sign = first.group(1) if first.group(1) != '"' else first.group(3)
    message = f"{sign} is no quotation mark to YAML: it becomes part of the text, or leaves it unclosed."
    start, length = first.start(1), first.end(3) - first.start(1)
    return Slip("full-width-quotes", number, start, length, message, write(page.lines[number], edits), edits)


def brackets(page: SourcePage, number: int) -> Slip | None:
    """Find a list or map in full-width brackets, or one opened with a plain bracket and closed with a wide one."""
    line = mask(page.lines[number])[: comment_at(page.lines[number])].rstrip()
    span = _span(line) or _end(line)
    if span is None:
        return None
    start, end = span
    right = "}" if line[start] in "｛{" or re.match(r"\s*[a-z_]+\s*[:：]", line[start + 1 :]) else "]"
    separators = [
        Edit(number, m.start(), m.end(), ", ") for m in re.finditer(r"[，、]\s*", line) if start < m.start() < end
    ]
    ends = [Edit(number, start, start + 1, "{" if right == "}" else "["), Edit(number, end, end + 1, right)]
    edits = (*ends, *separators)
    message = f"Full-width brackets make no {'map' if right == '}' else 'list'}; to YAML they are part of a text."
    at = start if line[start] not in "[{" else end
    length = end - start + 1 if at == start else 1
    return Slip("full-width-brackets", number, at, length, message, write(page.lines[number], edits), edits)


def _span(line: str) -> tuple[int, int] | None:
    for match in re.finditer(r"(?:[:,\[{-] +|^\s*|[\[{])([｛［【（〔])", line):
        opener, start = match.group(1), match.start(1)
        closers = _CLOSERS[opener]
        ends = [
            m.start() for m in re.finditer(f"[{re.escape(closers)}](?=\\s*(?:$|[,}}\\]]))", line) if m.start() > start
        ]
        if not ends:
            continue
        end = ends[-1] if opener == "｛" else ends[0]
        inner = line[start + 1 : end]
        # A wide bracket with a wide closer inside plain ones, as in [欢迎致电【示范银行】], is all text.
        if line[end] in "]}" and set(inner) & set(closers):
            continue  # the wide pair is part of a text, such as 【bank】, within plain brackets
        if (
            opener in "｛［〔"
            or line[end] in "]}"
            or re.search("[,，、]", inner)
            or re.match(r"\s*[a-z_]+\s*[:：]", inner)
        ):
            return start, end
    return None


def _end(line: str) -> tuple[int, int] | None:
    match = re.search(r"(?:[:,\[{-] +|[\[{])(\[)[^\[\]【［〔（]*([】］〕）])(?=\s*(?:$|[,}]))", line)
    return (match.start(1), match.start(2)) if match else None


def slot(page: SourcePage, number: int) -> Slip | None:
    """Find a slot for a value whose braces are full-width, so that it would be spoken as it is written."""
    line = page.lines[number]
    match = re.search(r"[{｛]([A-Za-z_][\w.]*[|｜][^{}｛｝\s]*)[}｝]", line)
    if not match or not re.search("[｛｝｜]", match.group()):
        return None
    text = match.group(1).replace("｜", "|")
    edits = (Edit(number, match.start(), match.end(), f"{{{text}}}"),)
    message = "Full-width signs make no value of this; it would be spoken as it stands."
    cure = write(line, edits)
    return Slip("full-width-brackets", number, match.start(), len(match.group()), message, cure, edits)


def commas(page: SourcePage, number: int) -> Slip | None:
    """Find full-width commas between the items of a list or the keys of a map."""
    line = mask(page.lines[number])[: comment_at(page.lines[number])]
    spans = [span for match in re.finditer(r"([\w-]+): \[([^\[\]{}]*)\]", line) for span in _in_list(match)]
    if "{" in line:
        keys = re.finditer(r"(，\s*)([a-z_]\w*)\s*[:：]\s", line)
        spans += [m.span(1) for m in keys if m.start() > line.index("{")]
    if not spans:
        return None
    edits = tuple(Edit(number, start, end, ", ") for start, end in spans)
    message = f'"{line[spans[0][0]]}" separates nothing in YAML; what stands on both sides is one text.'
    return Slip("full-width-comma", number, spans[0][0], 1, message, write(page.lines[number], edits), edits)


def _in_list(match: re.Match[str]) -> Iterator[tuple[int, int]]:
    """Yield the commas of a list of words. A list of sentences, such as those a conversation hears, may contain any."""
    key, items = match.groups()
    # Sentences have full-width commas of their own; only lists of words are sure to mean a separator.
    if "\x01" in items or not (
        key in _WORD_LISTS or re.fullmatch(r"\s*[\w-]+(?:\s*[，、,]\s*[\w-]+)*\s*", items, re.ASCII)
    ):
        return
    for comma in re.finditer(r"[，、]\s*", items):
        yield match.start(2) + comma.start(), match.start(2) + comma.end()
