"""Speech of a caller in a stream: when it begins, when it ends, and what was said. Knows the expected phrases only."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ivr.net.threads import in_background
from ivr.speech.asr import Expected, Nothing, RecognizedPhrase, Recognizer
from ivr.speech.asr.gate import refused
from ivr.speech.audio import RATE, Audio

from .handset import VoiceBegan, VoiceEnded

FRAME = 160
LOUD = 10 ** (-40 / 20) * 32768
"""The least level of a frame with speech; telephone lines are quieter than -50 dB of full scale."""
ABOVE_NOISE = 3.0
"""How much louder than the background a frame with speech is, 9.5 dB."""
_JUDGE_EVERY = 15
"""The gate, which takes milliseconds, judges after 0.3 s of speech and every 0.3 s again; then the prompt is cut."""
JUDGED_SECONDS = 3.0
"""The most sound that the gate judges."""
GAP_SECONDS = 0.3
END_SECONDS = 0.8
"""Silence that ends what was said."""
BEFORE_SECONDS = 0.3
LONGEST_SECONDS = 15.0
_RECOGNISING_SECONDS = 4.0
"""Most seconds that the recogniser may take."""


class VoiceLevel:
    """Distinguishes frames with speech from the background, which it follows."""

    def __init__(self) -> None:
        self._noise = LOUD / ABOVE_NOISE

    def speaks(self, frame: np.ndarray[tuple[int], np.dtype[np.int16]]) -> bool:
        """Return whether a frame of 20 ms may be speech."""
        level = float(np.sqrt(np.mean(frame.astype(np.float32) ** 2)))
        loud = level > max(LOUD, ABOVE_NOISE * self._noise)
        if not loud:
            self._noise += 0.05 * (max(level, 1.0) - self._noise)
        else:
            self._noise *= 1.002  # a lasting noise becomes the background
        return loud


class VoiceWatch:
    """Listens until something was said or `close` is called; feed it the caller's sound."""

    def __init__(
        self,
        recognizer: Recognizer,
        expected: Expected,
        tell: Callable[[VoiceBegan | VoiceEnded], None],
        *,
        quiet: float = END_SECONDS,
    ) -> None:
        self._recognizer, self._expected, self._tell, self._quiet = recognizer, expected, tell, quiet
        self._level = VoiceLevel()
        self._rest = b""
        self._sound: list[bytes] = []
        self._voiced = self._gap = 0
        self._began = self._closed = False

    def feed(self, pcm: bytes) -> None:
        """Receive the caller's sound, in pieces of any size."""
        data = self._rest + pcm
        whole = len(data) // (2 * FRAME) * (2 * FRAME)
        self._rest = data[whole:]
        for start in range(0, whole, 2 * FRAME):
            if self._closed:
                return
            self._frame(data[start : start + 2 * FRAME])

    def close(self) -> None:
        """Stop listening; nothing is reported afterwards."""
        self._closed = True

    def _frame(self, frame: bytes) -> None:
        loud = self._level.speaks(np.frombuffer(frame, np.int16))
        # Silence is collected, too: the first consonant is quieter than the level that counts as speech.
        self._sound.append(frame)
        if loud:
            self._voiced, self._gap = self._voiced + 1, 0
        elif self._voiced:
            self._gap += 1
        seconds = FRAME / RATE
        if not self._voiced:
            del self._sound[: -round(BEFORE_SECONDS / seconds)]
        elif not self._began:
            del self._sound[: -round(JUDGED_SECONDS / seconds)]
            if loud and self._voiced % _JUDGE_EVERY == 0 and not refused(self._audio()):
                self._began = True
                self._tell(VoiceBegan())
            elif self._gap * seconds > max(GAP_SECONDS, self._quiet):
                self._short()
        elif self._gap * seconds >= self._quiet or len(self._sound) * seconds > LONGEST_SECONDS:
            self._hear()

    def _short(self) -> None:
        """Judge a sound that is too short to cut a prompt, but may be a word."""
        if refused(self._audio()):
            self._voiced = self._gap = 0
        else:
            self._hear()

    def _audio(self) -> Audio:
        return Audio(np.frombuffer(b"".join(self._sound), np.int16))

    def _hear(self) -> None:
        # One answer for each question: what is said while the recogniser works is not heard.
        self._closed = True
        audio = self._audio()
        # Not in the pump's thread, which moves the sound of all calls.
        in_background(lambda: self._tell(VoiceEnded(self._heard(audio))), "line-hears")

    def _heard(self, audio: Audio) -> RecognizedPhrase | Nothing:
        return refused(audio) or self._recognizer.listen(audio, self._expected, _RECOGNISING_SECONDS)


def first_listener(recognizers: Sequence[Recognizer], language: str) -> Recognizer | None:
    """Return the preferred recogniser of a language, or None."""
    return next((each for each in recognizers if each.why_not(language) is None), None)
