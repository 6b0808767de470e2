"""The report as text: aligned, short, and honest about the client."""

from __future__ import annotations

import pytest

from ivr.loadtest import labels, report
from ivr.loadtest.results import Client

from .test_objective import found
from .test_page import full


def test_the_text_aligns_with_wide_characters() -> None:
    lines = [line for line in report.report_text(full()).splitlines() if line.startswith(("step ", "press 1"))]
    assert len({labels.width(line) for line in lines}) == 1


@pytest.mark.parametrize(("value", "shown"), [(0.84, "0.84 ms"), (12.34, "12.3 ms"), (250, "250 ms"), (3200, "3.20 s")])
def test_times_stay_short(value: float, shown: str) -> None:
    assert report.milliseconds(value) == shown


@pytest.mark.parametrize(("share", "shown"), [(0, "0 %"), (0.001, "0.1 %"), (0.5, "50 %"), (1, "1e+02 %")])
def test_a_share_is_short(share: float, shown: str) -> None:
    assert report.share_text(share) == shown


def test_a_client_at_its_limit_says_so_before_the_server_is_blamed() -> None:
    assert "The client itself was at its limit" in report.report_text(found(client=Client(9, 1000, 0.9)))
    assert "at its limit" not in report.report_text(found())


def test_errors_and_objectives_are_listed_with_their_verdict() -> None:
    text = report.report_text(full())
    assert "status 500" in text
    assert "met    p99<250ms" in text
    assert "FAILED errors<=0" in text


@pytest.mark.parametrize(
    ("ended", "words"), [("time", "its time"), ("calls", "the bound on calls"), ("interrupted", "you")]
)
def test_the_first_line_says_what_ended_the_run(ended: str, words: str) -> None:
    assert report.report_text(found(ended=ended)).splitlines()[0].endswith(f"ended by {words}")
