"""Mandarin of banks: 两 and 二, 零, 万 and 亿, 元角分, 幺 in strings of digits. Values must be checked before."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from functools import lru_cache
from typing import ClassVar

from .language import ReadText, SpokenLanguage
from .texts import read_figures
from .zh_text import NAMING, zh_patterns

_DIGITS = "零一二三四五六七八九"
_CURRENCIES = {
    "CNY": "元",
    "USD": "美元",
    "HKD": "港元",
    "EUR": "欧元",
    "GBP": "英镑",
    "JPY": "日元",
    "AUD": "澳元",
    "CAD": "加元",
    "SGD": "新加坡元",
    "CHF": "瑞士法郎",
    "MOP": "澳门元",
    "TWD": "新台币",
    "NZD": "新西兰元",
    "THB": "泰铢",
    "KRW": "韩元",
}
# Sounds instead of letters, so that a Mandarin voice needs no English one.
LETTERS = dict(
    zip(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "诶 必 西 弟 衣 艾弗 记 艾尺 艾 杰 开 艾勒 艾姆 恩 欧 批 丘 阿尔 艾斯 提 优 维 达不溜 埃克斯 歪 贼".split(),  # noqa: SIM905
        strict=True,
    )
)
_WEEKDAYS = "一二三四五六日"
_DAY_PARTS = ((6, "凌晨"), (9, "早上"), (12, "上午"), (13, "中午"), (18, "下午"), (24, "晚上"))


def cardinal(number: int, *, liang: bool = True) -> str:
    """Say an integer of at least 0. With `liang` it begins 两千, 两万 or 两亿: not for ordinals, percentages."""
    high, low = divmod(number, 10**8)
    # 零 fills one gap, however many zeros it has: 100,000,001 is 一亿零一.
    text = _joined(_under_yi(high), "亿", _under_yi(low), gap=low < 10**7) or "零"
    # 十二 at the head, but 一百一十二 inside.
    if text.startswith("一十"):
        text = text[1:]
    # 两千 and 两万, but 二百 and 二十: 百 takes either, and banks say 二.
    return "两" + text[1:] if liang and re.match("二[千万亿]", text) else text


def _under_yi(number: int) -> str:
    high, low = divmod(number, 10**4)
    return _joined(_under_wan(high), "万", _under_wan(low), gap=low < 1000)


def _under_wan(number: int) -> str:
    text = ""
    for size, unit in ((1000, "千"), (100, "百"), (10, "十")):
        high, number = divmod(number, size)
        text = text + _DIGITS[high] + unit if high else text
        if text and number and number < size // 10:
            text = text.rstrip("零") + "零"
    return text + _DIGITS[number] if number else text


def _joined(high: str, unit: str, low: str, *, gap: bool) -> str:
    if not high:
        return low
    return high + unit + ("零" if gap and low else "") + low


def counted(number: int, unit: str) -> str:
    """Say a number before a measure word: 两笔, 十二笔, but 二号."""
    return ("两" if number == 2 and unit not in NAMING else cardinal(number)) + unit


def _decimals(value: Decimal, *, liang: bool = True) -> str:
    whole, _, fraction = format(value, "f").partition(".")
    point = "点" + "".join(_DIGITS[int(digit)] for digit in fraction) if fraction else ""
    return cardinal(int(whole), liang=liang) + point


def _minus(value: Decimal) -> str:
    return "负" if value < 0 else ""


def _yuan(value: Decimal) -> str:
    fen = int(value * 100)
    yuan, jiao, fen = fen // 100, fen // 10 % 10, fen % 10
    text = counted(yuan, "元") if yuan or not (jiao or fen) else ""
    if not jiao and not fen:
        return text + "整" if yuan else text
    if jiao:
        text += (_DIGITS[jiao] if text else counted(jiao, "")) + "角"
    elif text:
        text += "零"
    if fen:
        text += (_DIGITS[fen] if text else counted(fen, "")) + "分"
    return text


@dataclass(frozen=True)
class Mandarin(SpokenLanguage):
    """Mandarin of the mainland, in simplified characters."""

    between: ClassVar[str] = " "
    spells_letters: ClassVar[bool] = True

    def amount(self, value: Decimal, currency: str, *, mixed: bool = False) -> str:
        """Say 一万二千三百四十五元六角, after 人民币 if `mixed`; other currencies keep the point: 十二点五美元."""
        size = abs(value)
        if currency == "CNY":
            return ("人民币" if mixed else "") + _minus(value) + _yuan(size)
        whole = size == size.to_integral_value()
        return _minus(value) + (counted(int(size), "") if whole else _decimals(size)) + _CURRENCIES[currency]

    def number(self, value: Decimal) -> str:
        """Say 十二点三四."""
        return _minus(value) + _decimals(abs(value))

    def percent(self, value: Decimal) -> str:
        """Say 百分之二点一."""
        return f"{_minus(value)}百分之{_decimals(abs(value), liang=False)}"

    def ordinal(self, value: int) -> str:
        """Say 第二."""
        return "第" + cardinal(value, liang=False)

    def count(self, value: int, unit: str) -> str:
        """Say 两笔."""
        return counted(value, unit)

    def unit_fault(self, unit: str) -> str:
        """Return a fault unless the unit is a measure word in Chinese characters."""
        return "" if re.fullmatch(r"[一-鿿]{1,6}", unit) else "needs a measure word in Mandarin, such as count:笔"

    def spell(self, groups: Sequence[str]) -> str:
        """Say 幺三八 零零幺三 八零零零. A blank makes voices pause briefly."""
        return self.between.join("".join(self._sign(sign) for sign in group) for group in groups)

    def _sign(self, sign: str) -> str:
        if sign == "1":
            return "幺" if self.yao else "一"
        return _DIGITS[int(sign)] if sign.isdecimal() else LETTERS.get(sign, "加")

    def date(self, value: date, *, year: bool, weekday: bool, spoken: bool = False) -> str:
        """Say 二零二六年十一月二十一日星期六, or colloquially 十一月二十一号."""
        years = self.year(value.year) + "年" if year else ""
        name = "星期" + _WEEKDAYS[value.weekday()] if weekday else ""
        return f"{years}{cardinal(value.month)}月{cardinal(value.day)}{'号' if spoken else '日'}{name}"

    def time(self, value: time, *, clock24: bool) -> str:
        """Say 下午三点零五分, or 十五点零五分."""
        part = "" if clock24 else next(name for end, name in _DAY_PARTS if value.hour < end)
        hour = value.hour if clock24 or value.hour <= 12 else value.hour - 12
        minute = f"{'零' if value.minute < 10 else ''}{cardinal(value.minute)}分" if value.minute else "整"
        return part + counted(hour, "点") + minute

    def datetime(self, day: str, clock: str) -> str:
        """Say the day, then the time."""
        return day + clock

    def duration(self, days: int, hours: int, minutes: int, seconds: int) -> str:
        """Say 一小时三十分钟; 分钟 is 分 before seconds."""
        units = ((days, "天"), (hours, "小时"), (minutes, "分" if seconds else "分钟"), (seconds, "秒"))
        return "".join(counted(number, unit) for number, unit in units if number) or "零分钟"

    def range(self, first: str, last: str) -> str:
        """Say 上午九点整到下午五点三十分."""
        return f"{first}到{last}"

    def read_text(self, text: str) -> ReadText:
        """Say 按一, 两个工作日, 二十四小时, 九五五八零 and 百分之二点五; hyphens inside a number are pauses."""
        return read_figures(text, _patterns(self), self.fold)

    def fold(self, text: str) -> str:
        """Return a text in simplified characters, one for each of its own."""
        return text

    def cardinal_of(self, number: int) -> str:
        """Say an integer without 两 for a lone 2: 二, 十二, 两千."""
        return self.script(cardinal(number))

    def decimals_of(self, value: Decimal) -> str:
        """Say a number with its decimals as written: 二点五零."""
        return self.script(_decimals(value))

    def year(self, number: int) -> str:
        """Say the digits of a year: 二零二六."""
        return self.script("".join(_DIGITS[int(digit)] for digit in f"{number:04}"))


_patterns = lru_cache(maxsize=8)(zh_patterns)

language = Mandarin
