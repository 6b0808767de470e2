"""Prompts as sound: fetched or spoken once, in 8 kHz, within a bound of memory."""

from __future__ import annotations

import numpy as np
import pytest

from ivr.carrier.line.prompt_sounds import RINGING_PAUSE, RINGING_SECONDS, PromptSounds, beep, pcm_of, ringing, tone
from ivr.carrier.transport import WsgiTransport
from ivr.carrier.twiml import Play, Say, SayPiece
from ivr.errors import IvrError
from ivr.speech.audio import Audio, silence, write_wav
from ivr.speech.dtmf import decode

from .stage import BASE, ServerWithSounds, mark, sound, spoken


def sounds(largest: int = 1 << 20) -> tuple[PromptSounds, ServerWithSounds, list[str]]:
    server = ServerWithSounds({"/a.wav": sound(500), "/text": (200, "text/plain", b"no sound")})
    asked: list[str] = []

    def speak(text: str, language: str, rate: float) -> Audio:
        asked.append(f"{language} {rate} {text}")
        return spoken(text, language, rate)

    return PromptSounds(WsgiTransport(server), speak, largest=largest), server, asked


def test_a_text_is_spoken_in_our_name_of_its_language_with_its_pauses_and_kept() -> None:
    made, _, asked = sounds()
    say = Say((SayPiece("您好", 0.8, 0.5), SayPiece("再见")), "cmn-CN", "")
    first = made.said(say)
    assert made.said(say) is first
    assert asked == ["zh-CN 0.8 您好", "zh-CN 1.0 再见"]
    assert len(first) == 2 * (2 * len(mark(200).samples) + 4000)


def test_a_recording_is_fetched_once_and_resampled() -> None:
    made, server, _ = sounds()
    server.pages["/wide.wav"] = (200, "audio/wav", write_wav(silence(0.5, 16000)))
    assert made.played(Play("/a.wav"), f"{BASE}/a.wav") == pcm_of(mark(500))
    server.pages["/a.wav"] = (404, "text/plain", b"")
    assert made.played(Play("/a.wav"), f"{BASE}/a.wav") == pcm_of(mark(500))
    assert len(made.played(Play("/wide.wav"), f"{BASE}/wide.wav")) == 8000


@pytest.mark.parametrize("path", ["/text", "/gone"])
def test_what_is_no_sound_is_refused(path: str) -> None:
    made, server, _ = sounds()
    server.pages["/gone"] = (404, "text/plain", b"")
    with pytest.raises(IvrError, match="bank"):
        made.played(Play(path), BASE + path)


def test_the_oldest_sound_goes_when_there_are_too_many() -> None:
    made, _, asked = sounds(largest=2 * 2 * len(mark(100).samples))
    for text in ("a", "b", "c", "a"):
        made.said(Say((SayPiece(text),), "cmn-CN", ""))
    assert [each[-1] for each in asked] == ["a", "b", "c", "a"]


def test_keys_are_played_as_tones() -> None:
    made, _, _ = sounds()
    pcm = made.played(Play("", digits="12w#"), "")
    assert [each.key for each in decode(Audio(np.frombuffer(pcm, np.int16)))] == ["1", "2", "#"]


def test_signals_have_their_length() -> None:
    assert len(ringing()) == 16000 * (RINGING_SECONDS + RINGING_PAUSE)
    assert len(beep()) == len(pcm_of(tone((1000.0,), 0.4)))
