"""A caller whom the bank warns of hears a warning that no key stops, and then a person."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.app import build
from ivr.demo.bank.serving import BackgroundBank
from ivr.engine.inputs import CallStarted, Digits
from ivr.engine.ports import Incoming
from ivr.settings import Settings

FLOWS = Path(__file__).parents[2] / "flows"
ZHANG, WANG = "+8613800000001", "+8613800000003"


@pytest.fixture
def ivr():
    with BackgroundBank() as bank:
        running = build(Settings(store="memory:", flows=FLOWS, bank_url=bank.url))
        yield running
        running.store.close()


def ring(ivr, number: str, call: str = "CA1", called: str = "+861085550100") -> str:
    started = CallStarted(number, called)
    return ivr.session.answer(ivr.channels["twilio"], Incoming(call, None, started, call, number, called)).decode()


def customer_of(ivr, number: str) -> str:
    return ivr.back_ends("bank.caller", {"number": number}, deadline=1, key="k")["customer"]


@pytest.mark.parametrize("number", [ZHANG, WANG])
@pytest.mark.parametrize("by", ["number", "customer"])
def test_who_is_at_risk_is_warned_and_reaches_a_person(ivr, number, by):
    name = (
        number if by == "number" else ivr.back_ends("bank.caller", {"number": number}, deadline=1, key="k")["customer"]
    )
    ivr.risks.mark(name, ivr.clock())
    heard = ring(ivr, number)
    assert "请不要把密码和验证码告诉任何人" in heard
    assert "<Dial" in heard
    assert "<Gather" not in heard
    assert "请不要把密码" not in ring(ivr, "+8613800000002", "CA2")


def test_a_customer_at_risk_who_proves_it_from_another_telephone_is_known_to_flows(ivr):
    ivr.risks.mark(customer_of(ivr, ZHANG), ivr.clock())
    ring(ivr, "+8613911111111")
    for turn, keys in enumerate(["1", "6217000000001000128#", "135790"], start=1):
        incoming = Incoming("CA1", turn, Digits(keys), f"{turn}", "+8613911111111", "+861085550100")
        ivr.session.answer(ivr.channels["twilio"], incoming)
    assert ivr.session.facts("CA1")["level"] == 1
    assert ivr.session.codec.thaw(ivr.store.load("CA1").call).facts.caller["risk"] is True


def test_a_mark_that_is_over_or_taken_back_is_forgotten(ivr):
    now = ivr.clock()
    ivr.risks.mark(ZHANG, now, until=now + 60)
    ivr.risks.mark(WANG, now)
    assert [mark["name"] for _, mark in ivr.risks.all(now + 61)] == ["138****0003"]
    assert ivr.risks.clear(WANG)
    assert not ivr.risks.clear(WANG)
    assert list(ivr.risks.all(now)) == []
