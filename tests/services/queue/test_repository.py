"""The state of many threads and processes: changed by one at a time, and read anew when much has happened."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from ivr.engine.ports import KEPT_WRITES
from ivr.errors import StoreError
from ivr.services.queue.repository import QueueRepository
from ivr.services.queue.state import Agent, QueueState, Waiter
from ivr.stores import UnitOfWork
from ivr.stores.memory import MemoryStore
from ivr.stores.sqlite import SqliteStore


def put(repository: QueueRepository, *things: Any) -> None:
    repository.change(lambda state: (state.put(*things), None))


def a_waiter(call: str, **more: Any) -> Waiter:
    return Waiter(id=call, desk="general", priority="normal", entered=1.0, seen=1.0, **more)


def test_each_process_sees_what_the_others_changed() -> None:
    store = MemoryStore()
    here, there = QueueRepository(store), QueueRepository(store)
    put(here, a_waiter("a"), Agent(id="w", number="+8610", desks=("general",)))
    assert there.state() == here.state()
    put(there, a_waiter("a", state="left"))
    there.change(lambda state: (state.drop(state.agents["w"]), None))
    assert here.state().waiters["a"].state == "left"
    assert not here.state().agents


def test_what_changes_nothing_is_not_written_and_nobody_is_told() -> None:
    told: list[int] = []
    repository = QueueRepository(MemoryStore(), changed=lambda: told.append(1))
    put(repository, a_waiter("a"))
    put(repository, a_waiter("a"))
    assert repository.change(lambda state: (state, len(state.waiters))) == 1
    assert told == [1]


def test_a_unit_that_commits_in_two_parts_changes_the_queue_in_both() -> None:
    store = MemoryStore()
    shared = QueueRepository(store)
    unit = UnitOfWork(store)
    within = shared.within(unit)
    put(within, a_waiter("a"))
    assert unit.commit()
    put(shared, a_waiter("b"))  # another call, between the parts
    put(within, a_waiter("c"))
    assert unit.commit()
    assert set(shared.state().waiters) == {"a", "b", "c"}


def test_what_a_unit_has_only_read_is_read_again_after_its_commit() -> None:
    store = MemoryStore()
    shared = QueueRepository(store)
    unit = UnitOfWork(store)
    within = shared.within(unit)
    assert not within.state().waiters
    assert unit.commit()
    put(shared, a_waiter("b"))
    put(within, a_waiter("c"))
    assert unit.commit()
    assert set(shared.state().waiters) == {"b", "c"}


def test_a_change_that_raises_changes_nothing() -> None:
    repository = QueueRepository(MemoryStore())

    def broken(state: QueueState) -> tuple[QueueState, None]:
        state.put(a_waiter("a"))
        raise OSError("no")

    with pytest.raises(OSError, match="no"):
        repository.change(broken)
    assert repository.state() == QueueState()


def test_who_slept_through_thousands_of_changes_reads_everything_anew() -> None:
    store = MemoryStore()
    awake, asleep = QueueRepository(store), QueueRepository(store)
    put(awake, a_waiter("a"), a_waiter("b"))
    assert "a" in asleep.state().waiters
    awake.change(lambda state: (state.drop(state.waiters["a"]), None))
    for number in range(2 * KEPT_WRITES):
        put(awake, a_waiter("b", seconds=float(number)))
    assert list(asleep.state().waiters) == ["b"]


def test_a_board_that_was_emptied_is_empty() -> None:
    store = MemoryStore()
    repository = QueueRepository(store)
    put(repository, a_waiter("a"))
    repository._board = MemoryStore()
    assert repository.state() == QueueState()


def test_rows_of_a_newer_version_are_left_alone_and_broken_ones_are_a_fault() -> None:
    store = MemoryStore()
    repository = QueueRepository(store)
    store.write_rows({"moods/a": b"{}"}, seen=0)
    put(repository, a_waiter("a"))
    assert store.rows_since(0)[1]["moods/a"] == b"{}"
    store.write_rows({"waiters/b": b"{]"}, seen=2)
    with pytest.raises(StoreError, match="another version"):
        repository.state()


def test_no_agent_gets_two_calls_from_processes_that_ask_at_once(halls: Any, tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "ivr.db")
    first = halls(store=store)
    for number in range(6):
        first.sign_on(f"w{number}")
    rung: list[str] = []
    start = threading.Barrier(4)

    def enter(worker: int) -> None:
        hall = halls(store=store)
        start.wait()
        for number in range(10):
            status = hall.enter(f"call {worker} {number}", 1)
            rung.extend([status["agent"]] if status["state"] == "ring" else [])

    threads = [threading.Thread(target=enter, args=(worker,)) for worker in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(rung) == [f"w{number}" for number in range(6)]
    assert len(first.state.waiters) == 40
    store.close()
