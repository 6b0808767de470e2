"""Marks of numbers and customers that a fraudster may have in hand."""

from __future__ import annotations

import pytest

from ivr.crypto import Seal
from ivr.engine.service_ports.risk import AskRisk
from ivr.services.identity.risk import Risks
from ivr.stores.sqlite import SqliteStore

NOW = 1_795_400_000.0


@pytest.fixture
def risks(store: SqliteStore, seal: Seal) -> Risks:
    return Risks(store, seal)


def test_a_mark_holds_for_number_or_customer_until_it_ends(risks: Risks) -> None:
    risks.mark("+8613800000001", NOW, until=NOW + 60)
    asked = AskRisk(number="+86 138 0000 0001", customer="C9")
    assert risks.status(asked, key="k", now=NOW + 59).at_risk
    assert not risks.status(asked, key="k", now=NOW + 60).at_risk
    assert not risks.status(AskRisk(), key="k", now=NOW).at_risk


def test_a_mark_without_an_end_holds_until_it_is_taken_back(risks: Risks) -> None:
    risks.mark("C1", NOW)
    assert risks.standing(["C1"], NOW + 1e9)
    assert risks.clear("C1") is True
    assert risks.clear("C1") is False
    assert not risks.standing(["C1"], NOW)


def test_a_reason_holds_no_card_and_no_number_is_kept_in_clear(risks: Risks) -> None:
    risks.mark("+8613800000001", NOW, reason="card 6217 0000 0000 1000 128 was phished", by="op")
    [(key, mark)] = risks.all(NOW)
    assert "6217" not in mark["reason"]
    assert "phished" in mark["reason"]
    assert "13800000001" not in f"{key}{mark}"


def test_marks_that_are_over_are_forgotten_as_they_are_listed(risks: Risks) -> None:
    risks.mark("C1", NOW, until=NOW + 1)
    assert list(risks.all(NOW + 2)) == []
    assert list(risks.all(NOW)) == []


def test_a_mark_of_nothing_is_refused(risks: Risks) -> None:
    with pytest.raises(ValueError, match="has to be named"):
        risks.mark("  ", NOW)
