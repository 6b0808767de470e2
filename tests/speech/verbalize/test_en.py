"""Whatever English says can be read back to the value. The parser here shares nothing with the renderer."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from ivr.speech.verbalize import Reader

read = Reader()
ONES = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
    "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
UNITS = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
ENDINGS = {"first": "one", "second": "two", "third": "three", "fifth": "five", "eighth": "eight", "ninth": "nine",
           "twelfth": "twelve"}  # fmt: skip


def cardinal(words: str) -> int:
    """Add up word by word, as one reads."""
    total = section = 0
    for word in re.split("[ -]", words):
        if word == "hundred":
            section *= 100
        elif word in UNITS:
            total, section = total + section * UNITS[word], 0
        else:
            section += ONES[word]
    return total + section


def place(words: str) -> int:
    head, last = re.fullmatch("(.*?)([a-z]+)", words).groups()
    return cardinal(head + (ENDINGS.get(last) or re.sub("ie$", "y", last.removesuffix("th"))))


def digits_of(words: str) -> str:
    return "".join(str(ONES[word]) for word in words.replace(",", "").split())


def year_of(words: str) -> int:
    if "thousand" in words or " " not in words:
        return cardinal(words)
    head, tail = words.split(" ", 1)
    if tail.startswith("hundred"):
        return cardinal(words)
    return cardinal(head) * 100 + cardinal(tail.removeprefix("oh "))


@given(st.integers(0, 10**15 - 1) | st.integers(0, 10**5))
def test_a_number_reads_back(number: int) -> None:
    words = read(number, "number", "", "en-US")
    assert cardinal(words) == number
    assert not re.search(r"\band\b|zero .|--|  ", words)


@given(st.decimals(-(10**6), 10**6, allow_nan=False, places=4))
def test_a_number_with_decimals_reads_back(number: Decimal) -> None:
    whole, _, fraction = read(number, "number", "", "en-US").removeprefix("minus ").partition(" point ")
    assert Decimal(f"{cardinal(whole)}.{digits_of(fraction)}") == abs(number)


@given(st.integers(-(10**14), 10**14) | st.integers(-200, 200))
def test_an_amount_reads_back(fen: int) -> None:
    words = read(f"{Decimal(fen) / 100:.2f}", "amount", "", "en-US")
    match = re.fullmatch("(minus )?(?:(.+?) yuan)?(?: and )?(?:(.+) fen)?", words)
    assert match
    value = cardinal(match[2] or "zero") * 100 + cardinal(match[3] or "zero")
    assert (-value if match[1] else value) == fen
    assert (" and " in words) == (abs(fen) > 100 and fen % 100 != 0)


@given(st.integers(0, 10**9), st.sampled_from(["dollar", "dollars"]))
def test_an_amount_of_dollars_has_the_right_plural(cents: int, noun: str) -> None:
    words = read(Decimal(cents) / 100, "amount", "USD", "en-US")
    match = re.fullmatch(r"(?:(.+?) US (dollars?))?(?: and )?(?:(.+?) (?:US )?(cents?))?", words)
    assert match
    whole, rest = cardinal(match[1] or "zero"), cardinal(match[3] or "zero")
    assert whole * 100 + rest == cents
    assert match[2] in (None, "dollar" if whole == 1 else "dollars")
    assert match[4] in (None, "cent" if rest == 1 else "cents")


@given(st.from_regex(r"[0-9]{1,40}", fullmatch=True))
def test_digits_read_back(digits: str) -> None:
    words = read(digits, "digits", "", "en-US")
    assert digits_of(words) == digits
    assert "oh" not in words


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_a_mobile_number_reads_back_in_its_groups(number: str) -> None:
    words = read("+86" + number, "phone", "", "en-US")
    assert digits_of(words) == number
    assert [len(group.split()) for group in words.split(", ")] == [3, 4, 4]


@given(st.dates(min_value=date(1000, 1, 1)))
def test_a_date_reads_back(day: date) -> None:
    month, ordinal, year = re.fullmatch(r"(\w+) ([\w-]+), (.+)", read(day, "date", "", "en-US")).groups()
    assert (month, place(ordinal), year_of(year)) == (f"{day:%B}", day.day, day.year)


@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2100, 1, 1)))
def test_a_weekday_is_the_calendars(moment: datetime) -> None:
    assert read(moment, "date", "weekday", "en-US").startswith(f"{moment:%A}, {moment:%B} ")


@given(st.times())
def test_a_time_reads_back(clock: time) -> None:
    words = read(clock, "time", "", "en-US")
    words = {"twelve noon": "twelve p.m.", "twelve midnight": "twelve a.m."}.get(words, words)
    hour, oh, minute, half = re.fullmatch(r"(\w+)( oh)?(?: ([\w-]+))? ([ap])\.m\.", words).groups()
    assert cardinal(hour) % 12 + (12 if half == "p" else 0) == clock.hour
    assert (cardinal(minute or "zero"), bool(oh)) == (clock.minute, 0 < clock.minute < 10)


@given(st.integers(1, 10**6))
def test_an_ordinal_reads_back(number: int) -> None:
    assert place(read(number, "ordinal", "", "en-US")) == number


@given(st.integers(0, 10**7), st.booleans())
def test_a_duration_reads_back_and_is_never_too_short(seconds: int, exact: bool) -> None:
    words = read(seconds, "duration", "exact" if exact else "", "en-US")
    sizes = {"day": 86400, "hour": 3600, "minute": 60, "second": 1}
    total = 0
    for part in re.split(", | and ", words):
        number, unit = part.rsplit(" ", 1)
        assert unit.endswith("s") == (number != "one")
        total += cardinal(number) * sizes[unit.removesuffix("s")]
    assert total == seconds if exact else 0 <= total - seconds < 60


@given(st.decimals(-1000, 1000, allow_nan=False, places=3))
def test_a_percentage_reads_back(share: Decimal) -> None:
    words = read(share, "percent", "", "en-US")
    sign, whole, fraction = re.fullmatch("(minus )?(.+?)(?: point (.+))? percent", words).groups()
    value = Decimal(f"{cardinal(whole)}.{digits_of(fraction or 'zero')}")
    assert (-value if sign else value) == share


@given(st.integers(0, 10**6), st.sampled_from(["transaction", "branch", "day", "currency", "person/people"]))
def test_a_count_reads_back_in_the_right_number(number: int, noun: str) -> None:
    words, _, unit = read(number, "count", noun, "en-US").rpartition(" ")
    assert cardinal(words) == number
    assert (unit == noun.partition("/")[0]) == (number == 1)


@given(st.times())
def test_a_time_of_24_hours_reads_back(clock: time) -> None:
    words = read(clock, "time", "24h", "en-US")
    hour, oh, minute = re.fullmatch(r"([\w-]+)(?:( oh)? ([\w-]+)| hundred hours)", words).groups()
    assert (cardinal(hour), cardinal(minute or "zero"), bool(oh)) == (clock.hour, clock.minute, 0 < clock.minute < 10)
