"""A conversation: both hear each other, and the recording has both voices."""

from __future__ import annotations

import numpy as np

from ivr.carrier.line.sound_stream import SoundStream
from ivr.carrier.line.two_way_talk import TwoWayTalk
from ivr.speech.audio import read_wav

from .stage import PhoneInMemory, mark


def test_each_hears_the_other_and_both_are_recorded() -> None:
    caller, agent = PhoneInMemory(), PhoneInMemory()
    streams = [SoundStream(phone, lambda: None) for phone in (caller, agent)]
    talk = TwoWayTalk(*streams, record=True)
    talk.begin()
    caller.says, agent.says = mark(300).samples.tobytes(), mark(400, 0.1).samples.tobytes()
    for stream in streams:
        stream.tick()
    talk.end()
    caller.says = b"ab"
    streams[0].tick()
    assert agent.has_heard(mark(300))
    assert caller.has_heard(mark(400, 0.1))
    mixed = mark(400, 0.1).samples.astype(np.int32)
    mixed[: len(mark(300).samples)] += mark(300).samples
    assert np.array_equal(read_wav(talk.wav()).samples, mixed)


def test_without_a_recording_there_is_no_sound() -> None:
    stream = SoundStream(PhoneInMemory(), lambda: None)
    assert read_wav(TwoWayTalk(stream, stream, record=False).wav()).seconds == 0
