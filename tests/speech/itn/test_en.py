"""English answers: digits in any grouping, amounts that mean one thing, days that exist."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from ivr.speech.itn import en, inverse_normalize

SATURDAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("said", "keys"),
    [
        ("one two three", "123"),
        ("double five oh", "550"),
        ("twelve thirty-four", "1234"),
        ("one hundred twenty", "120"),
        ("press one", "1"),
        ("press to", "2"),
        ("pound key", "#"),
        ("star", "*"),
        ("triple", None),
        ("the card number is 6217", "6217"),
        ("hello", None),
    ],
)
def test_keys_are_understood_whole_or_not_at_all(said: str, keys: str | None) -> None:
    assert en.keys(said) == keys


@pytest.mark.parametrize(
    ("said", "amount"),
    [
        ("twelve hundred", "1200"),
        ("a thousand yuan", "1000"),
        ("five yuan sixty", "5.6"),
        ("twelve point five", "12.5"),
        ("fifty fen", "0.5"),
        ("rmb 300", "300"),
        ("twelve fifty", None),
        ("five yuan five", None),
        ("five point five yuan sixty", None),
        ("a lot", None),
    ],
)
def test_amounts_are_exact_or_asked_for_again(said: str, amount: str | None) -> None:
    assert en.amount(said) == (None if amount is None else Decimal(amount))


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("tomorrow", "2026-11-22"),
        ("day before yesterday", "2026-11-19"),
        ("next monday", "2026-11-23"),
        ("in three days", "2026-11-24"),
        ("two weeks ago", "2026-11-07"),
        ("november twenty-first", "2026-11-21"),
        ("the 21st of november 2026", "2026-11-21"),
        ("february thirtieth", None),
        ("january fifth", "2027-01-05"),
        ("monday november twenty-first", None),
        ("2026-11-21", "2026-11-21"),
        ("3/4", None),
    ],
)
def test_days_are_counted_from_today(said: str, day: str | None) -> None:
    assert en.day(said, SATURDAY) == (None if day is None else date.fromisoformat(day))


@pytest.mark.parametrize(
    ("said", "amount"),
    [
        ("three thousand, no, five hundred", "500"),
        ("no, five hundred", "500"),
        ("three thousand, sorry, I mean five thousand", "5000"),
        ("three thousand wait five thousand", "5000"),
        ("no", None),
        ("three thousand, no", None),
    ],
)
def test_of_a_corrected_answer_the_last_one_counts(said: str, amount: str | None) -> None:
    assert inverse_normalize(said, "en-US", "amount") == amount


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("the second one", "2"),
        ("the first one please", "1"),
        ("I'd like the third option", "3"),
        ("the second", "2"),
        ("two one", "21"),
        ("account no 5", None),
    ],
)
def test_a_choice_by_its_place_is_one_key(said: str, key: str | None) -> None:
    assert inverse_normalize(said, "en-US") == key


def test_the_day_of_a_month_is_the_nearest_one() -> None:
    assert inverse_normalize("the twenty-first", "en-US", "date", date(2026, 11, 21)) == "20261121"
    assert inverse_normalize("on the 3rd", "en-US", "date", date(2026, 11, 28)) == "20261203"
