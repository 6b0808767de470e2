"""How long a played sound lasts: by the head of the file, whatever its encoding."""

from __future__ import annotations

import struct

import pytest

from ivr.carrier.sound_length import UNKNOWN_SECONDS, sound_seconds, wav_seconds
from ivr.carrier.transport import CarrierAnswer, NoAnswer


def wav(kind: int, rate: int, width: int, seconds: float, extra: bytes = b"") -> bytes:
    sound = bytes(int(rate * width * seconds))
    head = struct.pack("<HHIIHH", kind, 1, rate, rate * width, width, 8 * width)
    parts = b"fmt " + struct.pack("<I", len(head)) + head + extra + b"data" + struct.pack("<I", len(sound)) + sound
    return b"RIFF" + struct.pack("<I", 4 + len(parts)) + b"WAVE" + parts


class Server:
    def __init__(self, body: bytes, status: int = 200) -> None:
        self.body, self.status, self.asked = body, status, 0

    def send(self, method, url, body, headers):
        self.asked += 1
        if not self.status:
            raise NoAnswer(11205, "gone")
        return CarrierAnswer(self.status, "audio/wav", self.body)


@pytest.mark.parametrize(("kind", "width"), [(1, 2), (7, 1), (6, 1)])
def test_pcm_and_both_laws_are_measured(kind, width):
    assert wav_seconds(wav(kind, 8000, width, 2.5)) == 2.5
    assert wav_seconds(wav(kind, 8000, width, 2.5, b"LIST" + struct.pack("<I", 3) + b"abc\0")) == 2.5


@pytest.mark.parametrize("data", [b"", b"RIFF", b"ID3" + bytes(100), wav(1, 8000, 2, 1)[:20]])
def test_what_is_no_wav_has_a_length_all_the_same(data):
    assert wav_seconds(data) == UNKNOWN_SECONDS


def test_a_sound_is_fetched_once():
    server = Server(wav(7, 8000, 1, 15))
    assert [sound_seconds(server, "http://a/b.wav") for _ in range(3)] == [15, 15, 15]
    assert server.asked == 1


@pytest.mark.parametrize("status", [0, 404])
def test_a_sound_that_cannot_be_fetched_costs_no_call(status):
    assert sound_seconds(Server(b"", status), "http://a/b.wav") == UNKNOWN_SECONDS
