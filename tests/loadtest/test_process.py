"""The load in a process of its own: what it says, and what becomes of its end."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import msgspec
import pytest

from ivr.loadtest import process
from ivr.loadtest.plan import Plan
from ivr.loadtest.process import LoadError, LoadMessage, LoadProgress

from .test_objective import found

PLAN = Plan("main_menu", "http://127.0.0.1", seconds=1.0, timeout=1.0)
SAYS = "import sys; sys.stdin.readline(); sys.stdout.write(sys.argv[1]); sys.exit(int(sys.argv[2]))"
Says = Callable[..., None]


@pytest.fixture
def says(monkeypatch: pytest.MonkeyPatch) -> Says:
    """Put a real process in the place of the load, which says some messages and ends."""
    popen = subprocess.Popen

    def stand_in(*messages: LoadMessage, code: int = 0) -> None:
        text = "".join(msgspec.json.encode(message).decode() + "\n" for message in messages)
        command = [sys.executable, "-c", SAYS, text, str(code)]
        monkeypatch.setattr(process.subprocess, "Popen", lambda _, **pipes: popen(command, **pipes))

    return stand_in


def test_progress_is_shown_and_the_result_given(says: Says) -> None:
    progress = LoadProgress(1.0, 2, 3, 4, 0, 5.0)
    says(LoadMessage(progress), LoadMessage(result=found()))
    shown: list[LoadProgress] = []
    assert process.run(PLAN, shown.append) == found()
    assert shown == [progress]


def test_a_refusal_is_raised_in_its_own_words(says: Says) -> None:
    says(LoadMessage(refused="no conversation fits"))
    with pytest.raises(LoadError, match="no conversation fits"):
        process.run(PLAN, lambda _: None)


def test_a_process_that_ends_without_a_result_is_said_to(says: Says) -> None:
    says(code=3)
    with pytest.raises(LoadError, match="no result"):
        process.run(PLAN, lambda _: None)
