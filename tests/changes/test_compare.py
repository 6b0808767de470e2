"""Flows and steps that came, went, or have another name."""

from __future__ import annotations

from ivr.changes.compare import compare

from .fixtures import FLOW, edited, release, sentences


def test_equal_releases_have_no_difference() -> None:
    assert compare(release(), release()) == []


def test_a_step_with_another_name_is_no_difference_for_callers() -> None:
    renamed = edited(("  hours:", "  opening:"), ("goto: hours}", "goto: opening}"))
    assert sentences(renamed) == ["hours is now called hotline/opening; callers notice nothing."]


def test_flows_and_steps_that_came_and_went_are_told() -> None:
    other = release(other=FLOW.replace("flow: hotline", "flow: other"))
    assert sentences(other) == ["other is a new flow."]
    assert sentences(release(), old=other) == ["The flow other is gone."]
    more = edited(("  sorry:\n", "  more:\n    say: 更多。\n    next: main\n  sorry:\n"))
    assert sentences(more) == ["hotline/more is a new step (say)."]
    assert sentences(release(), old=more) == ["hotline/more is gone."]


def test_settings_of_a_flow_are_told() -> None:
    told = sentences(edited(("start: main", "start: main\nprofile: elderly")))
    assert "The profile of hotline is now elderly (before: standard)." in told
