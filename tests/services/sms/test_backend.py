"""A message is stored sealed together with its number, and only the same key opens it; one with a code for its time."""

from __future__ import annotations

import pytest

from ivr.crypto import Seal
from ivr.errors import StoreError
from ivr.secret import Secret
from ivr.services.sms.backend import Letters
from ivr.stores.memory import MemoryStore

from .conftest import MONDAY, NUMBER, SEAL

PURPOSES = ("code identity", "balance")


@pytest.mark.parametrize("purpose", PURPOSES)
@pytest.mark.parametrize("text", ["您的验证码是 135790。", "", "First line\nsecond line\n"])
def test_a_sealed_message_is_opened_with_its_number(text: str, purpose: str) -> None:
    letters = Letters(MemoryStore(), SEAL)
    letter = letters.read(letters.keep(NUMBER, Secret("otp", text), purpose, MONDAY))
    assert letter is not None
    assert (letter[0], letter[1].reveal()) == (NUMBER, text)


@pytest.mark.parametrize("purpose", PURPOSES)
def test_neither_number_nor_message_can_be_read_without_the_key(purpose: str) -> None:
    store = MemoryStore()
    document = Letters(store, SEAL).keep(NUMBER, Secret("otp", "135790"), purpose, MONDAY)
    assert NUMBER not in str(document)
    assert "135790" not in str(document)
    with pytest.raises(StoreError) as refusal:
        Letters(store, Seal(b"q" * 32)).read(document)
    assert "135790" not in str(refusal.value)


def test_a_message_with_a_code_is_in_the_vault_only_and_goes_with_it() -> None:
    store = MemoryStore()
    letters = Letters(store, SEAL)
    first, second = (letters.keep(NUMBER, Secret("otp", "135790"), "code identity", MONDAY) for _ in range(2))
    assert set(first) == {"entry"}
    letters.drop(first)
    assert letters.read(first) is None
    assert letters.read(second) is not None
    store.vault.drop_expired(MONDAY)
    assert letters.read(second) is None
