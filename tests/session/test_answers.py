"""The questions of one turn: one deadline for all, the bank asked once over all attempts, own services in the unit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ivr.engine.asking import AnyQuestion, Ask, BankLookup
from ivr.engine.engine import Reply
from ivr.engine.service_ports.identity import ChargeTry
from ivr.engine.service_ports.memory import KeepPreferences
from ivr.errors import LookupFailed
from ivr.session.answers import ASKING_SECONDS, Answers, ConflictError
from ivr.stores import UnitOfWork
from ivr.stores.memory import MemoryStore
from tests.own_services import router_of


class Bank:
    """Takes 1.7 s for each answer."""

    def __init__(self) -> None:
        self.now = 0.0
        self.deadlines: list[float] = []

    def __call__(self, source: str, question: Mapping[str, Any], *, deadline: float, key: str) -> Mapping[str, Any]:
        self.deadlines.append(deadline)
        self.now += 1.7
        return {"source": source, **question}


def asked(question: AnyQuestion, deadline: float = 2.0) -> Ask[Reply]:
    return Ask(question, "CA1:1:1", deadline, None)  # type: ignore[arg-type]


@pytest.fixture
def bank() -> Bank:
    return Bank()


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def answers(bank: Bank, store: MemoryStore) -> Answers:
    return Answers(router_of(store, bank), 0.0, lambda: bank.now)


def test_questions_of_one_turn_share_one_deadline(answers: Answers, bank: Bank, store: MemoryStore) -> None:
    answer = answers.within(UnitOfWork(store))
    assert answer(asked(BankLookup("bank.verify", {}))) == {"source": "bank.verify"}
    late = answer(asked(BankLookup("bank.balance", {})))
    assert isinstance(late, LookupFailed)
    assert late.later, "0.3 s are too few to begin a question"
    assert bank.deadlines == [ASKING_SECONDS]
    bank.now += 0.3
    own = answer(asked(KeepPreferences(number="+8613800000001", call="CA1", reason="balance")))
    assert isinstance(own, LookupFailed)  # our own services have no other deadline
    assert "all the time there is" in str(own)
    sources = ["bank.verify", "bank.balance", "memory.keep"]
    assert [source for source, _ in answers.exchanges] == sources


def test_the_bank_is_asked_once_over_all_attempts(answers: Answers, bank: Bank, store: MemoryStore) -> None:
    question = BankLookup("bank.balance", {"customer": "C1"})
    first = answers.within(UnitOfWork(store))(asked(question))
    assert answers.within(UnitOfWork(store))(asked(question)) is first
    assert len(bank.deadlines) == 1
    other = BankLookup("bank.balance", {"customer": "C2"})
    assert answers.within(UnitOfWork(store))(asked(other)) != first


def test_a_try_is_committed_before_the_turn_goes_on_and_nothing_else_is(answers: Answers, store: MemoryStore) -> None:
    unit = UnitOfWork(store)
    answer = answers.within(unit)
    answer(asked(KeepPreferences(number="+8613800000001", call="CA1", reason="balance")))
    assert not store.keys("memory")
    answer(asked(ChargeTry(account="A1", number="+8613800000001")))
    assert store.keys("identity.accounts")


def test_a_try_that_another_unit_counted_first_is_a_conflict(answers: Answers, store: MemoryStore) -> None:
    unit, other = UnitOfWork(store), UnitOfWork(store)
    charge = asked(ChargeTry(account="A1", number="+8613800000001"))
    for reader in (unit, other):
        reader.get("identity.watch", "all")
        reader.pause()
    answers.within(other)(charge)
    with pytest.raises(ConflictError):
        answers.within(unit)(asked(ChargeTry(account="A2", number="+8613800000002")))


def test_the_deadline_of_a_flow_bounds_what_our_own_services_wait_for(
    answers: Answers, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    left: list[float] = []
    read = store.text

    def text(collection: str, key: str) -> str | None:
        left.append(store._deadline.left())
        return read(collection, key)

    monkeypatch.setattr(store, "text", text)
    answer = answers.within(UnitOfWork(store))
    answer(asked(KeepPreferences(number="+8613800000001", call="CA1", reason="balance"), deadline=0.3))
    answer(asked(ChargeTry(account="A1", number="+8613800000001"), deadline=9.0))
    assert 0 < left[0] <= 0.3 < left[1] <= ASKING_SECONDS
