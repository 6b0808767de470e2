"""What keys mean as an entry, as a carrier hands them over."""

from __future__ import annotations

import pytest

from ivr.engine.entry_parser import parse_entry
from ivr.engine.entry_types import ENTRIES

PIN, CARD, ID = ENTRIES["pin"], ENTRIES["card"], ENTRIES["id"]


@pytest.mark.parametrize(
    ("entry", "keys", "meaning"),
    [
        (PIN, "135790", "value"),
        (PIN, "135790#", "value"),
        (PIN, "13*135790", "value"),
        (PIN, "13*135", "begun"),
        (PIN, "13579*", "begun"),
        (PIN, "13*135#", "slip"),
        (PIN, "13579", "slip"),
        (PIN, "", "slip"),
        (PIN, "?", "slip"),
        (PIN, "#", "more_time"),
        (PIN, "*", "back"),
        (PIN, "*0", "agent"),
        (PIN, "0", "agent"),
        (CARD, "6217*6217000000001000128#", "value"),
        (CARD, "6217*62170000000010", "begun"),
        (CARD, "6217000000001000129", "slip"),
        (ID, "31010119790915202*", "value"),
        (ID, "11010119880307101*", "slip"),
        (ID, "1101*1101011988030", "begun"),
    ],
)
def test_keys_mean_what_callers_mean_by_them(entry, keys, meaning):
    typed = parse_entry(entry, keys)
    assert typed.meaning == meaning
    assert (typed.value is not None) == (meaning == "value")


def test_what_begins_anew_is_the_part_behind_the_last_star():
    assert parse_entry(PIN, "1*2*13").rest == "13"


@pytest.mark.parametrize("keys", ["12*345#", "1*2*3#", "12*#", "*#*#"])
def test_a_star_in_what_is_no_amount_clears_nothing(keys: str) -> None:
    assert parse_entry(ENTRIES["amount"], keys).meaning != "value"


def test_a_card_of_19_digits_is_taken_after_a_slip_that_star_cleared() -> None:
    card = "6217000000001000128"
    typed = "621*" + card
    first = parse_entry(ENTRIES["card"], typed[:20])  # the carrier sends so many keys at once
    assert (first.meaning, first.rest) == ("begun", card[:16])
    whole = parse_entry(ENTRIES["card"], first.rest + typed[20:] + "#")
    assert whole.meaning == "value"
