"""Answers in traditional characters are understood as the mainland's are, and Cantonese ones are not guessed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from ivr.speech.itn import inverse_normalize, zh, zh_hant


@pytest.mark.parametrize("tag", ["zh-TW", "zh-HK"])
def test_traditional_answers_are_understood_as_keys_amounts_and_days(tag: str) -> None:
    assert inverse_normalize("按井號鍵", tag) == "#"
    assert inverse_normalize("第二個", tag) == "2"
    assert inverse_normalize("一萬二千元", tag, "amount") == "12000"
    assert inverse_normalize("廿蚊", tag, "amount") is None


def test_days_are_understood_and_what_only_cantonese_says_is_none() -> None:
    saturday = date(2026, 11, 21)
    assert zh_hant.day("後天", saturday) == date(2026, 11, 23)
    assert zh_hant.day("下個月五號", saturday) == date(2026, 12, 5)
    assert zh_hant.day("聽日", saturday) is None


def test_a_listener_answers_as_the_mainlands_does() -> None:
    assert (zh_hant.keys("按一"), zh_hant.amount("兩百塊零五分")) == (zh.keys("按一"), Decimal("200.05"))
