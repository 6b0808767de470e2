"""The thread that moves all sound: it sleeps without calls, and a broken call does not stop the others."""

from __future__ import annotations

from ivr.carrier.line.media_pump import MediaPump
from ivr.carrier.line.sound_stream import SoundStream
from tests.waiting import wait_until

from .stage import PhoneInMemory


class Broken(PhoneInMemory):
    def read(self) -> bytes:
        raise RuntimeError("broken")


def test_streams_are_moved_until_they_are_removed_and_a_broken_one_does_not_stop_them() -> None:
    phone = PhoneInMemory()
    stream = SoundStream(phone, lambda: None)
    with MediaPump() as pump:
        pump.add(SoundStream(Broken(), lambda: None))
        pump.add(stream)
        stream.play(b"ab" * 100)
        wait_until(lambda: phone.heard)
        wait_until(lambda: len(pump._streams) == 1)
        pump.remove(stream)
        assert pump._streams == ()
