"""A call as bytes and back: all is sealed, secrets are in the vault only, unreadable bytes are a fault of the store."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from ivr.crypto import Seal
from ivr.engine.asking import answer_all
from ivr.engine.call import Call, CallFacts, Frame, Transfer
from ivr.engine.engine import Engine
from ivr.engine.inputs import DialEnded, Digits
from ivr.engine.ports import Saved
from ivr.errors import StoreError
from ivr.flow.loader import reload
from ivr.secret import Secret
from ivr.session.call_codec import TYPED_SECONDS, CallCodec
from ivr.session.step_registry import catalogue
from ivr.stores._memory_vault import MemoryVault
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


NOW = 1795310000.0
PIN = Secret("pin", "135790")


@pytest.fixture
def vault() -> MemoryVault:
    return MemoryVault()


@pytest.fixture
def codec(seal: Seal, vault: MemoryVault) -> CallCodec:
    return CallCodec(seal, vault)


def with_pin(turn: int = 3) -> Call:
    values = {"code": PIN, "form": {"pins": [PIN]}}
    return replace(CALL, turn=turn, frames=(Frame("menu", "a", values, scratch={"first": PIN}),))


def test_a_call_comes_back_as_it_was(codec: CallCodec) -> None:
    call = replace(CALL, turn=3, path=("余额",), frames=(Frame("menu", "a", {"tries": 2, "found": {"list": [1]}}),))
    assert codec.thaw(codec.freeze(call, NOW)) == call


def test_nothing_of_a_call_or_a_reply_can_be_read_without_the_key(codec: CallCodec, vault: MemoryVault) -> None:
    facts = CallFacts(caller={"name": "张伟", "customer": "C1"})
    frozen = codec.freeze(replace(CALL, facts=facts), NOW)
    closed = codec.close_reply("余额为一万元".encode())
    for data in (frozen, closed):
        for words in ("张伟", "C1", "+861", "余额"):
            assert words.encode() not in data
    assert codec.open_reply(closed).decode() == "余额为一万元"
    other = CallCodec(Seal(b"another key of 32 bytes or more."), vault)
    for opens, data in ((other.thaw, frozen), (other.open_reply, closed)):
        with pytest.raises(StoreError, match="another key"):
            opens(data)


def test_secrets_are_in_the_vault_wherever_they_stand_and_in_the_row_not_even_sealed(
    codec: CallCodec, seal: Seal, vault: MemoryVault
) -> None:
    data = codec.freeze(with_pin(), NOW)
    assert b"135790" not in data
    assert b"135790" not in seal.reopen(data[1:], data[:1])
    frame = codec.thaw(data).frame
    assert frame.values["code"].reveal() == frame.values["form"]["pins"][0].reveal() == "135790"
    assert frame.scratch["first"].reveal() == "135790"
    assert b"135790" not in (vault.read("call CA1 3") or b"")


def test_a_turn_that_is_over_leaves_no_secret_and_neither_does_one_whose_time_is_over(
    codec: CallCodec, vault: MemoryVault
) -> None:
    first, second = codec.freeze(with_pin(3), NOW), codec.freeze(with_pin(4), NOW + 1)
    codec.forget(Saved("CA1", 3, "key", first, b""))
    assert "code" not in codec.thaw(first).frame.values
    assert codec.thaw(second).frame.values["code"] == PIN
    assert vault.drop_expired(NOW + TYPED_SECONDS + 1) == 1
    frame = codec.thaw(second).frame
    assert (frame.values, frame.scratch) == ({"form": {"pins": []}}, {})


def test_amounts_are_kept_as_they_are_written(codec: CallCodec) -> None:
    call = replace(CALL, frames=(Frame("menu", "a", {"amount": Decimal("12345.60")}),))
    assert codec.thaw(codec.freeze(call, NOW)).frame.values["amount"] == "12345.60"


def test_bytes_of_another_version_are_a_fault_of_the_store_and_other_values_of_the_code(codec: CallCodec) -> None:
    with pytest.raises(StoreError, match="another version"):
        codec.thaw(b'{"id": 7}')
    with pytest.raises(TypeError, match="cannot hold object"):
        codec.freeze(replace(CALL, facts=CallFacts(caller={"odd": object()})), NOW)


def test_a_live_call_that_an_earlier_version_wrote_goes_on(codec: CallCodec) -> None:
    row = Path(__file__).with_name("call_of_an_earlier_version.json").read_bytes()
    call = codec.thaw(row)
    assert (call.facts.caller["vip_since"], call.facts.reason, call.facts.card) == (2001, "balance", {"tail": "0128"})
    assert call.transfer == Transfer("general", "normal", 1795310000.0, 3, None, True, recording_announced=True)
    written, stored = json.loads(msgspec.json.encode(call)), json.loads(row)
    assert written["transfer"] | {"minutes": None} == stored["transfer"]
    for of in (written, stored):
        of["frames"][0]["heard"].sort()  # a set, written in any order
    assert {**written, "transfer": 0} == {**stored, "transfer": 0}

    bank = Bank({"queue.rang": {"state": "talked", "agent": "li", "seconds": 60}})
    engine = Engine(reload({"line.yaml": LINE, "test.yaml": TALK}, catalogue()), SERVICES)
    reply = answer_all(engine.turn(call, DialEnded("completed", 60), 1795310070.0), bank.answer)
    assert (reply.call.frame.step, reply.call.transfer.agent) == ("bye", "li")


def test_a_step_that_an_earlier_version_left_half_done_goes_on_with_its_secrets(codec: CallCodec, seal: Seal) -> None:
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
    assert codec.open_reply(b"<Response/>") == b"<Response/>"
    call = codec.thaw(codec.freeze(codec.thaw(json.dumps(row).encode()), NOW))
    assert set(call.frame.scratch) == set(memo)

    bank = Bank({"bank.account": {"account": "A1"}, "bank.verify": {"verified": True, "customer": "C1"}})
    engine = Engine(reload({"line.yaml": LINE, "test.yaml": PROOF}, catalogue()), SERVICES)
    reply = answer_all(engine.turn(call, Digits("5790"), 1795310010.0), bank.answer)
    (asked,) = [question for source, question, _ in bank.asked if source == "bank.verify"]
    assert (asked["card"].reveal(), asked["pin"].reveal()) == ("4111111111111111", "135790")
    assert reply.call.identity.level == 1
    assert not [value for value in reply.call.frame.scratch.values() if isinstance(value, Secret)]
