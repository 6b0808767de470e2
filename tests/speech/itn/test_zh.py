"""Mandarin answers: digits and cardinals, amounts, days, and what may be two things."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from ivr.speech.itn import inverse_normalize, zh

SATURDAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("said", "keys"),
    [
        ("幺三八", "138"),
        ("我要按一", "1"),
        ("第二个", "2"),
        ("一百二十", "120"),
        ("三百五", "350"),
        ("三百零五", "305"),
        ("井号键", "#"),
        ("星号", "*"),
        ("两千万亿零", None),
        ("一二三四 五六", "123456"),
        ("我想想", None),
        ("十百", None),
    ],
)
def test_keys_are_understood_whole_or_not_at_all(said: str, keys: str | None) -> None:
    assert zh.keys(said) == keys


@pytest.mark.parametrize(
    ("said", "amount"),
    [
        ("一万二千三百四十五元六角", "12345.6"),
        ("两百块零五分", "200.05"),
        ("一万二", "12000"),
        ("三块五", "3.5"),
        ("一点二万", "12000"),
        ("12345.6元", "12345.6"),
        ("五分", "0.05"),
        ("转账三百", "300"),
        ("三点五元五角", None),
        ("很多钱", None),
    ],
)
def test_amounts_are_exact_or_asked_for_again(said: str, amount: str | None) -> None:
    assert zh.amount(said) == (None if amount is None else Decimal(amount))


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("明天", "2026-11-22"),
        ("大前天", "2026-11-18"),
        ("下周一", "2026-11-23"),
        ("三天后", "2026-11-24"),
        ("两周前", "2026-11-07"),
        ("下个月五号", "2026-12-05"),
        ("十一月二十一号", "2026-11-21"),
        ("二零二六年二月二十九日", None),
        ("去年三月三号", "2025-03-03"),
        ("十一月二十二日星期日", "2026-11-22"),
        ("十一月二十二日星期一", None),
        ("20261121", "2026-11-21"),
        ("正月初一", None),
    ],
)
def test_days_are_counted_from_today(said: str, day: str | None) -> None:
    assert zh.day(said, SATURDAY) == (None if day is None else date.fromisoformat(day))


@pytest.mark.parametrize("tag", ["zh-CN", "zh-TW", "zh-HK"])
def test_traditional_answers_are_understood_whatever_the_language_of_the_flow(tag: str) -> None:
    saturday = date(2026, 11, 21)
    assert inverse_normalize("按井號鍵", tag) == "#"
    assert inverse_normalize("第二個", tag) == "2"
    assert inverse_normalize("一萬二千元", tag, "amount") == "12000"
    assert inverse_normalize("廿一", tag) == "21"
    assert inverse_normalize("卅蚊", tag, "amount") is None
    assert inverse_normalize("後天", tag, "date", saturday) == "20261123"
    assert inverse_normalize("下週一", tag, "date", saturday) == "20261123"
    assert inverse_normalize("下個月五號", tag, "date", saturday) == "20261205"
    assert inverse_normalize("二十一號", tag, "date", saturday) == "20261121"
    assert inverse_normalize("三號", tag, "date", date(2026, 11, 28)) == "20261203"


@pytest.mark.parametrize(
    ("said", "amount"),
    [
        ("三千，不，五千", "5000"),
        ("三千不对五千", "5000"),
        ("三千，不对，是五千", "5000"),
        ("三千，说错了，五千元", "5000"),
        ("不，五百", "500"),
        ("不是三千，是五千", "5000"),
        ("三千，不是，五千", "5000"),
        ("不是三千", None),
        ("三千，不对", None),
        ("不", None),
    ],
)
def test_of_a_corrected_answer_the_last_one_counts(said: str, amount: str | None) -> None:
    assert inverse_normalize(said, "zh-CN", "amount") == amount
