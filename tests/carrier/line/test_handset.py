"""A telephone as its player sees it: events in order, keys once, the end once."""

from __future__ import annotations

import time

from ivr.carrier.line.handset import MOST_KEYS_AHEAD, Answered, Handset, Heard, Hung, KeyDown
from ivr.carrier.line.media_pump import MediaPump

from .stage import PhoneInMemory

SOON = 60.0


def made(phone: PhoneInMemory, told: list[object] | None = None) -> Handset:
    return Handset(phone, MediaPump(), (told if told is not None else []).append)


def test_answer_and_end_are_events_and_are_told_once() -> None:
    phone, told = PhoneInMemory(), []
    handset = made(phone, told)
    phone.answer()
    handset.answered()
    phone.ends("busy")
    handset.ended("completed")
    until = time.monotonic() + SOON
    assert [handset.next(until), handset.next(until), handset.next(0.0)] == [Answered(), Hung("busy"), None]
    assert told == [Answered(), Hung("busy")]
    assert handset.answered_at > 0


def test_the_events_of_a_telephone_that_has_already_answered_come_as_well() -> None:
    phone = PhoneInMemory()
    phone.answer()
    phone.ends()
    assert isinstance(made(phone).hung, Hung)


def test_keys_wait_in_order_up_to_a_limit_and_others_are_dropped() -> None:
    phone = PhoneInMemory()
    handset = made(phone)
    phone.press("1A2" + "3" * 100)
    assert [handset.key(), handset.key()] == ["1", "2"]
    assert sum(bool(handset.key()) for _ in range(100)) == MOST_KEYS_AHEAD - 2
    assert handset.key() == ""
    phone.press("9")
    handset.forget_keys()
    assert handset.key() == ""


def test_a_key_cuts_the_sound_at_once_if_it_may_and_later_sounds_too() -> None:
    phone = PhoneInMemory()
    handset = made(phone)
    handset.play(bytes(16000))
    handset.stream.tick()
    phone.press("1")
    assert phone.flushes == 0
    handset.forget_keys()
    assert handset.keys_stop(True) is False
    phone.press("2")
    assert phone.flushes == 1
    sent = len(phone.heard)
    handset.play(bytes(320))
    handset.stream.tick()
    assert len(phone.heard) == sent
    assert KeyDown() == handset.next(time.monotonic() + SOON)


def test_the_end_of_a_sound_has_its_number() -> None:
    phone = PhoneInMemory()
    handset = made(phone)
    number = handset.play(b"")
    handset.stream.tick()
    assert handset.next(time.monotonic() + SOON) == Heard(number)
