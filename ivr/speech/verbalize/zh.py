"""Mandarin of banks: 两 and 二, 零, 万 and 亿, 元角分, 幺 in strings of digits. Values must be checked before."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import ClassVar

from .language import SpokenLanguage
from .values import CLOCKS, in_groups

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
_NAMING = frozenset("号楼日月")
"""Measure words that number a thing instead of counting several: 二号, but 两笔."""

_GROUP = f"(?:{'|'.join(sorted(LETTERS.values(), key=len, reverse=True))}|加?[{_DIGITS}幺]+)"
_STRINGS = re.compile(
    rf"(?<![{_DIGITS}幺十百千万亿点元角])(?:{_GROUP}(?: {_GROUP})+|[{_DIGITS}幺]{{2,}}|幺)"
    rf"(?![{_DIGITS}十百千万亿点年月元角分])"
)
"""Two successive digits do not occur in cardinals; after 点, 元 or 百, and in years, they are not a string either."""


_FIGURES = re.compile(r"(\d+(?:[,.-]\d+)*)((?:个|笔|小时|分钟|秒|天|次|位|种|张|元|年|月|日|号|点|楼|岁|万|亿|级|折)?)")


def cardinal(number: int, *, liang: bool = True) -> str:
    """Say an integer of at least 0. With `liang` it begins 两千, 两万 or 两亿: not for ordinals, percentages."""
    high, low = divmod(number, 10**8)
    text = _joined(_under_yi(high), "亿", _under_yi(low), gap=low < 10**7) or "零"
    if text.startswith("一十"):
        text = text[1:]
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
    return ("两" if number == 2 and unit not in _NAMING else cardinal(number)) + unit


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

    strings: ClassVar[re.Pattern[str]] = _STRINGS
    figures: ClassVar[re.Pattern[str]] = _FIGURES
    """Matches Arabic figures in a sentence, each with the measure word after it."""
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
        years = "".join(_DIGITS[int(digit)] for digit in f"{value.year:04}") + "年" if year else ""
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

    def in_words(self, text: str) -> str:
        """Say 按一, 两个工作日, 二十四小时, 九五五八零 and 百分之二点五; hyphens inside a number are pauses."""
        text = re.sub(r"(\d+(?:\.\d+)?)%", lambda match: self.percent(Decimal(match[1])), text)
        text = CLOCKS.sub(lambda match: self.time(time(int(match[1]), int(match[2])), clock24=True), text)
        text = re.sub(r"\d{4}(?=年)", lambda match: "".join(_DIGITS[int(digit)] for digit in match[0]), text)
        return self.figures.sub(self._figure, text)

    def _figure(self, match: re.Match[str]) -> str:
        figure, unit = match[1].replace(",", ""), match[2]
        if "-" in figure:
            return self.spell(figure.split("-")) + unit
        if "." in figure:
            return _decimals(Decimal(figure)) + unit
        if len(figure) > 2 and not unit:
            return self.spell(in_groups(figure))
        return counted(int(figure), unit) if unit else cardinal(int(figure), liang=False)


language = Mandarin
