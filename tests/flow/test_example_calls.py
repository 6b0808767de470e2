"""A call that takes a certain way is drafted as a conversation."""

from __future__ import annotations

from pathlib import Path

import yaml

from ivr.flow.example_calls import call_that_takes, parts_of_release
from ivr.flow.loader import load
from ivr.session.step_registry import catalogue

PARTS = parts_of_release(load(Path(__file__).parents[2] / "flows", catalogue()))


def test_a_way_behind_the_identity_check_is_taken_with_the_keys_of_a_customer():
    text = call_that_takes(PARTS, "main_menu", "after_balance", "key 2", "transactions")
    draft = yaml.safe_load(text)
    assert [turn.get("press") for turn in draft["turns"]][:4] == ["1", "0128", "135790", "2"]


def test_a_failure_of_a_service_is_scripted():
    draft = yaml.safe_load(call_that_takes(PARTS, "main_menu", "limits", "error", "bank_unavailable"))
    assert draft["answers"] == {"bank.limits": "error"}


def test_a_way_that_needs_an_act_without_a_key_has_no_draft():
    assert call_that_takes(PARTS, "person", "one_question", "unhappy", "promise_to_unhappy") is None
