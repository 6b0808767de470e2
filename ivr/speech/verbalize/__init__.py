"""Read typed values aloud: the only way a number, date or code gets into a prompt. Must not log or store values.

The row of a language in `ivr.speech.languages` names the module here that reads values in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .kinds import VALUE_KINDS, ValueKind
from .language import SpokenLanguage, UnclearNumber, Unreadable, languages, speaker_of

__all__ = [
    "VALUE_KINDS",
    "Reader",
    "SpokenLanguage",
    "UnclearNumber",
    "ValueKind",
    "argument_fault",
    "languages",
    "speaker_of",
    "unclear_numbers",
]


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


def unclear_numbers(text: str, language: str) -> tuple[UnclearNumber, ...]:
    """Return the figures of a text that can be read in several ways; none in a language without a reader."""
    try:
        return speaker_of(language)().read_text(text).unclear
    except ValueError:
        return ()
