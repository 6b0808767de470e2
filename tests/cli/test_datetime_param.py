"""Moments that lie ahead, as operators write them."""

from __future__ import annotations

import time
from datetime import datetime

import click
import pytest

from ivr.calendar import CHINA
from ivr.cli._datetime_param import Moment, moment_text

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=CHINA).timestamp()


@pytest.fixture(autouse=True)
def monday_at_ten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: NOW)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("18:00", "2026-11-23 18:00"),
        ("08:00", "2026-11-24 08:00"),
        ("24:00", "2026-11-24 00:00"),
        ("2026-11-24 08:00", "2026-11-24 08:00"),
        ("2026-11-24T00:00+00:00", "2026-11-24 08:00"),
        ("2h", "2026-11-23 12:00"),
        ("90 min", "2026-11-23 11:30"),
        ("1d", "2026-11-24 10:00"),
    ],
)
def test_a_clock_time_a_date_and_a_length_are_read(text: str, moment: str) -> None:
    assert moment_text(Moment().convert(text, None, None)) == moment


@pytest.mark.parametrize(
    ("text", "words"),
    [("soon", "is no time"), ("2026-11-23 09:59", "has passed"), ("25:00", "is no time"), ("0m", "has passed")],
)
def test_what_is_no_moment_ahead_is_refused(text: str, words: str) -> None:
    with pytest.raises(click.BadParameter, match=words):
        Moment().convert(text, None, None)
