"""Whatever Mandarin says can be read back to the value. The parser here shares nothing with the renderer."""

from __future__ import annotations

import re
from datetime import date, time
from decimal import Decimal

from hypothesis import example, given
from hypothesis import strategies as st

from ivr.speech.verbalize import Reader

read = Reader()
DIGITS = {sign: str(number) for number, sign in enumerate("零一二三四五六七八九")} | {"幺": "1", "两": "2"}
UNITS = {"十": 10, "百": 100, "千": 1000}
YUAN = re.compile(r"(?P<minus>负)?(?:(?P<yuan>.+?)元(?P<whole>整)?)?(?:(?P<jiao>.)角)?(?P<gap>零)?(?:(?P<fen>.)分)?")


def plain_digits(words: str) -> str:
    return "".join(DIGITS[word] for word in words if word != " ")


def cardinal(words: str) -> int:
    """Add up digit by digit, as one reads; a big unit multiplies all that stands before it."""
    total = section = digit = 0
    for word in words:
        if word in UNITS:
            section += (digit or 1) * UNITS[word]
            digit = 0
        elif word == "万":
            total, section, digit = total + (section + digit) * 10**4, 0, 0
        elif word == "亿":
            total, section, digit = (total + section + digit) * 10**8, 0, 0
        else:
            digit = int(DIGITS[word])
    return total + section + digit


def money(words: str) -> Decimal:
    match = YUAN.fullmatch(words)
    assert match
    yuan = cardinal(match["yuan"]) if match["yuan"] else 0
    jiao, fen = (int(DIGITS[match[name]]) if match[name] else 0 for name in ("jiao", "fen"))
    assert bool(match["whole"]) == (yuan > 0 and not jiao and not fen)
    assert bool(match["gap"]) == (yuan > 0 and not jiao and fen > 0)
    value = Decimal(yuan * 100 + jiao * 10 + fen) / 100
    return -value if match["minus"] else value


def well_formed(words: str) -> bool:
    faults = (
        r"零零|零[十百千万亿元点]|.零$|[十百千万亿]{3}|十[十百千]|^一十|^二[千万亿]|.两|万.*万|[一二三四五六七八九]{2}"
    )
    return not re.search(faults, words)


@given(st.integers(0, 10**15 - 1) | st.integers(0, 10**5))
@example(10**8 + 10**7)
def test_a_number_reads_back(number: int) -> None:
    assert cardinal(read(number, "number", "", "zh-CN")) == number


@given(st.integers(1, 10**8 - 1) | st.integers(0, 22222))
def test_a_number_is_said_by_the_rules(number: int) -> None:
    words = read(number, "number", "", "zh-CN")
    assert well_formed(words), words


@given(st.decimals(-(10**6), 10**6, allow_nan=False, places=4))
def test_a_number_with_decimals_reads_back(number: Decimal) -> None:
    whole, _, fraction = read(number, "number", "", "zh-CN").removeprefix("负").partition("点")
    assert Decimal(f"{cardinal(whole)}.{plain_digits(fraction)}") == abs(number)


@given(st.integers(-(10**14), 10**14), st.booleans())
@example(2, True)
@example(20, True)
@example(1005, True)
def test_an_amount_reads_back(fen: int, as_text: bool) -> None:
    amount = Decimal(fen) / 100
    assert money(read(f"{amount:.2f}" if as_text else amount, "amount", "", "zh-CN")) == amount


@given(st.from_regex(r"[0-9]{1,40}", fullmatch=True), st.booleans())
def test_digits_read_back(digits: str, yao: bool) -> None:
    words = Reader(yao=yao)(digits, "digits", "", "zh-CN")
    assert plain_digits(words) == digits
    assert ("一" if yao else "幺") not in words
    assert all(1 <= len(group) <= 5 for group in words.split(" "))


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.sampled_from(["", "+86", "0086", "+86 "]))
def test_a_mobile_number_reads_back_in_its_groups(number: str, prefix: str) -> None:
    words = read(prefix + number, "phone", "", "zh-CN")
    assert plain_digits(words) == number
    assert [len(group) for group in words.split(" ")] == [3, 4, 4]


@given(st.from_regex(r"[0-9]{4}", fullmatch=True))
def test_a_card_tail_is_one_group(tail: str) -> None:
    assert plain_digits(read(tail, "card_tail", "", "zh-CN")) == tail
    assert " " not in read(tail, "card_tail", "", "zh-CN")


@given(st.dates())
def test_a_date_reads_back(day: date) -> None:
    match = re.fullmatch("(.{4})年(.+)月(.+)日", read(day.isoformat(), "date", "", "zh-CN"))
    assert match
    assert (plain_digits(match[1]), cardinal(match[2]), cardinal(match[3])) == (f"{day.year:04}", day.month, day.day)


@given(st.times())
def test_a_time_reads_back(clock: time) -> None:
    match = re.fullmatch("(凌晨|早上|上午|中午|下午|晚上)(.+)点(?:整|(零?)(.+)分)", read(clock, "time", "", "zh-CN"))
    assert match
    hour = cardinal(match[2]) + (12 if match[1] in ("下午", "晚上") else 0)
    assert (hour, cardinal(match[4] or "零")) == (clock.hour, clock.minute)
    assert bool(match[3]) == (0 < clock.minute < 10)


@given(st.times())
def test_a_time_of_24_hours_reads_back(clock: time) -> None:
    match = re.fullmatch("(.+)点(?:整|零?(.+)分)", read(clock, "time", "24h", "zh-CN"))
    assert match
    assert (cardinal(match[1]), cardinal(match[2] or "零")) == (clock.hour, clock.minute)


@given(st.integers(0, 10**7))
def test_a_count_reads_back_and_never_says_er_alone(number: int) -> None:
    words = read(number, "count", "笔", "zh-CN")
    assert cardinal(words.removesuffix("笔")) == number
    assert words != "二笔"


@given(st.integers(0, 10**7), st.booleans())
def test_a_duration_reads_back_and_is_never_too_short(seconds: int, exact: bool) -> None:
    words = read(seconds, "duration", "exact" if exact else "", "zh-CN")
    match = re.fullmatch("(?:(.+)天)?(?:(.+)小时)?(?:(.+)分(钟)?)?(?:(.+)秒)?", words)
    assert match
    days, hours, minutes, rest = (cardinal(match[group] or "零") for group in (1, 2, 3, 5))
    total = ((days * 24 + hours) * 60 + minutes) * 60 + rest
    assert total == seconds if exact else 0 <= total - seconds < 60


@given(st.decimals(-1000, 1000, allow_nan=False, places=3))
def test_a_percentage_reads_back(share: Decimal) -> None:
    words = read(share, "percent", "", "zh-CN")
    sign, whole, fraction = re.fullmatch("(负?)百分之([^点]+)(?:点(.+))?", words).groups()
    value = Decimal(f"{cardinal(whole)}.{plain_digits(fraction or '零')}")
    assert (-value if sign else value) == share


@given(st.integers(1, 10**6))
def test_an_ordinal_reads_back_and_never_says_liang(number: int) -> None:
    words = read(number, "ordinal", "", "zh-CN")
    assert cardinal(words.removeprefix("第")) == number
    assert not words.startswith("第两")


@given(st.times(), st.times())
def test_a_range_is_its_two_ends(first: time, last: time) -> None:
    both = (read(f"{end:%H:%M}", "time", "", "zh-CN") for end in (first, last))
    assert read(f"{first:%H:%M}/{last:%H:%M}", "range", "", "zh-CN") == "到".join(both)
