"""Local voices, one module per kind: they turn text into sound. Must not know prompts, files or calls."""

from __future__ import annotations

import hashlib
import re
import sys
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Self

from ivr.discovery import kinds_in
from ivr.settings import Hidden
from ivr.settings.extras import missing_extra

from ._lexicon import Lexicon

if TYPE_CHECKING:
    from ivr.speech.audio import Audio

__all__ = ["Readings", "Voice", "VoiceSources", "local_voices"]


@dataclass(frozen=True)
class VoiceSources:
    """Where voices come from: the folder of models, and the address of a voice server, which may hold a token."""

    models: Path
    address: Hidden = field(default_factory=Hidden)


@dataclass(frozen=True)
class Readings:
    """How a line reads words of its own, by language: pinyin of Mandarin words, respellings of English ones."""

    by_language: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def lexicon(self, language: str) -> Lexicon:
        """Return the readings of Mandarin words: the line's own before the shipped ones."""
        own = self.by_language.get(language, {})
        return _lexicon(tuple((word, tuple(reading.split())) for word, reading in own.items()))

    def digest(self, language: str) -> str:
        """Return a short digest of the line's own readings of a language, which changes with them."""
        own = repr(sorted(self.by_language.get(language, {}).items()))
        return hashlib.sha256(own.encode()).hexdigest()[:8]

    def respelt(self, text: str, language: str) -> str:
        """Return a text with its own words respelt, as whole words in any case."""
        own = {word.casefold(): reading for word, reading in self.by_language.get(language, {}).items()}
        if not own:
            return text
        # The longest first, or a name would be replaced inside of a longer one.
        words = "|".join(re.escape(word) for word in sorted(own, key=len, reverse=True))
        pattern = re.compile(rf"(?<![A-Za-z0-9])(?:{words})(?![A-Za-z0-9])", re.IGNORECASE)
        return pattern.sub(lambda match: own[match[0].casefold()], text)


@lru_cache(maxsize=8)
def _lexicon(own: tuple[tuple[str, tuple[str, ...]], ...]) -> Lexicon:
    return Lexicon(dict(own))


class Voice(ABC):
    """A voice. Thread-safe; `close` ends its processes.

    `preference` orders the voices: among those that can speak a language, the lowest number is used.
    """

    kind: ClassVar[str]
    preference: ClassVar[int] = 50

    @classmethod
    @abstractmethod
    def open(cls, sources: VoiceSources) -> Self:
        """Return the voice with the data that it needs. Loads and starts nothing."""

    @property
    def name(self) -> str:
        """The kind, which is also the name of the module."""
        return self.kind

    @abstractmethod
    def speaks(self, language: str) -> bool:
        """Return whether the voice is made for a language, even if it cannot speak now."""

    @abstractmethod
    def identity(self, language: str) -> str:
        """Return the inputs that determine the sound: engine, version, voice, lexicon. Part of a file's key."""

    @abstractmethod
    def why_not(self, language: str) -> str | None:
        """Return None if the language can be spoken now, else a sentence with the cause and the cure."""

    @abstractmethod
    def render(self, text: str, language: str, *, rate: float = 1.0, deadline: float = 10.0) -> Audio:
        """Return the text as 8 kHz sound, trimmed and levelled.

        `rate` is a share of the standard profile's normal speed, `deadline` seconds from now. Raises VoiceFailed for
        any failure, including a late result.
        """

    def meet(self, others: Sequence[Voice]) -> None:  # noqa: B027 - most voices need no other
        """Receive the other voices, for words of languages that this voice does not speak."""

    def learn(self, readings: Readings) -> None:  # noqa: B027 - a voice may have no use for them
        """Receive the line's own readings of words, before the voice speaks."""

    def close(self) -> None:  # noqa: B027 - most voices start nothing
        """End child processes and clear caches; the voice may be used again afterwards."""


def local_voices(models: Path, readings: Readings = Readings(), address: Hidden | None = None) -> Sequence[Voice]:
    """Return all installed voices in order of preference; none without the extra `speech`.

    `readings` are the line's own, `address` is that of a voice server.
    """
    if missing_extra("speech"):
        return ()
    sources = VoiceSources(models, address or Hidden())
    kinds = kinds_in(sys.modules[__name__], Voice)  # type: ignore[type-abstract]
    voices = [kind.open(sources) for kind in sorted(kinds.values(), key=lambda kind: (kind.preference, kind.kind))]
    for voice in voices:
        voice.learn(readings)
        voice.meet([other for other in voices if other is not voice])
    return voices
