"""American English: no "and" inside a number, zero for digits, plurals. Values must be checked before."""

# ruff: noqa: SIM905 - tables of words to read
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from functools import lru_cache
from typing import ClassVar

from .en_text import en_patterns
from .language import ReadText, SpokenLanguage
from .texts import read_figures

_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
_TENS = "- - twenty thirty forty fifty sixty seventy eighty ninety".split()
_SCALES = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (1000, "thousand"))
_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
_MONTHS = "January February March April May June July August September October November December".split()
_WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_CURRENCIES = {
    "CNY": ("yuan", "yuan", "fen", "fen"),
    "USD": ("US dollar", "US dollars", "cent", "cents"),
    "HKD": ("Hong Kong dollar", "Hong Kong dollars", "cent", "cents"),
    "EUR": ("euro", "euros", "cent", "cents"),
    "GBP": ("pound", "pounds", "penny", "pence"),
    "AUD": ("Australian dollar", "Australian dollars", "cent", "cents"),
    "CAD": ("Canadian dollar", "Canadian dollars", "cent", "cents"),
    "SGD": ("Singapore dollar", "Singapore dollars", "cent", "cents"),
    "CHF": ("Swiss franc", "Swiss francs", "centime", "centimes"),
    "MOP": ("pataca", "patacas", "avo", "avos"),
    "TWD": ("New Taiwan dollar", "New Taiwan dollars", "cent", "cents"),
    "NZD": ("New Zealand dollar", "New Zealand dollars", "cent", "cents"),
    "THB": ("baht", "baht", "satang", "satang"),
    "JPY": ("yen", "yen", "", ""),
    "KRW": ("won", "won", "", ""),
}
"""Currency to its name, singular and plural, and its coin's."""


def cardinal(number: int, link: str = " ") -> str:
    """Say an integer of at least 0. `link` precedes the last part below a hundred."""
    for size, scale in _SCALES:
        if number >= size:
            return _with_rest(f"{cardinal(number // size, link)} {scale}", number % size, link)
    if number >= 100:
        return _with_rest(f"{_SMALL[number // 100]} hundred", number % 100, link)
    if number < 20:
        return _SMALL[number]
    return _TENS[number // 10] + (f"-{_SMALL[number % 10]}" if number % 10 else "")


def _with_rest(head: str, rest: int, link: str) -> str:
    return head + (link if rest < 100 else " ") + cardinal(rest, link) if rest else head


def ordinal(number: int, link: str = " ") -> str:
    """Say an ordinal: twenty-first, one hundredth."""
    head, last = re.fullmatch(r"(.*?)([a-z]+)", cardinal(number, link)).groups()  # type: ignore[union-attr]
    regular = last[:-1] + "ieth" if last.endswith("y") else last + "th"
    return head + _ORDINALS.get(last, regular)


def plural(noun: str) -> str:
    """Return a noun's regular plural; irregular ones are written as one/many."""
    if re.search(r"(?:s|x|z|ch|sh)$", noun):
        return noun + "es"
    return noun[:-1] + "ies" if re.search(r"[^aeiou]y$", noun) else noun + "s"


def _year(year: int, link: str) -> str:
    century, rest = divmod(year, 100)
    # 2005 is two thousand five, while 1905 is nineteen oh five.
    if year < 1000 or year % 1000 < 10:
        return cardinal(year, link)
    if not rest:
        return cardinal(century) + " hundred"
    return f"{cardinal(century)} {_two_digits(rest)}"


def _two_digits(number: int) -> str:
    return f"oh {_SMALL[number]}" if number < 10 else cardinal(number)


def _decimals(value: Decimal, link: str) -> str:
    whole, _, fraction = format(value, "f").partition(".")
    point = " point " + " ".join(_SMALL[int(digit)] for digit in fraction) if fraction else ""
    return cardinal(int(whole), link) + point


def _minus(value: Decimal) -> str:
    return "minus " if value < 0 else ""


def _money(cents: int, currency: str, link: str) -> str:
    singular, plural_name, coin, coins = _CURRENCIES[currency]
    whole, rest = divmod(cents, 100)
    main = f"{cardinal(whole, link)} {singular if whole == 1 else plural_name}"
    if not rest:
        return main
    part = coin if rest == 1 else coins
    if whole:
        return f"{main} and {cardinal(rest)} {part}"
    country = singular.removesuffix("dollar") if singular.endswith("dollar") else ""  # "cent" names no currency
    return f"{cardinal(rest)} {country}{part}"


@dataclass(frozen=True)
class English(SpokenLanguage):
    """American English."""

    between: ClassVar[str] = ", "
    link: ClassVar[str] = " "

    def amount(self, value: Decimal, currency: str, *, mixed: bool = False) -> str:
        """Say twelve thousand three hundred forty-five yuan and sixty fen."""
        return _minus(value) + _money(int(abs(value) * 100), currency, self.link)

    def number(self, value: Decimal) -> str:
        """Say twelve point three four."""
        return _minus(value) + _decimals(abs(value), self.link)

    def percent(self, value: Decimal) -> str:
        """Say two point one percent."""
        return f"{self.number(value)} percent"

    def ordinal(self, value: int) -> str:
        """Say second."""
        return ordinal(value, self.link)

    def count(self, value: int, unit: str) -> str:
        """Say two transactions; `unit` is one/many if the plural is irregular."""
        singular, _, many = unit.partition("/")
        return f"{cardinal(value, self.link)} {singular if value == 1 else many or plural(singular)}"

    def unit_fault(self, unit: str) -> str:
        """Return a fault unless the unit is a noun in Latin letters."""
        noun = "[A-Za-z][A-Za-z' -]*"
        good = re.fullmatch(f"{noun}(?:/{noun})?", unit)
        return "" if good else "needs a noun in English, such as count:transaction or count:branch/branches"

    def spell(self, groups: Sequence[str]) -> str:
        """Say one three eight, zero zero one three, eight zero zero zero."""
        return self.between.join(" ".join(_sign(sign) for sign in group) for group in groups)

    def date(self, value: date, *, year: bool, weekday: bool, spoken: bool = False) -> str:
        """Say Saturday, November twenty-first, twenty twenty-six."""
        name = f"{_WEEKDAYS[value.weekday()]}, " if weekday else ""
        years = f", {_year(value.year, self.link)}" if year else ""
        return f"{name}{_MONTHS[value.month - 1]} {ordinal(value.day)}{years}"

    def time(self, value: time, *, clock24: bool) -> str:
        """Say three oh five p.m., or fifteen oh five."""
        if clock24:
            return f"{cardinal(value.hour)} {_two_digits(value.minute) if value.minute else 'hundred hours'}"
        if not value.minute and value.hour % 12 == 0:
            return "twelve noon" if value.hour else "twelve midnight"
        minute = f" {_two_digits(value.minute)}" if value.minute else ""
        return f"{_SMALL[value.hour % 12 or 12]}{minute} {'a.m.' if value.hour < 12 else 'p.m.'}"

    def datetime(self, day: str, clock: str) -> str:
        """Say the day, then the time."""
        return f"{day} at {clock}"

    def duration(self, days: int, hours: int, minutes: int, seconds: int) -> str:
        """Say two days, three hours and five minutes."""
        units = ((days, "day"), (hours, "hour"), (minutes, "minute"), (seconds, "second"))
        parts = [self.count(number, unit) for number, unit in units if number]
        return " and ".join(part for part in (", ".join(parts[:-1]), *parts[-1:]) if part) or "zero minutes"

    def range(self, first: str, last: str) -> str:
        """Say nine a.m. to five thirty p.m."""
        return f"{first} to {last}"

    def read_text(self, text: str) -> ReadText:
        """Say press one, two working days, nine five five eight zero; hyphens inside a number are pauses."""
        return read_figures(text, _patterns(self))

    def cardinal_of(self, number: int) -> str:
        """Say an integer."""
        return cardinal(number, self.link)

    def decimals_of(self, value: Decimal) -> str:
        """Say a number with its decimals as written: two point five zero."""
        return _decimals(value, self.link)

    def year(self, number: int) -> str:
        """Say twenty twenty-six."""
        return _year(number, self.link)

    def two_digits(self, number: int) -> str:
        """Say the minutes of a time: oh five, thirty."""
        return _two_digits(number)


_patterns = lru_cache(maxsize=8)(en_patterns)


def _sign(sign: str) -> str:
    if sign.isdecimal():
        return _SMALL[int(sign)]
    return "plus" if sign == "+" else sign


language = English
