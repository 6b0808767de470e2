"""`ivr prompts` as an operator meets it: what is missing, built or wrong, and the script for whoever records."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Self

import numpy as np
import pytest
from click.testing import CliRunner

from ivr.cli import main
from ivr.errors import VoiceFailed
from ivr.speech.audio import Audio, silence, write_wav
from ivr.speech.tts import Voice

FLOW = """
flow: hello
start: start
agent: bye
steps:
  start: {say: {zh-CN: 您好，欢迎致电。, en-US: Welcome to the bank.}, next: menu}
  menu:
    prompt: {zh-CN: 请选择。, en-US: Please choose.}
    menu:
      - {label: {zh-CN: 查余额, en-US: your balance}, goto: tell}
      - {label: {zh-CN: 结束, en-US: the end}, goto: bye}
  tell: {say: {zh-CN: "今天是{call.date|date}。", en-US: "Today is {call.date|date}."}, next: bye}
  bye: {hangup: {zh-CN: 再见。, en-US: Goodbye.}}
"""
LINE = 'lines: {default: hello}\ndesks: {general: "+861000000001"}\ndesk: general\n'


class Tone(Voice):
    """Speaks Mandarin and English as a tone of the right length, except for one word."""

    kind = "tone"

    @classmethod
    def open(cls, models: Path) -> Self:
        return cls()

    def speaks(self, language: str) -> bool:
        return True

    def identity(self, language: str) -> str:
        return "tone-1"

    def why_not(self, language: str) -> str | None:
        return None

    def render(self, text: str, language: str, *, rate: float = 1.0, deadline: float = 10.0) -> Audio:
        if "Welcome" in text:
            raise VoiceFailed("no sound for Welcome")
        words = len(text.split()) / 150 if language.startswith("en") else sum(sign.isalnum() for sign in text) / 190
        size = math.ceil(8000 * 60 * words / rate)
        return Audio((5900 * np.sin(np.arange(size) / 6)).astype(np.int16))


@pytest.fixture
def ivr(tmp_path, monkeypatch):
    """Return a function that runs a command over a small flow, with audio and store of its own."""
    (tmp_path / "flows").mkdir()
    (tmp_path / "audio").mkdir()
    (tmp_path / "flows" / "hello.yaml").write_text(FLOW, encoding="utf-8")
    (tmp_path / "flows" / "line.yaml").write_text(LINE, encoding="utf-8")
    monkeypatch.setattr("ivr.speech.tts.local_voices", lambda models, readings, address: [Tone()])
    monkeypatch.chdir(tmp_path)
    for name in ("IVR_FLOWS", "IVR_AUDIO", "IVR_TTS", "IVR_MODELS"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: str, **env: str):
        return CliRunner().invoke(main, ["prompts", *arguments], env=env, catch_exceptions=False)

    return run


def entries(ivr, *arguments):
    return {(one["id"], one["language"]): one for one in json.loads(ivr("list", "--json", *arguments).stdout)}


def test_before_anything_is_built_everything_is_missing(ivr):
    found = entries(ivr)
    menu = found["hello.menu.menu", "zh-CN"]
    assert menu["text"] == "查余额，请按1；结束，请按2。"
    assert menu["spoken"] == "查余额，请按一；结束，请按二。"
    assert (menu["file"], menu["engine"], menu["seconds"], menu["state"]) == (None, None, None, "missing")
    assert {"id", "language", "text", "spoken", "file", "engine", "seconds"} <= set(menu)
    assert len(entries(ivr, "--missing", "--language", "en-US")) == len(found) / 2


def test_a_build_says_what_it_did_and_names_what_has_no_sound(ivr):
    done = ivr("build")
    assert done.exit_code == 1
    assert "hello.start.say (en-US): no sound for Welcome" in done.stderr
    assert done.stdout.endswith("1 without a sound.\n")
    found = entries(ivr)
    menu = found["hello.menu.menu", "zh-CN"]
    assert Path(menu["file"]).is_file()
    assert (menu["engine"], menu["state"]) == ("tone", "ready")
    assert [name for name, one in found.items() if one["state"] != "ready"] == [("hello.start.say", "en-US")]
    assert list(entries(ivr, "--missing")) == [("hello.start.say", "en-US")]
    assert "0 made" in ivr("build", "--prune").stdout


def test_the_table_shows_each_prompt_and_counts(ivr):
    ivr("build")
    shown = ivr("list", "--language", "zh-CN")
    assert any(line.startswith("hello.menu.menu") and " ready " in line for line in shown.stdout.splitlines())
    assert "0 missing, 0 of the wrong length" in shown.stderr
    assert ivr("list", "--language", "fr-FR").exit_code == 2


def test_a_recording_is_taken_and_its_text_watched(ivr, tmp_path):
    (tmp_path / "audio" / "en-US").mkdir()
    tone = Tone().render("Hello to you all", "en-US")
    (tmp_path / "audio" / "en-US" / "hello.start.say.wav").write_bytes(write_wav(tone))
    assert ivr("build").exit_code == 0
    assert entries(ivr)["hello.start.say", "en-US"]["engine"] == "recording"
    flow = tmp_path / "flows" / "hello.yaml"
    flow.write_text(FLOW.replace("Welcome to the bank", "Good day"), encoding="utf-8")
    stale = entries(ivr, "--stale")["hello.start.say", "en-US"]
    assert "Welcome to the bank." in stale["remark"]


def test_an_empty_recording_is_refused_by_name(ivr, tmp_path):
    (tmp_path / "audio" / "zh-CN").mkdir()
    (tmp_path / "audio" / "zh-CN" / "hello.bye.hangup.wav").write_bytes(write_wav(silence(1)))
    done = ivr("build")
    assert done.exit_code == 1
    assert "hello.bye.hangup.wav: it has no speech" in done.stderr
    assert entries(ivr)["hello.bye.hangup", "zh-CN"]["engine"] == "tone"


def test_the_script_gives_file_names_words_and_what_comes_before(ivr):
    script = ivr("list", "--script", "--language", "zh-CN").stdout
    assert "audio/zh-CN/hello.menu.menu.wav\n    # 查余额，请按一；结束，请按二。" in script
    assert "heard in hello, step menu" in script
    assert "before it: 您好，欢迎致电。" in script
    assert "Welcome" not in script


def test_the_gate_passes_what_is_right_and_shows_figures(ivr):
    ivr("build")
    done = ivr("check", "--language", "zh-CN")
    assert done.exit_code == 0
    assert "zh-CN at rate 1:" in done.stdout
    assert done.stdout.endswith("with faults.\n")
    missing = ivr("check", "--json")
    assert missing.exit_code == 1
    faults = {one["id"]: one["faults"] for one in json.loads(missing.stdout)["prompts"] if one["faults"]}
    assert list(faults) == ["hello.start.say"]


def test_a_damaged_file_is_found(ivr, tmp_path):
    ivr("build")
    file = tmp_path / entries(ivr)["hello.menu.menu", "zh-CN"]["file"]
    file.write_bytes(file.read_bytes()[:4000])
    done = ivr("check", "--language", "zh-CN")
    assert done.exit_code == 1
    assert "hello.menu.menu (zh-CN): 0.5 s, and this text takes" in done.stdout


def test_the_judge_says_what_it_lacks(ivr, tmp_path, monkeypatch):
    ivr("build")
    monkeypatch.setitem(sys.modules, "faster_whisper", None)
    done = ivr("check", "--model", str(tmp_path))
    assert done.exit_code == 2
    assert "judging needs faster-whisper" in done.stderr


def test_without_a_local_voice_in_the_order_recordings_are_all_there_is(ivr):
    done = ivr("build", IVR_TTS="recordings")
    assert done.exit_code == 1
    assert "it is not recorded, and IVR_TTS names no local voice" in done.stderr


def test_what_nobody_recorded_is_no_fault_where_the_carrier_speaks_it(ivr, tmp_path):
    (tmp_path / "audio" / "zh-CN").mkdir()
    (tmp_path / "audio" / "zh-CN" / "hello.start.say.wav").write_bytes(
        write_wav(Tone().render("您好，欢迎致电。", "zh-CN"))
    )
    done = ivr("build", IVR_TTS="recordings,cloud")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "1 made, 0 as they were, " in done.stdout
    assert "left to the carrier's voice, 0 without a sound." in done.stdout
    checked = ivr("check", IVR_TTS="recordings,cloud")
    assert (checked.exit_code, "1 prompts checked, 0 with faults." in checked.stdout) == (0, True), checked.output


def test_flows_with_errors_are_reported_as_they_are(ivr, tmp_path):
    (tmp_path / "flows" / "hello.yaml").write_text(FLOW.replace("goto: tell", "goto: nowhere"), encoding="utf-8")
    done = ivr("list")
    assert done.exit_code == 2
    assert "nowhere" in done.stderr
