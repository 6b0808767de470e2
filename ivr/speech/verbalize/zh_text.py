"""The figures of a Mandarin sentence: 两小时, 第二位, 二零二六年, 九点三十分, 九五五八零, 百分之二点五.

What a figure means is decided by the signs and words beside it. 2 is 两 before a measure word and 二 where it numbers
something; digits one by one are for numbers that are names: telephones, cards, codes.
"""

# ruff: noqa: SIM905 - tables of words to read
from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import time
from decimal import Decimal
from typing import TYPE_CHECKING

from . import values
from .texts import CURE, FigureReader, Said, TextPattern, Unclear, text_before, text_behind

if TYPE_CHECKING:
    from .zh import Mandarin

NAMING = tuple(
    (
        "号 楼 日 月 月份 级 等 度 层 栋 幢 座 室 区 路 环 排 号线 线 代 档 折 维 版 章 "
        "时 班 组 连 楼层 类账户 类户 类卡 类银行"
    ).split()
)
"""Words that number a thing instead of counting several: 二号, but 两笔."""
_MEASURES = tuple(
    (
        "个 笔 次 位 张 份 条 家 名 户 人 天 小时 分钟 秒 秒钟 周 星期 礼拜 工作日 自然日 年 "
        "件 套 种 项 步 页 岁 点 公里 千米 米 厘米 升 克 千克 公斤 斤 吨 平米 平方米 倍 部 "
        "台 封 只 把 道 遍 回 趟 场 句 对 双 面 口 轮 成 刻 分 角 毛 块 元 类 段 本 枚 "
        "辆 箱 包 字 行字 种类 方 处 款 站 层楼 大 者 边 头 股 手 盎司 克拉 季度"
    ).split()
)
_UNITS = "|".join(sorted({*NAMING, *_MEASURES}, key=len, reverse=True))
_NUM = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_SPAN = r"\s*[-–—~～]+\s*"
_CLOCK = r"([01]?\d|2[0-4]):([0-5]\d)(?::([0-5]\d))?(?![\d:])"
_CURRENCY_BEFORE = {"¥": "CNY", "RMB": "CNY", "CNY": "CNY", "US$": "USD", "HK$": "HKD", "$": "USD", "USD": "USD"}
_CURRENCY_BEFORE |= {"HKD": "HKD", "EUR": "EUR", "€": "EUR", "£": "GBP", "GBP": "GBP", "JPY": "JPY"}
_BEFORE = "|".join(re.escape(sign) for sign in sorted(_CURRENCY_BEFORE, key=len, reverse=True))
_MONEY = "元|块钱|块|美元|美金|港元|港币|欧元|英镑|日元|澳元|加元|澳门元|新台币|瑞士法郎|新加坡元|泰铢|韩元"
_SPELLED_AFTER = re.compile(
    r"(?:尾号|末\S?位|后四位|[编单卡账帐户工房门证券号]号|代码|验证码|密码|号码|电话|热线|客服|致电|拨打?|打|来电|短信|发送|发至?|"
    r"按键?|输入|选择?|选|回复|口令|邮编|账户|键)(?:为|是|到|至|[:：，“\"「\s]|上)*$"
)
"""Words after which a figure is a name, and read digit by digit."""
_HOTLINE = re.compile(r"95\d{3,4}|96\d{3,4}|100\d\d|12\d{3}|11[0-9]|12[0-3]")
_CURE_TWO = "Write 两 or 二"


def zh_patterns(speaker: Mandarin) -> Sequence[TextPattern]:
    """Return the patterns of one reader, in order."""
    read = _Figures(speaker)
    # In this order: money before plain figures with a unit, and the pattern that takes every figure last.
    listed = (
        (r"(?<!\d)\d{4}([-/.])\d{1,2}\1\d{1,2}(?!\d)", read.date),
        (rf"(?<![\d:]){_CLOCK}{_SPAN}{_CLOCK}", read.clocks),
        (rf"(?<![\d:]){_CLOCK}", read.clock),
        (rf"(?<![\d.])({_NUM})\s*(%|‰)?{_SPAN}({_NUM})\s*(%|‰)", read.shares),
        (rf"([+-]?)({_NUM})\s*(%|‰)", read.share),
        (rf"({_BEFORE})\s*({_NUM})\s*([百千万亿]*)(元?)", read.money_before),
        (rf"(?<![\d.-])(-?)({_NUM})({_SPAN}(?:{_NUM}))?\s*([百千万亿]*)({_MONEY})", read.money),
        (r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}(?!\d)", read.phone),
        (r"(?<!\d)[48]00[- ]?\d{3}[- ]?\d{4}(?!\d)", read.phone),
        (r"(?<!\d)(?:0\d{2,3}[- ])\d{7,8}(?!\d)", read.phone),
        (r"(?<!\d)(\d{1,2})\s*[×xX*]\s*(\d{1,2})(?=小时|天)", read.product),
        (r"(?<![A-Za-z])([TDN])\+(\d)(?!\d)", lambda match: f"{match[1]}加{speaker.cardinal_of(int(match[2]))}"),
        (rf"(?<!\d)((?:1[89]|20)\d\d)(?:{_SPAN}((?:1[89]|20)\d\d))?(?=年(?![期限利费]))", read.year),
        (r"(?<!\d)第\s?(\d+)(?![\d.,])", lambda match: "第" + speaker.cardinal_of(int(match[1]))),
        (rf"(?<![\d.])({_NUM}){_SPAN}({_NUM})([百千万亿]*)({_UNITS})?(?![\d.:/-])", read.span),
        (r"(?<![\d.])\d{2,}(?:-\d+)+(?![\d.:/])", read.groups),
        (r"(?<![\d.])\d+(?:[-./:]\d+){2,}|(?<![\d.])\d+[-/:]\d+", read.ambiguous),
        (r"(?<=[年月日号点时分天个万元])\s*[-–—~～]+\s*(?=\d)", lambda _: "到"),
        (rf"((?<![\w一-鿿)])-)?({_NUM})([百千万亿]*)({_UNITS})?", read.figure),
    )  # fmt: skip
    patterns = [(re.compile(pattern), speak) for pattern, speak in listed]
    if speaker.spells_letters:
        patterns.append((re.compile(r"(?<![A-Za-z])[A-Z]{1,5}(?![A-Za-z])"), read.letters))
    return patterns


class _Figures(FigureReader["Mandarin"]):
    """Reads the matches of the patterns."""

    spelled_after = _SPELLED_AFTER

    def clock(self, match: re.Match[str]) -> Said:
        return self._clock(*match.group(1, 2, 3))

    def clocks(self, match: re.Match[str]) -> Said:
        return f"{self._clock(*match.group(1, 2, 3))}到{self._clock(*match.group(4, 5, 6))}"

    def _clock(self, hour: str, minute: str, second: str | None) -> str:
        if second is not None:
            raise ValueError("seconds make it a duration or a time")
        if hour == "24":
            return "二十四点"
        return self._speaker.time(time(int(hour), int(minute)), clock24=True).removesuffix("整")

    def share(self, match: re.Match[str]) -> Said:
        sign = {"-": "负", "+": "加"}.get(match[1], "")
        return sign + self._share(match[2], match[3])

    def shares(self, match: re.Match[str]) -> Said:
        return f"{self._share(match[1], match[2] or match[4])}到{self._share(match[3], match[4])}"

    def _share(self, number: str, sign: str) -> str:
        words = self._speaker.percent(_decimal(number))
        return words if sign == "%" else words.replace("百分之", "千分之")

    def money_before(self, match: re.Match[str]) -> Said:
        currency = _CURRENCY_BEFORE[match[1]]
        if currency == "CNY" or match[4]:
            return self._yuan(match[2], match[3], "元")
        if match[3]:
            return self._number(match[2]) + match[3] + self._speaker.amount(Decimal(0), currency).removeprefix("零")
        return self._speaker.amount(values.money(match[2], currency), currency)

    def money(self, match: re.Match[str]) -> Said:
        minus = "负" if match[1] else ""
        if match[3]:
            last = re.sub(r"^[\s–—~～-]+", "", match[3])
            first = self._number(match[2]) if match[2] != "2" else "两"
            return f"{minus}{first}到{self._yuan(last, match[4], match[5])}"
        return minus + self._yuan(match[2], match[4], match[5])

    def _yuan(self, number: str, scale: str, unit: str) -> str:
        value = _decimal(number)
        if unit == "元" and not scale and "." in number and value == value.quantize(Decimal("0.01")):
            return self._speaker.amount(value, "CNY").removesuffix("整")
        if number == "2":
            return f"两{scale}{unit}"
        return self._number(number) + scale + unit

    def product(self, match: re.Match[str]) -> Said:
        return f"{self._number(match[1])}乘{self._number(match[2])}"

    def year(self, match: re.Match[str]) -> Said:
        years = [self._speaker.year(int(part)) for part in match.groups() if part]
        return "到".join(years)

    def span(self, match: re.Match[str]) -> Said:
        first, last, scale, unit = match.groups(default="")
        named = _SPELLED_AFTER.search(text_before(match)) is not None
        if named or not (_decimal(first) < _decimal(last) and len(last) <= 4) or first.startswith("0"):
            return None
        begin = "两" if first == "2" and unit in _MEASURES else self._number(first)
        return f"{begin}到{self._counted(last, scale, unit)}"

    def letters(self, match: re.Match[str]) -> Said:
        return self._speaker.spell(values.code(match[0]))

    def figure(self, match: re.Match[str]) -> Said:
        minus, number, scale, unit = match.groups(default="")
        head, plain = text_before(match), number.replace(",", "")
        rest = text_behind(match)
        if minus or "." in number or "," in number or scale:
            return ("负" if minus else "") + self._counted(number, scale, unit)
        if not unit and _SPELLED_AFTER.search(head):
            return self._spelled(plain)
        if plain.startswith("0") and len(plain) > 1:
            return self._with_zero(plain, unit)
        if re.match("[a-z]{1,3}(?![a-z])|℃", rest) or re.search("[a-z]$", head):
            return Unclear(self._counted(number, scale, unit), "Write the number with its unit in words")
        if re.search("[A-Z]-?$", head) or re.match("[A-Z]", rest):
            return self._spelled(plain)
        # 分2期 counts instalments, 第2期 and 2期 name one.
        if unit == "期" or (plain == "2" and not unit and re.match("期", rest)):
            words = "两" if head.endswith(("分", "共", "还", "剩", "欠", "缴", "有", "了")) else "二"
            return words if words == "两" else Unclear(words, f"{_CURE_TWO}: 两期 counts, 二期 is the second one")
        if unit or len(plain) <= 2:
            return self._short(plain, unit, rest)
        if _HOTLINE.fullmatch(plain) and len(plain) > 3:
            return self._spelled(plain)
        words = self._number(plain) if len(plain) < 5 else self._spelled(plain)
        return Unclear(words, f"{CURE}: it is said as {words}")

    def _short(self, plain: str, unit: str, rest: str) -> Said:
        if unit == "号" and len(plain) > 3:
            return self._spelled(plain) + unit
        words = self._counted(plain, "", unit)
        # A measure word that is not in the list may follow; the editor is asked which reading is meant.
        if plain == "2" and not unit and re.match("[一-鿿]", rest) and rest[0] not in "到至和或与及、是的就转人键":
            return Unclear(words, f"{_CURE_TWO}: 两 counts, 二 is a number or a key")
        return words

    def _spelled(self, plain: str) -> str:
        if len(plain) == 1:
            return self._speaker.cardinal_of(int(plain))
        groups = values.phone_value(plain) if len(plain) in (7, 8, 10, 11) else values.in_groups(plain)
        return self._speaker.spell(groups)

    def _with_zero(self, plain: str, unit: str) -> Said:
        if len(plain) == 2 and unit in ("月", "月份", "日", "号", "点", "时"):
            return self._counted(plain[1], "", unit)
        if len(plain) == 2 and unit in ("分", "秒"):
            return "零" + self._speaker.cardinal_of(int(plain)) + unit if plain != "00" else "零零" + unit
        return self._speaker.spell(values.in_groups(plain)) + unit

    def _counted(self, number: str, scale: str, unit: str) -> str:
        if number == "2" and (scale or (unit and unit not in NAMING)):
            return f"两{scale}{unit}"
        return self._number(number) + scale + unit

    def _number(self, number: str) -> str:
        value = _decimal(number)
        if value == value.to_integral_value() and "." not in number:
            return self._speaker.cardinal_of(int(value))
        return self._speaker.decimals_of(value)


def _decimal(number: str) -> Decimal:
    return Decimal(number.replace(",", ""))
