"""The words that callers are expected to say: phrases of choices, names of keys, and the hints made of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, zip_longest

from ivr.flow.model import Choice
from ivr.flow.phrasebook import GAP

from .turn import Turn

YES, NO = "1", "2"
"""The keys of a yes and a no."""
MOST_HINTS = 500
"""The most hints of a gather: the limit of the carrier that takes most (Twilio's `hints`)."""


def phrases_of(choice: Choice, language: str) -> tuple[str, ...]:
    """Return the phrases for a choice: its label if that has no values, then its own."""
    said = choice.phrases.for_language(language) if choice.phrases else ()
    label = choice.label.by_language.get(language) if choice.label else None
    if label and label.fixed:
        said = (label.fixed, *said)
    return tuple(dict.fromkeys(said))


def names_of(turn: Turn, key: str) -> tuple[str, ...]:
    """Return the phrases for a key."""
    phrases, language = turn.line.phrases, turn.call.language
    names = {"*": phrases.phrase(language, "key_star"), "#": phrases.phrase(language, "key_pound")}
    names |= {str(digit): name for digit, name in enumerate(phrases.words(language, "digit_words"))}
    return tuple(phrases.phrase(language, "key_words", key=names[key]).split("|"))


def hints_of(expected: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """Return hints for a recogniser from the phrases of each choice, the most telling ones of every choice first.

    So that a choice with many phrases takes no other one its share, they are dealt in turns: first every label. A
    phrase with a gap is nothing that a caller says.
    """
    dealt = chain.from_iterable(zip_longest(*expected))
    return tuple(dict.fromkeys(phrase for phrase in dealt if phrase and GAP not in phrase))[:MOST_HINTS]


def yes_and_no(turn: Turn) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the words for yes, and those for no."""
    return tuple(turn.line.phrases.words(turn.call.language, key) for key in ("yes_words", "no_words"))  # type: ignore[return-value]


def yes_or_no(turn: Turn, words: str) -> bool | None:
    """Return a plain yes or no, said again or with courtesy; None for words that hold both or more."""
    yes, no = yes_and_no(turn)
    place = turn.services.understand(words, [no, yes], turn.call.language, whole=True)
    return None if place is None else place == 1
