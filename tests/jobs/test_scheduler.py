"""The watch over deadlines: rounds that one process of many makes, and nothing that breaks it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ivr.crypto import Seal
from ivr.errors import StoreError
from ivr.jobs.outbox import Delivered, NotDelivered
from ivr.jobs.scheduler import Scheduler
from ivr.services.tickets.alarms import Alarm, DeadlineAlarms
from ivr.services.tickets.service import Tickets
from ivr.stores.sqlite import SqliteStore
from tests.asking import ask
from tests.customers import ZHANG

NOW = 1795399200.0
DAY = 86400.0


@dataclass
class Office:
    """Takes alarms and what is told of rounds; `refuses` makes it take none."""

    now: float = NOW + DAY
    refuses: bool = False
    alarms: list[Alarm] = field(default_factory=list)
    told: list[Delivered] = field(default_factory=list)
    faults: list[Exception] = field(default_factory=list)
    threads: set[str] = field(default_factory=set)
    rung: threading.Event = field(default_factory=threading.Event)

    def take(self, alarm: Alarm) -> None:
        self.threads.add(threading.current_thread().name)
        if self.refuses:
            raise NotDelivered("not now")
        self.alarms.append(alarm)

    def tell(self, done: Delivered) -> None:
        self.told.append(done)
        self.rung.set()

    def watch(self, store: SqliteStore) -> Scheduler:
        deadlines = DeadlineAlarms(store, self.take)
        return Scheduler(
            store, [deadlines.sound], delivered=self.tell, failed=self.faults.append, clock=lambda: self.now
        )


@pytest.fixture
def office(store: SqliteStore, seal: Seal) -> Office:
    ask(Tickets(store, seal), "tickets.open", {"number": ZHANG, "kind": "service", "text": "x"}, key="k", now=NOW)
    return Office()


def test_one_of_many_watches_makes_the_round_of_a_minute(store: SqliteStore, office: Office, tmp_path: Path) -> None:
    other = SqliteStore(tmp_path / "ivr.db")
    watches = [office.watch(store), office.watch(other), office.watch(other)]
    for watch in watches:
        watch.round()
    assert [alarm.alarm for alarm in office.alarms] == ["first_reply.soon"]
    assert office.told == [Delivered(taken=1)]
    other.close()


def test_an_alarm_that_nobody_took_is_sounded_again_by_the_next_round(store: SqliteStore, office: Office) -> None:
    office.refuses = True
    office.watch(store).round()
    office.refuses, office.now = False, office.now + 30
    office.watch(store).round()
    assert not office.alarms
    office.now += 30
    office.watch(store).round()
    assert office.told == [Delivered(failed=1), Delivered(taken=1)]


def test_a_clock_that_was_put_back_does_not_silence_the_alarms(store: SqliteStore, office: Office) -> None:
    office.now = NOW + 40 * DAY
    office.watch(store).round()
    assert len(office.alarms) == 3
    ask(
        Tickets(store, Seal(b"k" * 32)),
        "tickets.open",
        {"number": ZHANG, "kind": "policy", "text": "x"},
        key="l",
        now=NOW,
    )
    office.now = NOW + DAY
    office.watch(store).round()
    assert "policy" in {alarm.kind for alarm in office.alarms}


def test_a_machine_whose_clock_is_seconds_behind_does_not_repeat_the_round(store: SqliteStore, office: Office) -> None:
    office.watch(store).round()
    office.now -= 2
    rounds: list[float] = []

    def count(now: float) -> Delivered:
        rounds.append(now)
        return Delivered()

    Scheduler(store, [count], delivered=office.tell, failed=office.faults.append, clock=lambda: office.now).round()
    assert rounds == []


def test_it_sounds_at_once_from_a_thread_of_its_own_and_ends_when_told(store: SqliteStore, office: Office) -> None:
    watch = office.watch(store)
    watch.start()
    assert office.rung.wait(5)
    watch.stop()
    assert office.threads == {"ivr-alarms"}
    assert "ivr-alarms" not in {thread.name for thread in threading.enumerate()}


def test_a_store_that_breaks_is_told_and_the_watch_goes_on(store: SqliteStore, office: Office, tmp_path: Path) -> None:
    broken = SqliteStore(tmp_path / "other.db")
    watch = office.watch(broken)
    broken.close()
    watch.round()
    watch.round()
    assert [type(fault) for fault in office.faults] == [StoreError, StoreError]
    assert not office.told
