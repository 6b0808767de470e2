"""Rename a name wherever it is defined and used, as changes of texts. Must not read or write a file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from .uses import NameUse


def renamed(texts: Mapping[str, str], uses: Iterable[NameUse], old: str, new: str) -> tuple[Mapping[str, str], int]:
    """Return the texts that change, by file, and the number of changes.

    A use may stand inside a longer text, such as a condition; there whole words only are replaced.
    """
    lines = {file: text.split("\n") for file, text in texts.items()}
    word = re.compile(rf"(?:(?<![\w.])|(?<=texts\.)|(?<=desks\.)|(?<=numbers\.)){re.escape(old)}(?!\w)")
    changed: dict[str, str] = {}
    count = 0
    # From the last place to the first: a longer name moves what stands behind it, and no place that is still to come.
    for use in sorted(set(uses), reverse=True):
        place = use.place
        file_lines = lines.get(place.file)
        if file_lines is None or place.line > len(file_lines):
            continue
        line = file_lines[place.line - 1]
        begin = place.column - 1
        # A place without a length, such as that of a slot: the word is looked for up to the end of the line.
        end = len(line) if place.length < len(old) else begin + max(place.length, len(old))
        if begin and line[begin - 1] == "{":
            begin -= 1
        part, made = word.subn(new, line[begin:end], count=0)
        if made:
            file_lines[place.line - 1] = line[:begin] + part + line[end:]
            count += made
            changed[place.file] = "\n".join(file_lines)
    return changed, count
