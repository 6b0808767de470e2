"""Quality control of sound files, by measurements only. Must not render anything."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ivr.speech.audio import Audio, loudness, peak, read_wav
from ivr.speech.languages import language_row
from ivr.speech.tts._lexicon import CannotReadError
from ivr.speech.tts._mandarin import Foreign, Word, read_mandarin

from .builder import Standing
from .duration import characters_and_words, length_fault

_LEVEL = (-20.5, -15.5)
"""Limits of loudness in LUFS: prompts are between -16 and -19, and short ones measure up to 1.5 off."""
LOUDEST = -0.3
"""Maximum peak in dB of full scale."""
MOST_LEAD, MOST_TAIL = 0.3, 0.7
"""Maximum seconds of silence at the start and at the end."""
_FRAME = 0.01
_QUIET = 10 ** (-45 / 20)


@dataclass(frozen=True)
class Checked:
    """The measurements of one prompt. `pace` is characters, or words, per minute; `syllables` are those of the text."""

    standing: Standing
    pace: float = 0.0
    level: float = 0.0
    lead: float = 0.0
    tail: float = 0.0
    syllables: int | None = None
    faults: tuple[str, ...] = ()


def check_sound(standing: Standing, wav: bytes | None) -> Checked:
    """Measure a prompt's file; `wav` is None if the file is missing."""
    if wav is None or standing.piece is None:
        return Checked(standing, faults=(standing.remark or "there is no sound",))
    try:
        audio = read_wav(wav)
    except ValueError as fault:
        return Checked(standing, faults=(str(fault),))
    spoken, rate = standing.prompt.spoken, standing.prompt.rate
    lead, tail = _silences(audio)
    # The pace is that of the speech: silence at the ends is a fault of its own.
    speech = max(0.01, audio.seconds - lead - tail)
    characters, words = characters_and_words(spoken)
    level = loudness(audio)
    faults = [length_fault(spoken, rate, audio.seconds)] if length_fault(spoken, rate, audio.seconds) else []
    if not _LEVEL[0] <= level <= _LEVEL[1]:
        faults.append(f"{level:.1f} LUFS, not {_LEVEL[0]:g} to {_LEVEL[1]:g}")
    if peak(audio) > LOUDEST:
        faults.append(f"its loudest sample is at {peak(audio):.1f} dB")
    if lead > MOST_LEAD or tail > MOST_TAIL:
        faults.append(f"silence of {lead:.1f} s before and {tail:.1f} s behind it")
    if audio.rate != 8000:
        faults.append(f"{audio.rate} Hz, not 8000")
    syllables, unread = _read(standing)
    return Checked(
        standing, (characters or words) / speech * 60, level, lead, tail, syllables, (*faults, *unread)
    )  # fmt: skip


def _silences(audio: Audio) -> tuple[float, float]:
    """Return the seconds of silence at both ends."""
    frame = round(_FRAME * audio.rate)
    count = len(audio.samples) // frame
    if not count:
        return audio.seconds, 0.0
    levels = np.sqrt((audio.fractions()[: count * frame].reshape(count, frame) ** 2).mean(axis=1))
    loud = np.flatnonzero(levels > _QUIET)
    if not len(loud):
        return audio.seconds, 0.0
    return float(loud[0]) * _FRAME, float(count - 1 - loud[-1]) * _FRAME


def _read(standing: Standing) -> tuple[int | None, list[str]]:
    """Return the number of syllables that a local voice reads in a prompt, and the faults of its text."""
    prompt = standing.prompt
    characters, _ = characters_and_words(prompt.spoken)
    # A person reads names and English words as they are; only a voice can misread them.
    if standing.piece is None or standing.piece.recorded:
        return None, []
    row = language_row(prompt.language)
    if row is None or row.script != "Hans":
        foreign = characters and (row is None or row.script != "Hant")
        return None, [f"{characters} Chinese characters in a text of {prompt.language}"] if foreign else []
    try:
        pieces = read_mandarin(prompt.spoken)
    except CannotReadError as fault:
        return None, [str(fault)]
    count = sum(len(piece.syllables) for piece in pieces if isinstance(piece, Word))
    faults = [f"said in another language: {piece.text}" for piece in pieces if isinstance(piece, Foreign)]
    if count != characters:
        faults.append(f"{count} syllables for {characters} characters")
    return count, faults
