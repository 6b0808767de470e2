"""A call as bytes and back: secrets are sealed, what cannot be read is a fault of the store."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace

from ivr.crypto import Seal
from ivr.engine.call import Call, Frame
from ivr.errors import StoreError
from ivr.secret import Secret
from ivr.session.call_codec import freeze, thaw

CALL = Call("CA1", "r", "zh-CN", "+861", "+862", 0.0, (Frame("menu", "a"),))


def test_a_call_comes_back_as_it_was(seal: Seal) -> None:
    call = replace(CALL, turn=3, path=("余额",), frames=(Frame("menu", "a", {"tries": 2, "found": {"list": [1]}}),))
    assert thaw(freeze(call, seal), seal) == call


def test_secrets_are_sealed_wherever_they_stand(seal: Seal) -> None:
    pin = Secret("pin", "135790")
    call = replace(CALL, frames=(Frame("menu", "a", {"code": pin, "form": {"pins": [pin]}}, scratch={"first": pin}),))
    data = freeze(call, seal)
    assert b"135790" not in data
    frame = thaw(data, seal).frame
    assert frame.values["code"].reveal() == frame.values["form"]["pins"][0].reveal() == "135790"
    assert frame.scratch["first"].reveal() == "135790"
    with pytest.raises(StoreError):
        thaw(data, Seal(b"another key of 32 bytes or more."))


def test_amounts_are_kept_as_they_are_written(seal: Seal) -> None:
    call = replace(CALL, frames=(Frame("menu", "a", {"amount": Decimal("12345.60")}),))
    assert thaw(freeze(call, seal), seal).frame.values["amount"] == "12345.60"


def test_bytes_of_another_version_are_a_fault_of_the_store_and_other_values_of_the_code(seal: Seal) -> None:
    with pytest.raises(StoreError, match="another version"):
        thaw(b'{"id": 7}', seal)
    with pytest.raises(TypeError, match="cannot hold object"):
        freeze(replace(CALL, facts={"odd": object()}), seal)
