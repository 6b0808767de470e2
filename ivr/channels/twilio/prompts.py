"""Write prompts as `<Say>`, `<Play>` and `<Pause>`, within the carrier's limits of length and characters."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from urllib.parse import quote

from ivr.engine.verbs import Pause, Play, Prompt, Say
from ivr.speech.languages import language_row

from .xml import element
from .xml import text as written

_MOST_BYTES = 3_000
"""Maximum UTF-8 bytes of one Polly text."""
MOST_ESCAPED = 4_500
"""Maximum bytes of one text when URL-encoded, which Twilio's error 13521 is about."""
MOST_DOCUMENT = 48_000
"""Maximum bytes of prompts in one document, which leaves room for the rest under Twilio's limit of 64 kB."""
SHORTEST_PAUSE = 0.7
"""Shortest silence in seconds that is rounded up to the whole seconds of `<Pause>`; shorter ones are omitted."""

LONGEST_KEPT = 400
"""Maximum characters of a cached text; menus are repeated in every call."""

_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SENTENCES = re.compile(r"(?:[^。！？；.!?;]|[.!?;](?!\s|$))*(?:[。！？；]+|[.!?;]+|$)\s*")


@dataclass
class _Spoken:
    """One `<Say>`: text between silences in milliseconds that only SSML can express."""

    say: Say
    text: str
    before: int = 0
    after: int = 0


@dataclass
class _Score:
    """The pieces that one document plays, in order, and the bytes left for more."""

    left: int
    pieces: list[_Spoken | Play | int | str] = field(default_factory=list)
    waiting: float = 0.0

    def add(self, piece: _Spoken | Play | int | str, weight: int) -> None:
        """Append a piece unless the document would exceed the carrier's limit."""
        self.left -= weight
        if self.left >= 0:
            self.pieces.append(piece)


def speak(prompts: Sequence[Prompt], prefix: str, left: int = MOST_DOCUMENT) -> tuple[str, int]:
    """Write prompts and return them with the bytes left for more; prompts beyond the limit are omitted."""
    score = _Score(left)
    for prompt in prompts:
        match prompt:
            case Say():
                _say(score, prompt)
            case Play():
                _settle(score)
                score.add(prompt, len(escape(clean_text(prompt.url)).encode()) + 60)
            case Pause():
                _pause(score, prompt.seconds)
    _settle(score)
    return "".join([_written(piece, prefix) for piece in score.pieces]), max(0, score.left)


def clean_text(text: str) -> str:
    """Drop the characters that XML forbids; line ends become blanks."""
    if text.isprintable():  # printable text has no forbidden character and no line end
        return text.strip()
    return re.sub(r"\s*[\r\n\t]+\s*", " ", _FORBIDDEN.sub("", text)).strip()


def recogniser_language(tag: str) -> str:
    """Return the carrier's language code for its recogniser."""
    row = language_row(tag)
    return row.recogniser if row else clean_text(tag)


def pieces_of(text: str) -> Iterator[str]:
    """Split a text at sentence ends into pieces that fit one `<Say>`; a longer sentence is split at the limit."""
    if _fits(text):
        if text:
            yield text
        return
    held = ""
    for sentence in _SENTENCES.findall(text):
        if _fits(held + sentence):
            held += sentence
            continue
        if held.strip():
            yield held.strip()
        held = sentence
        while not _fits(held):
            cut = _cut(held)
            yield held[:cut].strip()
            held = held[cut:]
    if held.strip():
        yield held.strip()


def _fits(text: str) -> bool:
    size = len(text.encode())
    # A byte takes at most three when it is escaped, so most texts need not be escaped to be measured.
    return 3 * size <= MOST_ESCAPED or (size <= _MOST_BYTES and len(quote(text)) <= MOST_ESCAPED)


def _cut(text: str) -> int:
    """Return the index to split at: after the last comma or blank that fits, else the limit."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if _fits(text[:middle]) else (low, middle - 1)
    # A comma near the beginning would leave a piece of a few words, and the voice would stop twice.
    soft = max(text.rfind(mark, 0, low) for mark in "，、, ") + 1
    return soft if soft > low // 2 else low


@lru_cache(maxsize=2048)
def _written_say(text: str, language: str) -> tuple[tuple[str, int], ...]:
    """Write a text at the usual rate; return its pieces with their weights."""
    say = Say(text, language)
    pieces = (_Spoken(say, piece) for piece in pieces_of(clean_text(text)))
    return tuple((_written(piece, ""), _weight(piece.text)) for piece in pieces)


def _weight(text: str) -> int:
    return len(escape(text).encode()) + 160


def _say(score: _Score, say: Say) -> None:
    if say.rate == 1 and len(say.text) <= LONGEST_KEPT:
        written_pieces = _written_say(say.text, say.language)
        if written_pieces:
            _settle(score)
        for piece, weight in written_pieces:
            score.add(piece, weight)
        return
    texts = list(pieces_of(clean_text(say.text)))
    if not texts:
        return
    slow = say.rate != 1
    before = round(score.waiting * 1000) if slow else 0
    if before:
        score.waiting = 0.0
    _settle(score)
    for text in texts:
        score.add(_Spoken(say, text, before=before), _weight(text))
        before = 0


def _pause(score: _Score, seconds: float) -> None:
    """Add a silence: as SSML of the neighbouring text if possible, else as whole seconds."""
    if not seconds > 0:
        return
    last = score.pieces[-1] if score.pieces else None
    if seconds >= 1:
        _settle(score)
        # Half a second up: Python's `round` would make 2 of 2.5.
        score.add(math.floor(min(seconds, 600) + 0.5), 30)
    elif isinstance(last, _Spoken) and last.say.rate != 1 and not score.waiting:
        last.after += round(seconds * 1000)
    else:
        score.waiting += seconds


def _settle(score: _Score) -> None:
    """Turn a pending silence without a neighbouring SSML text into whole seconds, or omit it."""
    if score.waiting >= SHORTEST_PAUSE:
        score.add(max(1, round(score.waiting)), 30)
    score.waiting = 0.0


def _written(piece: _Spoken | Play | int | str, prefix: str) -> str:
    if isinstance(piece, str):
        return piece
    if isinstance(piece, int):
        return element("Pause", {"length": piece})
    if isinstance(piece, Play):
        url = clean_text(piece.url)
        return element("Play", {}, written(prefix + url if url.startswith("/") else url))
    # Both names come from one row: a voice that does not speak the language makes the whole Say fail.
    row = language_row(piece.say.language)
    voice, language = (row.voice.name, row.voice.language) if row else (None, clean_text(piece.say.language))
    return element("Say", {"voice": voice, "language": language}, _spoken(piece))


def _spoken(piece: _Spoken) -> str:
    words, rate = written(piece.text), piece.say.rate
    if rate == 1:
        return words
    before, after = (element("break", {"time": f"{ms}ms"}) if ms else "" for ms in (piece.before, piece.after))
    return element("prosody", {"rate": f"{round(min(max(rate, 0.2), 2) * 100)}%"}, before + words + after)
