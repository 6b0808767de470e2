"""The Mandarin voice: how a text is read, and what the sound measures. The sound tests need the recordings."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from ivr.errors import VoiceFailed
from ivr.speech.audio import Audio, loudness, peak
from ivr.speech.tts import VoiceSources
from ivr.speech.tts._joining import TEMPO
from ivr.speech.tts._lexicon import CannotReadError
from ivr.speech.tts._mandarin import Foreign, Word, read_mandarin
from ivr.speech.tts.syllables import Syllables
from ivr.speech.units import read_pack

STANDARD, ELDERLY = 1.0, 0.75


def said(text: str) -> str:
    """Write a text as it is read: words of syllables, gaps by their first letter."""
    parts = []
    for piece in read_mandarin(text):
        match piece:
            case Word(syllables=syllables, digit=digit):
                parts.append(("#" if digit else "") + "".join(map(str, syllables)))
            case Foreign(text=foreign):
                parts.append(f"[{foreign}]")
            case gap:
                parts.append({"sentence": "|", "comma": ",", "group": "/"}[gap])
    return " ".join(parts)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("您好，欢迎致电示范银行。", "nin2hao3 , huan1ying2 zhi4dian4 shi4fan4 yin2hang2"),
        ("还款日到了，还没有还清。", "huan2kuan3ri4 dao4 le5 , hai2 mei2you3 huan2qing1"),
        ("请重新输入。请重听。", "qing3 chong2xin1 shu1ru4 | qing3 chong2ting1"),
        ("余额为三元，现在为您转接。", "yu2e2 wei2 san1yuan2 , xian4zai4 wei4nin2 zhuan3jie1"),
        ("银行、分行、行号", "yin2hang2 , fen1hang2 , hang2hao4"),
        ("调整额度，处理完毕，会计", "tiao2zheng3 e2du4 , chu2li3wan2bi4 , kuai4ji4"),
        ("最低还款额，有多长", "zui4di1 huan2kuan3e2 , you3 duo1chang2"),
        ("女士", "nv3shi4"),
        ("谢谢您", "xie4xie5nin2"),
    ],
)
def test_words_of_a_bank_are_read_right(text: str, expected: str) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("一笔", "yi4bi3"),
        ("一次", "yi2ci4"),
        ("第一次", "di4yi1ci4"),
        ("一月一日", "yi1yue4 yi1ri4"),
        ("请按一", "qing3 an4 yi1"),
        ("一共", "yi2gong4"),
        ("统一", "tong3yi1"),
        ("星期一", "xing1qi1yi1"),
        ("一千一百一十一元", "yi4qian1 yi4bai3 yi1shi2yi1 yuan2"),
        ("不是，不行", "bu2shi4 , bu4xing2"),
        ("不客气", "bu2ke4qi5"),
    ],
)
def test_one_and_not_change_their_tones(text: str, expected: str) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("你好", "ni2hao3"),
        ("我想买", "wo2 xiang2 mai3"),
        ("五百九十九点", "wu2bai3 jiu3shi2jiu2 dian3"),
        ("五九零九五", "#wu3 #jiu3 #ling2 #jiu3 #wu3"),
        ("您好，请", "nin2hao3 , qing3"),
    ],
)
def test_third_tones_change_in_a_row_but_never_between_digits(text: str, expected: str) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("幺三八 零零幺三 八零零零", "#yao1 #san1 #ba1 / #ling2 #ling2 #yao1 #san1 / #ba1 #ling2 #ling2 #ling2"),
        ("请按1。", "qing3 an4 yi1"),
        ("拨400-810-1111", "bo1 #si4 #ling2 #ling2 / #ba1 #yao1 #ling2 / #yao1 #yao1 #yao1 #yao1"),
        ("2小时100%", "liang2 xiao3shi2 bai3fen1zhi1 yi4bai3"),
        ("一万二千三百四十五元六角七分", "yi2wan4 er4qian1 san1bai3 si4shi2wu3 yuan2 liu4jiao3 qi1fen1"),
        ("一千零五十元", "yi4qian1 ling2wu3shi2 yuan2"),
        ("十元零五分", "shi2 yuan2 ling2wu3fen1"),
        ("百分之二点一", "bai3fen1zhi1 er4dian3 yi1"),
        ("二零二六年十一月", "#er4 #ling2 #er4 #liu4 nian2 shi2yi1 yue4"),
        ("VIP客户请按*键", "wei2 ai4 pi1 ke4hu4 qing3 an4 xing1 jian4"),
        ("打开 Mobile Banking。", "da3kai1 [Mobile Banking]"),
        ("«好»", None),
        ("℃", None),
        ("😀", None),
    ],
)
def test_digits_numbers_letters_and_signs_have_a_reading_or_are_refused(text: str, expected: str | None) -> None:
    if expected is None:
        with pytest.raises(CannotReadError, match="cannot be read aloud"):
            read_mandarin(text)
    else:
        assert said(text) == expected


def test_a_reading_that_is_not_known_is_refused() -> None:
    with pytest.raises(CannotReadError, match="has no reading"):
        read_mandarin("\u4dbf")


def test_every_shipped_prompt_can_be_read(mandarin_prompts: list[str]) -> None:
    assert len(mandarin_prompts) > 60
    for text in mandarin_prompts:
        count = sum(len(piece.syllables) for piece in read_mandarin(text) if isinstance(piece, Word))
        assert count >= len(re.findall("[\u4e00-\u9fff]", text)), text


# with the recordings


@pytest.fixture(scope="module")
def voice(models: Path) -> Iterator[Syllables]:
    with_pack = Syllables.open(VoiceSources(models))
    yield with_pack
    with_pack.close()


def characters(text: str) -> int:
    return len(re.findall("[\u4e00-\u9fff]", text))


def pauses(audio: Audio) -> list[float]:
    """Return the lengths of the silences inside, in seconds, from 150 ms on."""
    frame = audio.rate // 100
    blocks = audio.fractions()[: len(audio.samples) // frame * frame].reshape(-1, frame)
    quiet = 20 * np.log10(np.sqrt((blocks**2).mean(axis=1)) + 1e-9) < -45
    runs = re.findall("1+", "".join("1" if each else "0" for each in quiet).strip("1"))
    return [len(run) / 100 for run in runs if len(run) >= 15]


@pytest.mark.parametrize(("rate", "slowest", "fastest"), [(STANDARD, 145, 180), (ELDERLY, 120, 160)])
def test_the_rates_and_the_loudness_of_the_profiles_are_met(
    voice: Syllables, mandarin_prompts: list[str], rate: float, slowest: float, fastest: float
) -> None:
    prompts = [text for text in mandarin_prompts if characters(text) >= 8]
    sounds = {text: voice.render(text, "zh-CN", rate=rate) for text in prompts}
    minutes = sum(sound.seconds for sound in sounds.values()) / 60
    assert slowest <= sum(map(characters, prompts)) / minutes <= fastest
    levels = [loudness(sound) for sound in sounds.values()]
    assert max(levels) - min(levels) <= 2
    assert -19 <= min(levels) <= max(levels) <= -16
    assert max(map(peak, sounds.values())) <= -0.9


def test_pauses_are_as_long_as_asked_for_and_longer_for_the_elderly(voice: Syllables) -> None:
    text = "查询余额，按一。人工，按零。"
    standard, elderly = (pauses(voice.render(text, "zh-CN", rate=rate)) for rate in (STANDARD, ELDERLY))
    assert standard == pytest.approx([0.25, 0.40, 0.25], abs=0.08)
    assert elderly == pytest.approx([0.33, 0.53, 0.33], abs=0.08)


def test_groups_of_digits_are_set_apart_and_read_slowly_enough_for_the_elderly(voice: Syllables) -> None:
    def sound(rate: float, text: str) -> Audio:
        return voice.render(text, "zh-CN", rate=rate)

    apart = sound(STANDARD, "一三八 零零一三").seconds - sound(STANDARD, "一三八零零一三").seconds
    assert apart == pytest.approx(0.225 - 0.065, abs=0.01)
    number = sound(ELDERLY, "一三八 零零一三 八零零零")
    assert 11 / number.seconds * 60 <= 120


def test_a_slower_rate_is_slower_in_step_and_no_deeper(voice: Syllables) -> None:
    text = "请输入您银行卡的最后四位数字"
    standard, elderly = (voice.render(text, "zh-CN", rate=rate) for rate in (STANDARD, ELDERLY))
    assert elderly.seconds / standard.seconds == pytest.approx(1 / 0.75, rel=0.03)
    assert _median_pitch(elderly) == pytest.approx(_median_pitch(standard), rel=0.06)


def test_the_pitch_of_the_speaker_is_kept(voice: Syllables, models: Path) -> None:
    unit = read_pack(models / "zh-syllables" / "syllables.zip").sound("ma1")
    made = voice.render("妈", "zh-CN")
    assert made.seconds == pytest.approx(unit.seconds / TEMPO, abs=0.03)
    assert _median_pitch(made) == pytest.approx(_median_pitch(unit), rel=0.05)


def _median_pitch(audio: Audio) -> float:
    """Return the middle of the voice's pitch, found by autocorrelation over frames of 40 ms."""
    found = []
    samples, frame = audio.fractions(), audio.rate // 25
    for start in range(0, len(samples) - frame, frame):
        part = samples[start : start + frame] - samples[start : start + frame].mean()
        likeness = np.correlate(part, part, "full")[frame - 1 :]
        shortest, longest = audio.rate // 400, audio.rate // 120
        best = shortest + int(np.argmax(likeness[shortest:longest]))
        if likeness[0] > 1e-4 and likeness[best] > 0.5 * likeness[0]:
            found.append(audio.rate / best)
    return float(np.median(found))


def test_a_neutral_tone_is_shorter_and_quieter(voice: Syllables) -> None:
    assert voice.render("好吗", "zh-CN").seconds < voice.render("好骂", "zh-CN").seconds - 0.03


def test_the_same_text_sounds_the_same_from_any_thread(voice: Syllables) -> None:
    text = "您尾号零幺二八的账户，余额为一万二千三百四十五元六角七分。"
    voice.close()
    before = threading.active_count()
    with ThreadPoolExecutor(8) as pool:
        sounds = set(pool.map(lambda _: voice.render(text, "zh-CN"), range(16)))
    assert len(sounds) == 1
    assert threading.active_count() < before + 50, "threads of other tests do not count"


def test_syllables_that_were_made_once_are_kept(voice: Syllables) -> None:
    voice.render("请稍候", "zh-CN")
    joiner = voice._ready()
    before = dict(joiner._made)
    voice.render("请稍候", "zh-CN")
    assert all(joiner._made[plan] is sound for plan, sound in before.items())


def test_sounds_that_the_recordings_lack_are_said_by_the_nearest(voice: Syllables) -> None:
    assert voice.render("哟，嗯，据", "zh-CN").seconds > 1


def test_what_cannot_be_said_is_a_failure_with_a_reason(voice: Syllables) -> None:
    for text, rate, reason in (
        ("费率100℃", 1.0, "cannot read this text"),
        ("，。", 1.0, "nothing in the text"),
        ("请打开 Mobile Banking", 1.0, "no voice here says the English words"),
        ("您好", 3.0, "at rates from"),
    ):
        with pytest.raises(VoiceFailed, match=reason):
            voice.render(text, "zh-CN", rate=rate)
    with pytest.raises(VoiceFailed, match="Mandarin only"):
        voice.render("hello", "en-US")


def test_a_deadline_that_has_passed_is_kept(models: Path) -> None:
    fresh = Syllables.open(VoiceSources(models))
    with pytest.raises(VoiceFailed, match="in time"):
        fresh.render("您好，欢迎致电示范银行。" * 150, "zh-CN", deadline=0.0)


def test_the_identity_changes_with_the_pack(voice: Syllables, tmp_path: Path) -> None:
    assert voice.identity("zh-CN") == voice.identity("zh-CN")
    assert voice.identity("zh-CN") != Syllables.open(VoiceSources(tmp_path)).identity("zh-CN")


# packs


def test_a_missing_pack_is_a_sentence_with_the_cure(tmp_path: Path) -> None:
    voice = Syllables.open(VoiceSources(tmp_path))
    assert "ivr models download zh" in str(voice.why_not("zh-CN"))
    with pytest.raises(VoiceFailed, match="ivr models download zh"):
        voice.render("您好", "zh-CN")


@pytest.mark.parametrize("content", [b"", b"PK nonsense", b"{}"])
def test_a_damaged_pack_is_a_sentence_too(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "zh-syllables" / "syllables.zip"
    file.parent.mkdir()
    file.write_bytes(content)
    assert "damaged" in str(Syllables.open(VoiceSources(tmp_path)).why_not("zh-CN"))


def test_a_pack_that_may_not_be_read_is_a_sentence_too(tmp_path: Path) -> None:
    (tmp_path / "zh-syllables" / "syllables.zip").mkdir(parents=True)
    assert "cannot be read" in str(Syllables.open(VoiceSources(tmp_path)).why_not("zh-CN"))
