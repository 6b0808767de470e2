"""Parse the values of a call for every language: text or number in, checked parts out.

Functions raise Unreadable; its text must not contain the value.
"""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from .language import CURRENCY_PLACES, Unreadable

LIMIT = 10**15
"""Exclusive upper limit of numbers: larger ones are a fault of the back end."""

_MOST_TEXT = 300
_MOST_DIGITS = 40
_MOST_DECIMALS = 10
_MOST_WRITTEN = 40
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d{1,20})(?:\.\d{1,20})?")
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)|(\d{4})(\d\d)(\d\d)")
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::[0-5]\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?")


def number(value: Any) -> Decimal:
    """Parse a number: text such as 12345.67 or 12,345.67, a Decimal, an int or a finite float."""
    taken = _decimal(value)
    if taken is None or not taken.is_finite() or abs(taken) >= LIMIT:
        raise Unreadable("it takes a number such as 12345.67, below a thousand trillion")
    # The exponent of a Decimal can be huge: written out, 1e-999999 would be a megabyte of zeros.
    short = _without_zeros(taken) if _places(taken) <= _MOST_WRITTEN else taken
    if _places(short) > _MOST_DECIMALS:
        raise Unreadable(f"it takes at most {_MOST_DECIMALS} decimals")
    return short


def _decimal(value: Any) -> Decimal | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int):
        return Decimal(value) if abs(value) < LIMIT else None
    if isinstance(value, float):
        return Decimal(format(value, ".15g"))  # 15 digits survive binary arithmetic: 0.1 + 0.2 is 0.3
    text = _text(value)
    return Decimal(text.replace(",", "")) if text is not None and _NUMBER.fullmatch(text) else None


def _text(value: Any) -> str | None:
    """Return short text without full-width forms and outer blanks; None for any other value."""
    if not isinstance(value, str) or len(value) > _MOST_TEXT:
        return None
    text = unicodedata.normalize("NFKC", value).strip().replace("\N{MINUS SIGN}", "-")
    return text if text.isascii() else None


def _without_zeros(value: Decimal) -> Decimal:
    """Remove exponents, trailing zeros and the sign of zero, exactly: Decimal's normalize() rounds to 28 digits."""
    whole, _, fraction = format(value, "f").partition(".")
    return Decimal(f"{whole}.{fraction.rstrip('0')}") if value else Decimal(0)


def _places(value: Decimal) -> int:
    return max(0, -int(value.as_tuple().exponent))


def money(value: Any, currency: str) -> Decimal:
    """Parse an amount in `currency`. Raises Unreadable for fractions of its smallest coin."""
    taken = number(value)
    if _places(taken) > CURRENCY_PLACES[currency]:
        raise Unreadable(f"{currency} has {CURRENCY_PLACES[currency]} decimals at most, and money is never rounded")
    return taken


def percentage(value: Any, *, exact: bool) -> Decimal:
    """Parse a percentage, with or without its sign. `exact` keeps trailing zeros."""
    if isinstance(value, str):
        value = unicodedata.normalize("NFKC", value[:_MOST_TEXT]).strip().removesuffix("%")
    taken = number(value)
    written = _decimal(value) if exact else None
    return written if written is not None and written.is_finite() and 0 < _places(written) <= _MOST_DECIMALS else taken


def whole(value: Any, *, least: int = 0) -> int:
    """Parse an integer of at least `least`."""
    taken = number(value)
    if taken != taken.to_integral_value() or taken < least:
        raise Unreadable(f"it takes a whole number from {least} on")
    return int(taken)


def digits(value: Any) -> tuple[str, ...]:
    """Parse a string of digits, grouped as written, else into threes and fours."""
    return _grouped(value, re.compile(r"\d+"), "digits such as 0128, with blanks or hyphens between groups at most")


def code(value: Any) -> tuple[str, ...]:
    """Parse a reference of digits and letters; each letter is a group of its own, to be heard clearly."""
    return _grouped(value, re.compile(r"[A-Z]|\d+"), "digits and the letters A to Z, with blanks or hyphens at most")


def _grouped(value: Any, piece: re.Pattern[str], takes: str) -> tuple[str, ...]:
    text = _characters(value)
    parts = [part for part in re.split(r"[\s-]+", text) if part]
    if not parts or any(not re.fullmatch(f"(?:{piece.pattern})+", part) for part in parts):
        raise Unreadable(f"it takes {takes}")
    return tuple(group for part in parts for run in piece.findall(part) for group in in_groups(run))


def _characters(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < LIMIT:
        return str(value)
    text = _text(value)
    return text.upper() if text is not None and len(text) <= _MOST_DIGITS else ""


def in_groups(run: str) -> list[str]:
    """Split digits into groups of three and four, shorter ones first; up to five stay together."""
    if len(run) <= 5:
        return [run]
    count = -(-len(run) // 4)
    sizes = [len(run) // count + (place >= count - len(run) % count) for place in range(count)]
    return [run[sum(sizes[:place]) : sum(sizes[: place + 1])] for place in range(count)]


def card_tail(value: Any) -> tuple[str, ...]:
    """Parse the last four digits of a card, from four digits or a whole card number."""
    text = re.sub(r"[\s-]", "", _text(value) or "")
    if not re.fullmatch(r"\d{4}|\d{12,19}", text):
        raise Unreadable("it takes the last four digits of a card as text, such as 0128")
    return (text[-4:],)


def id_tail(value: Any) -> tuple[str, ...]:
    """Parse the end of an ID number: three to six characters, or the last four of a whole one."""
    text = (_text(value) or "").upper()
    if not re.fullmatch(r"(?:\d{2,5}|\d{17})[\dX]", text):
        raise Unreadable("it takes the last three to six characters of an ID number as text, such as 202X")
    # Of a whole number only the last four are said: the rest holds the date of birth.
    tail = text[-4:] if len(text) == 18 else text
    return (tail,) if tail.isdecimal() else (tail[:-1], tail[-1])


def phone_value(value: Any) -> tuple[str, ...]:
    """Parse a telephone number, grouped as people say it, without 86 for mainland China."""
    text = re.sub(r"[()]", " ", _characters(value)).strip()
    if not re.fullmatch(r"\+?\d[\d\s-]*", text) or not 3 <= len(re.sub(r"\D", "", text)) <= 20:
        raise Unreadable("it takes a telephone number such as 95580, 400-810-1111 or +8613800138000")
    text = _national(re.sub(r"^00(?=[1-9])", "+", text))
    parts = re.split(r"[\s-]+", text.strip("+ -"))
    if len(parts) == 1 or any(len(part) > 5 for part in parts):
        parts = in_groups("".join(parts)) if text.startswith("+") else _regrouped("".join(parts))
    return ("+" + parts[0], *parts[1:]) if text.startswith("+") else tuple(parts)


def _national(text: str) -> str:
    """Remove the country code of mainland China; a city's number gets back its leading zero."""
    rest = re.sub(r"^\+86[\s-]*(?=\d)", "", text)
    city = rest != text and re.fullmatch(r"(?!0|1\d{10}$|[48]00)\d{10,11}", re.sub(r"\D", "", rest))
    return "0" + rest if city else rest


# In this order: mobile, toll-free, big city, other city, hotline, local number.
_PHONE_GROUPS = (
    r"(1\d\d)(\d{4})(\d{4})",
    r"([48]00)(\d{3})(\d{4})",
    r"(010|02\d)(\d{4})(\d{4})",
    r"(0[3-9]\d\d)(\d{3,4})(\d{4})",
    r"(\d{3,6})",
    r"(\d{3,4})(\d{4})",
)


def _regrouped(number: str) -> list[str]:
    for pattern in _PHONE_GROUPS:
        if match := re.fullmatch(pattern, number):
            return list(match.groups())
    return in_groups(number)


def day_value(value: Any) -> date:
    """Parse a date: 2026-11-21, 20261121, the date part of an ISO date and time, or a date."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    match = _DAY.fullmatch(_iso(value)[0])
    taken = _calendar(*(int(part) for part in match.groups() if part)) if match else None
    if taken is None:
        raise Unreadable("it takes a date that exists, such as 2026-11-21")
    return taken


def _iso(value: Any) -> tuple[str, str]:
    """Split ISO text into its date and time; a missing part is empty."""
    text = _text(value) or ""
    first, gap, last = text.replace("T", " ").partition(" ")
    if _DAY.fullmatch(first) and (not gap or _CLOCK.fullmatch(last)):
        return first, last
    return "", text if _CLOCK.fullmatch(text) else ""


def _calendar(year: int, month: int, day_: int) -> date | None:
    try:
        return date(year, month, day_)
    except ValueError:
        return None


def clock(value: Any) -> time:
    """Parse a time of day: 15:05, the time part of an ISO date and time, a time or a datetime. Zones are ignored."""
    if isinstance(value, datetime):
        return value.time()
    if isinstance(value, time):
        return value
    match = _CLOCK.fullmatch(_iso(value)[1])
    if match is None:
        raise Unreadable("it takes a time of day such as 15:05")
    return time(int(match[1]), int(match[2]))


def moment(value: Any) -> tuple[date, time]:
    """Parse a date and a time together: 2026-11-21T15:05, 2026-11-21 15:05 or a datetime."""
    if isinstance(value, datetime) or all(_iso(value)):
        return day_value(value), clock(value)
    raise Unreadable("it takes a date with a time, such as 2026-11-21T15:05")


def span(value: Any) -> tuple[str, str, str]:
    """Parse two times, dates, or dates with times, as ISO texts joined by a slash; return which kind they are, too."""
    first, slash, last = (_text(value) or "").partition("/")
    sorts = [_sort(_iso(part.strip())) for part in (first, last)]
    if not slash or not sorts[0] or sorts[0] != sorts[1]:
        raise Unreadable("it takes two of a kind with a slash between, such as 09:00/17:30 or 2026-11-21/2026-11-25")
    return sorts[0], first.strip(), last.strip()


def _sort(parts: tuple[str, str]) -> str:
    return {(True, True): "datetime", (True, False): "date", (False, True): "time"}.get(
        (bool(parts[0]), bool(parts[1])), ""
    )


def seconds_value(value: Any, *, exact: bool) -> tuple[int, int, int, int]:
    """Parse a duration in seconds; return days, hours, minutes and seconds.

    Rounds up to the minute, or to the second if `exact`. Up to 47 hours are not split into days.
    """
    taken = number(Decimal(str(value.total_seconds())) if isinstance(value, timedelta) else value)
    if taken < 0:
        raise Unreadable("it takes a number of seconds that is not negative")
    step = 1 if exact else 60
    # Up, so that no promise is too short.
    total = math.ceil(taken / step) * step
    days = total // 86400 if total >= 2 * 86400 else 0
    rest = total - days * 86400
    return days, rest // 3600, rest // 60 % 60, rest % 60


def name(value: Any) -> tuple[str, ...]:
    """Return the letters of a Latin name; an empty text for a name in other scripts, which is said as it is."""
    text = words_value(value)
    latin = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().upper()
    if not re.search(r"[A-Z]", latin) or re.search(r"[^\W\d_a-zA-Z\u00c0-\u024f]", text):
        return ()
    return tuple(sign for part in re.findall(r"[A-Z]|\d+", latin) for sign in in_groups(part))


def words_value(value: Any) -> str:
    """Parse a name or an address. Characters without a sound, such as control characters, are refused."""
    text = value.strip() if isinstance(value, str) else ""
    if not 0 < len(text) <= _MOST_TEXT or any(unicodedata.category(sign)[0] == "C" for sign in text):
        raise Unreadable(f"it takes text of 1 to {_MOST_TEXT} characters without control characters")
    if any(unicodedata.category(sign) in ("Zl", "Zp") for sign in text):
        raise Unreadable("it takes text on one line")
    return text
