"""Store PINs with argon2id, and name accounts by keyed hashes. A PIN must leave this module only hashed."""

from __future__ import annotations

import hashlib
import hmac
from itertools import pairwise

import argon2
from argon2.exceptions import VerifyMismatchError

MODERATE = 7168
"""Memory in KiB for the service: about 8 ms per check on one core of a 2024 server. A real bank would use more."""
CHEAP = 8
"""Memory in KiB for tests and conversations, argon2's minimum: about 0.04 ms per check."""
_ROUNDS = 2
_KEYPAD = (147258, 147852, 258147, 258369, 369258, 159357, 159753, 123789, 789456, 456123, 123654)
_COMMON = frozenset(map(str, (*_KEYPAD, 520131, 521314)))
"""Patterns on the keypad, and the halves of 5201314, which sounds like "I love you for life"."""


def seal(secret: str, cost: int) -> str:
    """Return the hash with a new salt; the text contains salt and cost. `cost` is memory in KiB, at least 8."""
    hasher = argon2.PasswordHasher(time_cost=_ROUNDS, memory_cost=cost, parallelism=1)
    return hasher.hash(secret)


def opens(secret: str, sealed: str) -> bool:
    """Return whether a secret matches a hash, in constant time."""
    try:
        # The parameters are those in the hash; the hasher's own are for new ones.
        return argon2.PasswordHasher().verify(sealed, secret)
    except VerifyMismatchError:
        return False


def cost_of(sealed: str) -> int:
    """Return the cost of a hash."""
    return argon2.extract_parameters(sealed).memory_cost


def number_digest(number: str) -> bytes:
    """Return the digest by which a card or identity number is looked up; full numbers are not stored."""
    return hashlib.blake2b(number.encode(), digest_size=16, person=b"demo bank card").digest()


def account_id(key: bytes, of: bytes) -> str:
    """Return the id under which tries are counted; without the key it does not reveal the owner."""
    return hmac.digest(key, of, "sha256")[:16].hex()


def is_weak(pin: str, *, born: str, tails: tuple[str, ...]) -> bool:
    """Return whether a PIN is easy to guess, or not six digits.

    `born` is an ISO date; `tails` are the last four digits of numbers that others may have seen: card, identity and
    telephone number.
    """
    if len(pin) != 6 or not (pin.isascii() and pin.isdecimal()):
        return True
    year, month, day = born.split("-")
    dates = [year + month + day, *(start + end for start in (day + month, month + day) for end in (year, year[2:]))]
    steps = {(ord(later) - ord(sooner)) % 10 for sooner, later in pairwise(pin)}
    return (
        len(steps) == 1
        or len(set(pin)) <= 2
        or pin[:3] == pin[3:]
        or pin[::2] == pin[1::2]
        or pin in _COMMON
        or any(pin in birthday for birthday in dates)
        or any(tail in pin for tail in tails)
    )
