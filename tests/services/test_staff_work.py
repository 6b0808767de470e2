from __future__ import annotations

import pytest

from ivr.flow.loader import reload
from ivr.flow.model import Release
from ivr.services.staff_words import StaffError
from ivr.services.staff_work import StaffWork
from ivr.services.tasks import NewTask
from ivr.session.step_registry import catalogue
from ivr.stores.memory import MemoryStore

LINE = 'lines: {default: main}\ndesks: {general: "+861085550100"}\ndesk: general\nticket_kinds: [billing, meter]\n'
FLOW = "flow: main\nstart: agent\nsteps: {agent: {transfer: general, otherwise: end}, end: {hangup: 再见。}}\n"
NOW = 1795399200.0  # 2026-11-23T10:00+08:00


class Engine(StaffWork):
    def __init__(self) -> None:
        self.store = MemoryStore()

    @property
    def release(self) -> Release:
        files = {"line.yaml": LINE, "main.yaml": FLOW}
        return reload(files, catalogue())


def test_the_work_of_staff_is_in_the_store_of_its_engine() -> None:
    engine = Engine()
    task = engine.tasks.open(NewTask("unhappy", int(NOW) + 3600), key="k", now=NOW)
    assert engine.tasks.listed() == [task]
    assert engine.tickets.listed(NOW) == []
    assert Engine().tasks.listed() == []


def test_a_ticket_is_closed_as_one_of_the_kinds_of_the_line() -> None:
    with pytest.raises(StaffError, match="the kind is one of billing, meter"):
        Engine().tickets.close("T1", by="wang", now=NOW, kind="product")
