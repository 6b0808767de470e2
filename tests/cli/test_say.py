"""`ivr say`: the words, the reading, the seconds and the sound of a text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from ivr.cli.say import command
from ivr.speech.audio import read_wav


@pytest.fixture(autouse=True)
def flows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "readings.yaml").write_text("en-US: {Yuebao: you eh bow}\nzh-CN: {鑫享贷: xin1 xiang3 dai4}\n", "utf-8")
    monkeypatch.setenv("IVR_FLOWS", str(tmp_path))
    monkeypatch.setenv("IVR_MODELS", str(tmp_path / "models"))
    return tmp_path


def test_a_text_is_shown_as_words_and_heard(tmp_path: Path) -> None:
    sound = tmp_path / "x.wav"
    done = CliRunner().invoke(command, ["Your Yuebao: 2 yuan, 1/2.", "--language", "en-US", "-o", str(sound)])
    assert done.exit_code == 0, done.output
    assert "Your Yuebao: two yuan, one, two." in done.stdout
    assert "Your you eh bow: two yuan" in done.stdout
    assert "s by " in done.stdout
    assert '"1/2" can be read in several ways' in done.stderr
    assert read_wav(sound.read_bytes()).seconds > 1


def test_programs_get_an_object_and_slow_speech_is_longer() -> None:
    seconds = []
    for profile in ("standard", "elderly"):
        done = CliRunner().invoke(command, ["您的鑫享贷已还清。", "--json", "--profile", profile])
        entry = json.loads(done.stdout)
        assert entry["reading"] == "nin2 de5 xin1xiang3dai4 yi3 huan2qing1"
        seconds.append(entry["seconds"])
    assert seconds[0] < seconds[1]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["好", "--language", "xx"], "there is no language"),
        (["好", "--profile", "fast"], "there is no profile"),
        (["好", "--voice", "nobody"], "there is no voice"),
        (["℃"], "cannot be read aloud"),
        (["好", "--language", "zh-TW"], "not zh-TW"),
    ],
)
def test_what_cannot_be_said_is_refused_with_the_reason(arguments: list[str], reason: str) -> None:
    done = CliRunner().invoke(command, arguments)
    assert done.exit_code != 0
    assert reason in done.output + str(done.exception)
