"""Local recognisers: each a module named after its kind. They hear which of the expected phrases was said, if any.

They know sound and words; calls, flows and carriers are not their business. What cannot be heard is a result, never an
exception.
"""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal, Self

from ivr.discovery import kinds_in
from ivr.settings.extras import missing_extra

if TYPE_CHECKING:
    from ivr.speech.audio import Audio

__all__ = ["Expected", "Nothing", "Reason", "RecognizedPhrase", "Recognizer", "recognizers"]

Reason = Literal["silence", "noise", "music", "keys", "unclear", "late", "broken"]
"""Why nothing was heard. The last two are our own failures; all others are the caller's doing."""


@dataclass(frozen=True)
class Expected:
    """What may be said: phrases as editors write them, in one language (a BCP 47 tag)."""

    language: str
    phrases: tuple[str, ...]


@dataclass(frozen=True)
class RecognizedPhrase:
    """One of the expected phrases, as the editor writes it.

    `confidence` is the phrase's share, from 0 to 1, among all that the sound could have been; `margin` is by how much
    it exceeds the next phrase's. Neither is shown by repr with the words: they are the caller's.
    """

    text: str = field(repr=False)
    confidence: float
    margin: float


@dataclass(frozen=True)
class Nothing:
    """No phrase was heard, for this reason."""

    reason: Reason


class Recognizer(ABC):
    """Listens. Safe to use from several threads; a process has one of each kind."""

    kind: ClassVar[str]
    preference: ClassVar[int] = 50
    """Order among recognisers: of those that can hear a language, the one with the lowest number hears it."""

    @classmethod
    @abstractmethod
    def open(cls, folders: Sequence[Path]) -> Self:
        """Return the recogniser, with the folders to look for models in first. Nothing is loaded yet."""

    @property
    def name(self) -> str:
        """The kind, which is also the file name."""
        return self.kind

    @abstractmethod
    def why_not(self, language: str) -> str | None:
        """Return None when the language can be heard here, else a sentence that says why not and the cure."""

    @abstractmethod
    def prepare(self, language: str) -> None:
        """Begin to load what the language needs, in the background; again changes nothing."""

    @abstractmethod
    def listen(self, audio: Audio, expecting: Expected, deadline: float) -> RecognizedPhrase | Nothing:
        """Tell which phrase was said, within `deadline` seconds; never raises."""

    def unknown_words(self, expecting: Expected) -> Mapping[str, Sequence[str]]:
        """Return the phrases that cannot be heard as written, each with the words that the model does not know.

        Loads the model where it is not loaded yet, so this may take seconds.
        """
        return {}


def recognizers(folders: Sequence[Path] = ()) -> Sequence[Recognizer]:
    """Return every recogniser there is, the preferred one first; none without the extra `speech`."""
    if missing_extra("speech"):
        return ()
    kinds = kinds_in(sys.modules[__name__], Recognizer)  # type: ignore[type-abstract]
    return [kind.open(folders) for kind in sorted(kinds.values(), key=lambda kind: (kind.preference, kind.kind))]
