"""The gate of measures, and the judge who must pick the right text."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest

from ivr.errors import SettingsError
from ivr.speech.audio import Audio, joined, silence, write_wav
from ivr.speech.prompts.audio_qc import check_sound
from ivr.speech.prompts.builder import Standing
from ivr.speech.prompts.catalogue import KnownPrompt
from ivr.speech.prompts.duration import wav_of
from ivr.speech.prompts.index import PromptPiece
from ivr.speech.prompts.intelligibility import distance, judge_prompts, sounds_of, whisper

from .conftest import hum

TEXT = "请输入您银行卡的最后四位数字。"


def standing(text=TEXT, language="zh-CN", engine="hum"):
    prompt = KnownPrompt("test", language, text, 1.0)
    piece = PromptPiece("test", language, prompt.spoken, 1.0, engine, "rendered/x.wav", 4.5)
    return Standing(prompt, "ready", piece)


def test_a_sound_as_it_should_be_has_no_fault_and_its_figures_are_told():
    found = check_sound(standing(), wav_of(hum(4.5)))
    assert not found.faults
    assert (found.syllables, round(found.pace)) == (14, 187)
    assert 0.02 < found.lead < 0.08
    assert 0.2 < found.tail < 0.3


@pytest.mark.parametrize(
    ("audio", "fault"),
    [
        (hum(1.0), "and this text takes"),
        (hum(14.0), "and this text takes"),
        (replace(hum(4.5), samples=hum(4.5).samples // 4), "LUFS"),
        (joined([silence(1.0), hum(4.5)]), "silence of 1.0 s before"),
        (joined([hum(4.5), silence(1.0)]), "behind it"),
    ],
)
def test_a_wrong_length_level_or_silence_is_a_fault(audio, fault):
    assert fault in "; ".join(check_sound(standing(), wav_of(audio)).faults)


def test_a_sample_at_full_scale_is_a_fault():
    loud = hum(4.5)
    loud.samples[1000] = 32767
    assert "its loudest sample" in "; ".join(check_sound(standing(), write_wav(loud)).faults)


def test_no_file_no_sound_and_another_kind_of_file_are_faults():
    assert check_sound(standing(), None).faults == ("there is no sound",)
    assert "no WAV file" in check_sound(standing(), b"ID3").faults[0]


def test_words_that_the_voice_must_say_in_another_language_are_faults():
    assert (
        "said in another language: online banking"
        in check_sound(standing("请用online banking。"), wav_of(hum(3))).faults
    )
    mixed = check_sound(standing("Please ask for 人工.", "en-US"), wav_of(hum(2)))
    assert "2 Chinese characters in a text of en-US" in mixed.faults


# the judge

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
    with pytest.raises(SettingsError, match=r'pip install "ivr\[judge\]"'):
        whisper(tmp_path)
