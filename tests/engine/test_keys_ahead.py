"""Keys pressed ahead are kept for the steps behind, a line of them at the most."""

from __future__ import annotations

from ivr.engine.keys_ahead import MOST_AHEAD

STEPS = """
  start: {menu: [{label: 余额, goto: second}]}
  second: {menu: [{label: 人民币, goto: bye}, {label: 外币, goto: start}]}
"""


def test_the_rest_of_the_keys_is_taken_by_the_next_steps(phone):
    assert phone(STEPS).press("11").heard == "再见。"


def test_no_more_keys_are_kept_than_anybody_presses_on_purpose(phone):
    call = phone(STEPS).press("1" + "2" * 500)
    assert len(call.call.keys_ahead) <= MOST_AHEAD
