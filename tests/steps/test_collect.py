"""The step `collect`: an entry is kept as a variable, a secret as a secret; what was typed too much is no answer."""

from __future__ import annotations

import msgspec
import pytest

from ivr.errors import FlowError
from ivr.secret import Secret

STEPS = """
  start: {{collect: {kind}, as: entry, prompt: 请输入。, next: second}}
  second: {{menu: [{{label: 甲, goto: bye}}, {{label: 乙, goto: other}}]}}
  other: {{hangup: 乙。}}
"""
USED = """
  start: {{collect: {kind}, as: entry, prompt: 请输入。, next: second}}
  second: {{menu: [{{label: 甲, goto: check}}, {{label: 乙, goto: third}}]}}
  check: {{branch: [{{when: entry == entry, goto: third}}, {{goto: agent}}]}}
  third: {{menu: [{{label: 丙, goto: bye}}]}}
"""


def steps(kind: str) -> str:
    return STEPS.format(kind=kind)


@pytest.mark.parametrize(
    ("kind", "keys", "value"),
    [("digits", "0128#", "0128"), ("amount", "12*5#", "12.50"), ("date", "20261120", "2026-11-20")],
)
def test_an_entry_is_kept_and_the_call_goes_on(phone, kind, keys, value):
    call = phone(steps(kind)).press(keys)
    assert call.step == "second"
    assert call.call.frame.values["entry"] == value


@pytest.mark.parametrize(
    ("kind", "keys"), [("pin", "135790"), ("card", "6217000000001000128#"), ("id", "110101198803071018")]
)
def test_what_must_not_be_seen_is_kept_as_a_secret(phone, kind, keys):
    call = phone(USED.format(kind=kind)).press(keys)
    assert isinstance(call.call.frame.values["entry"], Secret)
    assert call.closing.prompts
    assert keys.rstrip("#") not in repr(msgspec.structs.asdict(call.call))
    assert "entry" not in call.press("2").call.frame.values  # nothing behind the second step reads it


def test_a_secret_that_nothing_reads_is_kept_for_no_turn(phone):
    call = phone(steps("pin")).press("135790")
    assert call.step == "second"
    assert dict(call.call.frame.values) == {}


def test_keys_behind_an_entry_answer_the_next_question(phone):
    assert phone(steps("date")).press("202611202").heard == "乙。"


def test_keys_behind_a_pin_neither_answer_the_next_question_nor_stay_in_the_call(phone):
    call = phone(steps("pin")).press("1357902")
    assert call.step == "second"
    assert call.heard.startswith("甲，请按1")
    assert call.call.keys_ahead == ""


def test_an_entry_of_keys_that_may_not_be_seen_is_waited_for_as_a_secret(phone):
    assert phone(steps("pin")).closing.secret
    assert not phone(steps("digits")).closing.secret


def test_three_entries_that_fit_nothing_lead_to_a_person(phone):
    call = phone(steps("date"))
    for _ in range(3):
        call.press("20260230")
    assert call.step == "agent"


@pytest.mark.parametrize("more", ["min: 5, max: 3", "min: 3, as: other"])
def test_bounds_that_disagree_are_refused(phone, more):
    kind = "date" if "as" in more else "digits"
    with pytest.raises(FlowError) as refused:
        phone(steps(f"{kind}, {more.partition(', as')[0]}"))
    assert [problem.rule for problem in refused.value.problems] == ["keys-disagree"]


COLLECT = """
  start: {collect: pin, as: code, prompt: 新密码。, next: check}
  check: {branch: [{when: code == "112358", goto: same}, {goto: bye}]}
  same: {hangup: 一样。}
"""


def test_a_collected_secret_can_be_compared_and_nothing_else(phone):
    call = phone(COLLECT).press("112358")
    assert call.heard == "一样。"
    assert "112358" not in repr(call.call)


AMOUNT = """
  start: {collect: amount, as: money, prompt: 金额。, next: tell}
  tell: {say: "{money|amount}。", next: day}
  day: {collect: digits, min: 2, max: 4, as: day, prompt: 日。, next: done}
  done: {hangup: "{day|digits}。"}
"""


def test_an_entry_and_the_next_can_be_typed_in_one_go(phone):
    assert phone(AMOUNT).press("12*5#07#").heard == "十二元五角。零七。"


def test_spoken_digits_are_taken_where_nothing_is_secret(phone):
    call = phone(AMOUNT).press("5").speak("幺二三")
    assert call.heard == "幺二三。"


def test_pound_alone_gives_more_time_three_times(phone):
    call = phone(AMOUNT)
    assert call.press("#").heard == "金额。"
    for _ in range(2):
        assert call.press("#").heard == "好的，请慢慢准备，准备好后再输入。金额。"
    assert call.press("#").heard.startswith("金额的小数点用星号键代替")


def test_a_slip_says_what_is_expected_in_the_editor_s_bounds(phone):
    assert phone(AMOUNT).press("5").press("12345").heard.startswith("需要2到4位数字。")
