"""readings.yaml: what is valid, what is reported, and that entries apply to whole words in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.speech.readings import read_readings, reading_of, readings_of
from ivr.speech.tts import Readings
from ivr.speech.tts._mandarin import Word, read_mandarin
from ivr.yamlfile.source import read_text

CASES = [
    [part.strip() for part in line.split("|")]
    for line in (Path(__file__).parent / "golden" / "readings.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("# ")
]
OWN = """
zh-CN:
  鑫享贷: xin1 xiang3 dai4
  鑫e贷: xin1 yi4 dai4
  为您: wei2 nin2
en-US:
  Yuebao: you eh bow
"""


def own() -> Readings:
    return readings_of({"readings.yaml": OWN})


def test_characters_with_several_readings_are_read_right_but_for_four() -> None:
    wrong = [text for text, wanted in CASES if not is_read(text, wanted.split())]
    assert len(CASES) >= 219
    assert len(wrong) <= 4, wrong


def is_read(text: str, wanted: list[str]) -> bool:
    signs = {each[0] for each in wanted}
    words = [word for word in read_mandarin(text) if isinstance(word, Word)]
    said = [
        f"{sign}{syllable}"
        for word in words
        for sign, syllable in zip(word.text, word.syllables, strict=True)
        if sign in signs
    ]
    return len(said) == len(wanted) and all(
        is_said == is_wanted or (is_wanted[-1] == "3" and is_said == is_wanted[:-1] + "2")
        for is_said, is_wanted in zip(said, wanted, strict=True)
    )


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("申请鑫享贷。", "shen1qing3 xin1xiang3dai4"),
        ("申请鑫e贷。", "shen1qing3 xin1yi4dai4"),
        ("为您转接", "wei2nin2 zhuan3jie1"),
        ("作为您的银行", "zuo4wei2 nin2 de5 yin2hang2"),
        ("2小时，幺三八 零零", "liang2 xiao3shi2, yao1 san1 ba1 / ling2 ling2"),
        ("打开Banking", "da3kai1 [Banking]"),
    ],
)
def test_own_words_are_read_as_the_line_says_but_only_whole_ones(text: str, reading: str) -> None:
    assert reading_of(text, "zh-CN", own()) == reading


def test_english_words_are_respelt_whatever_their_case() -> None:
    assert reading_of("Your yuebao has 2 yuan, Yuebaos.", "en-US", own()) == "Your you eh bow has two yuan, Yuebaos."
    assert reading_of("Press 1.", "en-US", Readings()) == "Press one."


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("zh-CN: {银行: yin2}", "2 characters and 1 syllables"),
        ("zh-CN: {银行: yin2 hong9}", "'hong9' is no syllable"),
        ("zh-CN: {银行: ''}", "has no reading"),
        ("zh-CN: 银行", "a block of words"),
        ("en-US: {Yuebao: 余额宝}", "not written in English letters"),
        ("zh-TW: {銀行: yin2 hang2}", "No local voice speaks 'zh-TW'"),
        ("fr: {a: b}", "No local voice speaks 'fr'"),
        ("- a", "a block of languages"),
    ],
)
def test_what_is_wrong_is_reported_with_place_and_cure(text: str, fault: str) -> None:
    readings, problems = read_readings(read_text(text, "readings.yaml")[0])
    assert [fault in problem.message and bool(problem.cure) for problem in problems] == [True]
    assert not any(readings.by_language.values())


def test_a_line_without_the_file_has_no_readings_of_its_own() -> None:
    assert readings_of({}).by_language == {}
    assert readings_of({}).lexicon("zh-CN").version != own().lexicon("zh-CN").version
