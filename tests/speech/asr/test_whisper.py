"""faster-whisper with a real model, only where IVR_TEST_WHISPER names its folder; without one, what it says."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ivr.speech.asr import Expected, Nothing, RecognizedPhrase
from ivr.speech.asr.whisper import WhisperRecognizer, find_whisper_model

MENU = ("查询余额", "挂失银行卡", "信用卡", "投诉", "修改密码", "账单查询", "请帮我转接人工服务", "我的卡丢了", "取消")
LONG = 60.0


def test_a_missing_model_is_a_sentence_and_no_exception(tmp_path, sounds):
    whisper = WhisperRecognizer([tmp_path])
    assert whisper.why_not("zh-CN")
    whisper.prepare("zh-CN")
    assert whisper.listen(sounds["zh_00_clean.wav"], Expected("zh-CN", MENU), 1.0) == Nothing("broken")
    assert whisper.unknown_words(Expected("zh-CN", MENU)) == {}


def test_a_model_is_a_folder_or_in_one(tmp_path):
    assert find_whisper_model([tmp_path / "nowhere", tmp_path]) is None
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "model.bin").touch()
    assert find_whisper_model([tmp_path]) == find_whisper_model([tmp_path / "base"]) == tmp_path / "base"


@pytest.fixture(scope="module")
def whisper() -> WhisperRecognizer:
    folder = os.environ.get("IVR_TEST_WHISPER", "")
    found = WhisperRecognizer([Path(folder)] if folder else [])
    if reason := found.why_not("zh-CN"):
        pytest.skip(f"faster-whisper is tried only with a model in IVR_TEST_WHISPER: {reason}")
    return found


def test_mandarin_callers_are_understood_or_asked_again_and_never_taken_for_another(whisper, manifest, sounds):
    rows = [row for row in manifest if row["transcript"] in MENU and row["condition"] == "clean"]
    found = {row["transcript"]: whisper.listen(sounds[row["file"]], Expected("zh-CN", MENU), LONG) for row in rows}
    right = [text for text, heard in found.items() if isinstance(heard, RecognizedPhrase) and heard.text == text]
    assert not [text for text, heard in found.items() if isinstance(heard, RecognizedPhrase) and heard.text != text]
    assert len(right) >= len(found) * 0.75, found


def test_the_model_is_in_memory_before_a_tool_calls(whisper):
    assert whisper.unknown_words(Expected("zh-CN", MENU)) == {}
    assert whisper._model("zh-CN").done()


def test_no_time_is_late_and_no_phrase_is_unclear(whisper, sounds):
    whisper.listen(sounds["zh_29_clean.wav"], Expected("zh-CN", MENU), LONG)
    assert whisper.listen(sounds["zh_29_clean.wav"], Expected("zh-CN", MENU), 0.0) == Nothing("late")
    assert whisper.listen(sounds["zh_29_clean.wav"], Expected("zh-CN", ()), LONG) == Nothing("unclear")
