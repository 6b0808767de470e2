"""The whisper: a few words about the caller that the agent hears first. Entries in it are masked."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ivr.engine.verbs import Say
from ivr.flow.phrasebook import Phrasebooks
from ivr.speech.verbalize import Reader

from .legs import Whisper

MOST_TYPED = 2
"""The most entries in a whisper; the agent's screen has all."""
_LONGEST = 40
_MASKED = re.compile(r"[*•×xX\s]*[*•×xX][*•×xX\s]*(?P<tail>\d{1,6})")


def whisper_words(whisper: Whisper, phrases: Phrasebooks) -> list[Say]:
    """Return the whisper: the caller in one sentence, then the keys."""
    language = phrases.language_of(whisper.language)
    facts = phrases.phrase(language, "agent_between").join(_facts(whisper, language, phrases))
    sentence = facts + phrases.phrase(language, "agent_end")
    take = phrases.phrase(language, "agent_take_back" if whisper.call_back else "agent_take")
    return [Say(sentence, language), Say(take, language)]


def said(language: str, key: str, phrases: Phrasebooks) -> Say:
    """Return one of the phrases for agents."""
    book = phrases.language_of(language)
    return Say(phrases.phrase(book, key), book)


def _facts(whisper: Whisper, language: str, phrases: Phrasebooks) -> Iterator[str]:
    yield _short(whisper.name) or phrases.phrase(language, "agent_unknown")
    if f"agent_{whisper.priority}" in phrases.keys(language):
        yield phrases.phrase(language, f"agent_{whisper.priority}")
    level = "agent_verified" if whisper.level else "agent_unverified"
    yield phrases.phrase(language, level, level=str(whisper.level))
    if whisper.reason:
        yield phrases.phrase(language, "agent_reason", reason=_short(whisper.reason))
    for name, value in [*whisper.typed.items()][-MOST_TYPED:]:
        phrase_key = f"agent_name_{name}"
        shown = phrases.phrase(language, phrase_key) if phrase_key in phrases.keys(language) else _short(name)
        yield _typed(phrases, language, shown, value)
    if whisper.waited >= 60:
        yield phrases.phrase(language, "agent_waited", minutes=str(whisper.waited // 60))


def _typed(phrases: Phrasebooks, language: str, name: str, value: str) -> str:
    masked = _MASKED.fullmatch(value)
    if masked is None and len(re.findall(r"\d", value)) <= 6:
        return phrases.phrase(language, "agent_typed", name=name, value=_short(value))
    # A long number is cut here too, in case it was not masked before.
    tail = masked["tail"] if masked else "".join(re.findall(r"\d", value))[-4:]
    return phrases.phrase(language, "agent_typed_tail", name=name, value=Reader()(tail, "digits", "", language))


def _short(text: str) -> str:
    return " ".join(text.split())[:_LONGEST]
