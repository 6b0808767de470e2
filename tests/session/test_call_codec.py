"""A call as bytes and back: secrets are sealed, what cannot be read is a fault of the store."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from ivr.crypto import Seal
from ivr.engine.asking import answer_all
from ivr.engine.call import Call, CallFacts, Frame, Transfer
from ivr.engine.engine import Engine
from ivr.engine.inputs import DialEnded, Digits
from ivr.errors import StoreError
from ivr.flow.loader import reload
from ivr.secret import Secret
from ivr.session.call_codec import freeze, thaw
from ivr.session.step_registry import catalogue
from tests.engine.fixtures import AGENT, LINE, SERVICES, Bank

TALK = f"""
flow: test
start: start
steps:
  start: {{menu: [{{label: 余额, goto: balance, reason: balance}}]}}
  balance: {{requires: L1, lookup: {{from: bank.balance, as: account, on_error: bye}}, next: talk}}
  talk: {{transfer: general, next: bye, otherwise: bye}}
{AGENT}
"""
PROOF = f"""
flow: test
start: start
steps:
  start: {{menu: [{{label: 余额, goto: balance}}]}}
  balance: {{requires: L1, say: 余额。, next: start}}
{AGENT}
"""
CALL = Call("CA1", "r", "zh-CN", "+861", "+862", 0.0, (Frame("menu", "a"),))


def test_a_call_comes_back_as_it_was(seal: Seal) -> None:
    call = replace(CALL, turn=3, path=("余额",), frames=(Frame("menu", "a", {"tries": 2, "found": {"list": [1]}}),))
    assert thaw(freeze(call, seal), seal) == call


def test_secrets_are_sealed_wherever_they_stand(seal: Seal) -> None:
    pin = Secret("pin", "135790")
    call = replace(CALL, frames=(Frame("menu", "a", {"code": pin, "form": {"pins": [pin]}}, scratch={"first": pin}),))
    data = freeze(call, seal)
    assert b"135790" not in data
    frame = thaw(data, seal).frame
    assert frame.values["code"].reveal() == frame.values["form"]["pins"][0].reveal() == "135790"
    assert frame.scratch["first"].reveal() == "135790"
    with pytest.raises(StoreError):
        thaw(data, Seal(b"another key of 32 bytes or more."))


def test_amounts_are_kept_as_they_are_written(seal: Seal) -> None:
    call = replace(CALL, frames=(Frame("menu", "a", {"amount": Decimal("12345.60")}),))
    assert thaw(freeze(call, seal), seal).frame.values["amount"] == "12345.60"


def test_bytes_of_another_version_are_a_fault_of_the_store_and_other_values_of_the_code(seal: Seal) -> None:
    with pytest.raises(StoreError, match="another version"):
        thaw(b'{"id": 7}', seal)
    with pytest.raises(TypeError, match="cannot hold object"):
        freeze(replace(CALL, facts=CallFacts(caller={"odd": object()})), seal)


def test_a_live_call_that_an_earlier_version_wrote_goes_on(seal: Seal) -> None:
    row = Path(__file__).with_name("call_of_an_earlier_version.json").read_bytes()
    call = thaw(row, seal)
    assert (call.facts.caller["vip_since"], call.facts.reason, call.facts.card) == (2001, "balance", {"tail": "0128"})
    assert call.transfer == Transfer("general", "normal", 1795310000.0, 3, None, True, recording_announced=True)
    written, stored = json.loads(freeze(call, seal)), json.loads(row)
    assert written["transfer"] | {"minutes": None} == stored["transfer"]
    for of in (written, stored):
        of["frames"][0]["heard"].sort()  # a set, written in any order
    assert {**written, "transfer": 0} == {**stored, "transfer": 0}

    bank = Bank({"queue.rang": {"state": "talked", "agent": "li", "seconds": 60}})
    engine = Engine(reload({"line.yaml": LINE, "test.yaml": TALK}, catalogue()), SERVICES)
    reply = answer_all(engine.turn(call, DialEnded("completed", 60), 1795310070.0), bank.answer)
    assert (reply.call.frame.step, reply.call.transfer.agent) == ("bye", "li")


def test_a_step_that_an_earlier_version_left_half_done_goes_on_with_its_secrets(seal: Seal) -> None:
    def sealed(kind: str, value: str) -> dict[str, str]:
        return {"$sealed": seal.seal(Secret(kind, value))}

    memo = {
        "returned": False, "failures": 0, "waits": 1, "account": "A1",
        "claim": sealed("pan", "4111111111111111"), "begun": sealed("pin", "13"),
    }  # fmt: skip
    frame = {"flow": "test", "step": "balance.verify", "memo": memo, "trail": ["start"]}
    row = {
        "id": "CA1", "release": "r", "language": "zh-CN", "caller": "+8613800000001", "called": "+861000",
        "started": 1795310000.0, "frames": [frame], "facts": {"caller": {"known": False}},
    }  # fmt: skip
    call = thaw(json.dumps(row).encode(), seal)
    written = json.loads(freeze(call, seal))["frames"][0]["memo"]
    assert set(written) == set(memo)
    assert set(written["claim"]) == set(written["begun"]) == {"$sealed"}

    bank = Bank({"bank.account": {"account": "A1"}, "bank.verify": {"verified": True, "customer": "C1"}})
    engine = Engine(reload({"line.yaml": LINE, "test.yaml": PROOF}, catalogue()), SERVICES)
    reply = answer_all(engine.turn(call, Digits("5790"), 1795310010.0), bank.answer)
    (asked,) = [question for source, question, _ in bank.asked if source == "bank.verify"]
    assert (asked["card"].reveal(), asked["pin"].reveal()) == ("4111111111111111", "135790")
    assert reply.call.identity.level == 1
    assert b"$sealed" not in freeze(reply.call, seal)
