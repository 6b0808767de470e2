"""Explain slips in the structure of a file at which a parser stops: depth, tabs, dashes, lines without a key."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from .page import NAME, Edit, Slip, SourcePage, Written, after, before, block_texts, opens_block, take_apart, write

_SIGNS = {"//": "#", "--": "#", "/*": "#", ";": "#"}


class Depth(NamedTuple):
    """A depth that a line above has opened: its column, the key (or dash), and the line."""

    column: int
    name: str
    line: int
    dash: bool


def open_depths(lines: Sequence[str], number: int) -> Iterator[Depth]:
    """Yield the depths that a line could continue, from the nearest line upwards."""
    limit: float = float("inf")
    for n in range(number - 1, -1, -1):
        written = take_apart(lines[n])
        if written.blank or written.indent >= limit:
            continue
        if written.key and written.at < limit:
            yield Depth(written.at, written.key, n, False)
        if written.dash:
            yield Depth(written.indent, "the dash", n, True)
        limit = written.indent
        if limit == 0:
            return


def misplaced(page: SourcePage, number: int) -> Slip:
    """Explain a line whose depth fits none of the lines above."""
    line = page.lines[number]
    written = take_apart(line)
    if (slip := _below_block(page, number, written)) is not None:
        return slip
    above = before(page.lines, number)
    if above is not None and (slip := _by_line_above(page, number, above)) is not None:
        return slip
    depths = list(open_depths(page.lines, number))
    alike = [depth for depth in depths if depth.dash == written.dash and depth.column != written.indent]
    if not alike:
        return _at_a_loss(number, written)
    if (slip := _ancestor(page, number, depths)) is not None:
        return slip
    target = min(alike, key=lambda depth: abs(depth.column - written.indent))
    # Of two neighbours, the one with an odd depth is wrong: everything else in these files goes by twos.
    if _is_odd_one(page, target, number, written.indent):
        return _shift(page, target.line, Depth(written.indent, written.key, number, written.dash), number)
    return _shift(page, number, target)


def _by_line_above(page: SourcePage, number: int, above: int) -> Slip | None:
    """Explain the line above if it lacks its colon or dash, or already has a text."""
    previous, here = take_apart(page.lines[above]), take_apart(page.lines[number])
    if above in block_texts(page.lines[:number]):
        return None
    if not previous.key and not previous.dash:
        if re.fullmatch(NAME, previous.value) and previous.indent < here.indent:
            return no_key(page, above)
        if here.dash and previous.indent == here.indent and previous.value[:1] in "{[":
            return missing_dash(page, above)
    if previous.key and previous.value and not previous.dash and here.dash and here.indent > previous.indent:
        return list_below_text(page, number, above)
    return None


def _ancestor(page: SourcePage, number: int, depths: Sequence[Depth]) -> Slip | None:
    """Explain a line further up that left the depth to which this line returns."""
    here = take_apart(page.lines[number])
    for left in () if here.dash else depths:
        if left.dash or left.column >= here.indent:
            continue
        # The line to which this one returns may itself stand too deep; then that one is to be moved.
        for depth in open_depths(page.lines, left.line):
            if depth.column == here.indent and not depth.dash:
                return _shift(page, left.line, depth, number)
    return None


def _is_odd_one(page: SourcePage, target: Depth, number: int, indent: int) -> bool:
    """Return whether the neighbour is at fault: an odd depth, off by one, that no line between them shares."""
    between = [take_apart(page.lines[n]) for n in range(target.line + 1, number)]
    alone = not any(line.indent == target.column for line in between if not line.blank)
    return alone and target.column % 2 == 1 and indent % 2 == 0 and abs(target.column - indent) == 1


def _below_block(page: SourcePage, number: int, written: Written) -> Slip | None:
    """Explain a line of a block text (| or >) that is less deep than the first line of the text."""
    texts = block_texts(page.lines[:number])
    above = before(page.lines, number)
    if written.key or written.dash or above not in texts:
        return None
    first = next(n for n in range(number - 1, -1, -1) if n not in texts) + 1
    depth = take_apart(page.lines[first]).indent
    by = depth - written.indent
    if by <= 0:
        return None
    message = f"This line is {_spaces(written.indent)} deep, but the text that begins in line {first + 1} is {depth}."
    edits = (Edit(number, 0, 0, " " * by),)
    cure = f"Put {_spaces(by, more=True)} in front."
    length = max(1, len(written.value))
    return Slip("indentation", number, written.indent, length, message, cure, edits)


def _at_a_loss(number: int, written: Written) -> Slip:
    message = f"This line is {_spaces(written.indent)} deep, which fits no line above."
    cure = "Lines of the same kind begin in the same column; what belongs to a key stands two spaces deeper."
    return Slip("indentation", number, written.indent, 1, message, cure)


def _shift(page: SourcePage, number: int, target: Depth, end: int | None = None) -> Slip:
    """Advise to move a line, and with it what belongs to it above line `end`, to the depth of its neighbour."""
    written = take_apart(page.lines[number])
    by = target.column - written.indent
    name = f'"{written.key}"' if written.key and not written.dash else "This item" if written.dash else "This line"
    beside = f"the one in line {target.line + 1}" if target.dash else f'"{target.name}" in line {target.line + 1}'
    message = f"{name} is {_spaces(written.indent)} deep, but its neighbour, {beside}, is {target.column}."
    cure = f"Put {_spaces(by, more=True)} in front." if by > 0 else f"Take {_spaces(-by)} away."
    edits = tuple(_shifted(page.lines[:end], number, by))
    length = max(1, len(written.key) if not written.dash else 1)
    related = ((target.line, target.column, 1 if target.dash else len(target.name), "the neighbour"),)
    return Slip("indentation", number, written.indent, length, message, cure, edits, abs(by) == 1, related=related)


def _shifted(lines: Sequence[str], number: int, by: int) -> Iterator[Edit]:
    """Move a line, its siblings below, and those of their children that would no longer belong to them."""
    first = take_apart(lines[number])
    indent, item = first.indent, first.dash
    children_too = False
    for n in range(number, len(lines)):
        written = take_apart(lines[n])
        if not written.line.strip():
            continue
        if written.indent < indent or (written.indent == indent and written.dash != item):
            return
        if written.indent == indent:
            below = after(lines, n)
            child = take_apart(lines[below]) if below is not None else written
            aligned = child.indent == written.at and not child.dash
            opens = not written.value and indent < child.indent <= indent + by
            children_too = aligned if item else opens
        elif not children_too:
            continue
        yield Edit(n, 0, 0, " " * by) if by > 0 else Edit(n, 0, -by, "")


def root_moved(page: SourcePage, number: int) -> Slip:
    """Explain a file whose first lines are deeper than the rest."""
    first = next((n for n in range(number) if not take_apart(page.lines[n]).blank), 0)
    indent = take_apart(page.lines[first]).indent
    here = take_apart(page.lines[number])
    if not indent or here.indent >= indent:
        return no_key(page, first)
    name = take_apart(page.lines[first]).key or "the first line"
    message = f'"{name}" is {_spaces(indent)} deep, but line {number + 1} begins in column {here.indent + 1}.'
    by = indent - here.indent
    lines = [n for n in range(first, number) if page.lines[n].strip()]
    edits = tuple(Edit(n, 0, min(by, take_apart(page.lines[n]).indent), "") for n in lines)
    related = ((number, here.indent, 1, "this line is less deep"),)
    cure = f"Take {_spaces(by)} away."
    return Slip("indentation", first, indent, len(name), message, cure, edits, related=related)


def value_and_more(page: SourcePage, number: int) -> Slip:
    """Explain a line with a key below a line with a text: it is too deep, or the key above is broken."""
    above = before(page.lines, number)
    if above is None:
        return _at_a_loss(number, take_apart(page.lines[number]))
    previous, here = take_apart(page.lines[above]), take_apart(page.lines[number])
    if not previous.key:
        return no_key(page, above)
    if here.dash and not previous.dash and here.indent > previous.indent:
        return list_below_text(page, number, above)
    return misplaced(page, number)


def list_below_text(page: SourcePage, number: int, above: int) -> Slip:
    """Explain a list below a key that already has a text."""
    previous, here = take_apart(page.lines[above]), take_apart(page.lines[number])
    if previous.dash and not previous.key:
        return _shift(page, number, Depth(previous.indent, "", above, True))
    if not previous.key:
        return missing_dash(page, above)
    message = f'"{previous.key}" (line {above + 1}) already has a text, so this is no list but more of the text.'
    cure = f'Leave "{previous.key}:" empty, or put the list below its own key.'
    related = ((above, previous.value_at, max(1, len(previous.value)), "the text"),)
    return Slip("list-below-text", number, here.indent, 1, message, cure, sure=False, related=related)


def no_key(page: SourcePage, number: int) -> Slip:
    """Explain a line that has no key where one is needed."""
    line = page.lines[number]
    written = take_apart(line)
    text = written.value
    if (sign := next((sign for sign in _SIGNS if text.startswith(sign)), None)) and not written.key:
        edits = (Edit(number, written.value_at, written.value_at + len(sign), "#"),)
        message = f'"{sign}" begins no comment.'
        return Slip("comment-sign", number, written.value_at, len(sign), message, write(line, edits), edits)
    if text[:1] in "{[" and text:
        return missing_dash(page, number)
    word = re.match(r"([A-Za-z_]\w*)(\s*[=;：]\s*|\s+|$)", text)
    if word and (word.group(1) in page.words or word.group(1).islower()):
        return _missing_colon(page, number, written, word)
    return _stray(page, number, written)


def _missing_colon(page: SourcePage, number: int, written: Written, word: re.Match[str]) -> Slip:
    start = written.value_at + word.end(1)
    rest = written.line[start + len(word.group(2)) :].strip()
    edits = (Edit(number, start, start + len(word.group(2)), ": " if rest else ":"),)
    message = f'The colon behind "{word.group(1)}" is missing.'
    cure = write(page.lines[number], edits)
    return Slip("missing-colon", number, written.value_at, len(word.group(1)), message, cure, edits)


def _stray(page: SourcePage, number: int, written: Written) -> Slip:
    above = next(open_depths(page.lines, number), None)
    if above is not None and above.dash and above.column == written.indent:
        return missing_dash(page, number)
    length = max(1, len(written.value))
    message = "This line has no key."
    if above is None or (above.column < written.indent and not written.dash):
        return Slip("missing-colon", number, written.value_at, length, message, "A key is a word, a colon and a space.")
    by = above.column + 2 - written.indent
    message += f' If it goes on with the text of "{above.name}" (line {above.line + 1}), it must be deeper.'
    edits = (Edit(number, 0, 0, " " * by),) if by > 0 else ()
    cure = f"Put {_spaces(by, more=True)} in front, or write a key, a colon and a space." if by > 0 else ""
    return Slip("missing-colon", number, written.value_at, length, message, cure, edits, sure=False)


def missing_dash(page: SourcePage, number: int) -> Slip:
    """Explain a list item without its dash."""
    line = page.lines[number]
    written = take_apart(line)
    edits = (Edit(number, written.indent, written.indent, "- "),)
    message = "A list item begins with a dash and a space."
    return Slip("missing-dash", number, written.indent, 1, message, write(line, edits), edits)


def in_list(page: SourcePage, number: int) -> Slip:
    """Explain a line without a dash at the depth of a list's dashes."""
    written = take_apart(page.lines[number])
    if written.dash:
        return misplaced(page, number)
    if not written.key:
        return missing_dash(page, number)
    inside = [depth for depth in open_depths(page.lines, number) if not depth.dash]
    item = next((n for n in range(number - 1, -1, -1) if take_apart(page.lines[n]).dash), None)
    begins_item = item is not None and take_apart(page.lines[item]).key == written.key
    if begins_item and any(depth.dash and depth.column == written.indent for depth in open_depths(page.lines, number)):
        return missing_dash(page, number)
    if inside and inside[0].column > written.indent:
        return _shift(page, number, inside[0])
    if item is not None and take_apart(page.lines[item]).indent == written.indent:
        message = f'"{written.key}" stands where line {item + 1} has a dash, so a list and keys are mixed.'
        cure = "Begin the line with a dash and a space, or move the list below a key, two spaces deeper."
        return Slip("missing-dash", number, written.indent, len(written.key), message, cure, sure=False)
    return misplaced(page, number)


def dash_in_line(page: SourcePage, number: int, column: int) -> Slip:
    """Explain a list that begins behind its key."""
    line = page.lines[number]
    written = take_apart(line)
    text = line[column:].strip()
    message = f'A list cannot begin behind its key "{written.key}".'
    cure = f'Put "{text}" on a line of its own, two spaces deeper; if it is a text, put it in quotes.'
    edits = (Edit(number, written.value_at, written.value_end, f'["{written.value[1:].strip()}"]'),)
    return Slip("dash-behind-key", number, column, 1, message, cure, edits, sure=False)


def tabs(page: SourcePage, number: int) -> Slip:
    """Explain tabs in front of a line."""
    line = page.lines[number]
    lead = line[: len(line) - len(line.lstrip())]
    depth, sure = _meant_depth(page, number)
    edits = [Edit(number, 0, len(lead), " " * depth)]
    for n in range(number + 1, len(page.lines)):
        following = page.lines[n]
        extra = len(following) - len(following.lstrip()) - len(lead)
        # The lines below with the same tabs are one block, which is moved as a whole.
        if "\t" not in following[: len(lead) + 1] or extra < 0:
            break
        edits.append(Edit(n, 0, len(lead) + extra, " " * (depth + 2 * extra)))
    at = max(0, lead.find("\t"))
    message = "A tab stands in front of this line; YAML counts only spaces." + _tab_count(len(edits))
    cure = "Use two spaces for each step of depth."
    return Slip("tab", number, at, lead.count("\t") or 1, message, cure, tuple(edits), sure)


def _meant_depth(page: SourcePage, number: int) -> tuple[int, bool]:
    """Infer from the lines around how deep a line with a tab is meant to be; return it, and whether it is certain."""
    here, above, below = take_apart(page.lines[number]), before(page.lines, number), after(page.lines, number)
    if above is None:
        return 0, True
    if above in block_texts(page.lines[:number]):
        return take_apart(page.lines[above]).indent, True
    previous = take_apart(page.lines[above])
    possible = [depth.column for depth in open_depths(page.lines, number) if depth.dash == here.dash]
    opens = not previous.value or opens_block(page.lines[above])
    if opens:
        possible.insert(0, (previous.at if previous.key else previous.indent) + 2)
    following = take_apart(page.lines[below]) if below is not None else None
    if following is None or "\t" in following.line[: following.indent] or not possible:
        return (possible[0] if possible else 0), opens or len(possible) == 1
    wanted = following.indent - (0 if here.value else 2)
    if wanted in possible and (following.value or not here.value):
        return wanted, True
    # Where the next line opens a block, this one may end any of those above it.
    return possible[0], len(possible) == 1


def _tab_count(count: int) -> str:
    return f" So do the {count - 1} lines below." if count > 2 else " So does the line below." if count == 2 else ""


def nameless(number: int, column: int) -> Slip:
    """Explain a colon without a key before it."""
    message, cure = "Before this colon a key is missing.", "Write a key, a colon and a space."
    return Slip("missing-key", number, column, 1, message, cure)


def _spaces(count: int, *, more: bool = False) -> str:
    return f"{count} {'more ' if more else ''}space" + ("" if count == 1 else "s")
