"""Each type of entry takes its own lengths and forms, and keeps secrets as secrets."""

from __future__ import annotations

import pytest

from ivr.engine import entry_types
from ivr.engine.entry_types import CARD_OR_ID, ENTRIES, TAIL
from ivr.flow import phrasebook
from ivr.secret import Secret

CARD, IDENTITY = "6222021234567894", "11010519491231002"


@pytest.mark.parametrize(
    ("entry", "keys", "value"),
    [
        ("digits", "007", "007"),
        ("amount", "12", "12.00"),
        ("amount", "12*5", "12.50"),
        ("amount", "0*01", "0.01"),
        ("date", "20260228", "2026-02-28"),
        ("date", "20240229", "2024-02-29"),
        ("phone", "13800000001", "13800000001"),
        ("id_tail", "002*", "002X"),
        ("id_tail", "1234", "1234"),
    ],
)
def test_a_right_entry_is_kept_in_its_form(entry: str, keys: str, value: str) -> None:
    assert ENTRIES[entry].read(keys) == value


@pytest.mark.parametrize(
    ("entry", "keys"),
    [
        ("digits", ""),
        ("digits", "1" * 31),
        ("digits", "12*"),
        ("digits", "１２"),
        ("amount", "0"),
        ("amount", "0*00"),
        ("amount", "*5"),
        ("amount", "1*"),
        ("amount", "1*234"),
        ("amount", "1*2*3"),
        ("date", "20260229"),
        ("date", "20261301"),
        ("date", "2026022"),
        ("date", "2026*228"),
        ("phone", "12"),
        ("card", "6222021234567890"),
        ("card", "622202123456789"),
        ("id", IDENTITY + "1"),
        ("id", "110105194913310020"),
        ("id_tail", "0*2*"),
        ("pin", "13579"),
        ("pin", "1357901"),
        ("pin", "13579*"),
        ("otp", "12*456"),
    ],
)
def test_a_wrong_entry_has_no_value(entry: str, keys: str) -> None:
    assert ENTRIES[entry].read(keys) is None


@pytest.mark.parametrize(
    ("entry", "keys", "text", "kind"),
    [
        ("pin", "135790", "135790", "pin"),
        ("otp", "123456", "123456", "otp"),
        ("id", IDENTITY + "*", IDENTITY + "X", "id"),
    ],
)
def test_a_secret_entry_is_a_secret_whose_text_shows_nothing(entry: str, keys: str, text: str, kind: str) -> None:
    value = ENTRIES[entry].read(keys)
    assert isinstance(value, Secret)
    assert (value.reveal(), value.kind) == (text, kind)
    assert text not in repr(value) + str(value)


def test_a_card_number_needs_its_check_digit() -> None:
    right = [value for digit in "0123456789" if (value := ENTRIES["card"].read(CARD[:-1] + digit))]
    assert len(right) == 1
    assert isinstance(right[0], Secret)


def test_entries_of_one_length_end_by_themselves() -> None:
    fixed = {name for name, entry in ENTRIES.items() if entry.fixed}
    assert fixed == {"date", "expiry", "id", "id_tail", "otp", "pin", "time"}
    assert TAIL.fixed
    assert TAIL.read("0128") == "0128"


@pytest.mark.parametrize("entry", ENTRIES)
def test_every_entry_has_a_phrase_that_asks_for_it_again(entry: str) -> None:
    for language in ("zh-CN", "en-US"):
        assert phrasebook.phrase(language, ENTRIES[entry].complaint)


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        (CARD, CARD),
        ("31010119790915203*", None),
        ("31010119790915202*", "31010119790915202X"),
        ("110101198803071018", "110101198803071018"),
        ("6217000000001000129", None),
        ("123456789012345", None),
    ],
)
def test_a_whole_number_is_that_of_a_card_or_of_an_identity(keys: str, value: str | None) -> None:
    read = CARD_OR_ID.read(keys)
    assert (read.reveal() if isinstance(read, Secret) else read) == value


@pytest.mark.parametrize(
    ("entry", "keys", "value"),
    [
        (entry_types.CARD, "7894", "7894"),
        (entry_types.CARD, CARD, Secret("pan", CARD)),
        (entry_types.CARD, CARD[-10:], None),
        (entry_types.CARD, "789", None),
        (entry_types.CARD, "789*", None),
        (CARD_OR_ID, "002*", "002X"),
        (CARD_OR_ID, CARD, Secret("id", CARD)),
        (CARD_OR_ID, "11010519491231002*", Secret("id", "11010519491231002X")),
        (CARD_OR_ID, "1231002*", None),
    ],
)
def test_a_number_of_an_account_is_typed_whole_or_by_its_last_four(
    entry, keys: str, value: str | Secret | None
) -> None:
    read = entry.read(keys)
    assert type(read) is type(value)
    if isinstance(value, Secret):
        assert (read.kind, read.reveal()) == (value.kind, value.reveal())
    else:
        assert read == value
