"""Cantonese as it is read aloud from written Chinese, and what nobody spells in it."""

from __future__ import annotations

import pytest

from ivr.speech.verbalize import Reader, argument_fault, speaker_of


@pytest.mark.parametrize(
    ("value", "kind", "words"),
    [
        ("20001", "number", "兩萬零一"),
        ("100", "amount", "一百元正"),
        ("0128", "card_tail", "零一二八"),
        ("2026-11-21T15:00", "datetime", "二零二六年十一月二十一日下午三點正"),
        ("262800", "duration", "三日一小時"),
        ("2.5", "percent", "百分之二點五"),
        ("09:00/17:30", "range", "上午九點正到下午五點三十分"),
    ],
)
def test_values_are_read_as_hong_kong_says_them(value: str, kind: str, words: str) -> None:
    assert Reader()(value, kind, "", "zh-HK") == words


@pytest.mark.parametrize("kind", ["code", "id_tail", "name"])
def test_what_may_hold_latin_letters_is_refused_with_the_kind_to_use(kind: str) -> None:
    assert f"{kind} may contain Latin letters" in argument_fault(kind, "", "zh-HK")
    assert "; use " in argument_fault(kind, "", "zh-HK")


def test_letters_inside_a_text_are_left_to_the_voice_and_digits_are_not() -> None:
    assert not speaker_of("zh-HK").spells_letters
    assert speaker_of("zh-HK")().in_words("請按1") == "請按一"
