"""A recording: everything that is said, ended by silence."""

from __future__ import annotations

from ivr.carrier.line.take import Take
from ivr.speech.audio import joined, read_wav, silence

from .stage import mark


def test_silence_after_speech_ends_a_recording_and_all_of_it_is_kept() -> None:
    said = joined([mark(400, 0.5), silence(0.5), mark(500, 0.5)])
    take = Take(silence=1.0)
    take.feed(said.samples.tobytes())
    assert not take.is_silent
    take.feed(silence(1.1).samples.tobytes())
    assert take.is_silent
    assert read_wav(take.wav()).seconds == take.seconds == 2.6


def test_without_a_bound_silence_does_not_end_it() -> None:
    take = Take(silence=0.0)
    take.feed(silence(5.0).samples.tobytes())
    assert not take.is_silent
