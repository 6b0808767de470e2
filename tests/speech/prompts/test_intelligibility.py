"""The judge must pick the right text by what was heard over a telephone line."""

from __future__ import annotations

import sys

import pytest

from ivr.errors import SettingsError
from ivr.speech.audio import Audio
from ivr.speech.prompts.catalogue import KnownPrompt
from ivr.speech.prompts.intelligibility import distance, judge_prompts, sounds_of, whisper

from .conftest import hum

PROMPTS = [
    KnownPrompt(name, language, text, 1.0)
    for name, language, text in (
        ("balance", "zh-CN", "查询余额，请按1。"),
        ("loss", "zh-CN", "银行卡挂失，请按2。"),
        ("person", "zh-CN", "人工服务，请按0。"),
        ("balance", "en-US", "For your balance, press 1."),
    )
]


def verdicts(heard):
    asked = iter(heard)
    return list(judge_prompts([(prompt, hum(2)) for prompt in PROMPTS], lambda audio, language: next(asked)))


def test_the_nearest_text_of_the_language_is_picked_by_how_it_sounds():
    found = verdicts(["查寻鱼饿请暗一", "银航卡刮失请按二", "人工福务，请按零", "for your ballots press one"])
    assert all(verdict.right for verdict in found)
    assert found[0].error == 0
    assert 0 < found[3].error < 0.5


def test_a_prompt_that_sounds_like_another_is_wrong():
    found = verdicts(["银行卡挂失，请按2", "银行卡挂失，请按2", "", "press one"])
    assert [verdict.right for verdict in found] == [False, True, found[2].picked.id == "person", True]
    assert (found[0].picked.id, found[2].error) == ("loss", 1.0)


def test_the_judge_hears_what_a_telephone_line_carries():
    heard: list[Audio] = []
    high = hum(2, pitch=3900.0)

    def recogniser(audio, language):
        heard.append(audio)
        return ""

    list(judge_prompts([(PROMPTS[0], hum(2)), (PROMPTS[1], high)], recogniser))
    loud, cut = (abs(audio.samples.astype(int)).max() for audio in heard)
    assert heard[0].rate == 8000
    assert cut < loud / 4


def test_distance_counts_edits_as_a_share():
    assert distance("abc", "abc") == 0
    assert distance("abc", "abd") == pytest.approx(1 / 3)
    assert distance("", "ab") == 1
    assert sounds_of("请按1", "zh-CN") == ("qing", "an", "yi")
    assert sounds_of("Press 1, please.", "en-US") == ("press", "one", "please")


def test_without_the_package_or_a_model_the_judge_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "faster_whisper", None)
    with pytest.raises(SettingsError, match=r"pip install .*whisper"):
        whisper(tmp_path)
