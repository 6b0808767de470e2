"""A Mandarin voice of recorded syllables: somewhat flat, but intelligible over the telephone.

Its recordings are a pack with a licence of its own, which `ivr models download zh` fetches. English words in a Mandarin
text are rendered by another voice; capitals are spelt as Mandarin speakers do.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Self

from ivr.errors import VoiceFailed
from ivr.speech.audio import Audio, levelled
from ivr.speech.languages import language_row
from ivr.speech.units import FILE, FOLDER, read_pack

from . import Readings, Voice, VoiceSources
from ._joining import FASTEST, SLOWEST, Joiner, SpokenSyllable
from ._lexicon import CannotReadError
from ._mandarin import SHIPPED, Foreign, TextPiece, read_mandarin

_VERSION = 1
"""The version of the joining; a change makes every prompt be rendered anew."""
_MANDARIN, _ENGLISH = "zh-CN", "en-US"
_LOUDNESS = -26.0
"""LUFS of syllables before levelling, to which words of another voice are adjusted."""


class Syllables(Voice):
    """Joins recorded syllables. The pack is read on first use and cached."""

    kind = "syllables"
    preference = 10

    def __init__(self, pack: Path) -> None:
        self._pack = pack
        self._joiner: Joiner | None = None
        self._lock = threading.Lock()
        self._others: Sequence[Voice] = ()
        self._lexicon = SHIPPED

    @classmethod
    def open(cls, sources: VoiceSources) -> Self:
        """Return the voice with the pack in the folder of models."""
        return cls(sources.models / FOLDER / FILE)

    def meet(self, others: Sequence[Voice]) -> None:
        """Receive the voices that can render English words."""
        self._others = others

    def learn(self, readings: Readings) -> None:
        """Receive the line's own readings."""
        self._lexicon = readings.lexicon(_MANDARIN)

    def speaks(self, language: str) -> bool:
        """Return True for Mandarin only."""
        row = language_row(language)
        return row is not None and row.local_voice(self.kind) is not None

    def identity(self, language: str) -> str:
        """Return the pack, the lexicon and the voice of English words."""
        try:
            units = self._ready().units.version
        except VoiceFailed:
            units = "none"
        english = self._english()
        return (
            f"syllables-{_VERSION}-{units}-{self._lexicon.version}-{english.identity(_ENGLISH) if english else 'none'}"
        )

    def why_not(self, language: str) -> str | None:
        """Return that the voice lacks the language, or that the pack is missing or damaged."""
        if not self.speaks(language):
            return f"the voice syllables speaks Mandarin only, not {language}"
        if not self._pack.exists():
            return "the recordings of the Mandarin voice are missing; get them with: ivr models download zh"
        try:
            self._ready()
        except VoiceFailed as fault:
            return str(fault)
        return None

    def render(self, text: str, language: str, *, rate: float = 1.0, deadline: float = 10.0) -> Audio:
        """Return the text as 8 kHz sound, levelled."""
        until = time.monotonic() + deadline
        if (reason := self.why_not(language)) is not None:
            raise VoiceFailed(reason)
        if not SLOWEST <= rate <= FASTEST:
            raise VoiceFailed(f"the voice syllables speaks at rates from {SLOWEST} to {FASTEST}, not {rate:g}")
        joiner, pieces = self._ready(), self._read(text)
        if missing := joiner.unspoken(pieces):
            raise VoiceFailed(f"the recordings hold no syllable {missing[0]}")
        spoken = list(self._with_foreign(pieces, rate, until))
        made = joiner.speech(spoken, rate, until)
        if not len(made.samples):
            raise VoiceFailed("there is nothing in the text to speak")
        return levelled(made)

    def close(self) -> None:
        """Clear the pack and the cached syllables."""
        with self._lock:
            self._joiner = None

    def _ready(self) -> Joiner:
        with self._lock:
            if self._joiner is None:
                self._joiner = Joiner(read_pack(self._pack))
            return self._joiner

    def _read(self, text: str) -> tuple[TextPiece, ...]:
        try:
            return read_mandarin(text, self._lexicon)
        except CannotReadError as fault:
            raise VoiceFailed(f"the voice syllables cannot read this text: {fault}") from None

    def _with_foreign(self, pieces: Sequence[TextPiece], rate: float, until: float) -> Iterator[SpokenSyllable]:
        for piece in pieces:
            if not isinstance(piece, Foreign):
                yield piece
                continue
            english = self._english()
            if english is None:
                raise VoiceFailed(f"no voice here says the English words {piece.text!r}; write them in Mandarin")
            left = max(0.0, until - time.monotonic())
            # At the level of the syllables: the other voice is levelled for prompts of its own, and would shout in
            # between.
            yield levelled(english.render(piece.text, _ENGLISH, rate=rate, deadline=left), _LOUDNESS)

    def _english(self) -> Voice | None:
        return next((voice for voice in self._others if voice.why_not(_ENGLISH) is None), None)
