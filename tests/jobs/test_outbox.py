"""Messages are sent once, tried again while nobody takes them, and one that cannot be read keeps no other back."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from ivr.engine.ports import Document
from ivr.jobs.outbox import FAILURES_IN_A_ROW, RETRY_SECONDS, UNSENT, Delivered, KeyedMessage, Outbox, every_key
from ivr.stores.sqlite import SqliteStore

NOW = 1_795_400_000.0


@dataclass
class Receiver:
    """Takes messages, or refuses those that are named."""

    refuses: set[str] = field(default_factory=set)
    taken: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def __call__(self, message: KeyedMessage) -> None:
        self.asked.append(message.key)
        if message.key in self.refuses:
            raise OSError("nobody there")
        self.taken.append(message.key)


def message_of(key: str, document: Document) -> KeyedMessage | None:
    return KeyedMessage(key, {"text": document["text"]}) if document["text"] else None


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def outbox(store: SqliteStore, receiver: Receiver) -> Outbox:
    return Outbox(store, "letters", message_of, receiver)


def put(store: SqliteStore, key: str, **document: object) -> None:
    store.change("letters", key, lambda _: {"text": "x", **UNSENT, **document})


def test_a_message_is_sent_once_and_its_document_goes(store: SqliteStore, outbox: Outbox, receiver: Receiver) -> None:
    put(store, "a")
    assert outbox.sound(NOW) == Delivered(taken=1)
    assert outbox.sound(NOW) == Delivered()
    assert (receiver.taken, list(every_key(store, "letters"))) == (["a"], [])


def test_a_kept_document_is_marked_and_not_sent_again(store: SqliteStore, receiver: Receiver) -> None:
    put(store, "a")
    keeping = Outbox(store, "letters", message_of, receiver, keep=True)
    keeping.sound(NOW)
    keeping.sound(NOW + 10 * RETRY_SECONDS)
    assert receiver.taken == ["a"]
    assert store.get("letters", "a") == {"text": "x", "sent": {"at": int(NOW), "taken": True}}


def test_what_nobody_took_is_tried_again_after_a_pause(store: SqliteStore, outbox: Outbox, receiver: Receiver) -> None:
    put(store, "a")
    receiver.refuses = {"a"}
    assert outbox.sound(NOW) == Delivered(failed=1)
    receiver.refuses = set()
    assert outbox.sound(NOW + RETRY_SECONDS - 1) == Delivered()
    assert outbox.sound(NOW + RETRY_SECONDS) == Delivered(taken=1)


def test_a_message_that_is_being_sent_waits_for_a_clock_that_is_behind_but_not_for_one_that_was_put_back(
    store: SqliteStore, outbox: Outbox, receiver: Receiver
) -> None:
    put(store, "a", sent={"at": int(NOW), "taken": False})
    assert outbox.sound(NOW - 2) == Delivered(), "another machine is sending it, and its clock is two seconds ahead"
    assert outbox.sound(NOW - 3600) == Delivered(taken=1)


def test_a_round_ends_after_some_failures_in_a_row(store: SqliteStore, outbox: Outbox, receiver: Receiver) -> None:
    for number in range(9):
        put(store, f"{number}")
    receiver.refuses = {f"{number}" for number in range(9)}
    assert outbox.sound(NOW) == Delivered(failed=FAILURES_IN_A_ROW)
    assert len(receiver.asked) == FAILURES_IN_A_ROW


def test_a_success_between_failures_keeps_a_round_going(store: SqliteStore, outbox: Outbox, receiver: Receiver) -> None:
    for number in range(6):
        put(store, f"{number}")
    receiver.refuses = {"0", "1", "3", "4"}
    assert outbox.sound(NOW) == Delivered(taken=2, failed=4)


def test_one_that_cannot_be_read_and_one_whose_time_has_not_come_keep_no_other_back(
    store: SqliteStore, outbox: Outbox, receiver: Receiver
) -> None:
    store.change("letters", "broken", lambda _: {**UNSENT})
    put(store, "early", text="")
    put(store, "good")
    assert outbox.sound(NOW) == Delivered(taken=1, broken=1)
    assert receiver.taken == ["good"]


def test_two_processes_send_a_message_once(store: SqliteStore, outbox: Outbox, receiver: Receiver) -> None:
    put(store, "a")

    def while_it_is_sent(message: KeyedMessage) -> None:
        assert outbox.sound(NOW) == Delivered(), "the other process has claimed it"
        receiver(message)

    assert Outbox(store, "letters", message_of, while_it_is_sent).sound(NOW) == Delivered(taken=1)
    assert receiver.taken == ["a"]
