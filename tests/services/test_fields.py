"""Fields of a question: what is wrong is named by its field, and no value is repeated."""

from __future__ import annotations

from typing import Any

import pytest
from ivr.services.fields import Fields, owner_of

from ivr.crypto import Seal
from ivr.errors import LookupFailed


@pytest.mark.parametrize("fields", [{}, {"x": None}, {"x": ""}, {"x": "  "}])
def test_what_is_absent_null_or_blank_was_not_given(fields: dict[str, Any]) -> None:
    assert Fields(fields).text("x") == ""
    with pytest.raises(LookupFailed, match="x was not given"):
        Fields(fields).needed("x")


def test_a_text_is_stripped_and_cut() -> None:
    assert Fields({"x": "  abc "}).text("x", most=2) == "ab"


def test_a_word_has_to_be_one_of_those_allowed() -> None:
    assert Fields({"x": "b"}).one_of("x", ("a", "b")) == "b"
    assert Fields({}).one_of("x", ("a", "b"), "a") == "a"
    with pytest.raises(LookupFailed, match="x is none of a, b") as refused:
        Fields({"x": "135790"}).one_of("x", ("a", "b"))
    assert "135790" not in str(refused.value)
    with pytest.raises(LookupFailed, match="was not given"):
        Fields({}).one_of("x", ("a", "b"))


@pytest.mark.parametrize(("value", "number"), [(3, 3), ("3", 3), ("05", 5), (None, None), ("", None)])
def test_whole_numbers_may_be_typed(value: Any, number: int | None) -> None:
    assert Fields({"x": value}).whole("x", 1, 5) == number


@pytest.mark.parametrize("value", [0, 6, "6", True, 2.0, "two", "３", "9" * 40])
def test_what_is_no_whole_number_in_bounds_is_refused(value: Any) -> None:
    with pytest.raises(LookupFailed, match="x is no whole number from 1 to 5"):
        Fields({"x": value}).whole("x", 1, 5)


@pytest.mark.parametrize(
    ("value", "wanted"), [(True, True), ("yes", True), (False, False), ("no", False), (None, False)]
)
def test_a_flag_is_true_or_yes(value: Any, wanted: bool) -> None:
    assert Fields({"x": value}).flag("x") is wanted


def test_a_withheld_number_is_none() -> None:
    assert Fields({"number": "+8613800000001"}).number() == "+8613800000001"
    assert Fields({"number": "anonymous"}).number() == ""


def test_an_owner_is_known_by_a_key_that_tells_neither_number_nor_customer(seal: Seal) -> None:
    key = owner_of(seal, "number", "+8613800000001")
    assert "13800000001" not in key
    assert key != owner_of(seal, "customer", "+8613800000001")
