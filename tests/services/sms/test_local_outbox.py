"""The outbox: messages are kept, the newest first, and can be read only with the key."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.crypto import Seal
from ivr.errors import StoreError
from ivr.secret import Secret
from ivr.services.sms.local_outbox import KEPT, LocalOutbox, messages
from ivr.stores.memory import MemoryStore
from ivr.stores.sqlite import SqliteStore

from .conftest import MONDAY, NUMBER, SEAL


def test_the_newest_message_comes_first(store: SqliteStore):
    outbox = LocalOutbox(store, SEAL)
    for n in range(5):
        outbox.send(NUMBER, Secret("otp", f"message\n{n}"), "note", MONDAY + n / 10)
    found = outbox.messages(3)
    assert [message.text.reveal() for message in found] == ["message\n4", "message\n3", "message\n2"]
    assert (found[0].number, found[0].purpose, found[0].at) == (NUMBER, "note", MONDAY + 0.4)
    assert "message" not in str(found[0])
    assert messages(store, SEAL, 1) == found[:1]


def test_only_the_newest_are_kept():
    store = MemoryStore()
    outbox = LocalOutbox(store, SEAL)
    for n in range(KEPT + 20):
        outbox.send(NUMBER, Secret("otp", str(n)), "note", MONDAY + n)
    kept = outbox.messages(1000)
    assert len(kept) == KEPT
    assert kept[-1].text.reveal() == "20"


def test_the_file_holds_neither_text_nor_number(tmp_path: Path):
    store = SqliteStore(tmp_path / "ivr.db")
    LocalOutbox(store, SEAL).send(NUMBER, Secret("otp", "验证码740913"), "code", MONDAY)
    with pytest.raises(StoreError):
        messages(store, Seal(b"x" * 32))
    store.close()
    disk = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert b"letter" in disk
    for value in ("740913", "验证码", NUMBER, "13800000001"):
        assert value.encode() not in disk
