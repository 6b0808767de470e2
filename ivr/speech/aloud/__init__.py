"""Reads typed values aloud: the only way a number, date or code gets into a prompt. It logs and remembers nothing.

A further language is one file here, named by its tag (`fr.py`, `pt_br.py`), whose `language` is a `Language` class.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .kinds import KINDS, Kind
from .language import Language, Unreadable, languages, speaker_of

__all__ = ["KINDS", "Kind", "Language", "Reader", "languages", "speaker_of"]


@dataclass(frozen=True)
class Reader:
    """Puts values into words. `yao` says 幺 for 1 in Mandarin digits; callers from Hong Kong or Taiwan want 一."""

    yao: bool = True

    def __call__(self, value: Any, kind: str, argument: str, language: str) -> str:
        """Return the spoken words. Raises ValueError with a sentence that never holds the value."""
        speaker = speaker_of(language)(yao=self.yao)
        if kind not in KINDS:
            raise ValueError(f"there is no kind {kind!r}; the kinds are {', '.join(KINDS)}")
        for complaint in KINDS[kind].complaints(argument, language):
            raise ValueError(complaint)
        try:
            return KINDS[kind].read(speaker, value, argument)
        except Unreadable as unreadable:
            reason = str(unreadable)
        raise ValueError(f"{kind} cannot read this value: {reason}")
