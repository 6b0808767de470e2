"""Sound is played to its end by the sound card's own clock, and a machine without one says so."""

from __future__ import annotations

from collections.abc import Generator

import miniaudio
import pytest

from ivr.speech.audio import loudspeaker

from .tones import tone


class Card:
    """A sound card that takes 300 frames at a time while the sound is awaited."""

    opened: list[Card]

    def __init__(self, form: miniaudio.SampleFormat, *, nchannels: int, sample_rate: int) -> None:
        self.heard, self.closed, self.sample_rate = b"", False, sample_rate
        assert (form, nchannels) == (miniaudio.SampleFormat.SIGNED16, 1)
        Card.opened.append(self)

    def start(self, source: Generator[bytes, int, None]) -> None:
        self.source = source

    def play(self, _seconds: float) -> None:
        while True:
            try:
                self.heard += self.source.send(300)
            except StopIteration:
                return

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> type[Card]:
    Card.opened = []
    monkeypatch.setattr(miniaudio, "PlaybackDevice", Card)
    monkeypatch.setattr(loudspeaker.time, "sleep", lambda seconds: Card.opened[0].play(seconds))
    return Card


def test_every_sample_is_played_once_and_the_card_is_given_back(card: type[Card]) -> None:
    sound = tone(440, 0.1, 16_000)
    loudspeaker.play_sound(sound)
    (opened,) = card.opened
    assert opened.heard == sound.samples.tobytes()
    assert (opened.sample_rate, opened.closed) == (16_000, True)


def test_the_card_is_given_back_when_the_caller_interrupts(card: type[Card], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(loudspeaker.time, "sleep", interrupted)
    with pytest.raises(KeyboardInterrupt):
        loudspeaker.play_sound(tone(440, 0.1))
    assert card.opened[0].closed


def test_a_machine_without_a_sound_card_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise miniaudio.MiniaudioError("failed to init device", -1)

    monkeypatch.setattr(miniaudio, "PlaybackDevice", refuse)
    with pytest.raises(loudspeaker.NoSoundCard, match="no sound card here"):
        loudspeaker.play_sound(tone(440, 0.1))
