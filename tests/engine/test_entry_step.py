"""What callers type: checks, what the star does, where one entry ends and the next begins."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.engine.entry_parser import parse_entry
from ivr.engine.entry_types import ENTRIES, EntryType
from ivr.secret import Secret

TAIL = EntryType("digits", 4, 4, ENTRIES["digits"].check)


@pytest.mark.parametrize(
    ("kind", "keys", "value"),
    [
        ("digits", "0128", "0128"),
        ("amount", "5000", "5000.00"),
        ("amount", "12*5", "12.50"),
        ("amount", "12*05", "12.05"),
        ("date", "20261120", "2026-11-20"),
        ("date", "20240229", "2024-02-29"),
        ("phone", "13800000001", "13800000001"),
        ("phone", "95588", "95588"),
        ("time", "0930", "09:30"),
        ("expiry", "0228", "2028-02-29"),
        ("expiry", "1230", "2030-12-31"),
    ],
)
def test_plain_entries_are_kept_as_text(kind, keys, value):
    assert ENTRIES[kind].read(keys) == value


@pytest.mark.parametrize(
    ("kind", "keys", "secret"),
    [
        ("card", "6217000000001000128", "pan"),
        ("card", "4111111111111111", "pan"),
        ("id", "110101198803071018", "id"),
        ("id", "31010119790915202*", "id"),
        ("id", "11010519491231002*", "id"),
        ("id", "510107195406213034", "id"),
        ("pin", "135790", "pin"),
        ("cvv", "123", "cvv"),
        ("cvv", "1234", "cvv"),
    ],
)
def test_what_must_not_be_seen_becomes_a_secret(kind, keys, secret):
    value = ENTRIES[kind].read(keys)
    assert isinstance(value, Secret)
    assert value.kind == secret
    assert value == keys.replace("*", "X")
    assert keys not in repr(value) + f"{value}" + str(value)


@pytest.mark.parametrize(
    ("kind", "keys"),
    [
        ("amount", "0"),
        ("amount", "*5"),
        ("amount", "12*345"),
        ("amount", "1*2*3"),
        ("date", "20260230"),
        ("date", "20261301"),
        ("date", "2026112"),
        ("phone", "12"),
        ("card", "6222021234567890123"),
        ("card", "62170000000010001"),
        ("id", "110101198803071019"),
        ("id", "110101198813071018"),
        ("id", "*10101198803071018"),
        ("pin", "13579"),
        ("pin", "1357901"),
        ("digits", "12*"),
        ("time", "2400"),
        ("time", "12*0"),
        ("expiry", "1328"),
        ("expiry", "0028"),
        ("cvv", "12"),
    ],
)
def test_slips_of_the_finger_are_no_value(kind, keys):
    assert ENTRIES[kind].read(keys) is None


def test_another_length_has_another_complaint():
    four = ENTRIES["pin"].of_length(4, 4)
    assert four.read("1234") == "1234"
    assert four.read("123456") is None
    assert (four.complaint, ENTRIES["pin"].of_length(6, 6).complaint) == ("entry_digits", "entry_pin")
    assert ENTRIES["digits"].of_length(0, 0) is ENTRIES["digits"]


@pytest.mark.parametrize(
    ("entry", "keys", "meaning"),
    [
        (TAIL, "0128", "value"),
        (TAIL, "9*0128", "value"),
        (TAIL, "0", "agent"),
        (TAIL, "*0", "agent"),
        (TAIL, "*", "back"),
        (TAIL, "#", "more_time"),
        (TAIL, "12", "slip"),
        (TAIL, "12*0", "begun"),
        (TAIL, "12*", "begun"),
        (TAIL, "12*0#", "slip"),
        (TAIL, "", "slip"),
        (TAIL, "?", "slip"),
        (ENTRIES["digits"], "0", "value"),
        (ENTRIES["amount"], "12*5#", "value"),
        (ENTRIES["amount"], "0", "agent"),
        (ENTRIES["pin"], "111111222222", "value"),
    ],
)
def test_keys_are_understood(entry, keys, meaning):
    assert parse_entry(entry, keys).meaning == meaning


def test_keys_behind_an_entry_belong_to_the_next_step():
    assert parse_entry(TAIL, "0128135790").rest == "135790"
    assert parse_entry(ENTRIES["amount"], "50#1").rest == "1"


@given(st.text(alphabet="0123456789*#", max_size=40), st.sampled_from(sorted(ENTRIES)))
def test_whatever_is_typed_means_something_and_never_fails(keys, kind):
    typed = parse_entry(ENTRIES[kind], keys)
    assert (typed.value is not None) == (typed.meaning == "value")
