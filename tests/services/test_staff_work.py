from __future__ import annotations

from ivr.services.staff_work import StaffWork
from ivr.services.tasks import NewTask
from ivr.stores.memory import MemoryStore

NOW = 1795399200.0  # 2026-11-23T10:00+08:00


class Engine(StaffWork):
    def __init__(self) -> None:
        self.store = MemoryStore()


def test_the_work_of_staff_is_in_the_store_of_its_engine() -> None:
    engine = Engine()
    task = engine.tasks.open(NewTask("unhappy", int(NOW) + 3600), key="k", now=NOW)
    assert engine.tasks.listed() == [task]
    assert engine.tickets.listed(NOW) == []
    assert Engine().tasks.listed() == []
