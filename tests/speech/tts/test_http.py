"""The voice behind an HTTP address, against a real server that speaks both protocols."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from ivr.errors import VoiceFailed
from ivr.settings import Hidden, Settings, SettingsError
from ivr.speech.audio import joined, silence, write_wav
from ivr.speech.prompts.voices import Voices
from ivr.speech.tts import Readings, VoiceSources, local_voices
from ivr.speech.tts.http import HttpVoice
from tests.carrier.line.stage import mark

SPOKEN = write_wav(joined([silence(0.3), mark(440, 0.8), silence(0.3)]))


@dataclass
class VoiceServer:
    """Records what it is asked and answers with `status` and `sound`."""

    url: str
    asked: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    status: int = 200
    sound: bytes = SPOKEN


@pytest.fixture
def server() -> Iterator[VoiceServer]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            state.asked.append((self.path, self.headers.get("Authorization", ""), body))
            self.send_response(state.status)
            self.send_header("Content-Length", str(len(state.sound)))
            self.end_headers()
            self.wfile.write(state.sound)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as httpd:
        state = VoiceServer(f"127.0.0.1:{httpd.server_address[1]}")
        threading.Thread(target=httpd.serve_forever, daemon=True).start()
        yield state
        httpd.shutdown()


def voice(address: str) -> HttpVoice:
    return HttpVoice.open(VoiceSources(Path("var"), Hidden(address)))


def test_an_openai_server_gets_model_voice_speed_and_token(server: VoiceServer) -> None:
    speaker = voice(f"http://:hush@{server.url}/v1/audio/speech?model=cosy&zh-CN=longwan&en-US=amy")
    sound = speaker.render("您好，请按1。", "zh-CN", rate=0.7)
    assert 0.7 < sound.seconds < 0.95
    speaker.close()
    asked = {"model": "cosy", "voice": "longwan", "input": "您好，请按1。", "response_format": "wav", "speed": 0.7}
    assert server.asked == [("/v1/audio/speech", "Bearer hush", asked)]


def test_a_piper_server_gets_its_own_fields_and_the_lines_respellings(server: VoiceServer) -> None:
    speaker = voice(f"http://{server.url}/?en-US=en_US-amy-medium")
    speaker.learn(Readings({"en-US": {"ATM": "A T M"}}))
    speaker.render("The ATM is open.", "en-US", rate=0.5)
    speaker.close()
    asked = {"text": "The A T M is open.", "voice": "en_US-amy-medium", "length_scale": 2.0}
    assert server.asked == [("/", "", asked)]


@pytest.mark.parametrize(
    ("status", "sound", "reason"), [(503, b"", "status 503"), (200, b"<html>", "no WAV"), (200, b"", "no WAV")]
)
def test_after_a_failure_the_other_voices_serve_for_a_while(
    server: VoiceServer, status: int, sound: bytes, reason: str
) -> None:
    server.status, server.sound = status, sound
    speaker = voice(f"http://{server.url}/?zh-CN=x")
    assert speaker.why_not("zh-CN") is None
    with pytest.raises(VoiceFailed, match=reason):
        speaker.render("您好", "zh-CN")
    speaker.close()
    assert reason in str(speaker.why_not("zh-CN"))


def test_a_server_that_is_gone_fails_within_the_deadline_and_names_no_secret() -> None:
    speaker = voice("http://:hush@127.0.0.1:9/v1/audio/speech?zh-CN=x")
    with pytest.raises(VoiceFailed) as failed:
        speaker.render("您的余额是一万元", "zh-CN", deadline=1.0)
    assert "hush" not in str(failed.value)
    assert "余额" not in str(failed.value)
    assert "hush" not in speaker.identity("zh-CN")


def test_silence_for_a_text_is_a_failure(server: VoiceServer) -> None:
    server.sound = write_wav(silence(1.0))
    speaker = voice(f"http://{server.url}/?zh-CN=x")
    with pytest.raises(VoiceFailed):
        speaker.render("您好", "zh-CN")
    speaker.close()


def test_it_speaks_before_the_voices_of_this_machine(server: VoiceServer, tmp_path: Path) -> None:
    voices = Voices(local_voices(tmp_path, address=Hidden(f"http://{server.url}/?en-US=amy")))
    sound = voices.say("Welcome.", "en-US", 1.0, 10.0)
    voices.close()
    assert len(server.asked) == 1
    assert sound.seconds < 1.0


def test_without_an_address_it_speaks_nothing() -> None:
    speaker = voice("")
    assert not speaker.speaks("zh-CN")
    assert "IVR_VOICE_URL" in str(speaker.why_not("zh-CN"))


def test_an_address_that_names_no_voice_is_refused_without_repeating_it() -> None:
    with pytest.raises(SettingsError, match="names no voice") as refused:
        Settings.from_environment({"IVR_VOICE_URL": "http://:hush@voices.bank.example/v1/audio/speech"})
    assert "hush" not in str(refused.value)
