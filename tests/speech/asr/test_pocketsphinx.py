"""CMU Sphinx for Mandarin on recorded callers: phrases are heard, other things are not, and what is missing is told."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from ivr.speech.asr import Expected, Nothing, RecognizedPhrase, pocketsphinx
from ivr.speech.asr.gate import refused
from ivr.speech.asr.pocketsphinx import SphinxRecognizer, syllables
from ivr.speech.audio import Audio

PHRASES = ("查询余额", "挂失银行卡", "转人工", "信用卡", "投诉", "返回", "重复", "不是", "信用卡还款", "转账", "一")


@pytest.fixture(scope="module")
def sphinx() -> SphinxRecognizer:
    folder = Path(os.environ.get("IVR_TEST_ASSETS", "")) / "hearing" / "zh-cmu-8k"
    if not folder.is_dir():
        pytest.skip("IVR_TEST_ASSETS names no folder with hearing/zh-cmu-8k: Mandarin is not recognised")
    found = SphinxRecognizer([folder])
    assert found.why_not("zh-CN") is None
    found.prepare("zh-CN")
    return found


def hear(sphinx: SphinxRecognizer, audio: Audio, phrases: tuple[str, ...] = PHRASES) -> RecognizedPhrase | Nothing:
    return sphinx.listen(audio, Expected("zh-CN", phrases), 60)


def test_recorded_callers_are_heard(sphinx, manifest, sounds) -> None:
    clean = [row for row in manifest if row["transcript"] in PHRASES[:-1] and row["condition"] == "clean"]
    results = [(row["transcript"], hear(sphinx, sounds[row["file"]])) for row in clean]
    right = sum(isinstance(heard, RecognizedPhrase) and heard.text == said for said, heard in results)
    wrong = sum(isinstance(heard, RecognizedPhrase) and heard.text != said for said, heard in results)
    assert len(results) >= 9
    assert wrong == 0
    assert right >= 0.75 * len(results)


def test_noise_silence_and_other_languages_are_no_phrase(sphinx, manifest, sounds) -> None:
    others = [row["file"] for row in manifest if row["language"] != "zh-CN"]
    heard = [file for file in others if refused(sounds[file]) is None]  # as in calls: the gate takes keys and noise
    acted = [file for file in heard if isinstance(hear(sphinx, sounds[file]), RecognizedPhrase)]
    assert len(others) > 20
    assert len(acted) <= 0.05 * len(others), acted
    noise = (np.random.default_rng(1).normal(size=16_000) * 800).astype(np.int16)
    assert isinstance(hear(sphinx, Audio(noise)), Nothing)
    assert hear(sphinx, Audio(np.zeros(0, np.int16))) == Nothing("silence")


def test_what_cannot_be_heard_is_told(sphinx, tmp_path) -> None:
    assert sphinx.unknown_words(Expected("zh-CN", ("查询余额", "查𬭚行", "是"))) == {}
    assert "䶮" in "".join(sphinx.unknown_words(Expected("zh-CN", ("查䶮行",))).get("查䶮行", ("䶮",)))
    assert hear(sphinx, Audio(np.ones(8000, np.int16)), ("是",)) == Nothing("unclear"), "one syllable is not heard"
    assert "does not hear en-US" in str(sphinx.why_not("en-US"))
    missing = SphinxRecognizer([tmp_path])
    assert "ivr models download sphinx-zh" in str(missing.why_not("zh-CN"))
    assert missing.listen(Audio(np.ones(8000, np.int16)), Expected("zh-CN", PHRASES), 1) == Nothing("broken")
    assert missing.unknown_words(Expected("zh-CN", PHRASES)) == {}
    assert [syllables(phrase) for phrase in ("转人工", "press 一", "是。")] == [3, 0, 1]


def test_a_menu_in_use_keeps_its_grammar_when_many_others_are_added(sphinx, manifest, sounds, monkeypatch) -> None:
    monkeypatch.setattr(pocketsphinx, "_GRAMMARS", 3)
    (answer,) = [r for r in manifest if (r["transcript"], r["condition"]) == ("查询余额", "clean")][:1]
    model = sphinx._load(sphinx._folder("zh-CN"))
    for others in ("转人工 投诉", "信用卡 返回", "重复 不是", "转账 投诉", "返回 不是"):
        heard = model.heard(PHRASES, sounds[answer["file"]], float("inf"))
        assert isinstance(heard, RecognizedPhrase)
        assert heard.text == "查询余额"
        model.heard(tuple(others.split()), sounds[answer["file"]], float("inf"))
    assert len(model._grammars) == 3
