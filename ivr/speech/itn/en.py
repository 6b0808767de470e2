"""English answers: double five oh, twelve hundred, five yuan sixty, next Monday, the twenty-first of November."""

# ruff: noqa: SIM905 - tables of words to read
from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from . import calendar

_CORRECTIONS = re.compile(
    r"(?:^|.*?[,.;]\s*|.*?\b(?<!account )(?<!card )(?<!phone )(?<!number ))"
    r"(?:no\b(?:,|(?<=^no)|\s+no\b|,?\s+(?=wait|sorry|i mean|make))|(?:no,? )?"
    r"(?:wait|sorry|i mean|i meant|make that|actually|correction)\b)"
    r"(?:[,.;\s]*(?:no|wait|sorry|i mean|i meant|make that|make it|it's|it is)\b)*[,.;\s]*"
)
"""The last answer counts: three thousand, no, five hundred."""

_GAPS = re.compile(r"[\s,!?-]+|\.(?![0-9])")
_FILLERS = frozenset(
    "um uh er hmm well it's its it is my the card account number phone telephone pin code press pressing dial choose "
    "select option key please thanks thank you i i'd i'll want would like take and that's".split()
)
_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
_PLACES = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth"
).split()
_TENS = {
    word: number * 10 for number, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)
}
_UNITS = {"trillion": 10**12, "billion": 10**9, "million": 10**6, "thousand": 1000, "hundred": 100}
_KEYS = {"star": "*", "asterisk": "*", "*": "*", "pound": "#", "hash": "#", "#": "#"}
_SAID = {word: str(number) for number, word in enumerate(_SMALL)} | {"oh": "0", "o": "0", "nought": "0"}
_CHOSEN = {word: str(number) for number, word in enumerate(_PLACES[:9], 1)}
_MISWRITTEN = {"to": "two", "too": "two", "for": "four", "won": "one", "ate": "eight"}
"""Homophones that recognisers write for a digit after "press"."""
_ONE = re.compile(rf"\b({'|'.join(_CHOSEN)})\s+(?:one|choice|item|point)\b")
"""The second one is 2, not 21."""
_ONES = frozenset("123456789")
_TIMES = {"double": 2, "triple": 3}


def _words(text: str) -> list[str]:
    text = re.sub(r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))", "", text.replace("¥", " yuan "))
    return [word for word in _GAPS.sub(" ", text).split() if word not in _FILLERS]


def corrected(text: str) -> str:
    """Return what is left of an answer after its last correction."""
    return _CORRECTIONS.split(text)[-1].strip()


def key(text: str) -> str | None:
    """Understand one key; "to", "too", "for", "won" and "ate" are digits where nothing else can be meant."""
    # Only a lone word: "to" in "to my account" is no digit.
    words = _words(text)
    return keys(_MISWRITTEN.get(words[0], words[0]) if len(words) == 1 else text)


def keys(text: str) -> str | None:
    """Understand one two three, double five, twelve thirty-four, one hundred twenty, press one, pound key."""
    if meant := re.fullmatch(r"(?:please )?(?:press|dial|option|number) (to|too|for|won|ate)[.!]?", text):
        return _SAID[_MISWRITTEN[meant[1]]]
    words = [_CHOSEN.get(word, word) for word in _words(_ONE.sub(r"\1", text))]
    if len(words) == 1 and words[0] in _KEYS:
        return _KEYS[words[0]]
    if not _UNITS.keys().isdisjoint(words):
        value = _value(words)
        return None if value is None else str(value)
    return _chunks(words)


def _value(words: Sequence[str]) -> int | None:
    """Return the value of a cardinal such as twelve hundred fifty."""
    for unit, size in _UNITS.items():
        if unit in words:
            at = words.index(unit)
            many = 1 if words[:at] == ["a"] else _value(words[:at])
            rest = _value(words[at + 1 :]) if words[at + 1 :] else 0
            return many * size + rest if many and rest is not None and rest < size else None
    value = _chunks(words)
    return int(value) if value and (len(value) < 3 or len(words) == 1) else None


def _chunks(words: Sequence[str]) -> str | None:
    """Join digits and numbers under a hundred: double five is 55, twelve thirty four 1234, one twenty three 123."""
    said, left = "", list(words)
    while left:
        word = left.pop(0)
        if word in _TIMES and left:
            digit = _digits(left.pop(0))
            plain = digit * _TIMES[word] if len(digit) == 1 else ""
        elif word in _TENS and left and _digits(left[0]) in _ONES:
            plain = str(_TENS[word] + int(_digits(left.pop(0))))
        else:
            plain = str(_TENS.get(word, "")) or _digits(word)
        if not plain:
            return None
        said += plain
    return said or None


def _digits(word: str) -> str:
    return word if re.fullmatch("[0-9]+", word) else _SAID.get(word, "")


# amounts

_YUAN = frozenset("yuan kuai rmb renminbi cny".split())
_AROUND_MONEY = frozenset("amount transfer pay send withdraw exactly chinese of to".split())
_COINS = {"fen": 1, "cents": 1, "cent": 1, "jiao": 10, "mao": 10}


def amount(text: str) -> Decimal | None:
    """Understand twelve hundred, a thousand yuan, five yuan sixty, twelve point five, fifty fen.

    Without "yuan", twelve fifty may be 12.50 or 1,250, so it is neither.
    """
    words = [word for word in _words(text) if word not in _AROUND_MONEY]
    place = next((at for at, word in enumerate(words) if word in _YUAN), None)
    # Without the unit, "fifty fen" is still an amount, and "fifty" a plain number.
    if place is None:
        return _coins(words) if words and words[-1] in _COINS else _number(words)
    before, behind = words[:place], [word for word in words[place + 1 :] if word not in _YUAN]
    whole = _number(before or behind)
    if not before or not behind:  # RMB may come first
        return whole
    coins = _coins(behind)
    return whole + coins if whole is not None and coins is not None and whole % 1 == 0 else None


def _coins(words: Sequence[str]) -> Decimal | None:
    """Return the fen of sixty, five fen and five jiao; None for a lone five, which may be five fen or fifty."""
    size = _COINS.get(words[-1], 0)
    value = _value(words[:-1] if size else words)
    if value is None or value * (size or 1) > 99 or (not size and value < 10):
        return None
    return Decimal(value * (size or 1)) / 100


def _number(words: Sequence[str]) -> Decimal | None:
    if "point" in words:
        at = words.index("point")
        whole, decimals = _number(words[:at]), _chunks(words[at + 1 :])
        plain = whole is not None and decimals and len(decimals) == len(words) - at - 1
        return Decimal(f"{whole}.{decimals}") if plain else None
    if len(words) == 1 and re.fullmatch(r"[0-9]+(\.[0-9]{1,2})?", words[0]):
        return Decimal(words[0])
    if _UNITS.keys().isdisjoint(words) and len(words) > 1 and all(len(_digits(word)) == 1 for word in words):
        return Decimal("".join(map(_digits, words)))
    value = _value(words)
    return None if value is None else Decimal(value)


# days

_MONTHS = "january february march april may june july august september october november december".split()
_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_DAYS = {"today": 0, "tomorrow": 1, "yesterday": -1, "day after tomorrow": 2, "day before yesterday": -2}
_WEEKS = {"last": -1, "this": 0, "next": 1}
_AROUND_DAY = frozenset("on of from date birthday born starting since until in".split())
_NUMBERS = {word: number for number, word in enumerate(_SMALL)} | {
    word: number for number, word in enumerate(_PLACES, 1)
}
_NUMBERS |= {"twentieth": 20, "thirtieth": 30}


def day(text: str, today: date) -> date | None:
    """Understand tomorrow, next Monday, in three days, November twenty-first, the 21st of November 2026.

    Days in figures are accepted as 2026-11-21 only: 3/4 may be in March or April.
    """
    if iso := re.fullmatch(r"\D*([0-9]{4})-?([0-9]{2})-?([0-9]{2})\D*", text):
        return calendar.existing(int(iso[1]), int(iso[2]), int(iso[3]))
    words = [word for word in _words(text) if word not in _AROUND_DAY]
    said = " ".join(words)
    if said in _DAYS:
        return calendar.shifted(today, _DAYS[said])
    if len(words) in (1, 2) and words[-1] in _WEEKDAYS:
        weekday = _WEEKDAYS.index(words[-1])
        if len(words) == 1:
            return calendar.coming(today, weekday)
        return calendar.of_week(today, _WEEKS[words[0]], weekday) if words[0] in _WEEKS else None
    return _counted(said, today) or _of_month(words, today) or _of_year(words, today)


def _of_month(words: Sequence[str], today: date) -> date | None:
    """Return the day that the 21st, or twenty first, is nearest to today; a bare twenty-one is no day."""
    last = words[-1] if words else ""
    ordinal = last in _PLACES or last in ("twentieth", "thirtieth") or re.fullmatch("[0-9]+(?:st|nd|rd|th)", last)
    number = _day_number(words) if ordinal else None
    return None if number is None else calendar.nearest_of_month(today, number)


def _counted(said: str, today: date) -> date | None:
    """Return the day that is three days ago, two weeks from now, or (the filler gone) in three days."""
    match = re.fullmatch(r"(.+) (day|week)s?(?: (ago|now|later))?", said)
    many = (1 if match[1] == "a" else _value(match[1].split())) if match else None
    if match is None or many is None:
        return None
    return calendar.shifted(today, many * (7 if match[2] == "week" else 1) * (-1 if match[3] == "ago" else 1))


def _of_year(words: Sequence[str], today: date) -> date | None:
    """Return the day of November 21, with an optional weekday before and year after it."""
    left = list(words)
    named = _WEEKDAYS.index(left.pop(0)) if left and left[0] in _WEEKDAYS else None
    place = next((at for at, word in enumerate(left) if word in _MONTHS), None)
    if place is None:
        return None
    month = _MONTHS.index(left[place]) + 1
    number, behind = (left[:place], left[place + 1 :]) if place else _parted(left[1:])
    which = _day_number(number)
    year = _year(behind, today)
    if which is None or year is None:
        return None
    day_meant = calendar.existing(year, month, which) if behind else calendar.nearest(today, month, which)
    return day_meant if day_meant and named in (None, day_meant.weekday()) else None


def _parted(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Split day and year: twenty first | twenty twenty six. The shortest day that leaves a valid year is chosen."""
    for size in (2, 1):
        number, behind = list(words[:size]), list(words[size:])
        if len(number) == size and _day_number(number) is not None and (not behind or _looks_like_year(behind)):
            return number, behind
    return list(words), []


def _day_number(words: Sequence[str]) -> int | None:
    said = [re.sub(r"(?<=[0-9])(?:st|nd|rd|th)$", "", word) for word in words]
    if len(said) == 1:
        word = said[0]
        number = int(word) if word.isdecimal() and len(word) < 3 else _TENS.get(word, _NUMBERS.get(word))
        return number or None
    if len(said) == 2 and said[0] in ("twenty", "thirty") and 0 < _NUMBERS.get(said[1], 0) < 10:
        return _TENS[said[0]] + _NUMBERS[said[1]]
    return None


def _looks_like_year(words: Sequence[str]) -> bool:
    return _year(words, date(2000, 1, 1)) is not None


def _year(words: Sequence[str], today: date) -> int | None:
    """Understand twenty twenty-six, nineteen oh five, two thousand (and) five, 2026; no words mean this year."""
    if not words:
        return today.year
    if not _UNITS.keys().isdisjoint(words):
        value = _value(words)
    else:
        said = _chunks(words)
        value = int(said) if said and len(said) == 4 else None
    return value if value is not None and 999 < value < 10000 else None
