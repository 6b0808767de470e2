"""Carry out the fixes of problems. Must not read or write a file."""

from __future__ import annotations

from collections.abc import Iterable

from .problem import Fix


def fixed(text: str, fixes: Iterable[Fix]) -> tuple[str, int]:
    """Return a text with its fixes, and how many were carried out; of two that overlap, only the first is."""
    lines = text.split("\n")
    done = 0
    taken: list[tuple[int, int, int]] = []
    # From the end of the text on, so that the places of the fixes that follow stay true.
    for fix in sorted(fixes, key=lambda fix: (fix.place.line, fix.place.column), reverse=True):
        line, start, end = fix.place.line, fix.place.column - 1, fix.place.column - 1 + fix.place.length
        overlaps = any(line == other and start < stop and end > begin for other, begin, stop in taken)
        if overlaps or not 1 <= line <= len(lines) or end > len(lines[line - 1]):
            continue
        taken.append((line, start, end))
        changed = lines[line - 1][:start] + fix.text + lines[line - 1][end:]
        if fix.whole_line and not changed.strip():
            del lines[line - 1]
        else:
            lines[line - 1] = changed.rstrip() if fix.whole_line else changed
        done += 1
    return "\n".join(lines), done
