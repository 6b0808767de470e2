"""Lookups go to our own services by name, all others to the back ends, and every trouble is named."""

from __future__ import annotations

import socket
import time
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from ivr.backends.http import HttpLookup
from ivr.engine.service_ports.risk import AskRisk, RiskStatus
from ivr.errors import LookupFailed
from ivr.services.router import Router


@pytest.fixture
def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


class Sms:
    """A service that says what is wrong with it."""

    def troubles(self) -> Mapping[str, str]:
        return {"sms": "reaches nobody"}


def services(**ports: Any) -> Any:
    return SimpleNamespace(**ports)


def test_all_back_ends_with_trouble_are_named_by_the_router(free_port):
    bank = HttpLookup({"bank": f"http://127.0.0.1:{free_port}", "cards": ""})
    router = Router(bank, services(sms=Sms(), tickets=object()), time.time)
    assert router.troubles() == [
        ("bank", "cannot be reached"),
        ("cards", "no address is set"),
        ("sms", "reaches nobody"),
    ]
    assert Router(lambda *_, **__: {}, services(), time.time).troubles() == []


def test_a_question_is_asked_of_its_own_service_and_the_bank_is_asked_by_name():
    asked = []

    def status(question, *, key, now):
        asked.append((question.number, key, now))
        return RiskStatus(at_risk=True)

    risk = SimpleNamespace(status=status)
    router = Router(lambda source, question, *, deadline, key: {"source": source}, services(risk=risk), lambda: 7.0)
    assert router.ask(AskRisk(number="+861"), key="k") == RiskStatus(at_risk=True)
    assert asked == [("+861", "k", 7.0)]
    assert router("bank.caller", {}, deadline=1.0, key="k") == {"source": "bank.caller"}


def test_a_fault_of_a_service_is_a_failed_lookup_without_its_text():
    def fault(question, *, key, now):
        raise ValueError("135790")

    with pytest.raises(LookupFailed, match="risk cannot be asked") as failed:
        Router(lambda *_, **__: {}, services(risk=SimpleNamespace(status=fault)), time.time).ask(AskRisk(), key="k")
    assert "135790" not in str(failed.value)
