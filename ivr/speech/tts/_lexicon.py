"""Readings of Mandarin words: the line's own, the shipped list, rules for single characters, then pypinyin.

An entry applies on word boundaries only: to whole words that jieba finds, or inside one of them. So 为您 is found in
为您转接, but not in 作为您的银行.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING

from ivr.yamlfile.shipped import shipped_block
from ivr.yamlfile.source import Scalar
from ivr.yamlfile.source import Sequence as Listed

if TYPE_CHECKING:
    import rjieba

_LONGEST = 8
"""Maximum characters of an entry."""
_FIXED = {"一": "yi1", "不": "bu4"}
"""Characters whose tones depend on the next one; tone sandhi decides."""


class CannotReadError(ValueError):
    """A text has a part that is not Mandarin and has no reading; the message names it."""


@dataclass(frozen=True)
class _Rule:
    """The reading of a single character between these texts."""

    reading: str
    before: re.Pattern[str]
    behind: re.Pattern[str]


@dataclass(frozen=True)
class Lexicon:
    """The readings of one line: `own` are those of its readings.yaml, by word, a syllable for each character."""

    own: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @functools.cached_property
    def version(self) -> str:
        """The digest of all readings, and the versions of both libraries."""
        shipped = [_file(name).read_text("utf-8") for name in ("readings", "contexts")]
        content = json.dumps([*shipped, sorted(self.own.items())])
        digest = hashlib.sha256(content.encode()).hexdigest()[:8]
        return f"{digest}-pypinyin{version('pypinyin')}-rjieba{version('rjieba')}"

    @functools.cached_property
    def mixed(self) -> re.Pattern[str] | None:
        """The pattern of own words that are not of Chinese characters alone, such as 鑫e贷; None without any."""
        words = [word for word in self.own if not re.fullmatch("[\u3400-\u9fff]+", word)]
        if not words:
            return None
        return re.compile(
            "|".join(
                f"{'(?<![A-Za-z0-9])' if word[0].isascii() else ''}{re.escape(word)}"
                f"{'(?![A-Za-z0-9])' if word[-1].isascii() else ''}"
                for word in sorted(words, key=len, reverse=True)
            )
        )

    def words(self, text: str, before: str = "", behind: str = "") -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield the words of Chinese characters with their readings. Raises CannotReadError.

        `before` and `behind` are the texts on both sides, by which single characters are read.
        """
        place = 0
        for count, joined in self._joined(self._segmenter().cut(text)):
            # A single word of jieba's may still hold an entry inside, which `_word` looks for.
            entry = self._entry(joined) if count > 1 else None
            if entry is not None:
                yield joined, entry
            else:
                around = (before + text[:place], text[place + len(joined) :] + behind)
                yield joined, tuple(self._word(joined, *around))
            place += len(joined)

    def _joined(self, tokens: Sequence[str]) -> Iterator[tuple[int, str]]:
        """Join the successive words that are one entry; yield each with its number of words."""
        at = 0
        while at < len(tokens):
            ends = [end for end in range(len(tokens), at + 1, -1) if len("".join(tokens[at:end])) <= _LONGEST]
            until = next((end for end in ends if self._entry("".join(tokens[at:end]))), at + 1)
            yield until - at, "".join(tokens[at:until])
            at = until

    def _entry(self, word: str) -> tuple[str, ...] | None:
        return self.own.get(word) or _shipped().get(word)

    def _word(self, word: str, before: str, behind: str) -> Iterator[str]:
        """Yield the reading of each character of one word."""
        place, plain = 0, _dictionary(word)
        while place < len(word):
            entry = self._within(word, place)
            if entry is not None:
                yield from entry
                place += len(entry)
                continue
            sign = word[place]
            yield _in_context(sign, before + word[:place], word[place + 1 :] + behind) or plain[place]
            place += 1

    def _within(self, word: str, place: int) -> tuple[str, ...] | None:
        """Return the longest entry that begins here; a single character counts only on its own."""
        for end in range(len(word), place + (1 if len(word) > 1 else 0), -1):
            if entry := self._entry(word[place:end]):
                return entry
        return None

    def _segmenter(self) -> rjieba.Jieba:
        return _segmenter_with(tuple(word for word in (*_shipped(), *self.own) if len(word) > 1))


def _in_context(sign: str, before: str, behind: str) -> str | None:
    for rule in _rules().get(sign, ()):
        if rule.before.search(before) and rule.behind.match(behind):
            return rule.reading
    return None


@functools.lru_cache(maxsize=4096)
def _dictionary(word: str) -> tuple[str, ...]:
    from pypinyin import Style, pinyin

    # pypinyin gives each character's readings in its phrase; without the option, neutral tones have no digit at all.
    readings = [each[0] for each in pinyin(word, style=Style.TONE3, neutral_tone_with_five=True)]
    if len(readings) != len(word):
        raise CannotReadError(f"{word} has no reading")
    return tuple(_FIXED.get(sign, reading) for sign, reading in zip(word, readings, strict=True))


@functools.lru_cache(maxsize=4)
def _segmenter_with(words: tuple[str, ...]) -> rjieba.Jieba:
    """Return jieba, which also knows these words, as likely as their parts: longer words of its own still win."""
    import rjieba

    jieba = rjieba.Jieba()
    for word in words:
        # Without a frequency: a high one would cut 作为您的 into 作 and 为您.
        jieba.add_word(word, None, None)
    return jieba


def _file(name: str) -> Traversable:
    return files(__package__) / f"_mandarin_{name}.yaml"


@functools.cache
def _shipped() -> Mapping[str, tuple[str, ...]]:
    entries = shipped_block(_file("readings")).entries
    return {key.text: tuple(value.text.split()) for key, value in entries if isinstance(value, Scalar)}


@functools.cache
def _rules() -> Mapping[str, tuple[_Rule, ...]]:
    return {
        key.text: tuple(_rule(item.text) for item in value.items if isinstance(item, Scalar))
        for key, value in shipped_block(_file("contexts")).entries
        if isinstance(value, Listed)
    }


def _rule(line: str) -> _Rule:
    reading, before, behind = (part.strip() for part in line.split("/"))
    return _Rule(reading, re.compile(f"(?:{before})$"), re.compile(behind))
