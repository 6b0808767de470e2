from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.services.tickets import references
from ivr.stores.memory import MemoryStore
from ivr.stores.sqlite import SqliteStore


@pytest.fixture(scope="module")
def some() -> list[str]:
    store = MemoryStore()
    return [references.issue(store, 1795399200.0 + n) for n in range(2000)]


def test_a_number_has_a_t_the_day_and_five_digits(store: SqliteStore, at: Callable[[str], float]) -> None:
    assert re.fullmatch(r"T261123\d{5}", references.issue(store, at("2026-11-23T00:00")))
    assert re.fullmatch(r"T261122\d{5}", references.issue(store, at("2026-11-22T23:59")))


def test_any_two_numbers_differ_in_at_least_two_digits(some: list[str]) -> None:
    assert len(set(some)) == len(some)
    first = some[0]
    assert min(sum(a != b for a, b in zip(first, other, strict=True)) for other in some[1:]) >= 2


def test_neighbours_do_not_look_alike_and_do_not_tell_the_count(some: list[str]) -> None:
    assert all(abs(int(a[7:11]) - int(b[7:11])) > 1000 for a, b in pairwise(some))


def test_a_busy_day_gets_longer_numbers_that_are_still_new(at: Callable[[str], float]) -> None:
    store, now = MemoryStore(), at("2026-11-23T10:00")
    before = {references.issue(store, now) for _ in range(20)}
    store.change(references.NUMBERS["T"], "261123", lambda _: {"count": 9998})
    last, longer = references.issue(store, now), references.issue(store, now)
    assert (len(last), len(longer)) == (12, 13)
    assert not before & {last, longer}
    assert references.read_reference(longer) == longer


@given(st.integers(0, 1999), st.integers(0, 10), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(some: list[str], which: int, place: int, by: int) -> None:
    digits = list(some[which][1:])
    digits[place] = str((int(digits[place]) + by) % 10)
    assert references.read_reference("".join(digits)) is None


@given(st.integers(0, 1999), st.integers(0, 9))
def test_two_swapped_digits_are_noticed(some: list[str], which: int, place: int) -> None:
    digits = some[which][1:]
    swapped = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
    assert (references.read_reference(swapped) is None) == (swapped != digits)


def test_a_number_is_read_as_people_write_and_type_it(some: list[str]) -> None:
    number = some[5]
    spaced = f" t {number[1:7]} {number[7:]} "
    wide = number.translate({ord(sign): ord(sign) + 0xFEE0 for sign in number})
    assert (
        references.read_reference(spaced)
        == references.read_reference(number[1:])
        == references.read_reference(wide)
        == number
    )


@pytest.mark.parametrize(
    "text", ["", "T", "T26112300", "not a number", "T26112312345678901", "²²²²²²²²²²²", "T٢٦١١٢٣٠٠٠٠٠"]
)
def test_what_is_no_number_is_not_read(text: str) -> None:
    assert references.read_reference(text) is None
