"""Split phrases into words that a model knows, and find the phrases in the model's result. Must not do I/O."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from . import Nothing, RecognizedPhrase

UNKNOWN = "[unk]"
LEAST_CONFIDENCE = 0.2
_LEAST_MARGIN = 0.1
"""Minimum margin between two phrases; below it, neither counts and the caller is asked again."""
_LONGEST_WORD = 8
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")

Knows = Callable[[str], bool]
"""Returns whether a word is in the model's vocabulary."""
KnownWords = tuple[str, ...]


@dataclass(frozen=True)
class Grammar:
    """The phrases that can be recognised, by their words, and the others with their unknown words."""

    phrases: Mapping[KnownWords, str]
    unknown: Mapping[str, KnownWords]

    @cached_property
    def _vocabulary(self) -> frozenset[str]:
        return frozenset(word for words in self.phrases for word in words)

    def lines(self, knows: Knows) -> list[str]:
        """Return the model's grammar: one line per phrase, and the word for anything else if the model has one."""
        return [" ".join(words) for words in self.phrases] + ([UNKNOWN] if knows(UNKNOWN) else [])

    def said(self, text: str) -> str | None:
        """Return the one phrase that a text contains; None for any other text.

        Words of the phrase may also stand around it: callers begin anew, and a model may recognise a breath as half a
        word. Words outside of all phrases are ignored; only a model without a grammar returns them.
        """
        # A big model without a grammar also hears the fillers around a phrase, which are no part of any.
        words = tuple(word for word in text.split() if word in self._vocabulary)
        phrases = {
            phrase
            for own, phrase in self.phrases.items()
            if set(words) <= set(own) and any(words[at : at + len(own)] == own for at in range(len(words)))
        }
        return phrases.pop() if len(phrases) == 1 else None


def grammar_of(phrases: Iterable[str], knows: Knows) -> Grammar:
    """Split phrases into words of the vocabulary; Chinese and Japanese, without blanks, into as few as possible."""
    heard: dict[KnownWords, str] = {}
    unknown: dict[str, KnownWords] = {}
    for phrase in phrases:
        words = _words(phrase, knows)
        missing = tuple(word for word in words if not knows(word))
        if missing:
            unknown[phrase] = missing
        elif words:
            # Two phrases that split into the same words sound the same; the first one is what the editor put first.
            heard.setdefault(words, phrase)
    return Grammar(heard, unknown)


def _words(phrase: str, knows: Knows) -> KnownWords:
    plain = "".join(sign if sign.isalnum() or sign == "'" else " " for sign in _folded(phrase))
    return tuple(word for part in plain.split() for word in _split(part, knows))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _split(part: str, knows: Knows) -> KnownWords:
    """Split a text into the fewest known words; a character that is in no word becomes a word."""
    if knows(part) or not _UNSPACED.search(part):
        return (part,)
    # Dynamic programming over the ends: greedy splitting takes the longest word first, and fails on what is left.
    best: list[tuple[int, int, KnownWords]] = [(0, 0, ())]
    for end in range(1, len(part) + 1):
        ways = []
        for start in range(max(0, end - _LONGEST_WORD), end):
            word = part[start:end]
            is_known = knows(word)
            # A character that the model lacks stands for itself, so that operators are told which one it is.
            if is_known or end - start == 1:
                unknown, count, words = best[start]
                ways.append((unknown + (not is_known), count + 1, (*words, word)))
        best.append(min(ways))
    return best[-1][2]


def judged(grammar: Grammar, segments: Sequence[Sequence[tuple[str, float]]]) -> RecognizedPhrase | Nothing:
    """Choose the phrase from the alternatives of all segments, which are texts with log likelihoods; skip silence."""
    heard = [result for segment in segments if (result := _segment(grammar, segment)) is not None]
    if not heard:
        return Nothing("unclear")
    texts = {result.text for result in heard if isinstance(result, RecognizedPhrase)}
    # Two phrases in one answer, or one beside something unclear: a guess could move money, a question only takes
    # seconds.
    if len(texts) != 1 or any(isinstance(result, Nothing) for result in heard):
        return Nothing("unclear")
    return max(
        (result for result in heard if isinstance(result, RecognizedPhrase)), key=lambda result: result.confidence
    )


def _segment(grammar: Grammar, alternatives: Sequence[tuple[str, float]]) -> RecognizedPhrase | Nothing | None:
    """Judge one segment of speech; return None if it is most likely silence."""
    if not alternatives or not alternatives[0][0].replace(UNKNOWN, "").strip():
        return None
    shares = _shares(grammar, alternatives)
    (text, share), *rest = [*sorted(shares.items(), key=lambda item: -item[1]), ("", 0.0)]
    margin = share - (rest[0][1] if rest else 0.0)
    if not text or share < LEAST_CONFIDENCE or margin < _LEAST_MARGIN:
        return Nothing("unclear")
    return RecognizedPhrase(text, round(share, 3), round(margin, 3))


def _shares(grammar: Grammar, alternatives: Sequence[tuple[str, float]]) -> dict[str, float]:
    """Return each phrase's share of the likelihood of all alternatives."""
    best = max(score for _, score in alternatives)
    # Relative to the best: the likelihoods themselves are below the smallest float.
    weights = [math.exp(score - best) for _, score in alternatives]
    shares: dict[str, float] = {}
    for (text, _), weight in zip(alternatives, weights, strict=True):
        phrase = grammar.said(text)
        if phrase is not None:
            shares[phrase] = shares.get(phrase, 0.0) + weight / sum(weights)
    return shares
