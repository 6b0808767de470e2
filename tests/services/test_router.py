"""Lookups go to our own services by name, all others to the back ends, and every trouble is named."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from ivr.backends.http import HttpLookup
from ivr.engine.service_ports.risk import AskRisk, RiskStatus
from ivr.engine.service_ports.tickets import OpenTicket
from ivr.errors import LookupFailed
from ivr.services.router import Router
from ivr.stores import UnitOfWork
from ivr.stores.memory import MemoryStore
from tests.own_services import router_of


@pytest.fixture
def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


class Own:
    """Our own services: only these ports, with what is wrong with them."""

    def __init__(self, troubles: Mapping[str, str] | None = None, **ports: Any) -> None:
        self._troubles, self._ports = troubles or {}, ports

    def within(self, unit: UnitOfWork) -> Any:
        return SimpleNamespace(**self._ports)

    def troubles(self) -> Mapping[str, str]:
        return self._troubles


def router_over(own: Own, bank: Any = None, now: float = 7.0) -> Router:
    return Router(bank or (lambda *_, **__: {}), own, MemoryStore(), lambda: now)  # type: ignore[arg-type]


def test_all_back_ends_with_trouble_are_named_by_the_router(free_port):
    bank = HttpLookup({"bank": f"http://127.0.0.1:{free_port}", "cards": ""})
    assert router_over(Own({"sms": "reaches nobody"}), bank).troubles() == [
        ("bank", "cannot be reached"),
        ("cards", "no address is set"),
        ("sms", "reaches nobody"),
    ]
    assert router_over(Own()).troubles() == []


def test_messages_that_stay_in_the_outbox_are_a_trouble():
    assert [name for name, _ in router_of(MemoryStore(), lambda *_, **__: {}).troubles()] == ["sms"]


def test_a_question_is_asked_of_its_own_service_and_the_bank_is_asked_by_name():
    asked = []

    def status(question, *, key, now):
        asked.append((question.number, key, now))
        return RiskStatus(at_risk=True)

    own = Own(risk=SimpleNamespace(status=status))
    router = router_over(own, lambda source, question, *, deadline, key: {"source": source})
    assert router.ask(AskRisk(number="+861"), key="k") == RiskStatus(at_risk=True)
    assert asked == [("+861", "k", 7.0)]
    assert router("bank.caller", {}, deadline=1.0, key="k") == {"source": "bank.caller"}


def test_what_a_question_outside_of_a_turn_changes_is_committed():
    store = MemoryStore()
    router = router_of(store, lambda *_, **__: {})
    receipt = router.ask(OpenTicket(kind="service", number="+8613800000001"), key="k")
    assert store.keys("tickets") == [receipt.ticket]
    assert router.ask(OpenTicket(kind="service", number="+8613800000001"), key="k") == receipt


def test_a_fault_of_a_service_is_a_failed_lookup_without_its_text():
    def fault(question, *, key, now):
        raise ValueError("135790")

    with pytest.raises(LookupFailed, match="risk cannot be asked") as failed:
        router_over(Own(risk=SimpleNamespace(status=fault))).ask(AskRisk(), key="k")
    assert "135790" not in str(failed.value)
