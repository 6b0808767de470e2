"""A message is stored sealed together with its number, and only the same key opens it."""

from __future__ import annotations

import pytest

from ivr.crypto import Seal
from ivr.errors import StoreError
from ivr.secret import Secret
from ivr.services.sms.backend import open_letter, seal_letter

from .conftest import NUMBER, SEAL


@pytest.mark.parametrize("text", ["您的验证码是 135790。", "", "First line\nsecond line\n"])
def test_a_sealed_message_is_opened_with_its_number(text: str) -> None:
    number, opened = open_letter(SEAL, seal_letter(SEAL, NUMBER, Secret("otp", text)))
    assert (number, opened.reveal()) == (NUMBER, text)


def test_neither_number_nor_message_can_be_read_without_the_key() -> None:
    letter = seal_letter(SEAL, NUMBER, Secret("otp", "135790"))
    assert NUMBER not in letter
    assert "135790" not in letter


def test_another_key_opens_nothing() -> None:
    letter = seal_letter(SEAL, NUMBER, Secret("otp", "135790"))
    with pytest.raises(StoreError) as refusal:
        open_letter(Seal(b"q" * 32), letter)
    assert "135790" not in str(refusal.value)
