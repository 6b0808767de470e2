"""Text messages as they are told beside a call: each once, in order, and never what an earlier run left."""

from __future__ import annotations

from ivr.cli._sms import TextMessages, text_messages
from ivr.crypto import Seal
from ivr.secret import Secret
from ivr.services.sms.local_outbox import LocalOutbox
from ivr.stores import open_store

NOW = 1_795_399_200.0
KEY = "0123456789abcdef0123456789abcdef"


def send(outbox: LocalOutbox, text: str, at: float, number: str = "+8613800000001") -> None:
    outbox.send(number, Secret("otp", text), "test", at)


def test_messages_are_told_once_in_the_order_sent(tmp_path):
    store, seal = open_store(f"sqlite:///{tmp_path}/ivr.db"), Seal(b"k" * 32)
    outbox = LocalOutbox(store, seal)
    send(outbox, "before", NOW)
    news = TextMessages(store, seal)
    assert news() == []
    send(outbox, "one", NOW + 1)
    send(outbox, "two\nlines", NOW + 2, "+8613800000002")
    assert news() == ["[SMS to …0001] one", "[SMS to …0002] two lines"]
    assert news() == []
    send(outbox, "three", NOW + 3)
    assert news() == ["[SMS to …0001] three"]
    store.close()
    assert news() == []


def test_a_store_that_another_run_used_hides_nothing(tmp_path):
    address = f"sqlite:///{tmp_path}/ivr.db"
    store = open_store(address)
    send(LocalOutbox(store, Seal(b"another key")), "old", NOW)
    env = {"IVR_STORE": address, "IVR_KEY": KEY, "IVR_FLOWS": ".", "IVR_AUDIO": "."}
    with text_messages(env) as news:
        send(LocalOutbox(store, Seal(KEY.encode())), "new", NOW + 1)
        assert news is not None
        assert news() == ["[SMS to …0001] new"]
    store.close()


def test_a_store_in_the_memory_of_another_process_has_no_news():
    with text_messages({"IVR_STORE": "memory:", "IVR_FLOWS": ".", "IVR_AUDIO": "."}) as news:
        assert news is None
