"""Stand-ins for typed secrets: other digits with the same meaning."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.engine.entry_parser import parse_entry
from ivr.engine.entry_types import CARD as CARD_OR_TAIL
from ivr.engine.entry_types import CARD_OR_ID, ENTRIES, TAIL
from ivr.engine.inputs import Digits, NoInput, Speech
from ivr.engine.stand_ins import number_stand_in, stand_in, without_ahead, without_numbers
from ivr.secret import masked

CARD, ID_NUMBER = "6217000000001000128", "11010519491231002*"


@pytest.mark.parametrize(
    ("entry", "keys"),
    [
        ("pin", "135790"),
        ("pin", "1357"),
        ("pin", "135790#"),
        ("otp", "246802"),
        ("card", CARD),
        ("card", f"{CARD}#"),
        ("card", "6217000000001000129"),
        ("id", ID_NUMBER),
        ("id", "110105194912310021"),
        ("card", f"6217*{CARD}#"),
    ],
)
def test_a_stand_in_means_the_same_and_only_what_staff_may_see_is_the_same(entry: str, keys: str) -> None:
    other = stand_in(ENTRIES[entry], keys)
    assert other
    assert other != keys
    before, after = parse_entry(ENTRIES[entry], keys), parse_entry(ENTRIES[entry], other)
    assert (before.meaning, len(keys)) == (after.meaning, len(other))
    if before.value is not None:
        assert after.value is not None
        assert masked(before.value) == masked(after.value)
    digits = [(a, b) for a, b in zip(keys, other, strict=True) if a.isdigit()]
    assert all(b.isdigit() for _, b in digits)


@pytest.mark.parametrize("keys", ["*", "0", "*0", "#", "7"])
def test_wishes_and_slips_of_one_key_are_recorded_as_they_are(keys: str) -> None:
    assert stand_in(ENTRIES["pin"], keys) == keys


def test_keys_that_run_on_behind_a_secret_are_not_recorded() -> None:
    assert stand_in(ENTRIES["pin"], "1357902") is None
    assert stand_in(TAIL, "0128135790") is None


@given(st.text("0123456789*#", min_size=2, max_size=24), st.sampled_from(sorted(ENTRIES)))
def test_any_stand_in_has_the_same_meaning(keys: str, name: str) -> None:
    other = stand_in(ENTRIES[name], keys)
    if other is not None:
        assert parse_entry(ENTRIES[name], other).meaning == parse_entry(ENTRIES[name], keys).meaning


def test_keys_are_recorded_as_far_as_they_are_fewer_than_any_secret_has() -> None:
    for keys, most, recorded in (("12", 1, True), ("12#", 1, True), ("123", 1, False), ("123", 3, True)):
        assert without_ahead(Digits(keys), most) == (Digits(keys) if recorded else None)


@pytest.mark.parametrize("entry", ["digits", "amount", "phone", "date", "time", "expiry", "id_tail"])
@pytest.mark.parametrize("keys", ["135790", "135790#", CARD, "246802", "975"])
def test_a_secret_that_was_typed_where_a_number_was_asked_for_is_not_recorded(entry: str, keys: str) -> None:
    other = number_stand_in(ENTRIES[entry], keys)
    if other is not None:
        assert keys.rstrip("#") not in other
        assert parse_entry(ENTRIES[entry], other).meaning == parse_entry(ENTRIES[entry], keys).meaning


@pytest.mark.parametrize(
    ("entry", "keys"),
    [("date", "20261120"), ("date", "202611202"), ("time", "1505"), ("expiry", "0628"), ("amount", "12#")],
)
def test_values_with_a_form_of_their_own_are_recorded_as_typed(entry: str, keys: str) -> None:
    assert number_stand_in(ENTRIES[entry], keys) == keys


def test_an_amount_is_recorded_by_its_first_digit_and_its_length() -> None:
    other = number_stand_in(ENTRIES["amount"], "5000*50#")
    assert other is not None
    assert (other[0], other[4], other[-1], len(other)) == ("5", "*", "#", 8)


def test_a_number_with_a_secret_behind_it_is_not_recorded() -> None:
    assert number_stand_in(ENTRIES["date"], "20261120135790") is None


def test_long_numbers_in_words_are_zeros() -> None:
    assert without_numbers(Speech("卡号是六二一七 0000", 0.9)) == Speech("卡号是零零零零 0000", 0.9)
    assert without_numbers(Speech("my PIN is 135790 please")) == Speech("my PIN is 000000 please")
    assert without_numbers(Speech("转三百块")) == Speech("转三百块")
    assert without_numbers(NoInput()) == NoInput()


@pytest.mark.parametrize(("entry", "keys"), [(CARD_OR_TAIL, "0128"), (CARD_OR_TAIL, "0128#"), (CARD_OR_ID, "202*")])
def test_of_a_tail_that_was_typed_in_place_of_a_number_nothing_is_recorded(entry, keys: str) -> None:
    other = stand_in(entry, keys)
    assert other
    assert (len(other), other != keys) == (len(keys), True)
    assert parse_entry(entry, other).meaning == "value"
