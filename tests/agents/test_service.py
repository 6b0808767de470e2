"""The queue as the transfer step asks it."""

from __future__ import annotations

from ivr.agents.keeper import Keeper
from ivr.agents.service import Queue
from ivr.flow.model import Desk, Line
from ivr.sealing import Seal
from ivr.stores.memory import MemoryStore


def test_a_caller_waits_and_is_connected() -> None:
    line = Line({}, {"general": Desk("general", "+8610", 30)}, "general")
    store = MemoryStore()
    queue = Queue(Keeper(store), store, Seal(b"k" * 32), line)
    asked = {"call": "a", "desk": "general"}
    assert queue.ask("enter", asked, key="a:1", now=1)["state"] == "direct"
    queue.roster.add("1", "+8613800000001", ["general"])
    assert queue.ask("enter", asked, key="a:1", now=1)["state"] == "nobody"
    queue.roster.ready("1", 2)
    ring = queue.ask("enter", asked, key="a:1", now=2)
    assert ring["state"] == "ring"
    assert queue.ask("enter", asked, key="a:1", now=2) == ring
    assert queue.ask("enter", {**asked, "call": "b"}, key="b:1", now=3)["state"] == "wait"
    assert queue.legs.answered(ring["leg"], 4)
    assert queue.legs.key(ring["leg"], "1", 5).state == "taken"
    ended = {"call": "a", "status": "completed", "seconds": 30}
    assert queue.ask("rang", ended, key="a:2", now=35) == {"state": "talked", "agent": "1", "seconds": 30}
    assert queue.ask("round", {"call": "b"}, key="b:2", now=36)["state"] == "wait"
    assert queue.ask("round", {"call": "b"}, key="b:3", now=65)["state"] == "ring"
