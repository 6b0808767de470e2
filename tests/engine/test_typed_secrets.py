"""What was typed in secret goes when the last step that needs it is left, and at the end of the call."""

from __future__ import annotations

from msgspec.structs import replace

from ivr.engine.call import Call, Frame
from ivr.engine.typed_secrets import of_ended, without_unneeded
from ivr.secret import Secret

from .fixtures import Dial

PIN = Secret("pin", "135790")
CALL = Call("CA1", "r", "zh-CN", "+861", "+862", 0.0, (Frame("menu", "a"),))
CHANGE = """
  start: {menu: [{label: 改密码, goto: ask_old}]}
  ask_old: {collect: pin, as: old, prompt: 请输入旧密码。, next: sure}
  sure: {menu: [{label: 确定, goto: change}, {label: 不改, goto: done}]}
  change: {lookup: {from: bank.change, as: outcome, with: {pin: old}, on_error: bye}, next: done}
  done: {prompt: 好了。, menu: [{label: 再改, goto: start}]}
"""


def test_only_secrets_that_nothing_needs_go() -> None:
    values = {"old": PIN, "list": [{"pin": PIN}], "amount": "5.00"}
    assert without_unneeded(values, frozenset({"old"})) == {"old": PIN, "amount": "5.00"}
    plain = {"amount": "5.00"}
    assert without_unneeded(plain, frozenset()) is plain


def test_an_ended_call_keeps_no_secret_and_its_variables_only_for_a_late_recording() -> None:
    call = replace(CALL, frames=(Frame("menu", "a", {"old": PIN, "kind": "fee"}, scratch={"claim": PIN, "since": 2}),))
    (frame,) = of_ended(call, keeps_values=True).frames
    assert (frame.values, frame.scratch) == ({"kind": "fee"}, {"since": 2})
    (frame,) = of_ended(call, keeps_values=False).frames
    assert (frame.values, frame.scratch) == ({}, {"since": 2})


def test_back_does_not_lead_to_a_step_whose_secret_has_gone(phone: Dial) -> None:
    call = phone(CHANGE, head='globals: [{key: "*", do: back, phrases: [返回]}]').press("1").press("135790")
    assert call.call.frame.values == {"old": PIN}
    assert call.press("2").step == "done"
    assert call.call.frame.values == {}
    assert call.press("*").step == "start"
