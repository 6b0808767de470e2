"""Find the choice that a caller named in a sentence, despite fillers, similar sounds and another word order.

Two choices with about equal scores are both rejected, and a negated phrase does not count. Deterministic. Must not know
calls or keys.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from .languages import language_row
from .negation import ENGLISH, MANDARIN
from .sounds import STEM, alike, is_word

ENOUGH = 0.8
"""Minimum score of a phrase."""
_MARGIN = 0.08
"""Minimum distance between the scores of two choices."""
GAPPED, TURNED = 0.88, 0.85
"""Scores of a phrase with other words in between, and of one whose English words are in another order."""
BREVITY = 0.3
"""Weight by which a short phrase loses score: 处理得怎么样 clearly beats 投诉 beside it, 投诉进度 does not."""
_MOST_BETWEEN = 4
_MOST_TEXT = 200

_UNIT = re.compile(r"[㐀-鿿]|[^\W_㐀-鿿]+")
_FILLERS = frozenset("嗯呃额啊哦喂那个就是我想要请您你帮给查看一下问吧呢的了吗嘛呀把行好办在有個請幫給問嗎辦嘅喺啦喎")
_PARTICLES = frozenset("吗嗎呢吧啊")
_STOP_WORDS = frozenset(
    "a an the my your our his her to for of and please me i im is was it its uh um er well like want would id ive need "  # noqa: SIM905
    "have can could you that thats this some".split()
)
_AROUND = frozenset("嗯呃额啊哦喂那哎呀吧嘛哈请谢請謝") | frozenset("uh um er well please thanks thank you".split())  # noqa: SIM905
"""Fillers that may surround an answer that must otherwise equal a phrase."""

_OTHER_THINGS = re.compile(r"人工智能|人工费|\bin[ -]person\b|\bper person\b")
"""Words that merely resemble a request for an agent."""


@dataclass(frozen=True)
class _Refusals:
    """The negations of a language, compiled."""

    before: re.Pattern[str]
    behind: re.Pattern[str]
    within: re.Pattern[str]


@lru_cache(maxsize=64)
def _refusals_of(language: str) -> _Refusals:
    """Join the negations in the row of a language; a language without a row has those of English and Mandarin."""
    row = language_row(language)
    negations = row.negations if row else (ENGLISH, MANDARIN)
    before, behind, within = (
        "|".join(getattr(negation, place) for negation in negations) or r"(?!)"
        for place in ("before", "behind", "within")
    )
    return _Refusals(re.compile(f"(?:{before})$"), re.compile(behind), re.compile(within))


def understand(said: str, offers: Sequence[Sequence[str]], language: str, *, whole: bool = False) -> int | None:
    """Return the index of the offer that was clearly said, or None. See `ivr.engine.ports.Understand`.

    Phrases are compared by their script, so that a flow may offer "English" beside 普通话 in any language.
    """
    heard = _heard(said, _refusals_of(language))
    if not heard.units:
        return None
    if whole:
        return _all_of_it(heard, offers)
    phrases = [(place, _offered(phrase).units) for place, offer in enumerate(offers) for phrase in offer]
    spoken = set(heard.units)
    # Compared by the first unit: choices of other menus make it hundreds of phrases, and a sentence has ten units.
    begun = ((place, units) for place, units in phrases if units and units[0] in spoken)
    hits = [hit for place, units in begun for hit in _said(place, units, heard)]
    # Exact phrases first: similar sounds are looked for only where none was said as it is written.
    hits = hits or [hit for place, units in phrases for hit in _nearly_said(place, units, heard)]
    return _clearly(hits) if hits else None


@dataclass(frozen=True)
class _Heard:
    """A sentence as units (characters or words) with their positions in the text, without stop words."""

    text: str
    units: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    refusals: _Refusals | None = None

    def refused(self, first: int, last: int) -> bool:
        """Return whether the units from `first` to `last` are refused before or retracted after them."""
        before, behind = self.text[: self.starts[first]], self.text[self.ends[last] :]
        refusals = self.refusals
        return refusals is not None and bool(refusals.before.search(before) or refusals.behind.match(behind))

    def negated(self, first: int, last: int) -> bool:
        """Return whether the units from `first` to `last` contain a negation."""
        between = self.text[self.starts[first] : self.ends[last]]
        return self.refusals is not None and self.refusals.within.search(between) is not None

    def share(self, first: int, last: int) -> float:
        """Return the share of the sentence, without fillers, from unit `first` to `last`."""
        rest = sum(unit not in _FILLERS for place, unit in enumerate(self.units) if not first <= place <= last)
        return (last - first + 1) / (last - first + 1 + rest)


@dataclass(frozen=True)
class _Hit:
    """A phrase of an offer, found between two units."""

    place: int
    score: float
    first: int
    last: int

    def lies_within(self, other: _Hit) -> bool:
        """Return whether a longer phrase of another offer contains this one: 卡 in 信用卡."""
        inside = other.first <= self.first and self.last <= other.last
        longer = other.last - other.first > self.last - self.first
        return inside and longer and self.place != other.place


def _heard(said: str, refusals: _Refusals | None = None) -> _Heard:
    # Cut, since a recogniser that hangs on a television returns minutes of text, and the searches below are
    # quadratic.
    text = unicodedata.normalize("NFKC", said[:_MOST_TEXT]).casefold()
    text = _OTHER_THINGS.sub(" ", re.sub(r"(?<=[a-z])['’](?=[a-z])", "", text))
    every = list(_UNIT.finditer(text))
    # A sentence of stop words alone, such as "can I have that", stays as it is.
    units = [unit for unit in every if unit[0] not in _STOP_WORDS] or every
    return _Heard(
        text,
        tuple(unit[0] for unit in units),
        tuple(unit.start() for unit in units),
        tuple(unit.end() for unit in units),
        refusals,
    )


@lru_cache(maxsize=16384)
def _offered(phrase: str) -> _Heard:
    """Split a phrase into units. Cached for editors' phrases only: a caller's words may be a PIN."""
    return _heard(phrase)


def _clearly(hits: Sequence[_Hit]) -> int | None:
    """Return the offer whose score clearly exceeds all others, or None."""
    best: dict[int, float] = {}
    for hit in hits:
        # 信用卡 holds 卡: the longer phrase is what was said, though the other menu choice was found as well.
        if not any(hit.lies_within(other) for other in hits):
            best[hit.place] = max(best.get(hit.place, 0.0), hit.score)
    first, *others = sorted(best, key=lambda place: -best[place])
    return None if others and best[first] - best[others[0]] < _MARGIN else first


def _said(place: int, units: tuple[str, ...], heard: _Heard) -> Iterator[_Hit]:
    """Yield exact occurrences of a phrase of more than one character."""
    size = 0 if _short(units) else len(units)
    for at in range(len(heard.units) - size + 1 if size else 0):
        if heard.units[at : at + size] == units and not heard.refused(at, at + size - 1):
            # An English word has about two syllables, a Chinese character one.
            syllables = 2 * size if is_word(units[0]) else size
            yield _Hit(place, 1 - BREVITY / syllables, at, at + size - 1)


def _nearly_said(place: int, units: tuple[str, ...], heard: _Heard) -> Iterator[_Hit]:
    """Yield approximate occurrences of a phrase: similar sounds, words in between, another order."""
    looks = (_sounding(units, heard), _gapped(units, heard), _turned(units, heard))
    for first, last, score in (match for look in looks for match in look):
        if score >= ENOUGH and not heard.refused(first, last):
            yield _Hit(place, score, first, last)


def _short(units: Sequence[str]) -> bool:
    return len(units) == 1 and not is_word(units[0])


_Match = tuple[int, int, float]


def _sounding(units: Sequence[str], heard: _Heard) -> Iterator[_Match]:
    size, short = len(units), _short(units)  # one syllable resembles too many others
    for at in range(len(heard.units) - size + 1 if size else 0):
        # A single syllable must be the same character: shì is 是, 事, 市 and thirty others.
        if not alike(units[0], heard.units[at]) or (short and heard.units[at] != units[0]):
            continue
        total = 0.0
        for unit, spoken in zip(units, heard.units[at : at + size], strict=True):
            if not (likeness := alike(unit, spoken)):
                break
            total += likeness
        else:
            share = 1.0 if total >= STEM * size and is_word(units[0]) else heard.share(at, at + size - 1)
            yield at, at + size - 1, total / size * (0.8 + 0.2 * share)


def _gapped(units: Sequence[str], heard: _Heard) -> Iterator[_Match]:
    """Find 查一下我的余额 for 查余额, and "lost his new card" for "lost card"."""
    if len(units) < (2 if units and is_word(units[0]) else 3) or units[-1] in _PARTICLES:
        return
    for first, unit in enumerate(heard.units):
        if unit != units[0]:
            continue
        last = first
        for wanted in units[1:]:
            last = next((at for at in range(last + 1, len(heard.units)) if alike(wanted, heard.units[at]) >= STEM), -1)
            if last < 0:
                break
        between = last - first + 1 - len(units)
        if 0 < between <= _MOST_BETWEEN and not heard.negated(first, last):
            yield first, last, GAPPED * (0.92 + 0.08 * heard.share(first, last))


def _turned(units: Sequence[str], heard: _Heard) -> Iterator[_Match]:
    """Find "my card is lost" for "lost card"."""
    size = len(units)
    if size < 2 or not all(map(is_word, units)):
        return
    for first in range(len(heard.units) - size + 1):
        window = heard.units[first : first + size]
        # In English only: in Chinese another order is another meaning, as 卡还 is no 还卡.
        complete = all(any(alike(unit, spoken) >= STEM for spoken in window) for unit in units)
        if complete and not heard.negated(first, first + size - 1):
            yield first, first + size - 1, TURNED


def _all_of_it(heard: _Heard, offers: Sequence[Sequence[str]]) -> int | None:
    """Return the only offer with a phrase that equals the sentence without fillers."""
    said = _bare(heard.text)
    places = {
        place for place, offer in enumerate(offers) if any(said == _bare(_offered(phrase).text) for phrase in offer)
    }
    return places.pop() if said and len(places) == 1 else None


def _bare(text: str) -> str:
    """Join the units of a text without fillers; 对对对 is 对."""
    joined = " ".join(unit for unit in _UNIT.findall(text) if unit not in _AROUND)
    return re.sub(r"^(.+?)(?: \1)+$", r"\1", joined)
