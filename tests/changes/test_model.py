"""A difference names its place."""

from __future__ import annotations

from ivr.changes.model import Difference


def test_the_place_is_a_flow_or_a_step_of_it() -> None:
    assert (Difference("flow_added", "a").where, Difference("step_added", "a", "b").where) == ("a", "a/b")
