"""How accounts and numbers are called inside: one spelling, a key, a mask."""

from __future__ import annotations

from dataclasses import astuple

import pytest

from ivr.crypto import Seal
from ivr.services.identity.limits import Limits
from ivr.services.identity.pseudonyms import account_of, counters, number_key

CARD = "6217000000001000128"


def test_an_account_is_a_fingerprint_and_a_mask(seal: Seal) -> None:
    account = account_of(seal, CARD)
    assert CARD not in str(astuple(account))
    assert account.shown.endswith("0128")
    assert account == account_of(seal, "6217 0000 0000 1000 128")
    assert account.key != account_of(seal, CARD[:-1] + "9").key
    assert account.key != number_key(seal, CARD), "an account is never a number's counter"


def test_a_number_counts_with_the_hundred_around_it() -> None:
    names = [counter.name for counter in counters("+8613800000001", Limits())]
    assert names == ["+8613800000001", "block +86138000000"]
    assert [c.name for c in counters("+8613800000099", Limits())][1] == names[1]


@pytest.mark.parametrize("number", ["", "anonymous", "Restricted", "+266696687"])
def test_withheld_numbers_share_one_counter(number: str) -> None:
    [counter] = counters(number, Limits())
    assert (counter.name, counter.tries) == ("withheld", Limits().shared_tries)


def test_sip_callers_share_their_host_and_what_is_no_number_is_odd() -> None:
    assert [c.name.partition(" ")[0] for c in counters("sip:a@pbx.example", Limits())][1] == "host"
    assert [c.name for c in counters("12", Limits())] == ["odd"]
