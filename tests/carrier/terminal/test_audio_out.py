"""A call is heard as its transcript says: every prompt in order, fetched or spoken, and nothing else."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest

from ivr.app import build
from ivr.carrier.caller import HeardPause, HeardRecording, HeardText, HeardTone
from ivr.carrier.terminal.audio_out import AudioOut
from ivr.carrier.terminal.phone import run_phone
from ivr.carrier.terminal.streams import Streams
from ivr.carrier.transport import CarrierAnswer, WsgiTransport
from ivr.demo.bank.serving import BackgroundBank
from ivr.errors import VoiceFailed
from ivr.settings import Hidden, Settings
from ivr.speech.audio import Audio, read_wav, write_wav
from ivr.speech.prompts import known_prompts, open_prompts, open_workshop
from ivr.speech.prompts.catalogue import sound_of
from ivr.speech.tts import Voice
from ivr.web import web_app

FLOWS = Path(__file__).parents[3] / "flows"
TOKEN = "f" * 32
BASE = "http://ivr.invalid"


class Counting(Voice):
    """Says each text as a tone of its own length and pitch, so that the sound tells which text it was."""

    kind = "counting"

    @classmethod
    def open(cls, models: Path) -> Voice:
        return cls()

    def speaks(self, language: str) -> bool:
        return True

    def identity(self, language: str) -> str:
        return "counting-1"

    def why_not(self, language: str) -> str | None:
        return None

    def render(self, text: str, language: str, *, rate: float = 1.0, deadline: float = 10.0) -> Audio:
        seconds = 0.05 * len(text) / rate
        return Audio((5900 * np.sin(np.arange(round(8000 * seconds)) / 5)).astype(np.int16))


@pytest.fixture(scope="module")
def bank():
    with BackgroundBank() as running:
        yield running


@pytest.fixture
def ivr(tmp_path, bank):
    """Wire an engine whose voice counts, with the main menu's prompts rendered beforehand."""
    (tmp_path / "audio").mkdir()
    settings = Settings(
        store="memory:", flows=FLOWS, bank_url=bank.url, audio=tmp_path / "audio", tts=("local",), public_url=BASE,
        auth_token=Hidden(TOKEN),
    )  # fmt: skip
    found = build(settings)
    voice = Counting()
    few = [prompt for prompt in known_prompts(found.release) if prompt.flow == "main_menu" and len(prompt.text) < 200]
    assert not open_workshop(few[:40], ("local",), settings.audio, [voice]).build().failed
    prompts = open_prompts(("local",), settings.audio, tmp_path / "private", [voice], found.seal, found.clock)
    object.__setattr__(prompts, "seconds", 30.0)
    found.session.prompts = prompts
    yield found
    found.close()


def test_what_is_heard_is_what_the_transcript_says_in_order_and_as_long(ivr):
    transport = WsgiTransport(web_app(ivr))
    audio_out = AudioOut(BASE, transport, lambda *_: pytest.fail("nothing is said"), ivr.session.prompts.words)
    screen = io.StringIO()
    typed = io.StringIO("1\n0128\n135790\n4\n")
    run_phone(BASE, TOKEN, flow="main_menu", transport=transport, screen=Streams(typed, screen), play_prompt=audio_out)
    shown = [line.strip() for line in screen.getvalue().splitlines()]
    played = [(sound, sound.heard.url) for sound in audio_out.sounds if isinstance(sound.heard, HeardRecording)]
    words = [ivr.session.prompts.words(url) for _, url in played]
    assert words == [line for line in shown if line in set(words)]
    assert words[0] == "您好，欢迎致电示范银行。"
    assert "您尾号零幺二八的账户，余额为一万二千三百四十五元六角七分。" in words
    for (sound, _), text in zip(played, words, strict=True):
        assert sound.audio.seconds == pytest.approx(0.05 * len(text) + 0.28, abs=0.02)
    whole = read_wav(audio_out.wav())
    assert whole.seconds == pytest.approx(sum(sound.audio.seconds for sound in audio_out.sounds), abs=0.01)
    rendered = {piece.file for piece in ivr.session.prompts.index.pieces()}
    kinds = ["rendered" if url.partition("/audio/")[2] in rendered else "spoken" for _, url in played]
    assert {"rendered", "spoken"} == set(kinds)
    assert all(ivr.session.prompts.index.find(sound_of(words[0], "zh-CN", 1.0), recorded=False) for _ in [0])


def test_pauses_and_the_tone_have_their_time_and_texts_their_voice():
    asked = []

    def speaker(text, language, rate):
        asked.append((text, language, rate))
        return Audio(np.zeros(800, np.int16))

    audio_out = AudioOut(BASE, _Files({}), speaker)
    for heard in (
        HeardText("您好", "cmn-CN", 1.0, 0.75),
        HeardPause(2.0),
        HeardTone(),
    ):
        assert audio_out(heard) == ""
    assert asked == [("您好", "cmn-CN", 0.75)]
    assert read_wav(audio_out.wav()).seconds == pytest.approx(0.1 + 2.0 + 0.5)


def test_what_cannot_be_fetched_or_said_is_told_and_the_call_goes_on():
    told = []

    def speaker(text, language, rate):
        raise VoiceFailed("no voice speaks French")

    audio_out = AudioOut(BASE, _Files({"/audio/a.wav": b"this is text"}), speaker, trouble=told.append)
    for heard in (
        HeardText("Bonjour", "fr-FR", 1.0),
        HeardRecording("/audio/a.wav", 3.0),
        HeardRecording("/b.wav", 3.0),
    ):
        audio_out(heard)
    assert told[0] == "not heard: no voice speaks French"
    assert "neither WAV nor MP3" in told[1]
    assert "404" in told[2]
    assert not audio_out.sounds


def test_every_sound_is_played_as_it_begins():
    played = []
    sound = Audio(np.ones(400, np.int16))
    audio_out = AudioOut(BASE, _Files({"/audio/a.wav": write_wav(sound)}), lambda *_: sound, play=played.append)
    audio_out(HeardRecording("/audio/a.wav", 3.0))
    assert [audio.seconds for audio in played] == [0.05]


class _Files:
    def __init__(self, files):
        self._files = files

    def send(self, method, url, body, headers):
        data = self._files.get(url.removeprefix(BASE))
        return CarrierAnswer(200, "audio/wav", data) if data else CarrierAnswer(404, "text/plain", b"")
