"""Mandarin as a bank says it: 两 and 二, 零, 万 and 亿, 元角分, 幺 in strings of digits. Values come in checked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal

from .language import Language

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
"""Measure words that name one thing instead of counting several: 二号, but 两笔."""


def cardinal(number: int, *, liang: bool = True) -> str:
    """Say a whole number from 0 on. `liang` says 两千, 两万 and 两亿 at the head, as all but ordinals and shares do."""
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
class Mandarin(Language):
    """Mandarin in simplified characters."""

    def amount(self, value: Decimal, currency: str) -> str:
        """Say 一万二千三百四十五元六角; other currencies keep the point: 十二点五美元."""
        size = abs(value)
        if currency == "CNY":
            return _minus(value) + _yuan(size)
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
        """Ask for a measure word in Chinese characters."""
        return "" if re.fullmatch(r"[一-鿿]{1,6}", unit) else "needs a measure word in Mandarin, such as count:笔"

    def spell(self, groups: Sequence[str]) -> str:
        """Say 幺三八 零零幺三 八零零零. A blank makes voices pause for a moment and is easily ignored by a reader."""
        return " ".join("".join(self._sign(sign) for sign in group) for group in groups)

    def _sign(self, sign: str) -> str:
        if sign == "1":
            return "幺" if self.yao else "一"
        return _DIGITS[int(sign)] if sign.isdecimal() else LETTERS.get(sign, "加")

    def date(self, value: date, *, year: bool, weekday: bool) -> str:
        """Say 二零二六年十一月二十一日星期六."""
        years = "".join(_DIGITS[int(digit)] for digit in f"{value.year:04}") + "年" if year else ""
        name = "星期" + _WEEKDAYS[value.weekday()] if weekday else ""
        return f"{years}{cardinal(value.month)}月{cardinal(value.day)}日{name}"

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

    def heard(self, text: str) -> str | None:
        """Understand 幺三八, 按一, 第二个, 一百二十, 井号键."""
        bare = _AROUND.sub("", _GAPS.sub("", text))
        plain = bare.translate(_HEARD)
        if plain in _KEYS or re.fullmatch("[0-9]+", plain):
            return _KEYS.get(plain, plain)
        value = _value(plain)
        return None if value is None else str(value)


_GAPS = re.compile(r"[\s,，、。!！?？…~-]+|\.(?![0-9])")
_AROUND = re.compile(
    "^(?:嗯|呃|啊|哦|喂|那个|就是|我要|我想|我选|我按|选择|选|请|按下|按|输入|我的|卡号|尾号|号码|数字|是|第)+"
    "|(?:号?键|号码|号|个|吧|啊|呀|呢|了|嘛|哦|嗯|谢谢)+$"
)
_KEYS = {"星": "*", "米字": "*", "*": "*", "井": "#", "井字": "#", "#": "#"}
_HEARD = str.maketrans(
    {
        sign: plain
        for plain, signs in {
            "0": "零〇○洞",
            "1": "一壹幺妖腰吆",
            "2": "二贰貳两兩俩",
            "3": "三叁參",
            "4": "四肆",
            "5": "五伍",
            "6": "六陆陸",
            "7": "七柒拐",
            "8": "八捌",
            "9": "九玖勾",
            "十": "拾",
            "百": "佰",
            "千": "仟",
            "万": "萬",
            "亿": "億",
        }.items()
        for sign in signs
    }
)
"""How callers and recognisers write digits: cheque capitals, traditional forms, soldiers' digits, near sounds of 幺."""


def _value(text: str) -> int | None:
    """Return what a cardinal such as 3百05 means, its digits being Arabic already."""
    for unit, size in (("亿", 10**8), ("万", 10**4), ("千", 1000), ("百", 100), ("十", 10)):
        head, found, tail = text.partition(unit)
        if found:
            many = 1 if size == 10 and not head else _value(head)
            rest = _rest(tail, size)
            if not many or rest is None or rest >= size or (many > 9 and size < 10**4):
                return None
            return many * size + rest
    return int(text) if re.fullmatch("[0-9]{1,4}", text) else None


def _rest(tail: str, size: int) -> int | None:
    """Return what follows a unit: 3百5 is 350, 3百05 is 305."""
    if not tail:
        return 0
    if re.fullmatch("[1-9]", tail):
        return int(tail) * size // 10
    if re.fullmatch("[1-9][0-9]+", tail) and len(tail) != len(str(size)) - 1:
        return None
    return _value(tail.lstrip("0"))


language = Mandarin
