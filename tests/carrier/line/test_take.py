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


def test_silence_around_the_speech_is_cut_off_when_wanted() -> None:
    take = Take(silence=5.0, trim=True)
    take.feed(joined([silence(2.0), mark(400, 0.5), silence(1.0), mark(400, 0.5), silence(4.0)]).samples.tobytes())
    assert 2.0 <= take.seconds <= 2.5
    assert read_wav(take.wav()).seconds == take.seconds


def test_a_recording_without_speech_is_empty_when_silence_is_cut_off() -> None:
    take = Take(silence=2.0, trim=True)
    take.feed(silence(3.0).samples.tobytes())
    assert take.is_silent
    assert take.seconds == 0.0
    assert read_wav(take.wav()).seconds == 0.0


def test_a_telephone_that_sends_nothing_while_its_user_is_silent_ends_it_as_well() -> None:
    now = [0.0]
    take = Take(silence=2.0, clock=lambda: now[0])
    take.feed(mark(400, 0.5).samples.tobytes())
    now[0] = 1.9
    assert not take.is_silent
    now[0] = 2.0
    assert take.is_silent
