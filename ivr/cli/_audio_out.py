"""The sound output of `ivr call`: a voice for texts, the words of recordings, the loudspeaker, a WAV file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ivr.app import Ivr
    from ivr.carrier.terminal.phone import Listen
    from ivr.carrier.transport import Transport
    from ivr.speech.audio import Audio

_SPEAK_SECONDS = 10.0


@contextmanager
def audio_out(
    base: str, transport: Transport, ivr: Ivr | None, *, aloud: bool, record: Path | None
) -> Iterator[Listen | None]:
    """Yield the function that receives the prompts of one call; `record` is written at the end of the call.

    With `ivr`, its voices speak and the words of its recordings are returned, even without sound output.
    """
    words = ivr.session.prompts.words if ivr else _unknown
    if not aloud and record is None:
        from ivr.carrier.caller import HeardRecording

        yield lambda heard: words(heard.url) if isinstance(heard, HeardRecording) else ""
        return
    from ivr.carrier.terminal.audio_out import AudioOut
    from ivr.settings import Settings
    from ivr.speech.prompts.voices import Voices
    from ivr.speech.readings import line_voices

    voices = ivr.session.prompts.maker.voices if ivr else Voices(line_voices(Settings.from_environment()))
    warned: set[str] = set()

    def trouble(what: str) -> None:
        if what not in warned:
            warned.add(what)
            click.echo(what, err=True)

    def speaker(text: str, language: str, rate: float) -> Audio:
        return voices.say(text, language, rate, _SPEAK_SECONDS)

    loud = _Loudspeaker(trouble) if aloud else lambda _: None
    listening = AudioOut(base, transport, speaker, words, loud, trouble)
    try:
        yield listening
    finally:
        if record is not None:
            record.write_bytes(listening.wav())
            click.echo(f"What was heard is in {record}.", err=True)
        if ivr is None:
            voices.close()


def _unknown(address: str) -> str:
    """Return no words: the server runs elsewhere."""
    del address
    return ""


class _Loudspeaker:
    """Plays sounds; reports a missing sound card once and then plays nothing."""

    def __init__(self, trouble: Callable[[str], None]) -> None:
        self._trouble = trouble
        self._has_card = True

    def __call__(self, audio: Audio) -> None:
        from ivr.speech.audio.loudspeaker import NoSoundCard, play_sound

        if not self._has_card:
            return
        try:
            play_sound(audio)
        except NoSoundCard as fault:
            self._has_card = False
            self._trouble(f"{fault}; --record FILE.wav writes what is heard")
