"""Play a sound on this machine. No other module needs a sound card."""

from __future__ import annotations

import time
from collections.abc import Generator

from ivr.errors import IvrError

from .sound import Audio


class NoSoundCard(IvrError):
    """This machine cannot play sound."""


def play_sound(audio: Audio) -> None:
    """Play a sound to its end. Raises NoSoundCard."""
    import miniaudio

    def frames() -> Generator[bytes, int, None]:
        place = 0
        wanted = yield b""
        while place < len(audio.samples):
            piece = audio.samples[place : place + wanted]
            place += len(piece)
            wanted = yield piece.tobytes()

    try:
        device = miniaudio.PlaybackDevice(miniaudio.SampleFormat.SIGNED16, nchannels=1, sample_rate=audio.rate)
    except miniaudio.MiniaudioError:
        raise NoSoundCard("there is no sound card here") from None
    try:
        source = frames()
        next(source)
        device.start(source)
        # miniaudio plays in a thread of its own, and closing the device cuts it off.
        time.sleep(audio.seconds)
    finally:
        device.close()
