"""Documents know a caller by a key that tells neither number nor customer."""

from __future__ import annotations

from ivr.crypto import Seal
from ivr.services.owners import owner_of


def test_an_owner_is_known_by_a_key_of_its_kind_and_value(seal: Seal) -> None:
    key = owner_of(seal, "number", "+8613800000001")
    assert "13800000001" not in key
    assert key == owner_of(seal, "number", "+8613800000001")
    assert key != owner_of(seal, "customer", "+8613800000001")
    assert key != owner_of(Seal(b"another key of 32 bytes or more."), "number", "+8613800000001")
