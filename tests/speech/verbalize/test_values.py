"""Values taken apart for any language: exact, checked, and never repeated in an error."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from ivr.speech.verbalize import values
from ivr.speech.verbalize.language import Unreadable


@pytest.mark.parametrize(
    ("value", "taken"),
    [
        ("12,345.670", "12345.67"),
        ("１２", "12"),
        (" -5 ", "-5"),
        ("\N{MINUS SIGN}5", "-5"),
        (0.1 + 0.2, "0.3"),
        (Decimal("1E+3"), "1000"),
        (Decimal("-0.00"), "0"),
        (10**15 - 1, "999999999999999"),
    ],
)
def test_a_number_is_taken_exactly(value: Any, taken: str) -> None:
    assert values.number(value) == Decimal(taken)


@pytest.mark.parametrize("value", [True, None, "", "1,23", "1e5", float("inf"), Decimal("NaN"), 10**15, "1" * 21, [1]])
def test_what_is_no_number_or_absurd_is_refused(value: Any) -> None:
    with pytest.raises(Unreadable, match="it takes a number such as"):
        values.number(value)


def test_decimals_are_bounded_and_money_is_never_rounded() -> None:
    with pytest.raises(Unreadable, match="at most 10 decimals"):
        values.number("1.00000000001")
    with pytest.raises(Unreadable, match="CNY has 2 decimals at most"):
        values.money("0.001", "CNY")
    with pytest.raises(Unreadable, match="JPY has 0 decimals at most"):
        values.money("12.5", "JPY")
    assert values.money("12.50", "CNY") == Decimal("12.5")


def test_a_rate_keeps_its_zeros_only_where_they_are_asked_for() -> None:
    assert str(values.percentage("2.10%", exact=True)) == "2.10"
    assert str(values.percentage("2.10", exact=False)) == "2.1"


def test_a_whole_number_has_no_decimals_and_a_least() -> None:
    assert values.whole("3.0") == 3
    for value in ("2.5", "-1"):
        with pytest.raises(Unreadable, match="whole number from 0 on"):
            values.whole(value)
    with pytest.raises(Unreadable, match="from 1 on"):
        values.whole("0", least=1)


@pytest.mark.parametrize(
    ("run", "groups"),
    [
        ("12345", ["12345"]),
        ("123456", ["123", "456"]),
        ("1234567", ["123", "4567"]),
        ("1" * 11, ["111", "1111", "1111"]),
    ],
)
def test_digits_are_grouped_by_threes_and_fours_the_shorter_first(run: str, groups: list[str]) -> None:
    assert values.in_groups(run) == groups


@pytest.mark.parametrize(
    ("number", "groups"),
    [
        ("+8613800138000", ("138", "0013", "8000")),
        ("008613800138000", ("138", "0013", "8000")),
        ("+861085550100", ("010", "8555", "0100")),
        ("4008101111", ("400", "810", "1111")),
        ("95580", ("95580",)),
        ("+12025550123", ("+120", "2555", "0123")),
    ],
)
def test_a_telephone_number_is_grouped_as_people_say_it(number: str, groups: tuple[str, ...]) -> None:
    assert values.phone_value(number) == groups


def test_of_cards_and_ids_only_the_end_is_taken() -> None:
    assert values.card_tail("6217000000001000128") == ("0128",)
    assert values.id_tail("31010119790915202x") == ("202", "X")
    assert values.id_tail("1018") == ("1018",)


def test_letters_of_a_code_are_groups_of_their_own() -> None:
    assert values.code("ts-20261") == ("T", "S", "20261")


@pytest.mark.parametrize(
    "value", ["2026-11-21", "20261121", "2026-11-21T15:05+08:00", datetime(2026, 11, 21, tzinfo=UTC)]
)
def test_a_day_is_taken_from_iso_text_or_a_moment(value: Any) -> None:
    assert values.day_value(value) == date(2026, 11, 21)


def test_a_moment_is_a_day_and_a_time_whatever_its_zone() -> None:
    assert values.moment("2026-11-21 15:05:30Z") == (date(2026, 11, 21), time(15, 5))
    with pytest.raises(Unreadable, match="a date with a time"):
        values.moment("2026-11-21")


def test_a_span_is_two_of_a_kind() -> None:
    assert values.span("09:00 / 17:30") == ("time", "09:00", "17:30")
    for value in ("09:00", "09:00/2026-11-21", "/"):
        with pytest.raises(Unreadable, match="two of a kind"):
            values.span(value)


@pytest.mark.parametrize(
    ("seconds", "exact", "parts"),
    [
        (1, False, (0, 0, 1, 0)),
        (61, True, (0, 0, 1, 1)),
        (47 * 3600, False, (0, 47, 0, 0)),
        (48 * 3600, False, (2, 0, 0, 0)),
        (timedelta(seconds=0.2), True, (0, 0, 0, 1)),
    ],
)
def test_a_length_of_time_is_rounded_up_so_that_no_promise_is_too_short(seconds: Any, exact: bool, parts: Any) -> None:
    assert values.seconds_value(seconds, exact=exact) == parts


def test_a_latin_name_is_spelled_and_any_other_is_said() -> None:
    assert values.name("Li Ná") == ("L", "I", "N", "A")
    assert values.name("王秀英") == ()
    assert values.name("王 Li") == ()


@pytest.mark.parametrize(
    "take",
    [values.digits, values.code, values.card_tail, values.id_tail, values.phone_value, values.day_value, values.clock,
     values.words_value],
)  # fmt: skip
def test_no_error_holds_the_value(take: Callable[[Any], Any]) -> None:
    with pytest.raises(Unreadable) as refused:
        take("135790\x00secret")
    assert "135790" not in str(refused.value)
