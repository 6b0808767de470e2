"""Mandarin of Taiwan as it is read aloud: traditional characters, and always 一 in strings of digits."""

from __future__ import annotations

import pytest

from ivr.speech.verbalize import Reader, argument_fault, speaker_of


@pytest.mark.parametrize(
    ("value", "kind", "words"),
    [
        ("20001", "number", "兩萬零一"),
        ("100", "amount", "一百元整"),
        ("0128", "card_tail", "零一二八"),
        ("2026-11-21T15:00", "datetime", "二零二六年十一月二十一日下午三點整"),
        ("262800", "duration", "三天一小時"),
        ("2.5", "percent", "百分之二點五"),
        ("09:00/17:30", "range", "上午九點整到下午五點三十分"),
    ],
)
def test_values_are_read_in_traditional_characters(value: str, kind: str, words: str) -> None:
    assert Reader()(value, kind, "", "zh-TW") == words


def test_letters_are_spelt_and_names_stay_as_they_are() -> None:
    assert Reader()("AB1", "code", "", "zh-TW") == "誒 必 一"
    assert Reader()("万芳", "name", "", "zh-TW") == "万芳"


def test_new_zealand_is_called_as_in_taiwan_and_a_latin_measure_word_is_refused_in_its_characters() -> None:
    assert Reader()("2", "amount", "NZD", "zh-TW") == "兩紐西蘭元"
    assert "筆" in argument_fault("count", "item", "zh-TW")


def test_digits_of_a_sentence_are_written_as_taiwan_says_them() -> None:
    assert speaker_of("zh-TW")().in_words("請按1，2個工作日") == "請按一，兩個工作日"
