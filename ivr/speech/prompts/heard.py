"""The speech that callers hear on entering a step, with its length: from the recording, else by the duration model.

The model: Chinese characters and English words at the speed of the profile, a value as six characters, and the pauses.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from ivr.engine.step import LiveStep
from ivr.engine.verbs import Pause, Say
from ivr.flow.model import Flow, Hotline, Step
from ivr.flow.rules import Hear, HeardSpeech

from .catalogue import sound_of
from .dry_run import VALUE, dry_run_turn
from .duration import seconds_at
from .index import PromptIndex
from .words import in_words

_VALUE_CHARACTERS = "六" * 6
"""A value when it is read aloud, such as 一千二百元, stands for as many characters."""


def hearing_with(index: PromptIndex | None = None) -> Hear:
    """Return the function that tells what callers hear; with an index, the lengths of recordings are the real ones."""

    def hear(flow: Flow, line: Hotline, step: Step, language: str) -> Sequence[HeardSpeech]:
        if not isinstance(step, LiveStep) or not step.speaks:
            return ()
        turn = dry_run_turn(flow, line, step, language)
        with suppress(Exception):  # a step that needs a real call is heard as far as it spoke
            step.enter(turn)
        heard: list[HeardSpeech] = []
        pause = 0.0
        for prompt in turn.prompts:
            if isinstance(prompt, Pause):
                pause += prompt.seconds
            elif isinstance(prompt, Say):
                heard.append(HeardSpeech(prompt.text, _seconds(prompt, flow, index), pause, prompt.barge_in))
                pause = 0.0
        return tuple(heard)

    return hear


def _seconds(say: Say, flow: Flow, index: PromptIndex | None) -> float:
    if index is not None:
        sound = sound_of(say.text, say.language, say.rate)
        # A person's recording is what callers hear where there is one, and is often slower than the voice.
        piece = index.find(sound, recorded=True) or index.find(sound, recorded=False)
        if piece is not None:
            return piece.seconds
    profile = flow.profile
    spoken = in_words(say.text.replace(VALUE, _VALUE_CHARACTERS), say.language)
    slower = say.rate / profile.rate  # the profile's own speed is in its characters and words a minute
    return seconds_at(spoken, (profile.characters_per_minute, profile.words_per_minute), slower)
