"""Decode a file into text for a YAML parser: encoding, size, invisible characters. Must not know YAML syntax."""

from __future__ import annotations

import re
from pathlib import Path

from ivr.diagnostics.problem import Place, Problem

MAX_BYTES = 5_000_000
_SHOWN = 10
_ODD = re.compile("[^\t\n\x20-\x7e\xa0-\u2027\u202f-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064]")


def read_plain_text(path: Path, file: str) -> tuple[str | None, list[Problem]]:
    """Read a file as UTF-8; return None and a problem if that is impossible."""
    try:
        with path.open("rb") as opened:
            # One byte more than is allowed tells "too big" from "just right" without reading a file of any size into
            # memory.
            raw = opened.read(MAX_BYTES + 1)
    except OSError as error:
        reason = error.strerror or "unknown reason"
        return None, [Problem(Place(file, 1, 1), "unreadable-file", f"The file cannot be read: {reason}.")]
    if len(raw) > MAX_BYTES:
        return None, [_too_big(file)]
    # Windows Notepad calls UTF-16 "Unicode", and editors take it for the right choice.
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return None, [_not_utf8(file, 1, 1, 'It is UTF-16, which some editors call "Unicode".')]
    try:
        return raw.decode("utf-8"), []
    except UnicodeDecodeError as error:
        return None, [_undecoded(raw, error.start, file)]


def clean(text: str, file: str) -> tuple[list[str], list[Problem]]:
    """Split a text into lines; replace characters that YAML forbids, or that break lines invisibly, by blanks."""
    if len(text) > MAX_BYTES:
        return [], [_too_big(file)]
    problems = []
    if text.startswith("\ufeff"):
        text = text[1:]
        message = "The file begins with a byte order mark, which is not needed."
        cure = 'Save it as "UTF-8", not "UTF-8 with BOM".'
        problems.append(Problem(Place(file, 1, 1), "byte-order-mark", message, cure, "warning"))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    # One search of the whole text: files without such characters, which are nearly all, are not searched line by
    # line.
    if _ODD.search(text) or _INVISIBLE.search(text):
        problems += _odd_characters(lines, file)
        # Replaced by blanks, not left out, so that columns stay those of the file.
        lines = _ODD.sub(" ", _INVISIBLE.sub(" ", text)).split("\n")
    return lines, problems


def _odd_characters(lines: list[str], file: str) -> list[Problem]:
    problems = []
    for number, line in enumerate(lines, start=1):
        for match in [*_ODD.finditer(line), *_INVISIBLE.finditer(line)]:
            message = f"There is a character here that does not belong in a text: {_name(match.group())}."
            place = Place(file, number, match.start() + 1)
            problems.append(Problem(place, "odd-character", message, "Delete it."))
            # A file that was copied from a web page may have one such character in each line.
            if len(problems) == _SHOWN:
                return problems
    return problems


def _name(character: str) -> str:
    return "NUL, which no text file has" if character == "\0" else f"U+{ord(character):04X}, which cannot be seen"


def _undecoded(raw: bytes, start: int, file: str) -> Problem:
    head = raw[:start].decode("utf-8")
    line = head.count("\n") + 1
    column = len(head) - (head.rfind("\n") + 1) + 1
    try:
        # GB 18030 holds GBK and GB 2312, in which Windows with a Chinese locale saves by default.
        raw.decode("gb18030")
        guess = "It looks like GBK."
    except UnicodeDecodeError:
        guess = ""
    return _not_utf8(file, line, column, guess)


def _not_utf8(file: str, line: int, column: int, guess: str) -> Problem:
    message = f"The file is not UTF-8. {guess}".strip()
    return Problem(Place(file, line, column), "not-utf8", message, 'Save it again with the encoding "UTF-8".')


def _too_big(file: str) -> Problem:
    message = f"The file is larger than {MAX_BYTES // 1_000_000} MB."
    return Problem(Place(file, 1, 1), "too-big", message, "Spread the steps over several flows.")
