"""The key of the caller or customer to whom a document belongs."""

from __future__ import annotations

from ivr.crypto import Seal


def owner_of(seal: Seal, kind: str, value: str) -> str:
    """Return the key of a caller's number or a customer; neither can be read from it."""
    return seal.fingerprint(f"{kind}\0{value}".encode())
