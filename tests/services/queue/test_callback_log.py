"""Call backs as reports see them: each promise once, with what became of it, and nothing of the caller."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from ivr.crypto import Seal
from ivr.errors import StoreError
from ivr.flow.model import Desk, Hotline
from ivr.services.queue import plan
from ivr.services.queue.callback_log import CALLBACKS, made_by_hand, promised
from ivr.services.queue.repository import QueueRepository
from ivr.services.queue.service import Queue
from ivr.stores.memory import MemoryStore
from tests.asking import ask

NOW = 1795399200.0  # 2026-11-23T10:00+08:00
MOMENT = 1800.0
ZHANG = "+8613800000001"


class Bank:
    """A queue with one agent, and what it has promised."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        line = Hotline({}, {"general": Desk("general", "+8610", 30)}, "general")
        self.queue = Queue(QueueRepository(self.store), self.store, Seal(b"k" * 32), line, places_calls=True)
        self.queue.agents.add("8001", "+8613900000001", ["general"])
        self.queue.agents.ready("8001", NOW - 100)

    def promise(self, call: str = "a", number: str = ZHANG, now: float = NOW) -> Mapping[str, Any]:
        asked = {"call": call, "desk": "general", "number": number, "priority": "vip"}
        answer = ask(self.queue, "queue.call_back", asked, key=f"{call}:{now}", now=now)
        ask(self.queue, "queue.leave", {"call": call, "why": "ended"}, key=f"{call}:{now} over", now=now)
        return answer

    def ring(self, now: float) -> str:
        """Ring the agent for the call back that is due, as the dispatcher does; return the leg."""
        repository = self.queue.repository
        planned = repository.change(
            lambda state: plan.plan(state, self.queue.line, now, moves=False, places=True, shows=False)
        )
        (deed,) = planned
        assert deed.offer
        self.queue.legs.answered(deed.offer.id, now)
        assert self.queue.legs.key(deed.offer.id, "1", now).dial == ZHANG
        return deed.offer.id

    def count(self, now: float, since: float = NOW, until: float = NOW + 86_400) -> dict[str, Any]:
        found = promised(self.store, since, until, now)
        every = found["all"]
        assert every["promised"] == sum(every.values()) - every["promised"]
        return found

    def fates(self, now: float) -> dict[str, int]:
        return {name: count for name, count in self.count(now)["all"].items() if count and name != "promised"}


@pytest.fixture
def hotline() -> Bank:
    return Bank()


def test_a_promise_is_not_due_then_overdue(hotline: Bank) -> None:
    hotline.promise()
    hotline.promise()
    assert hotline.fates(NOW) == {"not_due": 1}
    assert hotline.fates(NOW + 4 * MOMENT) == {"overdue": 1}
    found = hotline.count(NOW)
    assert found["by_class"]["vip"]["promised"] == found["by_desk"]["general"]["promised"] == 1
    assert hotline.count(NOW, since=NOW + 4 * MOMENT)["all"]["promised"] == 0
    assert hotline.count(NOW, until=NOW + 60)["all"]["promised"] == 0


@pytest.mark.parametrize(("after", "talk", "fate"), [(60, 7200, "in_time"), (3000, 60, "late")])
def test_kept_is_when_the_agent_took_the_call_however_long_it_took(
    hotline: Bank, after: float, talk: float, fate: str
) -> None:
    hotline.promise()
    leg = hotline.ring(NOW + after)
    hotline.queue.legs.reached(leg, "completed", NOW + after + talk)
    assert hotline.fates(NOW + 86_400) == {fate: 1}
    assert hotline.count(NOW)["by_agent"] == {"8001": {**hotline.count(NOW)["all"]}}


def test_a_promise_that_people_have_on_their_list_is_not_missed_before_its_time(hotline: Bank) -> None:
    hotline.promise()
    (waiter,) = hotline.queue.repository.state().waiters
    hotline.queue.repository.change(lambda state: (plan.handed_on(state, waiter, NOW + 1), None))
    assert hotline.fates(NOW + 60) == {"not_due": 1}
    assert hotline.fates(NOW + 4 * MOMENT) == {"overdue": 1}
    (key,) = hotline.store.keys(CALLBACKS)
    made_by_hand(hotline.store, key, NOW + 120)
    assert hotline.fates(NOW + 4 * MOMENT) == {"in_time": 1}


def test_called_by_hand_is_kept_too(hotline: Bank) -> None:
    reference = hotline.promise()["reference"]
    assert hotline.queue.called_back_by_hand(reference, NOW + 60)
    assert hotline.fates(NOW + 86_400) == {"in_time": 1}


def test_called_in_vain_is_missed_whoever_takes_over(hotline: Bank) -> None:
    from ivr.services.queue import plan

    hotline.promise()
    for turn in range(2):
        leg = hotline.ring(NOW + 60 + turn * 400)
        hotline.queue.legs.reached(leg, "no-answer", NOW + 90 + turn * 400)
    assert hotline.fates(NOW + 1000) == {"missed": 1}
    (waiter,) = hotline.queue.repository.state().waiters
    hotline.queue.repository.change(lambda state: (plan.handed_on(state, waiter, NOW + 600), None))
    assert hotline.fates(NOW + 1000) == {"missed": 1}


def test_who_rings_in_again_has_withdrawn_it(hotline: Bank) -> None:
    hotline.promise()
    ask(hotline.queue, "queue.enter", {"call": "b", "desk": "general", "caller": ZHANG}, key="b", now=NOW + 60)
    assert hotline.fates(NOW + 86_400) == {"withdrawn": 1}


def test_nothing_of_the_caller_is_kept(hotline: Bank) -> None:
    hotline.promise()
    kept = [(key, hotline.store.get(CALLBACKS, key)) for key in hotline.store.keys(CALLBACKS)]
    assert len(kept) == 1
    mark = next(iter(hotline.queue.repository.state().waiters.values())).mark
    text = json.dumps(kept)
    assert "0000001" not in text
    assert mark not in text


def test_a_store_that_fails_costs_a_figure_and_no_call(hotline: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = hotline.store.change

    def change(collection: str, key: str, update: Any) -> Any:
        if collection == CALLBACKS:
            raise StoreError("full")
        return kept(collection, key, update)

    monkeypatch.setattr(hotline.store, "change", change)
    assert hotline.promise()["reference"]
    assert hotline.fates(NOW) == {}
