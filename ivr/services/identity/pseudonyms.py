"""Pseudonyms of accounts and numbers: one spelling, a keyed fingerprint, a mask. Nothing is kept in clear."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ivr.crypto import Seal
from ivr.engine.telephone import WITHHELD_NUMBERS, masked_number, one_spelling, sip_host
from ivr.settings.identity import Limits

WITHHELD = WITHHELD_NUMBERS | {"", "anonymous", "restricted", "unavailable", "unknown", "private", "blocked"}
"""The ways in which carriers write a withheld number: in words, or as the keys under their letters."""

_INTERNATIONAL = re.compile(r"\+[1-9][0-9]{6,14}")


@dataclass(frozen=True)
class Account:
    """The keyed fingerprint of an account, and its masked name for operators."""

    key: str
    shown: str


@dataclass(frozen=True)
class Counter:
    """A counter of a calling number, with its limits in an hour; `shared` if other numbers count on it, too."""

    name: str
    shown: str
    tries: int
    accounts: int
    shared: bool = True


def account_of(seal: Seal, name: str) -> Account:
    """Return the account of a customer id, card, telephone number or reference of the bank."""
    return Account(seal.fingerprint(b"identity account\0" + _bytes(one_spelling(name))), masked_number(name))


def number_key(seal: Seal, name: str) -> str:
    """Return the store key of a number, or of a counter that several numbers share."""
    return seal.fingerprint(b"identity number\0" + _bytes(name))


def counters(number: str, limits: Limits) -> tuple[Counter, ...]:
    """Return the counters of a calling number: its own, and the one it shares with neighbours or withheld numbers."""
    name = one_spelling(number)
    own = Counter(name, masked_number(name), limits.number_tries, limits.number_accounts, shared=False)
    if name in WITHHELD:
        return (Counter("withheld", "withheld", limits.shared_tries, limits.shared_accounts),)
    # A guesser who has a block of numbers changes the last digits from call to call.
    if _INTERNATIONAL.fullmatch(name):
        shown = f"the hundred numbers around {masked_number(name)}"
        return own, Counter(f"block {name[:-2]}", shown, limits.block_tries, limits.block_accounts)
    # The user part of a SIP address costs nothing to change, its host does.
    if host := sip_host(name):
        return own, Counter(f"host {host}", f"sip:{host[:40]}", limits.shared_tries, limits.shared_accounts)
    return (Counter("odd", "odd numbers", limits.shared_tries, limits.shared_accounts),)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
