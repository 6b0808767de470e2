"""How the demo bank keeps PINs: salted scrypt, compared in constant time. A PIN leaves this module only as a digest."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass

MODERATE = 2048
"""Cost of the service: about 6 ms a check on one core of a 2024 server."""
CHEAP = 2
"""Cost for tests and thousands of conversations: about 0.04 ms a check."""


@dataclass(frozen=True)
class Sealed:
    """A PIN as it is stored. `cost` is scrypt's N, a power of two."""

    salt: bytes
    digest: bytes
    cost: int


def seal(pin: str, cost: int) -> Sealed:
    """Hash a PIN under a fresh salt."""
    salt = secrets.token_bytes(16)
    return Sealed(salt, _digest(pin, salt, cost), cost)


def opens(pin: str, sealed: Sealed) -> bool:
    """Tell whether the PIN is the sealed one, in a time that does not depend on the answer."""
    return hmac.compare_digest(_digest(pin, sealed.salt, sealed.cost), sealed.digest)


def card_digest(card: str) -> bytes:
    """Give the key under which a card is found again; full card numbers are not written to the file."""
    return hashlib.blake2b(card.encode(), digest_size=16, person=b"demo bank card").digest()


def _digest(pin: str, salt: bytes, cost: int) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, n=cost, r=8, p=1)
