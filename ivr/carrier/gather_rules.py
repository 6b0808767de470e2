"""The rules of Gather and Record: what they return for the caller's act. Must not use a clock or make requests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from . import speech_duration
from .caller import (
    Act,
    HangUp,
    HeardPause,
    HeardPrompt,
    HeardRecording,
    HeardText,
    HeardTone,
    ListeningWindow,
    Press,
    Speak,
    Stretch,
    Talk,
)
from .twiml import Gather, Play, Record, Say, TwimlPrompt

KEY_SECONDS = 0.3

Length = Callable[[str], float]
"""Returns the length of the sound at an address in seconds."""


def as_heard(prompt: TwimlPrompt, length: Length) -> HeardPrompt:
    """Convert a prompt to what the caller hears."""
    if isinstance(prompt, Say):
        return _spoken(prompt)
    if isinstance(prompt, Play):
        once = length(prompt.url) if prompt.url else KEY_SECONDS * len(prompt.digits)
        return HeardRecording(prompt.url or prompt.digits, once * (prompt.loop or 1000))
    return HeardPause(prompt.length)


@lru_cache(maxsize=4096)
def _spoken(say: Say) -> HeardText:
    once = sum(speech_duration.speech_seconds(piece.text, piece.rate) + piece.pause for piece in say.pieces)
    rate = say.pieces[0].rate if say.pieces else 1.0
    return HeardText(say.text, say.language, once * (say.loop or 1000), rate)


def split(gather: Gather, now: float, length: Length) -> tuple[Stretch, ListeningWindow]:
    """Split a Gather into its prompts and the wait after them; pauses at the end of the prompts belong to the wait."""
    prompts = tuple(as_heard(prompt, length) for prompt in gather.prompts)
    # Twilio's timeout begins when all nested verbs have ended; a pause at their end is heard as more time.
    sounds = max((place for place, prompt in enumerate(prompts, 1) if not isinstance(prompt, HeardPause)), default=0)
    quiet = sum(prompt.seconds for prompt in prompts[sounds:])
    listening = ListeningWindow(
        gather.keys,
        gather.speech,
        gather.timeout + quiet,
        gather.num_digits,
        gather.finish_on_key,
        gather.language,
        gather.hints,
    )
    return Stretch(now, prompts[:sounds], listening), listening


def rest_of(prompts: Sequence[HeardPrompt], seconds: float) -> Sequence[HeardPrompt]:
    """Return the prompts after an interruption `seconds` into the first: silence until its end, then the others."""
    return (HeardPause(prompts[0].seconds - seconds), *prompts[1:])


def split_record(record: Record) -> tuple[tuple[HeardPrompt, ...], ListeningWindow]:
    """Split a Record into its tone and the recording."""
    tone = (HeardTone(),) if record.play_beep else ()
    limits = record.timeout, record.max_length, record.finish_on_key
    return tone, ListeningWindow(True, True, *limits, records=True)


@dataclass(frozen=True)
class Gathered:
    """The result of a Gather. `wait` is its duration in seconds from the first key or word; `rest` are unused keys."""

    digits: str = field(default="", repr=False)
    finished_on: str = ""
    speech: str | None = field(default=None, repr=False)
    confidence: float | None = None
    rest: str = field(default="", repr=False)
    wait: float = 0.0
    repeat: bool = False

    @property
    def empty(self) -> bool:
        """Whether nothing was typed or said."""
        return not self.digits and not self.speech

    def parameters(self, blank: bool) -> dict[str, str]:
        """Return the parameters of the action. With `blank`, an empty result has empty parameters instead of none."""
        if self.speech:
            result = {"SpeechResult": self.speech}
            return result if self.confidence is None else result | {"Confidence": str(self.confidence)}
        if self.empty and not blank:
            return {}
        return {"msg": "Gather End", "Digits": self.digits, "FinishedOnKey": self.finished_on}


def stops(gather: Gather, act: Act) -> bool:
    """Return whether `act` interrupts the prompts."""
    if isinstance(act, Press):
        return gather.keys
    return isinstance(act, Speak) and gather.speech and gather.barge_in


def gather_answer(gather: Gather, act: Act, patience: float) -> Gathered:
    """Return the result for the caller's act; `patience` is the silence in seconds that the Gather still allows."""
    if isinstance(act, Press) and gather.keys:
        return gathered(gather, act.keys, act.gap, act.repeat)
    if isinstance(act, Speak) and gather.speech and act.text.strip():
        spoken = min(60.0, speech_duration.speech_seconds(act.text) if act.seconds is None else act.seconds)
        quiet = gather.timeout if gather.speech_timeout is None else gather.speech_timeout
        return Gathered(speech=act.text, confidence=act.confidence, wait=spoken + quiet, repeat=act.repeat)
    return Gathered(wait=max(0.0, patience - act.at), repeat=act.repeat)


def gathered(gather: Gather, keys: str, gap: float = KEY_SECONDS, repeat: bool = False) -> Gathered:
    """Take keys until there are `num_digits`, the finishing key, or a gap as long as the timeout."""
    # The timeout restarts with each key, so slower keys end the gather after the first; the others are lost or kept.
    if gap >= gather.timeout:
        keys, late = keys[:1], keys[1:]
    else:
        late = ""
    for place, key in enumerate(keys):
        if key == gather.finish_on_key:
            return Gathered(keys[:place], key, rest=keys[place + 1 :] + late, wait=place * gap, repeat=repeat)
        if place + 1 == gather.num_digits:
            return Gathered(keys[: place + 1], rest=keys[place + 1 :] + late, wait=place * gap, repeat=repeat)
    return Gathered(keys, rest=late, wait=(len(keys) - 1) * gap + gather.timeout, repeat=repeat)


@dataclass(frozen=True)
class RecordResult:
    """The result of a Record. `key` is the key that ended it, or "hangup"; `wait` is its duration in seconds."""

    seconds: float
    key: str = ""
    wait: float = 0.0
    repeat: bool = False


def record_result(record: Record, act: Act) -> RecordResult:
    """Return the result for the caller's act after the tone."""
    quiet, most = record.timeout or record.max_length, float(record.max_length)
    if isinstance(act, HangUp):
        taken = min(act.at, most)
        return RecordResult(taken, "hangup", taken, act.repeat)
    spoken, key = act.at, ""
    if isinstance(act, Speak):
        spoken += speech_duration.speech_seconds(act.text) if act.seconds is None else act.seconds
    elif isinstance(act, Talk):
        spoken, key = act.at + act.seconds, act.key
    elif isinstance(act, Press):
        # Other keys are part of the recording, as tones.
        key = next((pressed for pressed in act.keys if pressed in record.finish_on_key), "")
    if spoken >= most:
        return RecordResult(most, "", most, act.repeat)
    if key and key in record.finish_on_key:
        return RecordResult(spoken, key, spoken, act.repeat)
    taken = min(most, spoken + quiet)
    # A caller who says nothing is recorded all the same: the recording is the silence that ended it.
    return RecordResult(spoken or taken, "", taken, act.repeat)
