"""The key under which documents know who something belongs to."""

from __future__ import annotations

from ivr.crypto import Seal


def owner_of(seal: Seal, kind: str, value: str) -> str:
    """Return the key under which documents know a caller's number or a customer; it tells neither."""
    return seal.fingerprint(f"{kind}\0{value}".encode())
