"""The rules of the queue, as far as they are read of line.yaml."""

from __future__ import annotations

from ivr.flow.waiting import Waiting


def test_a_head_start_is_that_of_the_priority_and_none_for_the_others() -> None:
    assert Waiting().head_start("vip") == 120.0
    assert Waiting(head_starts={"vip": 5.0}).head_start("vip") == 5.0
    assert Waiting().head_start("normal") == 0.0


def test_older_callers_are_offered_a_call_back_earlier():
    rules = Waiting(call_back_from=100.0, elderly_call_back_from=40.0)
    assert (rules.offers_call_back_from("vip"), rules.offers_call_back_from("elderly")) == (100.0, 40.0)
