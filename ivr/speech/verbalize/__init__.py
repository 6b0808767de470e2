"""Read typed values aloud: the only way a number, date or code gets into a prompt. Must not log or store values.

The row of a language in `ivr.speech.languages` names the module here that reads values in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .kinds import VALUE_KINDS, ValueKind
from .language import SpokenLanguage, Unreadable, languages, speaker_of
from .pieces import SpokenPiece, groups_of

__all__ = [
    "VALUE_KINDS",
    "Reader",
    "Spoken",
    "SpokenLanguage",
    "SpokenPiece",
    "ValueKind",
    "argument_fault",
    "groups_of",
    "languages",
    "speaker_of",
    "verbalize",
]


@dataclass(frozen=True)
class Spoken:
    """A spoken value: its words, and the same as pieces with pauses."""

    words: str
    pieces: tuple[SpokenPiece, ...]


def verbalize(value: Any, kind: str, argument: str, language: str, *, rate: float = 1.0, yao: bool = True) -> Spoken:
    """Return a value's words and timing; `rate` is a share of the normal speed. Raises ValueError as `Reader` does."""
    words = Reader(yao)(value, kind, argument, language)
    return Spoken(words, groups_of(words, language, rate=rate, yao=yao))


@dataclass(frozen=True)
class Reader:
    """Turns values into words. With `yao`, 1 is 幺 in digits of mainland Mandarin; other languages always say 一."""

    yao: bool = True

    def __call__(self, value: Any, kind: str, argument: str, language: str) -> str:
        """Return the spoken words. Raises ValueError, whose text never contains the value."""
        if fault := argument_fault(kind, argument, language):
            raise ValueError(fault)
        try:
            return VALUE_KINDS[kind].words_of(speaker_of(language)(yao=self.yao), value, argument)
        except Unreadable as unreadable:
            reason = str(unreadable)
        raise ValueError(f"{kind} cannot read this value: {reason}")


def argument_fault(kind: str, argument: str, language: str) -> str:
    """Return the fault of `kind:argument` in a text of this language, or an empty text."""
    if kind not in VALUE_KINDS:
        return f"there is no kind {kind!r}; the kinds are {', '.join(VALUE_KINDS)}"
    try:
        speaker = speaker_of(language)()
    except ValueError as unspoken:
        return str(unspoken)
    return VALUE_KINDS[kind].fault(argument, speaker)
