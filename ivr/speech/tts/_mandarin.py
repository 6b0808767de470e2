"""Read Mandarin: turn text into words of syllables with their spoken tones. Makes no sound.

Readings come from our own list first, then from pypinyin; words from jieba. Unreadable characters are refused, since a
character that is silently dropped may be the one that matters.
"""

from __future__ import annotations

import functools
import hashlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING, Literal

from ivr.speech.verbalize.zh import LETTERS, Mandarin
from ivr.yamlfile.source import Mapping, Scalar, read_text

from ._sandhi import with_sandhi

if TYPE_CHECKING:
    import rjieba

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


class CannotReadError(ValueError):
    """A text has a part that is not Mandarin and has no reading; the message names it."""


def read_mandarin(text: str) -> tuple[TextPiece, ...]:
    """Return the pieces of a text in order, with tone sandhi and figures in words. Raises CannotReadError."""
    words = Mandarin().in_words(text) if any(map(str.isdigit, text)) else text
    pieces = list(_pieces(unicodedata.normalize("NFKC", words).strip()))
    while pieces and isinstance(pieces[-1], str):
        pieces.pop()
    while pieces and isinstance(pieces[0], str):
        pieces.pop(0)
    return tuple(_with_spoken_tones(pieces))


def pinyin_of(word: str) -> tuple[Syllable, ...]:
    """Return the dictionary's reading of one word, without tone sandhi. Raises CannotReadError."""
    from pypinyin import Style, pinyin

    readings = [each[0] for each in pinyin(word, style=Style.TONE3, neutral_tone_with_five=True)]
    if len(readings) != len(word):
        raise CannotReadError(f"{word} has no reading")
    for place, part in _own(word):
        readings[place : place + len(part)] = _readings()[part]
    return tuple(_syllable(sign, reading) for sign, reading in zip(word, readings, strict=True))


@functools.cache
def lexicon_version() -> str:
    """Return the version of readings: the digest of our list, and the versions of both libraries."""
    own = hashlib.sha256(_source().encode()).hexdigest()[:8]
    return f"{own}-pypinyin{version('pypinyin')}-rjieba{version('rjieba')}"


def _own(word: str) -> Iterator[tuple[int, str]]:
    """Yield the words of our list in a word, the longest first, with their positions: 还款 in 还款额."""
    place = 0
    while place < len(word):
        ends = range(len(word), place + 1 if len(word) > 1 else place, -1)  # a single character counts only on its own
        part = next((word[place:end] for end in ends if word[place:end] in _readings()), "")
        if part:
            yield place, part
        place += len(part) or 1


def _syllable(sign: str, reading: str) -> Syllable:
    if not re.fullmatch("[a-zê]+[1-5]", reading):
        raise CannotReadError(f"{sign} has no reading")
    letters, tone = reading[:-1], int(reading[-1])
    fixed = {"一": 1, "不": 4}.get(sign, tone)
    return Syllable("er" if letters == "r" else letters, fixed)


def _pieces(text: str) -> Iterator[TextPiece]:
    place = 0
    while place < len(text):
        token = _TOKEN.match(text, place)
        if token is None:
            raise CannotReadError(f"{text[place]!r} cannot be read aloud; write it as words")
        yield from _token(str(token.lastgroup), token.group(), text, token.span())
        place = token.end()


def _token(kind: str, part: str, text: str, span: tuple[int, int]) -> Iterator[TextPiece]:
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
            yield from (Word(chunk, pinyin_of(chunk)) for chunk in _CHUNKS.findall(part))
        case "share":
            yield Word(part, pinyin_of(part))
        case "hanzi":
            yield from _words(part)
        case "sign":
            yield from _words(_SIGNS[part])
        case "blank" if _between_digits(text, span):
            yield "group"


def _spelled(part: str) -> Iterator[Word]:
    for digit in part:
        yield Word(digit, pinyin_of("零" if digit in _SIGNS else digit), digit=True)


def _between_digits(text: str, span: tuple[int, int]) -> bool:
    signs = {*_DIGITS, "斯"}
    return text[span[0] - 1] in signs and text[span[1] : span[1] + 1] in signs


def _foreign(part: str) -> Iterator[TextPiece]:
    """Spell capitals letter by letter; leave words to a voice that speaks English."""
    for letters in [part] if re.search("[a-z]{2}", part) else re.split("[ '-]+", part):
        if len(letters) == 1 or (letters.isupper() and len(letters) <= _LONGEST_ACRONYM and letters.isalpha()):
            yield from (Word(name, pinyin_of(name)) for name in (LETTERS[letter.upper()] for letter in letters))
        else:
            yield Foreign(letters)


def _words(part: str) -> Iterator[Word]:
    for word in _segmenter().cut(part):
        yield Word(word, pinyin_of(word))


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


def _source() -> str:
    return files(__package__).joinpath("_mandarin_readings.yaml").read_text("utf-8")


@functools.cache
def _readings() -> dict[str, list[str]]:
    root, problems = read_text(_source(), "_mandarin_readings.yaml")
    if problems or not isinstance(root, Mapping):
        raise AssertionError(f"the shipped readings cannot be read: {problems}")
    return {key.text: value.text.split() for key, value in root.entries if isinstance(value, Scalar)}


@functools.cache
def _segmenter() -> rjieba.Jieba:
    """Return jieba with the words of our list."""
    import rjieba

    jieba = rjieba.Jieba()
    for word in (word for word in _readings() if len(word) > 1):
        jieba.add_word(word, 1_000_000, None)
    return jieba
