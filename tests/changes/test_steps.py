"""Ways, levels, kinds and settings of a step."""

from __future__ import annotations

import pytest

from ivr.changes.steps import value_text

from .fixtures import edited, sentences

BRANCHES = "    say: 网点在长安街。\n    next: main"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "on_error: sorry",
            "on_error: agent",
            "balance: when the back end fails, callers now get to agent (before: sorry).",
        ),
        (
            "sorry}",
            "sorry, on_missing: agent}",
            "balance: when there is no such record, callers now get to agent (before: sorry).",
        ),
        (BRANCHES, BRANCHES.replace("main", "hours"), "branches: afterwards callers now get to hours (before: main)."),
        ("L1\n    lookup", "L2\n    lookup", "balance is now for callers verified at L2 (before: L1)."),
        (BRANCHES, "    hangup: 再见。", "branches was a say and is a hangup now."),
    ],
)
def test_what_is_different_at_a_step(old: str, new: str, said: str) -> None:
    assert f"hotline/{said}" in sentences(edited((old, new)))


def test_a_setting_is_told_by_its_key() -> None:
    told = sentences(edited((BRANCHES, f"{BRANCHES}\n    barge_in: no")))
    assert told == ["barge_in at hotline/branches is now no (before: yes)."]


def test_a_level_that_falls_asks_for_attention() -> None:
    told = sentences(edited(("    requires: L1\n    say", "    say")))
    assert told == [
        "hotline/tell is now open to callers verified at L0 only (before: L1): approvers, look at this.",
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "-"), (True, "yes"), (2.5, "2.5"), (("a", 1), "a, 1"), ({"a": False}, "a: no"), ("", "-")],
)
def test_settings_are_written_as_editors_do(value: object, text: str) -> None:
    assert value_text(value) == text
