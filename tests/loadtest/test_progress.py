"""Progress is a line from time to time where nobody watches a terminal."""

from __future__ import annotations

import sys

import pytest

from ivr.loadtest.plan import Plan
from ivr.loadtest.process import LoadProgress
from ivr.loadtest.progress import progress_bar

PLAN = Plan("main_menu", "http://127.0.0.1", seconds=60.0)


def at(second: float) -> LoadProgress:
    return LoadProgress(second, 3, 10, 40, 1, 12.34)


def test_without_a_terminal_a_line_comes_every_five_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bar(PLAN) as show:
        for second in (1.0, 4.9, 5.1, 6.0, 9.9, 17.0, 19.0, 20.0):
            show(at(second))
    lines = capsys.readouterr().err.splitlines()
    assert [line.partition(":")[0] for line in lines] == ["5 of 60 s", "17 of 60 s", "20 of 60 s"]
    assert lines[0].endswith("3 calls at once, 40 turns, 1 failed, p99 12.3 ms")


def test_on_a_terminal_a_bar_is_drawn_and_taken_away(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    with progress_bar(PLAN) as show:
        show(at(30.0))
    assert capsys.readouterr().out == ""
