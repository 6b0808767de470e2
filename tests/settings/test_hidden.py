"""Secrets among the settings are never shown."""

from __future__ import annotations

from ivr.settings import Hidden


def test_tokens_compare_without_being_shown() -> None:
    assert Hidden("a") == Hidden("a") != Hidden("b")
    assert Hidden("a") != "a"
    assert str(Hidden()) == "''"
