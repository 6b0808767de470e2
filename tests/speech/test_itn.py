"""Answers by voice: what is understood, what is not, and that whatever is read aloud is also understood."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.engine.entry_types import ENTRIES
from ivr.speech.itn import inverse_normalize
from ivr.speech.verbalize import Reader

GOLDEN = Path(__file__).parent / "golden"
LANGUAGES = st.sampled_from(["zh-CN", "en-US", "en-GB"])
SATURDAY = date(2026, 11, 21)


def rows(name: str) -> list[list[str]]:
    lines = (GOLDEN / name).read_text(encoding="utf-8").splitlines()
    return [[part.strip() for part in line.split(" |")] for line in lines if line and not line.startswith("# ")]


@pytest.mark.parametrize(("language", "text", "digits"), rows("heard.txt"))
def test_an_answer_means_its_digits(language: str, text: str, digits: str) -> None:
    assert inverse_normalize(text, language, "digits") == (None if digits == "-" else digits)


@pytest.mark.parametrize(("language", "text", "keys"), rows("keys.txt"))
def test_an_answer_means_its_keys(language: str, text: str, keys: str) -> None:
    assert inverse_normalize(text, language) == (None if keys == "-" else keys)


@pytest.mark.parametrize(("entry", "language", "said", "keys"), rows("entries.txt"))
def test_an_entry_may_be_spoken(entry: str, language: str, said: str, keys: str) -> None:
    assert inverse_normalize(said, language, entry, SATURDAY) == (None if keys == "-" else keys)


@pytest.mark.parametrize("entry", [entry.name for entry in ENTRIES.values() if entry.secret])
def test_no_secret_is_taken_by_voice(entry: str) -> None:
    assert inverse_normalize("一二三四五六", "zh-CN", entry, SATURDAY) is None


@given(st.integers(1, 10**11), LANGUAGES)
def test_amounts_read_aloud_are_heard_as_they_were(fen: int, language: str) -> None:
    amount = Decimal(fen) / 100
    keys = inverse_normalize(Reader()(amount, "amount", "", language), language, "amount")
    assert keys
    assert Decimal(keys.replace("*", ".")) == amount


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2099, 12, 31)), LANGUAGES, st.booleans())
def test_days_read_aloud_are_heard_as_they_were(day: date, language: str, weekday: bool) -> None:
    said = Reader()(day, "date", "weekday" if weekday else "", language)
    assert inverse_normalize(said, language, "date", SATURDAY) == f"{day:%Y%m%d}"
    short = Reader()(day, "date", "short,spoken", language)
    assert inverse_normalize(short, language, "date", day) == f"{day:%Y%m%d}"


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), LANGUAGES)
def test_telephone_numbers_read_aloud_are_heard_as_they_were(number: str, language: str) -> None:
    assert inverse_normalize(Reader()(number, "phone", "", language), language, "phone") == number


@given(st.text(alphabet="今明后天下周一二三四五六日月号年两十百千万元块角毛分零点 .of yuanxt"), LANGUAGES)
def test_any_entry_is_keys_or_nothing(said: str, language: str) -> None:
    for name, entry in ENTRIES.items():
        keys = inverse_normalize(said, language, name, SATURDAY)
        assert keys is None or (set(keys) <= set("0123456789*") and not entry.secret)


@given(st.from_regex(r"[0-9]{1,19}", fullmatch=True), LANGUAGES, st.booleans())
def test_digits_read_aloud_are_heard_as_they_were(digits: str, language: str, yao: bool) -> None:
    assert inverse_normalize(Reader(yao=yao)(digits, "digits", "", language), language, "digits") == digits


@given(st.integers(0, 10**9 - 1), LANGUAGES)
def test_numbers_read_aloud_are_heard_as_they_were(number: int, language: str) -> None:
    assert inverse_normalize(Reader()(number, "number", "", language), language) == str(number)


@given(st.text() | st.text(alphabet="零一两十百千万亿幺3 个号按井星.键"), LANGUAGES)
def test_anything_a_recogniser_writes_is_digits_or_nothing(text: str, language: str) -> None:
    for answer in (inverse_normalize(text, language, "digits"), inverse_normalize(text, language)):
        assert answer is None or set(answer) <= set("0123456789*#")


def test_long_speech_is_not_searched_for_digits() -> None:
    assert inverse_normalize("一" * 201, "zh-CN", "digits") is None
