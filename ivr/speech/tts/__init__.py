"""Local voices: each a module named after its kind. They turn text into sound and know no prompt, file or call."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Self

from ivr.discovery import kinds_in
from ivr.settings.extras import missing_extra

if TYPE_CHECKING:
    from ivr.speech.audio import Audio

__all__ = ["Voice", "local_voices"]


class Voice(ABC):
    """Speaks texts. Safe to use from several threads; `close` ends what it has started.

    `preference` puts the voices in order: the lowest that can speak a language speaks it.
    """

    kind: ClassVar[str]
    preference: ClassVar[int] = 50

    @classmethod
    @abstractmethod
    def open(cls, models: Path) -> Self:
        """Return the voice with its data from the folder of models. Nothing is loaded or started yet."""

    @property
    def name(self) -> str:
        """The kind, which is also the file name."""
        return self.kind

    @abstractmethod
    def speaks(self, language: str) -> bool:
        """Tell whether the language is one of the voice's own, able or not."""

    @abstractmethod
    def identity(self, language: str) -> str:
        """Return what decides how a text sounds: engine, version, voice, lexicon. Part of a rendered file's key."""

    @abstractmethod
    def why_not(self, language: str) -> str | None:
        """Return None when the language can be spoken now, else a sentence that says why not and the cure."""

    @abstractmethod
    def render(self, text: str, language: str, *, rate: float = 1.0, deadline: float = 10.0) -> Audio:
        """Return the text as 8 kHz sound, trimmed and levelled.

        `rate` is a share of the standard profile's normal speed, `deadline` seconds from now. Raises VoiceFailed when
        it cannot be spoken or not in time, whatever the reason.
        """

    def meet(self, others: Sequence[Voice]) -> None:  # noqa: B027 - most voices need no other
        """Learn which other voices there are, for words of a language that is not one's own."""

    def close(self) -> None:  # noqa: B027 - most voices start nothing
        """End child processes and forget what was cached; the voice may be used again afterwards."""


def local_voices(models: Path) -> Sequence[Voice]:
    """Return every voice there is, the best first; none without the extra `speech`."""
    if missing_extra("speech"):
        return ()
    kinds = kinds_in(sys.modules[__name__], Voice)  # type: ignore[type-abstract]
    voices = [kind.open(models) for kind in sorted(kinds.values(), key=lambda kind: (kind.preference, kind.kind))]
    for voice in voices:
        voice.meet([other for other in voices if other is not voice])
    return voices
