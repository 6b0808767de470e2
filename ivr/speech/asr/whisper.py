"""faster-whisper: score each expected phrase against the sound.

Needs the extra `whisper` and a folder with a converted model (`model.bin`); downloads nothing. One multilingual model
recognises all languages. It takes several times the CPU of Vosk, so it is used for languages without a Vosk model.
"""

from __future__ import annotations

import importlib.util
import math
import os
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ivr.net.threads import LateError
from ivr.settings.extras import how_to_install
from ivr.speech.audio import Audio
from ivr.speech.languages import language_row

from . import Expected, Nothing, RecognizedPhrase
from ._loading import LoadingRecognizer
from .rates import at_rate

_RATE = 16_000
LEAST_SCORE = -3.4
"""Minimum mean log probability of a phrase's tokens; wrong guesses in noise have at most -3.6."""
_LEAST_MARGIN = 0.15
_FRAMES_A_SECOND = 100
_SHORTEST, _LONGEST = 600, 3000
"""Frames of 10 ms that are decoded. Trained on 3,000; 600 are ten times as fast, and as good for phrases."""
_AT_ONCE = 16
"""Phrases scored per batch; the deadline is checked between batches."""


class _Loaded:
    """A model in memory; the base model takes 200 MiB."""

    def __init__(self, folder: Path) -> None:
        import ctranslate2
        from faster_whisper import WhisperModel
        from faster_whisper.tokenizer import Tokenizer

        self._model: Any = WhisperModel(str(folder), device="cpu", compute_type="int8", local_files_only=True)
        self._view: Any = ctranslate2.StorageView.from_array
        self._tokenizer: Any = Tokenizer

    def scores(self, audio: Audio, expecting: Expected, until: float) -> list[float]:
        """Return the score of each phrase. Raises LateError at `until`, by time.monotonic()."""
        row = language_row(expecting.language)
        language = row.whisper if row else expecting.language
        tokenizer = self._tokenizer(self._model.hf_tokenizer, True, task="transcribe", language=language)
        samples = at_rate(audio, _RATE).fractions().astype(np.float32)
        features = self._model.feature_extractor(samples)
        # The encoder's time depends on the frames alone; padding an answer of a second to thirty costs ten times as
        # much.
        frames = min(_LONGEST, max(_SHORTEST, len(samples) * _FRAMES_A_SECOND // _RATE + _FRAMES_A_SECOND))
        features = np.pad(features, ((0, 0), (0, max(0, frames - features.shape[1]))))[:, :frames]
        encoded = np.asarray(self._model.encode(np.ascontiguousarray(features)))
        scores: list[float] = []
        for start in range(0, len(expecting.phrases), _AT_ONCE):
            if time.monotonic() > until:
                raise LateError
            tokens = [tokenizer.encode(_written(phrase)) for phrase in expecting.phrases[start : start + _AT_ONCE]]
            scores += self._aligned(encoded, tokenizer, tokens, len(samples))
        return scores

    def _aligned(self, encoded: NDArray[Any], tokenizer: Any, tokens: list[list[int]], samples: int) -> list[float]:
        many = self._view(np.ascontiguousarray(np.repeat(encoded, len(tokens), axis=0)))
        frames = [max(1, samples // (2 * _RATE // _FRAMES_A_SECOND))] * len(tokens)
        results = self._model.model.align(many, list(tokenizer.sot_sequence), tokens, frames)
        # The mean, not the sum: a long phrase must not lose against a short one for its length.
        return [float(np.mean(np.log(np.asarray(result.text_token_probs) + 1e-9))) for result in results]


class WhisperRecognizer(LoadingRecognizer[_Loaded]):
    """Recognises any language with the first faster-whisper model in the folders."""

    kind: ClassVar[str] = "whisper"
    preference: ClassVar[int] = 60

    def __init__(self, folders: Sequence[Path] = ()) -> None:
        super().__init__(folders, threads=max(1, (os.cpu_count() or 1) // 2))
        self._only = find_whisper_model(folders)

    def why_not(self, language: str) -> str | None:
        """Return which is missing: the language, the library or a model."""
        if (row := language_row(language)) is not None and not row.whisper:
            return f"faster-whisper does not hear {language}"
        if not _installed():
            return f"faster-whisper is not installed; install it with: {how_to_install('whisper')}"
        if self._only is None:
            return "there is no faster-whisper model (a folder with model.bin) in the folders of models"
        if self._cannot_load(self._only):
            return f"the faster-whisper model in {self._only} cannot be loaded; get it again"
        return None

    def unknown_words(self, expecting: Expected) -> Mapping[str, Sequence[str]]:
        """Load the model and return nothing, since it can spell every word."""
        with suppress(Exception):
            self._model(expecting.language).result()
        return {}

    def _folder(self, language: str) -> Path | None:
        return self._only

    def _load(self, folder: Path) -> _Loaded:
        return _Loaded(folder)

    def _recognised(
        self, model: _Loaded, audio: Audio, expecting: Expected, until: float
    ) -> RecognizedPhrase | Nothing:
        """Return the phrase with the best score, if its score and its margin suffice."""
        return _best(expecting.phrases, model.scores(audio, expecting, until))


def find_whisper_model(folders: Sequence[Path]) -> Path | None:
    """Return the first folder with a converted model, itself or inside it."""
    inside = (
        entry
        for folder in folders
        if folder.is_dir()
        for entry in (folder, *sorted(folder.iterdir()))
        if entry.is_dir()
    )
    return next((entry for entry in inside if (entry / "model.bin").is_file()), None)


@cache
def _installed() -> bool:
    return importlib.util.find_spec("faster_whisper") is not None


def _written(phrase: str) -> str:
    """Return a phrase as the model writes it: a text with blanks between words begins with one."""
    return f" {phrase[:1].upper()}{phrase[1:]}" if phrase.isascii() else phrase


def _best(phrases: Sequence[str], scores: Sequence[float]) -> RecognizedPhrase | Nothing:
    ordered = sorted(zip(scores, phrases, strict=True), reverse=True)
    best, text = ordered[0]
    second = ordered[1][0] if len(ordered) > 1 else -math.inf
    if best < LEAST_SCORE or best - second < _LEAST_MARGIN:
        return Nothing("unclear")
    shares = [math.exp(score - best) for score in scores]
    confidence = 1 / sum(shares)
    return RecognizedPhrase(text, round(confidence, 3), round(confidence * (1 - math.exp(second - best)), 3))
