"""What is wrong with the sound of a prompt, measured: length, level, silence, language."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ivr.speech.audio import joined, silence, write_wav
from ivr.speech.prompts.audio_qc import check_sound
from ivr.speech.prompts.builder import Standing
from ivr.speech.prompts.catalogue import KnownPrompt
from ivr.speech.prompts.duration import wav_of
from ivr.speech.prompts.index import PromptPiece

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
