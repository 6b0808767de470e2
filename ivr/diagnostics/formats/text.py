"""Problems for people: place, message, the source line with the spot marked, and the cure.

Carets are aligned by the terminal width of characters, so that they are below the right Chinese characters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from unicodedata import category, east_asian_width

from ivr.diagnostics.problem import Level, Place, Problem
from ivr.diagnostics.report import Report

_TAB = 4
_LONGEST = 110
_RED, _YELLOW, _BLUE, _BOLD, _OFF = "\033[31m", "\033[33m", "\033[34m", "\033[1m", "\033[0m"
_NOUNS: tuple[tuple[Level, str], ...] = (("error", "error"), ("warning", "warning"), ("info", "note"))
_CHINESE = {"error": "错误", "warning": "警告", "info": "提示"}
_CALL = (
    "a call that shows it; keep it as a file and play it with: ivr test FILE",
    "能重现它的来电；存成文件，用 ivr test 文件 播放",
)
_LEVEL_COLOUR = {"error": _RED, "warning": _YELLOW, "info": _BLUE}


def render(problems: Sequence[Problem], report: Report) -> str:
    """Return every problem with its source lines, then one line that counts them."""
    lines = {file: _lines(text) for file, text in report.sources.items()}
    frames = ["\n".join(_frame(problem, lines, report)) for problem in problems]
    return "\n\n".join([*frames, summary(problems, len(report.sources), report.language)])


def summary(problems: Sequence[Problem], files: int, language: str = "en") -> str:
    """Count problems: "3 errors, 1 warning in 2 files", or "no problems in 3 files"; in Chinese for `zh`."""
    levels = Counter(problem.level for problem in problems)
    touched = len({problem.place.file for problem in problems})
    if language == "zh":
        if not problems:
            return f"{files}个文件没有问题"
        return f"{touched}个文件有" + "、".join(
            f"{levels[name]}个{_CHINESE[name]}" for name, _ in _NOUNS if levels[name]
        )
    if not problems:
        return f"no problems in {_count(files, 'file')}"
    counted = ", ".join(_count(levels[level], noun) for level, noun in _NOUNS if levels[level])
    return f"{counted} in {_count(touched, 'file')}"


def _frame(problem: Problem, sources: Mapping[str, list[str]], report: Report) -> Iterator[str]:
    paint = _LEVEL_COLOUR[problem.level] if report.colour else ""
    off = _OFF if report.colour else ""
    bold = _BOLD if report.colour else ""
    level = _CHINESE[problem.level] if report.language == "zh" else problem.level
    yield f"{bold}{problem.place}{off}: {paint}{level} {problem.rule}{off}: {problem.message}"
    places = [problem.place, *(place for place, _ in problem.related)]
    margin = " " * len(str(max(place.line for place in places)))
    yield from _excerpt(problem.place, sources, margin, paint, off)
    if problem.cure:
        first, *rest = problem.cure.split("\n")
        yield f"{margin} = {first}"
        yield from (f"{margin}   {line}" for line in rest)
    for place, message in problem.related:
        yield f"{margin} : {place}: {message}"
        yield from _excerpt(place, sources, margin, "", "")
    if problem.call:
        yield f"{margin} > {_CALL[report.language == 'zh']}"
        yield from (f"{margin}   {line}" for line in problem.call.rstrip().split("\n"))


def _excerpt(place: Place, sources: Mapping[str, list[str]], margin: str, paint: str, off: str) -> Iterator[str]:
    lines = sources.get(place.file, [])
    if not 1 <= place.line <= len(lines) or (len(lines) == 1 and not lines[0]):
        return
    before, marked, after = _cut(lines[place.line - 1], place)
    shown = before + marked + after
    carets = "^" * max(1, _width(marked, _width(before)))
    yield f"{margin} |"
    yield f"{place.line:>{len(margin)}} | {_printable(shown)}".rstrip()
    yield f"{margin} | {' ' * _width(before)}{paint}{carets}{off}"


def _cut(line: str, place: Place) -> tuple[str, str, str]:
    """Split a line into the text before, at and after the place; shorten parts that are too wide for a terminal."""
    start = min(place.column - 1, len(line))
    end = min(start + place.length, len(line))
    before, marked, after = line[:start], line[start:end], line[end:]
    if _width(line) <= _LONGEST:
        return before, marked, after
    if _width(before) > _LONGEST // 2:
        before = "…" + _last(before, _LONGEST // 2)
    marked = marked if _width(marked) <= _LONGEST else _first(marked, _LONGEST // 2)
    room = max(10, _LONGEST - _width(before) - _width(marked))
    return before, marked, after if _width(after) <= room else _first(after, room) + "…"


def _first(text: str, width: int) -> str:
    while _width(text) > width:
        text = text[: -max(1, (_width(text) - width) // 2)]
    return text


def _last(text: str, width: int) -> str:
    while _width(text) > width:
        text = text[max(1, (_width(text) - width) // 2) :]
    return text


def _width(text: str, start: int = 0) -> int:
    """Return the terminal columns of a text that begins at column `start` (tabs reach the next stop)."""
    at = start
    for character in text:
        at += _TAB - at % _TAB if character == "\t" else _cells(character)
    return at - start


def _cells(character: str) -> int:
    # Combining marks and invisible signs take no column of their own.
    if category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if east_asian_width(character) in ("W", "F") else 1


def _printable(text: str) -> str:
    """Expand tabs as `_width` counts them, and replace control characters by a sign of width one."""
    shown, at = [], 0
    for character in text:
        cells = _width(character, at)
        if character == "\t":
            character = " " * cells
        # A file could otherwise change the colours or the title of the terminal.
        elif category(character) in ("Cc", "Cs"):
            character = "\N{REPLACEMENT CHARACTER}"
        shown.append(character)
        at += cells
    return "".join(shown)


def _lines(text: str) -> list[str]:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
