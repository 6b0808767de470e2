"""Read Mandarin: turn text into words of syllables with their spoken tones. Makes no sound.

Readings come from a lexicon. Unreadable characters are refused, since a
character that is silently dropped may be the one that matters.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from ivr.speech.verbalize.zh import LETTERS, Mandarin

from ._lexicon import CannotReadError, Lexicon
from ._sandhi import with_sandhi

_DIGITS = frozenset("零一二三四五六七八九幺")
_SIGNS = {"*": "星", "#": "井", "〇": "零", "○": "零"}
_LONGEST_ACRONYM = 5

_TOKEN = re.compile(
    r"(?P<sentence>[。！？；…!?;\n]+|\.(?=\s|$))"
    r"|(?P<comma>[，,、：:（）()—–~～/]+|-)"
    r"|(?P<foreign>[A-Za-z](?:[A-Za-z' -]*[A-Za-z])?)"
    r"|(?P<share>[百千万]分之)"
    r"|(?P<spelled>(?<![十百千万亿点元角])[零一二三四五六七八九幺]{2,}(?![十百千万亿点]))"
    r"|(?P<number>[零一二两三四五六七八九]*[十百千万亿][零一二两三四五六七八九十百千万亿]*)"
    r"|(?P<hanzi>[\u3400-\u9fff]+?(?=[零一二三四五六七八九幺]{2}|[一二两三四五六七八九]?[十百千万亿]|[百千万]分之|[^\u3400-\u9fff]|$))"
    r"|(?P<sign>[*#])"
    r"|(?P<blank>\s+)"
    r"|(?P<quiet>[\"'“”‘’「」『』《》〈〉【】\[\]·.]+)"
)
SHIPPED = Lexicon()
"""The readings of a line without a list of its own."""
_CHUNKS = re.compile(r"零?[^十百千万亿零]*[百千万亿]+|零?[^百千万亿]+")


@dataclass(frozen=True)
class Syllable:
    """One syllable: its letters in pinyin (v for ü), and its spoken tone; 5 is the neutral tone."""

    letters: str
    tone: int

    def __str__(self) -> str:
        return f"{self.letters}{self.tone}"


@dataclass(frozen=True)
class Word:
    """A word of one or more syllables. `digit` marks a digit of a string."""

    text: str
    syllables: tuple[Syllable, ...]
    digit: bool = False


@dataclass(frozen=True)
class Foreign:
    """English words, as they are written."""

    text: str


Gap = Literal["sentence", "comma", "group"]
TextPiece = Word | Foreign | Gap


def read_mandarin(text: str, lexicon: Lexicon = SHIPPED) -> tuple[TextPiece, ...]:
    """Return the pieces of a text in order, with tone sandhi and figures in words. Raises CannotReadError."""
    words = Mandarin().in_words(text) if any(map(str.isdigit, text)) else text
    pieces = list(_pieces(unicodedata.normalize("NFKC", words).strip(), lexicon))
    # A pause at either end would be silence, which the file has anyway.
    while pieces and isinstance(pieces[-1], str):
        pieces.pop()
    while pieces and isinstance(pieces[0], str):
        pieces.pop(0)
    return tuple(_with_spoken_tones(pieces))


def _syllable(sign: str, reading: str) -> Syllable:
    if not re.fullmatch("[a-zê]+[1-5]", reading):
        raise CannotReadError(f"{sign} has no reading")
    letters, tone = reading[:-1], int(reading[-1])
    return Syllable("er" if letters == "r" else letters, tone)


def _pieces(text: str, lexicon: Lexicon) -> Iterator[TextPiece]:
    place = 0
    while place < len(text):
        if lexicon.mixed and (named := lexicon.mixed.match(text, place)):
            yield _named(named.group(), lexicon)
            place = named.end()
            continue
        # In the order of the pattern: digits one by one before numbers, and both before other characters.
        token = _TOKEN.match(text, place)
        if token is None:
            raise CannotReadError(f"{text[place]!r} cannot be read aloud; write it as words")
        named = lexicon.mixed.search(text, place) if lexicon.mixed else None
        if named and named.start() < token.end():
            token = _TOKEN.fullmatch(text, place, named.start()) or token
        yield from _token(str(token.lastgroup), token.group(), text, token.span(), lexicon)
        place = token.end()


def _named(word: str, lexicon: Lexicon) -> Word:
    """Return an own word with Latin letters; the text has one sign a syllable, as that of other words."""
    syllables = tuple(_syllable(word, reading) for reading in lexicon.own[word])
    return Word(word if len(word) == len(syllables) else "·" * len(syllables), syllables)


def _token(kind: str, part: str, text: str, span: tuple[int, int], lexicon: Lexicon) -> Iterator[TextPiece]:
    match kind:
        case "sentence":
            yield "sentence"
        case "comma":
            yield "comma"
        case "spelled":
            yield from _spelled(part)
        case "foreign":
            yield from _foreign(part)
        case "number":
            yield from (_plain(chunk) for chunk in _CHUNKS.findall(part))
        case "share":
            yield _plain(part)
        case "hanzi":
            for word, readings in lexicon.words(part, text[: span[0]], text[span[1] :]):
                yield _word(word, readings)
        case "sign":
            yield _plain(_SIGNS[part])
        case "blank" if _between_digits(text, span):
            yield "group"


def _plain(word: str) -> Word:
    """Return a word that other words do not change: a number, a letter."""
    return _word(word, _numeral(word))


@functools.lru_cache(maxsize=1024)
def _numeral(word: str) -> tuple[str, ...]:
    return tuple(reading for _, readings in SHIPPED.words(word) for reading in readings)


def _word(word: str, readings: tuple[str, ...]) -> Word:
    return Word(word, tuple(_syllable(sign, reading) for sign, reading in zip(word, readings, strict=True)))


def _spelled(part: str) -> Iterator[Word]:
    for digit in part:
        yield Word(digit, _plain("零" if digit in _SIGNS else digit).syllables, digit=True)


def _between_digits(text: str, span: tuple[int, int]) -> bool:
    signs = {*_DIGITS, "斯"}
    return text[span[0] - 1] in signs and text[span[1] : span[1] + 1] in signs


def _foreign(part: str) -> Iterator[TextPiece]:
    """Spell capitals letter by letter; leave words to a voice that speaks English."""
    # OTP is spelt, but "Apple Pay" is left to an English voice: as letters it would not be understood.
    for letters in [part] if re.search("[a-z]{2}", part) else re.split("[ '-]+", part):
        if len(letters) == 1 or (letters.isupper() and len(letters) <= _LONGEST_ACRONYM and letters.isalpha()):
            yield from (_plain(LETTERS[letter.upper()]) for letter in letters)
        else:
            yield Foreign(letters)


def _with_spoken_tones(pieces: list[TextPiece]) -> Iterator[TextPiece]:
    """Apply tone sandhi between pauses; digits keep their tones."""
    run: list[Word] = []
    for piece in [*pieces, None]:
        if isinstance(piece, Word):
            run.append(piece)
            continue
        yield from _run(run)
        run = []
        if piece is not None:
            yield piece


def _run(words: list[Word]) -> Iterator[Word]:
    tones = with_sandhi([(w.text, tuple(s.tone for s in w.syllables), w.digit) for w in words])
    for word, said in zip(words, tones, strict=True):
        changed = tuple(replace(syllable, tone=tone) for syllable, tone in zip(word.syllables, said, strict=True))
        yield replace(word, syllables=changed)
