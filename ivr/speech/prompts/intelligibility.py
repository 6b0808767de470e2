"""Judge the intelligibility of prompts: a recogniser hears each through a telephone band and must identify its text.

Any recogniser can be used; the one here is faster-whisper with a model from a folder, loaded on first use.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ivr.errors import SettingsError
from ivr.settings.extras import how_to_install
from ivr.speech.audio import Audio, resample, telephone_band
from ivr.speech.languages import language_row
from ivr.speech.tts._lexicon import CannotReadError
from ivr.speech.tts._mandarin import Word, read_mandarin

from .catalogue import KnownPrompt
from .words import folded, in_words

JudgingRecognizer = Callable[[Audio, str], str]
"""Transcribes a sound in a language."""
_WHISPER_RATE = 16000


@dataclass(frozen=True)
class PromptVerdict:
    """The result for one prompt: the transcript and the chosen text. `error` is the share of misheard sounds."""

    prompt: KnownPrompt
    heard: str
    picked: KnownPrompt
    error: float

    @property
    def right(self) -> bool:
        """Whether the right text was chosen."""
        return self.picked.sound[:2] == self.prompt.sound[:2]


def judge_prompts(
    sounds: Sequence[tuple[KnownPrompt, Audio]],
    recogniser: JudgingRecognizer,
    progress: Callable[[], None] = lambda: None,
) -> Iterator[PromptVerdict]:
    """Transcribe every prompt through a telephone band, and choose the nearest of all texts of its language."""
    texts = {prompt.sound[:2]: (prompt, sounds_of(prompt.text, prompt.language)) for prompt, _ in sounds}
    for prompt, audio in sounds:
        # Through mu-law and 300 to 3400 Hz: a prompt that is clear on a loudspeaker may not be on a telephone.
        heard = recogniser(telephone_band(audio), prompt.language)
        said = sounds_of(heard, prompt.language)
        choices = [choice for choice in texts.values() if choice[0].language == prompt.language]
        picked = _nearest(said, choices)
        progress()
        yield PromptVerdict(prompt, heard, picked, distance(said, texts[prompt.sound[:2]][1]))


def _nearest(said: Sequence[str], choices: Sequence[tuple[KnownPrompt, Sequence[str]]]) -> KnownPrompt:
    """Return the text with the smallest distance; texts that cannot be nearer are not compared."""
    best, nearest = float("inf"), choices[0][0]
    for least, (prompt, sounds) in sorted(((_at_least(said, c[1]), c) for c in choices), key=lambda item: item[0]):
        # Sorted by a bound that counts common sounds alone: most of a thousand texts are never compared in full.
        if least >= best:
            break
        if (error := distance(said, sounds)) < best:
            best, nearest = error, prompt
    return nearest


def sounds_of(text: str, language: str) -> tuple[str, ...]:
    """Return the units of a text that listeners distinguish: syllables without tones in Mandarin, else words."""
    spoken = in_words(text, language)
    if (row := language_row(language)) is not None and row.script == "Hans":
        try:
            return tuple(
                syl.letters for piece in read_mandarin(spoken) if isinstance(piece, Word) for syl in piece.syllables
            )
        except CannotReadError:
            return tuple(folded(text, language))
    return tuple("".join(sign if sign.isalnum() else " " for sign in spoken.casefold()).split())


def distance(sounds: Sequence[str], other: Sequence[str]) -> float:
    """Return the edit distance as a share of the longer one: 0 for equal, 1 for nothing in common."""
    row = list(range(len(other) + 1))
    for number, left in enumerate(sounds, 1):
        above, row[0] = row[0], number
        for place, right in enumerate(other, 1):
            above, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, above + (left != right))
    return row[-1] / max(len(sounds), len(other), 1)


def _at_least(sounds: Sequence[str], other: Sequence[str]) -> float:
    """Return a cheap lower bound of `distance`."""
    longer = max(len(sounds), len(other), 1)
    return (longer - sum((Counter(sounds) & Counter(other)).values())) / longer


def whisper(model: Path) -> JudgingRecognizer:
    """Return faster-whisper with a model from a folder; downloads nothing. Raises SettingsError."""
    try:
        from faster_whisper import WhisperModel
    except ImportError:
        raise SettingsError(
            f"judging needs faster-whisper; install it with: {how_to_install('whisper')}, and give a model's folder"
        ) from None
    if not (model / "model.bin").is_file():
        raise SettingsError(f"{model} holds no faster-whisper model: there is no model.bin in it")
    loaded = WhisperModel(str(model), device="cpu", compute_type="int8", local_files_only=True)

    def heard(audio: Audio, language: str) -> str:
        row = language_row(language)
        samples = resample(audio, _WHISPER_RATE).fractions().astype("float32")
        pieces, _ = loaded.transcribe(samples, language=row.whisper if row else language, beam_size=5)
        return "".join(piece.text for piece in pieces)

    return heard
