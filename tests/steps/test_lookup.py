"""The step `lookup`: a way on for each ending, and one key for a question that is asked twice."""

from __future__ import annotations

import pytest

from ivr.errors import LookupFailed
from tests.engine.fixtures import Bank


@pytest.mark.parametrize(
    ("answer", "heard"),
    [
        ({"n": 1}, "好。"),
        (LookupFailed("slow"), "坏。"),
        (LookupFailed("none", missing=True), "没有。"),
    ],
)
def test_a_lookup_has_a_way_for_each_ending(phone, answer, heard):
    steps = """
  start: {lookup: {from: bank.x, as: found, on_error: bad, on_missing: none_there}, next: good}
  good: {hangup: 好。}
  bad: {hangup: 坏。}
  none_there: {hangup: 没有。}
"""
    assert phone(steps, bank=Bank({"bank.x": answer})).heard == heard


def test_a_lookup_run_again_for_the_same_turn_has_the_same_key(phone):
    bank = Bank({"bank.x": {}})
    steps = "  start: {lookup: {from: bank.x, on_error: bye}, next: bye}"
    phone(steps, bank=bank)
    phone(steps, bank=bank)
    keys = [key for source, _, key in bank.asked if source == "bank.x"]
    assert keys[0] == keys[1]
