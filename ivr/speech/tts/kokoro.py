"""Kokoro-82M: a neural voice for Mandarin and English on the CPU, from a pack that `ivr models download zh` fetches.

It takes more than half a second of processor time for each second of speech. So prompts are rendered beforehand; in a
call it speaks only what fits into the deadline, and the next voice speaks the rest. Mandarin readings and tones are our
own; English phonemes are espeak's.
"""

from __future__ import annotations

import importlib.util
import json
import re
import threading
import time
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Self

import numpy as np

from ivr.errors import VoiceFailed
from ivr.settings.extras import how_to_install
from ivr.speech.audio import Audio, levelled, resample, trimmed
from ivr.speech.audio.sound import Fractions, audio_of
from ivr.speech.languages import LocalVoice, language_row

from . import Readings, Voice, VoiceSources
from ._espeak_children import Children
from ._lexicon import CannotReadError
from ._mandarin import Foreign, read_mandarin
from ._phonemes import english_phonemes, mandarin_phonemes

PACK = "kokoro"
"""The folder of the pack in the folder of models."""
_VERSION = 1
"""The version of the preparation; a change makes every prompt be rendered anew."""
_RATE = 24_000
_MOST_TOKENS = 400
"""Maximum tokens of one run; the model takes 510 and slurs long texts."""
_COST = 0.9
"""Seconds of processor time for a second of speech, until it was measured here."""
_NEAR, _FAR = 0.08, 0.5
"""A rendering whose pace is off by more than the first share is made again, if its text is not short."""
_LEAST_UNITS = 4
_SPEEDS = (0.45, 1.6)
"""Limits of the model's speed, beyond which it drops sounds."""
_MIDDAY = re.compile(r"\b([ap])\.(m)\.")
"""a.m. and p.m., whose full stops are no pauses."""
_PAUSE = 0.35
"""Seconds between two runs of one text, that is after a full stop."""


class _Loaded:
    """The model in memory: about 620 MiB. Thread-safe: runs of the model may overlap."""

    def __init__(self, folder: Path) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1  # prompts are rendered in parallel
        self._session: Any = onnxruntime.InferenceSession(
            str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._tokens: Mapping[str, int] = json.loads((folder / "vocab.json").read_text("utf-8"))["vocab"]
        self._folder = folder
        self.cost = _COST
        self._style = cache(self._styles)

    def _styles(self, name: str) -> np.ndarray[Any, np.dtype[np.float32]]:
        return np.fromfile(self._folder / f"{name}.bin", np.float32).reshape(-1, 256)

    def sound(self, phonemes: str, name: str, speed: float) -> Fractions:
        """Return the speech of phonemes by a voice of the pack."""
        tokens = [self._tokens[sign] for sign in phonemes if sign in self._tokens]
        styles = self._style(name)
        # Processor time, not the clock: a busy machine must not make the model look slow for ever.
        started = time.thread_time()
        (made,) = self._session.run(
            None,
            {
                "tokens": np.array([[0, *tokens, 0]], np.int64),
                "style": styles[min(len(tokens), len(styles)) - 1][None],
                "speed": np.array([speed], np.float32),
            },
        )
        whole: Fractions = np.asarray(made, np.float64).ravel()
        if len(whole) > _RATE:
            self.cost = 0.8 * self.cost + 0.2 * (time.thread_time() - started) / (len(whole) / _RATE)
        return whole


class Kokoro(Voice):
    """Speaks with the voice that the row of a language names. The model is loaded on first use."""

    kind = "kokoro"
    preference = 5

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._loaded: _Loaded | None = None
        self._readings = Readings()
        self._children = Children()

    @classmethod
    def open(cls, sources: VoiceSources) -> Self:
        """Return the voice with the pack in the folder of models."""
        return cls(sources.models / PACK)

    def learn(self, readings: Readings) -> None:
        """Receive the line's own readings."""
        self._readings = readings

    def speaks(self, language: str) -> bool:
        """Return whether the row of a language names a voice of the pack."""
        return _spoken(language) is not None

    def identity(self, language: str) -> str:
        """Return pack, voice and lexicon."""
        spoken = _spoken(language)
        name = spoken.name if spoken else "none"
        own = self._readings
        lexicon = own.lexicon(language).version if _is_mandarin(language) else own.digest(language)
        return f"kokoro-{_VERSION}-{_digest(self._folder)}-{name}-{spoken.speed if spoken else 1:g}-{lexicon}"

    def why_not(self, language: str) -> str | None:
        """Return which is missing: the language, the library or the pack."""
        spoken = _spoken(language)
        if spoken is None:
            return f"the voice kokoro does not speak {language}"
        if importlib.util.find_spec("onnxruntime") is None:
            return f"the voice kokoro needs onnxruntime; install it with: {how_to_install('voice')}"
        if not all((self._folder / name).is_file() for name in ("model.onnx", "vocab.json", f"{spoken.name}.bin")):
            return "the pack of the voice kokoro is missing; get it with: ivr models download kokoro"
        return None

    def render(self, text: str, language: str, *, rate: float = 1.0, deadline: float = 10.0) -> Audio:
        """Return the text as 8 kHz sound, trimmed and levelled, at the pace of the row; fail at once if it is late."""
        until = time.monotonic() + deadline
        if (reason := self.why_not(language)) is not None:
            raise VoiceFailed(reason)
        spoken = _spoken(language)
        if spoken is None:
            raise VoiceFailed(str(self.why_not(language)))
        runs, units = self._phonemes(text, language, until)
        expected = 60 * units / (spoken.rate * rate)
        self._in_time(expected, until)
        model = self._ready()
        speed = spoken.speed * rate
        made = self._spoken(model, runs, spoken.name, speed)
        share = made.seconds / max(expected, 0.01)
        # A prompt of two words has no measurable pace, and a second run must fit into the deadline as well.
        if units >= _LEAST_UNITS and abs(share - 1) > _NEAR and model.cost * expected < until - time.monotonic():
            again = min(_SPEEDS[1], max(_SPEEDS[0], speed * max(_FAR, min(1 / _FAR, share))))
            made = self._spoken(model, runs, spoken.name, again)
        return levelled(made)

    def close(self) -> None:
        """Release the model and end the child processes."""
        self._children.close()
        with self._lock:
            self._loaded = None

    def _in_time(self, expected: float, until: float) -> None:
        # Refused at once: a caller who waits for a voice that will be late hears nothing, and the next voice has less
        # time.
        cost = self._loaded.cost if self._loaded else _COST
        if expected * cost > until - time.monotonic():
            raise VoiceFailed(f"the voice kokoro takes longer than the deadline for {expected:.0f} s of speech")

    def _spoken(self, model: _Loaded, runs: Sequence[str], name: str, speed: float) -> Audio:
        parts: list[Fractions] = []
        for number, run in enumerate(runs):
            if number:
                parts.append(np.zeros(round(_PAUSE * _RATE / max(speed, 0.1))))
            parts.append(trimmed(audio_of(model.sound(run, name, speed), _RATE)).fractions())
        return resample(trimmed(audio_of(np.concatenate(parts), _RATE)))

    def _phonemes(self, text: str, language: str, until: float) -> tuple[list[str], int]:
        """Return the phonemes of a text in runs, and its number of characters or words."""
        if _is_mandarin(language):
            try:
                pieces = read_mandarin(text, self._readings.lexicon(language))
                phonemes = mandarin_phonemes(pieces)
            except CannotReadError as fault:
                raise VoiceFailed(f"the voice kokoro cannot read this text: {fault}") from None
            except ValueError as foreign:
                raise VoiceFailed(f"the English words {str(foreign)!r} cannot be said by this voice") from None
            units = sum(len(piece.syllables) for piece in pieces if not isinstance(piece, (str, Foreign)))
        else:
            words = _MIDDAY.sub(r"\1 \2", self._readings.respelt(text, language))
            clauses = [part.strip() for part in re.split(r"([,.;:!?]+(?=\s|$))", words)]
            phonemes = self._english(clauses, language, until)
            units = len(re.findall("[A-Za-z']+", text))
        if not units:
            raise VoiceFailed("there is nothing in the text to speak")
        return list(_runs(phonemes)), units

    def _english(self, clauses: Sequence[str], language: str, until: float) -> str:
        row = language_row(language)
        espeak = row.local_voice("pyttsx3") if row else None
        voice = espeak.name if espeak else "gmw/en-us"
        words = [clause for clause in clauses if re.search("[A-Za-z]", clause)]
        answer = self._children.ask({"phonemes": words, "voice": voice}, until, lambda body: json.loads(body))
        spoken = dict(zip(words, answer, strict=True))
        parts = [english_phonemes(spoken[part]) if part in spoken else part[:1] + " " for part in clauses]
        return "".join(parts).strip()

    def _ready(self) -> _Loaded:
        with self._lock:
            if self._loaded is None:
                try:
                    self._loaded = _Loaded(self._folder)
                except Exception as fault:
                    raise VoiceFailed(
                        f"the pack of the voice kokoro cannot be loaded: {type(fault).__name__}"
                    ) from None
            return self._loaded


def _spoken(language: str) -> LocalVoice | None:
    row = language_row(language)
    return row.local_voice(Kokoro.kind) if row else None


def _is_mandarin(language: str) -> bool:
    row = language_row(language)
    return row is not None and row.script == "Hans"


@lru_cache(maxsize=4)
def _digest(folder: Path) -> str:
    """Return what identifies a pack: its size, since its content was checked when it was installed."""
    try:
        return f"{(folder / 'model.onnx').stat().st_size:x}"
    except OSError:
        return "none"


def _runs(phonemes: str) -> list[str]:
    """Split phonemes into runs of at most _MOST_TOKENS, after full stops if possible, else after commas."""
    runs: list[str] = []
    for mark in re.split(r"(?<=[.!?;]) ?", phonemes):
        for part in [mark] if len(mark) <= _MOST_TOKENS else re.split("(?<=,) ?", mark):
            if runs and len(runs[-1]) + len(part) < _MOST_TOKENS:
                runs[-1] += " " + part
            elif part.strip(" .,;!?"):
                runs.append(part)
    return runs
