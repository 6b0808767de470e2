"""The figures of an English sentence: two hours, the second one, five thirty p.m., two point five percent.

Numbers with a noun behind them are counted; telephones, cards and codes are read digit by digit.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, time
from decimal import Decimal
from typing import TYPE_CHECKING

from . import values
from .texts import CURE, FigureReader, Said, TextPattern, Unclear, text_before, text_behind

if TYPE_CHECKING:
    from .en import English

_NUM = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_SPAN = r"\s*[-–—~]\s*"
_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
_SHORT_MONTH = "Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec"
_CURRENCIES = {"¥": "CNY", "RMB": "CNY", "CNY": "CNY", "US$": "USD", "HK$": "HKD", "$": "USD", "USD": "USD"}
_CURRENCIES |= {"HKD": "HKD", "EUR": "EUR", "€": "EUR", "£": "GBP", "GBP": "GBP", "JPY": "JPY"}
_BEFORE = "|".join(re.escape(sign) for sign in sorted(_CURRENCIES, key=len, reverse=True))
_SCALE = "thousand|million|billion|trillion"
_CLOCK = r"([01]?\d|2[0-4])[:.]([0-5]\d)(?![\d:.]\d)"
_HALF = r"\s*([ap])\.?m\b\.?"
_SPELLED_AFTER = re.compile(
    r"(?:\bending(?: in| with)?|\b(?:call|dial|text|hotline|phone|telephone|number|no|card|account|code|reference|"
    r"ticket|pin|key|press|extension|enter|type|reply|option)\b\.?)"
    r"(?: (?:us|on|at|to|is|in|with|number|no|key|code|card|the))*[\s:\"“]*$",
    re.IGNORECASE,
)
_YEAR_AFTER = re.compile(
    rf"\b(?:in|since|until|by|of|from|before|after|year|during|end of|end)\s$|(?:{_MONTH}),?\s$", re.IGNORECASE
)
_HOTLINE = re.compile(r"95\d{3,4}|96\d{3,4}|100\d\d|12\d{3}")


def en_patterns(speaker: English) -> Sequence[TextPattern]:
    """Return the patterns of one reader, in order."""
    read = _Figures(speaker)
    # In this order: a date has hyphens as a telephone number has, and the last pattern takes every figure.
    listed = (
        (r"(?<!\d)\d{4}([-/.])\d{1,2}\1\d{1,2}(?!\d)", read.date),
        (rf"(?P<month>{_MONTH}|{_SHORT_MONTH})\.? (?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)(?:,? (?P<year>\d{{4}}))?",
         read.named_date),
        (rf"(?<!\d)(?P<day>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?(?P<month>{_MONTH})\b(?:,? (?P<year>\d{{4}}))?",
         read.named_date),
        (rf"(?<![\d:.]){_CLOCK}(?:{_HALF})", read.clock),
        (rf"(?<![\d:.])(1[0-2]|[1-9])(){_HALF}", read.clock),
        (r"(?<![\d:])([01]?\d|2[0-4]):([0-5]\d)()(?![\d:])", read.clock),
        (rf"(?<![\d.])({_NUM})\s*(%|‰)?{_SPAN}({_NUM})\s*(%|‰)", read.shares),
        (rf"([+-]?)({_NUM})\s*(%|‰)", read.share),
        (rf"(?:{_BEFORE})\s*(?:{_NUM})(?:\s(?:{_SCALE}))?", read.money_before),
        (rf"(?<![\d.])({_NUM})\s*((?:{_SCALE}) )?(yuan|RMB|CNY)\b", read.yuan),
        (r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}(?!\d)", read.phone),
        (r"(?<!\d)[48]00[- ]?\d{3}[- ]?\d{4}(?!\d)", read.phone),
        (r"(?<!\d)(?:0\d{2,3}[- ])\d{7,8}(?!\d)", read.phone),
        (r"(?<!\d)24/7\b", lambda _: f"{speaker.cardinal_of(24)} {speaker.cardinal_of(7)}"),
        (r"(?<![\d.,])(\d+)(?:st|nd|rd|th)\b", lambda match: speaker.ordinal(int(match[1]))),
        (rf"(?<![\d.])({_NUM}){_SPAN}({_NUM})(?![\d.:/-])", read.span),
        (r"(?<![\d.])\d{2,}(?:-\d+)+(?![\d.:/])", read.groups),
        (r"(?<=[\d.m])\s*[-–—~]\s*(?=\d)", lambda _: " to "),
        (r"(?<![\d.])\d+(?:[-./:]\d+){2,}|(?<![\d.])\d+[-/:]\d+", read.ambiguous),
        (rf"((?<![\w])-)?({_NUM})(-(?=[a-z]))?", read.figure),
    )  # fmt: skip
    return [(re.compile(pattern), speak) for pattern, speak in listed]


class _Figures(FigureReader["English"]):
    """Reads the matches of the patterns."""

    spelled_after = _SPELLED_AFTER

    def named_date(self, match: re.Match[str]) -> Said:
        names = _MONTH.split("|")
        month = next(number for number, name in enumerate(names, 1) if name.startswith(match["month"][:3]))
        year = int(match["year"] or 2024)  # a leap year has every day
        return self._speaker.date(date(year, month, int(match["day"])), year=bool(match["year"]), weekday=False)

    def clock(self, match: re.Match[str]) -> Said:
        hour, minute, half = int(match[1]), int(match[2] or 0), match[3]
        if half:
            if not 1 <= hour <= 12:
                return None
            return self._speaker.time(time(hour % 12 + (12 if half == "p" else 0), minute), clock24=False)
        if hour == 24 or hour > 12 or match[1].startswith("0"):
            return self._speaker.time(time(hour % 24, minute), clock24=False)
        minutes = f" {self._speaker.two_digits(minute)}" if minute else " o'clock"
        return self._speaker.cardinal_of(hour) + minutes

    def share(self, match: re.Match[str]) -> Said:
        return {"-": "minus ", "+": "plus "}.get(match[1], "") + self._share(match[2], match[3])

    def shares(self, match: re.Match[str]) -> Said:
        first = self._number(match[1]) if not match[2] else self._share(match[1], match[2])
        return f"{first} to {self._share(match[3], match[4])}"

    def _share(self, number: str, sign: str) -> str:
        return f"{self._number(number)} {'percent' if sign == '%' else 'per thousand'}"

    def money_before(self, match: re.Match[str]) -> Said:
        sign = next(sign for sign in sorted(_CURRENCIES, key=len, reverse=True) if match[0].startswith(sign))
        number, _, scale = match[0].removeprefix(sign).strip().partition(" ")
        currency = _CURRENCIES[sign]
        if scale:
            name = self._speaker.amount(Decimal(0), currency).removeprefix("zero ")
            return f"{self._number(number)} {scale} {name}"
        return self._speaker.amount(values.money(number, currency), currency)

    def yuan(self, match: re.Match[str]) -> Said:
        value = Decimal(match[1].replace(",", ""))
        if match[2] or value != value.quantize(Decimal("0.01")):
            return f"{self._number(match[1])} {match[2] or ''}yuan"
        return self._speaker.amount(value, "CNY")

    def span(self, match: re.Match[str]) -> Said:
        first, last = match.groups()
        value = Decimal(first.replace(",", ""))
        named = re.search(r"\b(?:call|dial|phone|hotline)\W*$", text_before(match), re.IGNORECASE)
        if named or value >= Decimal(last.replace(",", "")) or first.startswith("0") or len(last) > 4:
            return None
        return f"{self._number(first)} to {self._number(last)}"

    def figure(self, match: re.Match[str]) -> Said:
        minus, number, joint = match.groups(default="")
        head, rest = text_before(match), text_behind(match)
        plain = number.replace(",", "")
        if minus or "." in number or "," in number or joint:
            return ("minus " if minus else "") + self._number(number) + joint
        if (plain.startswith("0") and len(plain) > 1) or (len(plain) > 1 and _SPELLED_AFTER.search(head)):
            return self._spelled(plain) if len(plain) > 2 or plain[0] == "0" else self._number(plain)
        if re.match("[A-Za-z]", rest) or re.search("[A-Za-z]$", head):
            spelled = self._spelled(plain)
            words = (" " if re.search("[A-Za-z]$", head) else "") + spelled + (" " if rest[:1].isalpha() else "")
            return Unclear(words, "Write the number with its unit in words") if re.match("[a-z]", rest) else words
        # A year only behind words that announce one: "2000 points" is a count.
        if len(plain) == 4 and re.fullmatch("1[89]..|20..", plain) and _YEAR_AFTER.search(head):
            return self._speaker.year(int(plain))
        if len(plain) <= 2 or (len(plain) <= 4 and re.match(r" [a-z]", rest)):
            many = re.match(r" [a-z]+ ?[a-z]*s\b", rest)
            yearly = re.fullmatch("19..|20..", plain) and not many
            return Unclear(self._number(plain), f"{CURE}: it may be a year") if yearly else self._number(plain)
        if _HOTLINE.fullmatch(plain):
            return self._spelled(plain)
        words = self._number(plain) if len(plain) < 5 else self._spelled(plain)
        return Unclear(words, f'{CURE}: it is said as "{words}"')

    def _spelled(self, plain: str) -> str:
        groups = values.phone_value(plain) if len(plain) in (7, 8, 10, 11) else values.in_groups(plain)
        return self._speaker.spell(groups)

    def _number(self, number: str) -> str:
        plain = number.replace(",", "")
        return self._speaker.decimals_of(Decimal(plain)) if "." in plain else self._speaker.cardinal_of(int(plain))
