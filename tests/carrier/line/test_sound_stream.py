"""The sound of a call: in order, without gaps, cut at once, handed on to who listens."""

from __future__ import annotations

from ivr.carrier.line.sound_stream import AHEAD_SECONDS, BYTES_PER_SECOND, FLUSH_SECONDS, IDLE_TICKS, SoundStream

from .stage import PhoneInMemory


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def made() -> tuple[SoundStream, PhoneInMemory, Clock, list[str]]:
    phone, clock, done = PhoneInMemory(), Clock(), []
    return SoundStream(phone, lambda: done.append("played"), clock), phone, clock, done


def test_sounds_are_sent_ahead_in_order_and_end_when_they_have_been_heard() -> None:
    stream, phone, clock, done = made()
    stream.play(b"ab" * 800, 2)
    stream.play(b"cd" * 800)
    stream.tick()
    assert (bytes(phone.heard), done) == (b"ab" * 1600 + b"cd" * 800, [])
    clock.now += 0.31
    stream.tick()
    assert done == ["played"]


def test_a_long_sound_is_sent_piece_by_piece() -> None:
    stream, phone, clock, _ = made()
    stream.play(bytes(4 * BYTES_PER_SECOND))
    stream.tick()
    assert len(phone.heard) <= AHEAD_SECONDS * BYTES_PER_SECOND + 2
    clock.now += 1.0
    stream.tick()
    assert len(phone.heard) > AHEAD_SECONDS * BYTES_PER_SECOND


def test_a_cut_drops_what_is_under_way_and_the_next_sound_waits_for_the_line() -> None:
    stream, phone, clock, done = made()
    stream.play(bytes(BYTES_PER_SECOND))
    stream.tick()
    stream.stop()
    sent = len(phone.heard)
    stream.play(b"cd" * 80)
    stream.tick()
    assert (phone.flushes, len(phone.heard), done) == (1, sent, [])
    clock.now += FLUSH_SECONDS
    stream.tick()
    assert phone.heard.endswith(b"cd" * 80)
    stream.stop()
    stream.stop()
    assert phone.flushes == 2


def test_the_words_of_a_prompt_are_told_when_it_begins() -> None:
    stream, _, clock, _ = made()
    told: list[str] = []
    stream.play(bytes(BYTES_PER_SECOND), 1, lambda: told.append("first"))
    stream.play(bytes(320), 1, lambda: told.append("second"))
    stream.tick()
    assert told == ["first"]
    clock.now += 0.9
    stream.tick()
    assert told == ["first", "second"]


def test_listeners_hear_every_tick_and_patient_ones_now_and_then() -> None:
    stream, phone, _, _ = made()
    patient: list[bytes] = []
    heard: list[bytes] = []
    stream.listen(patient.append, patient=True)
    phone.says = b"ab"
    stream.tick()
    assert patient == []
    for _ in range(IDLE_TICKS):
        stream.tick()
    assert patient == [b"ab"]
    stream.listen(heard.append)
    phone.says = b"cd"
    stream.tick()
    stream.ignore(heard.append)
    assert (heard, patient) == ([b"cd"], [b"ab", b"cd"])


def test_a_conversation_does_not_fall_behind() -> None:
    stream, phone, _, _ = made()
    for _ in range(50):
        stream.relay(bytes(320))
    assert 10 * 320 <= len(phone.heard) <= 11 * 320
