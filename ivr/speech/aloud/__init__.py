"""Reads typed values aloud: the only way a number, date or code gets into a prompt. It logs and remembers nothing.

A further language is one file here, named by its tag (`fr.py`, `pt_br.py`), whose `language` is a `Language` class.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .kinds import KINDS, Kind
from .language import Language, Unreadable, languages, speaker_of

__all__ = ["KINDS", "Kind", "Language", "Reader", "argument_fault", "languages", "speaker_of"]


@dataclass(frozen=True)
class Reader:
    """Puts values into words. `yao` says 幺 for 1 in Mandarin digits; callers from Hong Kong or Taiwan want 一."""

    yao: bool = True

    def __call__(self, value: Any, kind: str, argument: str, language: str) -> str:
        """Return the spoken words. Raises ValueError with a sentence that never holds the value."""
        if fault := argument_fault(kind, argument, language):
            raise ValueError(fault)
        try:
            return KINDS[kind].read(speaker_of(language)(yao=self.yao), value, argument)
        except Unreadable as unreadable:
            reason = str(unreadable)
        raise ValueError(f"{kind} cannot read this value: {reason}")


def argument_fault(kind: str, argument: str, language: str) -> str:
    """Say what is wrong with `kind:argument` in a text of this language, or return an empty text."""
    if kind not in KINDS:
        return f"there is no kind {kind!r}; the kinds are {', '.join(KINDS)}"
    try:
        speaker = speaker_of(language)()
    except ValueError as unspoken:
        return str(unspoken)
    return KINDS[kind].fault(argument, speaker)
