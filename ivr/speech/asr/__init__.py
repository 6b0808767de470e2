"""Local recognisers, one module per kind: they return which of the expected phrases was said, if any.

Must not know calls, flows or carriers. A failure is a result, never an exception.
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
"""Why no phrase was recognised. The last two are failures of the recogniser; the others describe the caller's sound."""


@dataclass(frozen=True)
class Expected:
    """The expected phrases, as editors write them, in one language (a BCP 47 tag)."""

    language: str
    phrases: tuple[str, ...]


@dataclass(frozen=True)
class RecognizedPhrase:
    """One of the expected phrases, as the editor writes it.

    `confidence` is the phrase's share, from 0 to 1, of the likelihood of all alternatives; `margin` is the distance to
    the next phrase. The phrase is not in repr, since it is the caller's answer.
    """

    text: str = field(repr=False)
    confidence: float
    margin: float


@dataclass(frozen=True)
class Nothing:
    """No phrase was recognised, for this reason."""

    reason: Reason


class Recognizer(ABC):
    """A recogniser. Thread-safe; a process has one of each kind."""

    kind: ClassVar[str]
    preference: ClassVar[int] = 50
    """The order of recognisers: among those that support a language, the lowest number is used."""

    @classmethod
    @abstractmethod
    def open(cls, folders: Sequence[Path]) -> Self:
        """Return the recogniser, which searches `folders` for models first. Loads nothing."""

    @property
    def name(self) -> str:
        """The kind, which is also the name of the module."""
        return self.kind

    @abstractmethod
    def why_not(self, language: str) -> str | None:
        """Return None if the language can be recognised here, else a sentence with the cause and the cure."""

    @abstractmethod
    def prepare(self, language: str) -> None:
        """Start to load the model of a language in the background; repeated calls have no effect."""

    @abstractmethod
    def listen(self, audio: Audio, expecting: Expected, deadline: float) -> RecognizedPhrase | Nothing:
        """Return which phrase was said, within `deadline` seconds; never raises."""

    def unknown_words(self, expecting: Expected) -> Mapping[str, Sequence[str]]:
        """Return the phrases that cannot be recognised, each with the words that the model lacks.

        May load the model, which takes seconds.
        """
        return {}


def recognizers(folders: Sequence[Path] = ()) -> Sequence[Recognizer]:
    """Return all installed recognisers in order of preference; none without the extra `speech`."""
    if missing_extra("speech"):
        return ()
    kinds = kinds_in(sys.modules[__name__], Recognizer)  # type: ignore[type-abstract]
    return [kind.open(folders) for kind in sorted(kinds.values(), key=lambda kind: (kind.preference, kind.kind))]
