"""Find the choice that a caller named in a sentence, despite fillers, similar sounds and another word order.

Two choices with about equal scores are both rejected, and a negated phrase does not count. What was said in no phrase's
own words is compared by synonyms. Deterministic. Must not know calls or keys.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from ivr.flow.phrasebook import GAP

from .languages import language_row
from .negation import ENGLISH, MANDARIN
from .sounds import STEM, alike, is_word
from .synonyms import with_plain_words

ENOUGH = 0.8
"""Minimum score of a phrase."""
_MARGIN = 0.08
"""Minimum distance between the scores of two choices."""
GAPPED, TURNED = 0.88, 0.85
"""Scores of a phrase with other words in between, and of one whose English words are in another order."""
BREVITY = 0.3
"""Weight by which a short phrase loses score: 处理得怎么样 clearly beats 投诉 beside it, 投诉进度 does not."""
_MOST_BETWEEN = 4
_MOST_IN_GAP = 12
"""Maximum units between the parts of a phrase with a gap."""
_MOST_TEXT = 200

_UNIT = re.compile(r"[㐀-鿿]|[^\W_㐀-鿿]+")
_FILLERS = frozenset("嗯呃额啊哦喂那个就是我想要请您你帮给查看一下问吧呢的了吗嘛呀把行好办在有個請幫給問嗎辦嘅喺啦喎")
_PARTICLES = frozenset("吗嗎呢吧啊")
_STOP_WORDS = frozenset(
    "a an the my your our his her to for of and please me i im is was it its uh um er well like want would id ive need "  # noqa: SIM905
    "have can could you that thats this some".split()
)
_OR_NOT = re.compile(r"([㐀-鿿])不\1")
"""A question by a verb and its negation: 上不上班."""
_SENTENCE_END = re.compile(r"[。？！?!;]|\.(?!\d)")
_AROUND = frozenset("嗯呃额啊哦喂那哎呀吧嘛哈请谢請謝") | frozenset("uh um er well please thanks thank you".split())  # noqa: SIM905
"""Fillers that may surround an answer that must otherwise equal a phrase."""

_OTHER_THINGS = re.compile(r"人工智能|人工费|\bin[ -]person\b|\bper person\b|\bmore (?=than\b|slowly\b)")
"""Words that merely resemble a request: for an agent, or for more."""


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
    if whole:
        return _all_of_it(_normal(said), offers)
    refusals = _refusals_of(language)
    heard = _heard(said, refusals)
    if not heard.units:
        return None
    refused: set[int] = set()
    hits = _hits(heard, offers, refused, plain=False) or _hits(
        _heard(said, refusals, plain=True), offers, refused, plain=True
    )
    return _clearly(hits) if hits else None


def _hits(heard: _Heard, offers: Sequence[Sequence[str]], refused: set[int], *, plain: bool) -> list[_Hit]:
    """Return where phrases were said, else where they were nearly said.

    With `plain` synonyms are one word; what was refused in its own words (`refused`, which grows) is not found by them.
    """
    phrases = [
        (place, _offered(phrase, plain=plain))
        for place, offer in enumerate(offers)
        if place not in refused
        for phrase in offer
    ]
    hits = [hit for place, phrase in _begun(phrases, heard) for hit in _said(place, phrase, heard)]
    denied = [hit for hit in hits if hit.refused]
    refused |= {hit.place for hit in denied}
    hits = [hit for hit in hits if not hit.refused and not any(hit.belongs_to(other) for other in denied)]
    # Exact phrases first: similar sounds are looked for only where none was said as it is written.
    return hits or [
        hit
        for place, phrase in phrases
        if not phrase.has_gaps and place not in refused
        for hit in _nearly_said(place, phrase.units, heard)
    ]


def _begun(phrases: Sequence[tuple[int, _Heard]], heard: _Heard) -> Sequence[tuple[int, _Heard]]:
    """Return the phrases whose first word was said: choices of other menus make them hundreds, a sentence is short."""
    spoken = set(heard.units)
    return [(place, phrase) for place, phrase in phrases if phrase.units and phrase.units[0] in spoken]


@dataclass(frozen=True)
class _Heard:
    """A sentence as units (characters or words) with their positions in the text, without stop words.

    `parts` are the units of a phrase by its gaps; a phrase without gaps has one part.
    """

    text: str
    units: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    refusals: _Refusals | None = None
    parts: tuple[tuple[str, ...], ...] = ()

    @property
    def has_gaps(self) -> bool:
        """Return whether other words may stand in this phrase."""
        return len(self.parts) > 1

    def refused(self, first: int, last: int) -> bool:
        """Return whether the units from `first` to `last` are refused before or retracted after them."""
        before, behind = self.text[: self.starts[first]], self.text[self.ends[last] :]
        refusals = self.refusals
        return refusals is not None and bool(refusals.before.search(before) or refusals.behind.match(behind))

    def negated(self, first: int, last: int) -> bool:
        """Return whether the units from `first` to `last` contain a negation."""
        return self._denies(self.text[self.starts[first] : self.ends[last]])

    def divided(self, last: int, first: int) -> bool:
        """Return whether a negation or the end of a sentence stands between the units `last` and `first`."""
        between = self.text[self.ends[last] : self.starts[first]]
        return _SENTENCE_END.search(between) is not None or self._denies(between)

    def _denies(self, text: str) -> bool:
        return self.refusals is not None and self.refusals.within.search(text) is not None

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
    refused: bool = False

    def belongs_to(self, other: _Hit) -> bool:
        """Return whether another phrase of the same offer contains this one or ends before it: 限额 in 转账限额."""
        return self.place == other.place and other.first <= self.first <= other.last + 1

    def lies_within(self, other: _Hit) -> bool:
        """Return whether a longer phrase of another offer contains this one: 卡 in 信用卡.

        Of phrases with gaps from and to the same word, the one with more words is the longer.
        """
        inside = other.first <= self.first and self.last <= other.last
        more = (other.last - other.first, other.score) > (self.last - self.first, self.score)
        return inside and more and self.place != other.place


def _normal(said: str) -> str:
    """Return a sentence in lower case, without full-width signs, apostrophes and words for other things."""
    # Cut, since a recogniser that hangs on a television returns minutes of text, and the searches below are
    # quadratic.
    text = unicodedata.normalize("NFKC", said[:_MOST_TEXT]).casefold()
    return _OTHER_THINGS.sub(" ", re.sub(r"(?<=[a-z])['’](?=[a-z])", "", text))


def _heard(said: str, refusals: _Refusals | None = None, *, plain: bool = False) -> _Heard:
    text = _OR_NOT.sub(r"\1", _normal(said))
    text = with_plain_words(text) if plain else text
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


@lru_cache(maxsize=32768)
def _offered(phrase: str, *, plain: bool = False) -> _Heard:
    """Split a phrase into units. Cached for editors' phrases only: a caller's words may be a PIN."""
    parts = tuple(units for part in phrase.split(GAP) if (units := _heard(part, plain=plain).units))
    return replace(_heard(phrase.replace(GAP, " "), plain=plain), parts=parts)


def _clearly(hits: Sequence[_Hit]) -> int | None:
    """Return the offer whose score clearly exceeds all others, or None."""
    best: dict[int, float] = {}
    for hit in hits:
        # 信用卡 holds 卡: the longer phrase is what was said, though the other menu choice was found as well.
        if not any(hit.lies_within(other) for other in hits):
            best[hit.place] = max(best.get(hit.place, 0.0), hit.score)
    first, *others = sorted(best, key=lambda place: -best[place])
    return None if others and best[first] - best[others[0]] < _MARGIN else first


def _said(place: int, phrase: _Heard, heard: _Heard) -> Iterator[_Hit]:
    """Yield exact occurrences of a phrase of more than one character, refused ones included."""
    if not phrase.units or _short(phrase.units):
        return
    size = len(phrase.units)
    # An English word has about two syllables, a Chinese character one.
    score = 1 - BREVITY / (2 * size if is_word(phrase.units[0]) else size)
    head, *further = phrase.parts
    for first in _places(head, heard, 0, len(heard.units)):
        last = first + len(head) - 1
        for part in further:
            at = next(_places(part, heard, last + 1, last + 2 + _MOST_IN_GAP), None)
            if at is None or heard.divided(last, at):
                break
            last = at + len(part) - 1
        else:
            yield _Hit(place, score, first, last, heard.refused(first, last))


def _places(part: tuple[str, ...], heard: _Heard, start: int, end: int) -> Iterator[int]:
    """Yield where a part begins, from unit `start` up to but not including `end`."""
    size = len(part)
    for at in range(start, min(end, len(heard.units) - size + 1)):
        if heard.units[at : at + size] == part:
            yield at


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


def _all_of_it(text: str, offers: Sequence[Sequence[str]]) -> int | None:
    """Return the only offer with a phrase that equals the text without fillers."""
    said = _bare(text)
    places = {
        place for place, offer in enumerate(offers) if any(said == _bare(_offered(phrase).text) for phrase in offer)
    }
    return places.pop() if said and len(places) == 1 else None


def _bare(text: str) -> str:
    """Join the units of a text without fillers; 对对对 is 对."""
    joined = " ".join(unit for unit in _UNIT.findall(text) if unit not in _AROUND)
    return re.sub(r"^(.+?)(?: \1)+$", r"\1", joined)
