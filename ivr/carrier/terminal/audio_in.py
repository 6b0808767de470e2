"""A caller who answers with WAV files in order, and then at the terminal.

DTMF tones in a file are pressed as keys; if the call records, the file is spoken.
"""

from __future__ import annotations

from collections.abc import Sequence

from ivr.carrier.caller import (
    DTMF_KEYS,
    Act,
    Caller,
    DeskAnswer,
    HeardPrompt,
    ListeningWindow,
    Press,
    Silence,
    Stretch,
    Talk,
)
from ivr.speech.audio import Audio, read_wav
from ivr.speech.dtmf import decode

from .streams import Terminal

RECORDS_NEXT = 1.0
"""Timeout in seconds below which a gather only collects keys before a recording."""
_NO_RECOGNISER = "(this carrier has no recogniser for sound: set IVR_ASR=local, or type what you say)"


class AudioCaller:
    """Answers with `sounds` (WAV files) while there are any, then as `other` does."""

    def __init__(self, other: Caller, screen: Terminal, sounds: Sequence[bytes]) -> None:
        self._other, self._screen = other, screen
        self._left = [(sound, read_wav(sound)) for sound in sounds]

    def early(self, stretch: Stretch) -> Act | None:
        """Listen to the end while there are sounds left."""
        return None if self._left else self._other.early(stretch)

    def hears(self, heard: HeardPrompt) -> None:
        """Delegate."""
        self._other.hears(heard)

    def answers(self, listening: ListeningWindow) -> Act:
        """Speak the next sound or press its keys, if the document accepts them."""
        if not self._left:
            return self._other.answers(listening)
        sound, audio = self._left[0]
        keys = "".join(pressed.key for pressed in decode(audio) if pressed.key in DTMF_KEYS)
        if keys and listening.keys:
            return self._act(Press(keys), f"keys in {audio.seconds:.1f} s of sound")
        if listening.records:
            return self._act(Talk(audio.seconds, sound=sound), _note(audio))
        # The gather in front of a recording takes a key only; the sound is for the recording.
        if listening.timeout <= RECORDS_NEXT:
            return Silence()
        if listening.speech:
            self._screen.show(f"  {_NO_RECOGNISER}")
        return self._other.answers(listening)

    def acted(self, act: Act) -> None:
        """Delegate."""
        self._other.acted(act)

    def desk(self, numbers: Sequence[str]) -> DeskAnswer:
        """Delegate."""
        return self._other.desk(numbers)

    def _act(self, act: Act, note: str) -> Act:
        self._left.pop(0)
        self._screen.show(f"> [{note}]")
        return act


def _note(audio: Audio) -> str:
    return f"says {audio.seconds:.1f} s of sound"
