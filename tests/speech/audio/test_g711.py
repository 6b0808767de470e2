"""The codings of the telephone network."""

from __future__ import annotations

from ivr.speech.audio.g711 import alaw_samples, mulaw_bytes, mulaw_samples


def test_the_network_codings_are_those_of_the_standard() -> None:
    assert mulaw_samples(bytes([0x00, 0x7F, 0x80, 0xFF])).tolist() == [-32124, 0, 32124, 0]
    assert alaw_samples(bytes([0x2A, 0x55, 0xAA, 0xD5])).tolist() == [-32256, -8, 32256, 8]
    every = bytes(range(256))
    again = mulaw_bytes(mulaw_samples(every))
    assert [code for code in every if again[code] != code] == [0x7F]  # minus nothing is nothing
