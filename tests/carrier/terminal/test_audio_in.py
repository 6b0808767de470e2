"""A caller who answers with sound files: said where a call records, pressed where keys sound in them."""

from __future__ import annotations

import base64
import http.client

import numpy as np
import pytest

from ivr.carrier.caller import ListeningWindow, Press, Silence, Talk
from ivr.carrier.recordings import CarrierRecordings
from ivr.carrier.terminal.audio_in import AudioCaller
from ivr.speech.audio import Audio, read_wav, write_wav

GATHER = ListeningWindow(True, False, 5.0)
BEFORE_A_RECORDING = ListeningWindow(True, False, 1.0)
WITH_SPEECH = ListeningWindow(True, True, 5.0)
RECORD = ListeningWindow(True, True, 3.0, records=True)


def hum(*hertz: float, seconds: float = 0.1) -> bytes:
    time = np.arange(int(8000 * seconds)) / 8000
    return write_wav(Audio((sum(np.sin(2 * np.pi * one * time) for one in hertz) * 4000).astype(np.int16)))


WORD, FIVE = hum(200, 400, seconds=0.7), hum(770, 1336)


class Screen:
    def __init__(self):
        self.lines: list[str] = []

    def show(self, line):
        self.lines.append(line)

    def ask(self, prompt):
        return None


def voiced(person, *sounds: bytes) -> AudioCaller:
    return AudioCaller(person(Press("9"), Press("8")), Screen(), sounds)


def test_a_word_is_said_to_the_recording_and_waits_through_the_gather_before_it(person):
    caller = voiced(person, WORD)
    assert caller.answers(BEFORE_A_RECORDING) == Silence()
    assert caller.answers(RECORD) == Talk(pytest.approx(0.7), sound=WORD)
    assert caller.answers(RECORD) == Press("9"), "after the files the other answers"


def test_keys_that_sound_are_pressed_anywhere(person):
    caller = voiced(person, FIVE, FIVE)
    assert caller.answers(GATHER) == Press("5")
    assert caller.answers(RECORD) == Press("5")


def test_where_words_cannot_be_heard_the_other_answers_and_the_file_waits(person):
    caller = voiced(person, WORD)
    assert caller.answers(GATHER) == Press("9")
    assert caller.answers(WITH_SPEECH) == Press("8")
    assert isinstance(caller.answers(RECORD), Talk)


def test_recordings_are_served_in_8_khz_to_who_has_the_token_and_not_at_once():
    sid = "RE" + "1" * 32
    with CarrierRecordings("token", not_ready=1) as carrier:
        path = carrier.keep(sid, write_wav(Audio(np.zeros(800, np.int16)))).removeprefix(carrier.url)
        host = carrier.url.removeprefix("http://")

        def ask(token: str, method: str = "GET", ending: str = ".wav") -> tuple[int, bytes]:
            login = base64.b64encode(f"{carrier.account}:{token}".encode()).decode()
            line = http.client.HTTPConnection(host, timeout=5)
            line.request(method, path + ending, headers={"Authorization": f"Basic {login}"})
            answer = line.getresponse()
            body = answer.read()
            line.close()
            return answer.status, body

        assert ask("wrong") == (401, b"")
        assert ask("token")[0] == 404
        status, body = ask("token")
        assert (status, read_wav(body).rate, read_wav(body).seconds) == (200, 8000, 0.1)
        assert ask("token", "DELETE", ".json")[0] == 204
        assert ask("token")[0] == 404
