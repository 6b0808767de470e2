"""The step `confirm`: a plain yes or no, never by a key that was pressed before the question."""

from __future__ import annotations

import pytest

CONFIRM = """
  start: {confirm: 锁卡吗？, yes: locked, no: kept}
  locked: {hangup: 锁了。}
  kept: {hangup: 没锁。}
"""


@pytest.mark.parametrize(("keys", "heard"), [("1", "锁了。"), ("2", "没锁。"), ("11", "锁了。")])
def test_a_confirmation_takes_one_key(phone, keys, heard):
    assert phone(CONFIRM).press(keys).heard == heard


@pytest.mark.parametrize(
    ("words", "heard"), [("是的", "锁了。"), ("不要", "没锁。"), ("好，确认", None), ("不是不要", None)]
)
def test_a_confirmation_takes_only_a_plain_yes_or_no(phone, words, heard):
    call = phone(CONFIRM).speak(words)
    assert (call.heard == heard) if heard else call.heard.startswith("请再选一次。")


def test_keys_pressed_ahead_never_confirm_anything(phone):
    steps = CONFIRM.replace("start:", "sure:") + "  start: {menu: [{label: 锁卡, goto: sure}]}\n"
    call = phone(steps).press("11")
    assert call.step == "sure"
    assert call.closing.prompts[0].barge_in is False
