"""The floor of many threads and processes: changed by one at a time, and read anew when much has happened."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from ivr.engine.ports import KEPT_WRITES
from ivr.errors import StoreError
from ivr.services.queue.repository import Keeper
from ivr.services.queue.state import Agent, Floor, Waiter
from ivr.stores.memory import MemoryStore
from ivr.stores.sqlite import SqliteStore


def put(keeper: Keeper, *things: Any) -> None:
    keeper.change(lambda floor: (floor.put(*things), None))


def a_waiter(call: str, **more: Any) -> Waiter:
    return Waiter(id=call, desk="general", priority="normal", entered=1.0, seen=1.0, **more)


def test_each_process_sees_what_the_others_changed() -> None:
    store = MemoryStore()
    here, there = Keeper(store), Keeper(store)
    put(here, a_waiter("a"), Agent(id="w", number="+8610", desks=("general",)))
    assert there.floor() == here.floor()
    put(there, a_waiter("a", state="left"))
    there.change(lambda floor: (floor.drop(floor.agents["w"]), None))
    assert here.floor().waiters["a"].state == "left"
    assert not here.floor().agents


def test_what_changes_nothing_is_not_written_and_nobody_is_told() -> None:
    told: list[int] = []
    keeper = Keeper(MemoryStore(), changed=lambda: told.append(1))
    put(keeper, a_waiter("a"))
    put(keeper, a_waiter("a"))
    assert keeper.change(lambda floor: (floor, len(floor.waiters))) == 1
    assert told == [1]


def test_a_change_that_raises_changes_nothing() -> None:
    keeper = Keeper(MemoryStore())

    def broken(floor: Floor) -> tuple[Floor, None]:
        floor.put(a_waiter("a"))
        raise OSError("no")

    with pytest.raises(OSError, match="no"):
        keeper.change(broken)
    assert keeper.floor() == Floor()


def test_who_slept_through_thousands_of_changes_reads_everything_anew() -> None:
    store = MemoryStore()
    awake, asleep = Keeper(store), Keeper(store)
    put(awake, a_waiter("a"), a_waiter("b"))
    assert "a" in asleep.floor().waiters
    awake.change(lambda floor: (floor.drop(floor.waiters["a"]), None))
    for number in range(2 * KEPT_WRITES):
        put(awake, a_waiter("b", seconds=float(number)))
    assert list(asleep.floor().waiters) == ["b"]


def test_a_board_that_was_emptied_is_empty() -> None:
    store = MemoryStore()
    keeper = Keeper(store)
    put(keeper, a_waiter("a"))
    keeper._board = MemoryStore()
    assert keeper.floor() == Floor()


def test_rows_of_a_newer_version_are_left_alone_and_broken_ones_are_a_fault() -> None:
    store = MemoryStore()
    keeper = Keeper(store)
    store.write_rows({"moods/a": b"{}"}, seen=0)
    put(keeper, a_waiter("a"))
    assert store.rows_since(0)[1]["moods/a"] == b"{}"
    store.write_rows({"waiters/b": b"{]"}, seen=2)
    with pytest.raises(StoreError, match="another version"):
        keeper.floor()


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
    assert len(first.floor.waiters) == 40
    store.close()
