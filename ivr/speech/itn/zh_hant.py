"""Answers in traditional characters, from Taiwan or Hong Kong: simplified, then understood as Mandarin.

Words of Cantonese only (廿, 蚊, 聽日) are not understood, so the question is repeated.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from ivr.speech.traditional import simplified

from . import zh


def keys(text: str) -> str | None:
    """Understand 按一, 第二個, 井號鍵."""
    return zh.keys(simplified(text))


def amount(text: str) -> Decimal | None:
    """Understand 一萬二千元, 兩百塊零五分."""
    return zh.amount(simplified(text))


def day(text: str, today: date) -> date | None:
    """Understand 後天, 下個月五號."""
    return zh.day(simplified(text), today)
