"""The rules of the queue, as far as they are read of line.yaml."""

from __future__ import annotations

import pytest

from ivr.flow.waiting import Waiting


def test_a_head_start_is_that_of_the_priority_and_none_for_the_others() -> None:
    assert Waiting().head_start("vip") == 120.0
    assert Waiting(head_starts={"vip": 5.0}).head_start("vip") == 5.0
    assert Waiting().head_start("normal") == 0.0


def test_older_callers_are_offered_a_call_back_earlier():
    rules = Waiting(call_back_from=100.0, elderly_call_back_from=40.0)
    assert (rules.offers_call_back_from("vip"), rules.offers_call_back_from("elderly")) == (100.0, 40.0)


@pytest.mark.parametrize(
    ("number", "allowed"),
    [
        ("+8613800000001", True),
        ("+8619900000001", True),
        ("+861085550121", True),
        ("+8675512345678", True),
        ("+864008000065", False),  # a service number
        ("+8616812345", False),  # a premium number
        ("+86138000000011", False),
        ("+85291234567", False),
        ("+12025550123", False),
        ("", False),
    ],
)
def test_lines_of_the_mainland_may_be_called_back_and_no_service_or_premium_number(number, allowed):
    assert Waiting().may_call_back(number) is allowed


def test_further_countries_may_be_called_back_where_line_yaml_says_so():
    rules = Waiting(call_back_to=("+86", "+852"))
    assert rules.may_call_back("+85291234567")
    assert not rules.may_call_back("+85290012345678")
    assert not rules.may_call_back("+12025550123")
