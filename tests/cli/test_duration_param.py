"""Durations and named values as operators write them."""

from __future__ import annotations

import click
import pytest

from ivr.cli._duration_param import Duration, NamedValue, clock_text


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("90s", 90), ("1.5m", 90), ("2 min", 120), ("250ms", 0.25), ("1h", 3600)]
)
def test_a_duration_has_a_unit_or_is_in_seconds(text: str, seconds: float) -> None:
    assert Duration().convert(text, None, None) == seconds


@pytest.mark.parametrize("text", ["", "soon", "3 days", "m"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter, match="is no duration"):
        Duration().convert(text, None, None)


def test_a_value_is_for_a_name_or_for_all() -> None:
    assert NamedValue(Duration()).convert("vip=2m", None, None) == ("vip", 120.0)
    assert NamedValue(Duration()).convert("2m", None, None) == ("", 120.0)
    with pytest.raises(click.BadParameter, match="write NAME=VALUE"):
        NamedValue(Duration(), needs_name=True).convert("2m", None, None)


def test_seconds_are_shown_as_on_a_clock() -> None:
    assert [clock_text(seconds) for seconds in (0, 75, 3600)] == ["0:00", "1:15", "60:00"]
