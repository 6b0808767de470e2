"""The neural voice: its phonemes, what it says when it cannot speak, and, with its pack, its pace in both languages."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.errors import VoiceFailed
from ivr.speech.audio import loudness
from ivr.speech.tts import Readings, VoiceSources
from ivr.speech.tts._espeak_children import Children
from ivr.speech.tts._mandarin import read_mandarin
from ivr.speech.tts._phonemes import english_phonemes, mandarin_phonemes
from ivr.speech.tts.kokoro import PACK, Kokoro


@pytest.mark.parametrize(
    ("text", "phonemes"),
    [
        ("您好，欢迎。", "ni↗nxau↓, xwa→ni↗ŋ"),
        ("女士", "ny↓ʂɨ↘"),
        ("缺月、一元", "ʨʰɥe→ɥe↘, i↘ɥɛ↗n"),
        ("只有六位", "ꭧɨ↗jou↓ ljou↘wei↘"),
        ("我们的鹅", "wo↓mən tɤ ɤ↗"),
        ("欧洲二哥", "ou→ꭧou→ ɚ↘kɤ→"),
    ],
)
def test_mandarin_phonemes_are_those_that_the_model_was_trained_on(text: str, phonemes: str) -> None:
    assert mandarin_phonemes(read_mandarin(text)) == phonemes


def test_english_phonemes_come_from_espeak_with_ties() -> None:
    children = Children()
    try:
        request = {"phonemes": ["Please choose a city", "press nine, today"], "voice": "gmw/en-us"}
        answer = children.ask(request, time.monotonic() + 20, lambda body: body.decode("unicode-escape"))
    finally:
        children.close()
    assert "t^ʃ" in answer
    said = english_phonemes("pliːz t^ʃuːz ɐ sˈɪɾi nˈa^ɪn tədˈe^ɪ sˈɜːɹt^ʃ bˈɑːt\u0329ə^l")
    assert said == "pliz ʧuz ə sˈɪTi nˈIn tədˈA sˈɜɹʧ bˈɑᵊtᵊl"


def test_what_is_missing_is_a_sentence_with_the_cure(tmp_path: Path) -> None:
    voice = Kokoro.open(VoiceSources(tmp_path))
    assert "ivr models download kokoro" in str(voice.why_not("zh-CN"))
    assert "does not speak zh-HK" in str(voice.why_not("zh-HK"))
    assert not voice.speaks("zh-TW")
    with pytest.raises(VoiceFailed, match="the pack of the voice kokoro is missing"):
        voice.render("好", "zh-CN")
    (tmp_path / PACK).mkdir()
    for name in ("model.onnx", "vocab.json", "zf_xiaoxiao.bin"):
        (tmp_path / PACK / name).write_bytes(b"{}")
    assert voice.why_not("zh-CN") is None
    with pytest.raises(VoiceFailed, match="cannot be loaded"):
        voice.render("好", "zh-CN", deadline=60)
    with pytest.raises(VoiceFailed, match="cannot be said by this voice"):
        voice.render("打开Banking", "zh-CN")


def test_own_readings_make_other_sounds(tmp_path: Path) -> None:
    voice = Kokoro.open(VoiceSources(tmp_path))
    before = voice.identity("zh-CN"), voice.identity("en-US")
    voice.learn(Readings({"zh-CN": {"鑫享": "xin1 xiang3"}, "en-US": {"Yuebao": "you eh bow"}}))
    assert voice.identity("zh-CN") != before[0]
    assert voice.identity("en-US") != before[1]


def test_what_cannot_be_ready_in_time_is_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / PACK).mkdir()
    for name in ("model.onnx", "vocab.json", "zf_xiaoxiao.bin"):
        (tmp_path / PACK / name).write_bytes(b"{}")
    with pytest.raises(VoiceFailed, match="takes longer than the deadline"):
        Kokoro.open(VoiceSources(tmp_path)).render(
            "您尾号零幺二八的账户，余额为一万二千三百四十五元六角七分。", "zh-CN", deadline=0.6
        )


# with the pack


@pytest.fixture(scope="module")
def kokoro() -> Iterator[Kokoro]:
    voice = Kokoro.open(VoiceSources(Path(os.environ.get("IVR_TEST_VOICE", "var/models"))))
    if reason := voice.why_not("zh-CN"):
        pytest.skip(f"IVR_TEST_VOICE names no folder of models with the pack: {reason}")
    yield voice
    voice.close()


@pytest.mark.parametrize(
    ("text", "language", "units", "rate", "least", "most"),
    [
        ("请输入您银行卡的最后四位数字。", "zh-CN", 14, 1.0, 198, 242),
        ("请输入您银行卡的最后四位数字。", "zh-CN", 14, 0.75, 135, 165),
        ("Please enter the last four digits of your card now.", "en-US", 10, 1.0, 150, 170),
        ("Please enter the last four digits of your card now.", "en-US", 10, 0.75, 120, 135),
    ],
)
def test_the_pace_is_that_of_the_profile(
    kokoro: Kokoro, text: str, language: str, units: int, rate: float, least: float, most: float
) -> None:
    sound = kokoro.render(text, language, rate=rate, deadline=120)
    assert least <= units / sound.seconds * 60 <= most
    assert loudness(sound) == pytest.approx(-18, abs=1)
