"""Wait for what another thread, process or server does, as long as a busy machine may need."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ivr.cli._children import answers_health

PATIENCE = 90.0
"""Seconds until a test gives up. Only a test that fails anyway waits so long."""


def wait_until(condition: Callable[[], object], seconds: float = PATIENCE, *, every: float = 0.01) -> None:
    """Return as soon as the condition holds; an OSError, as of a server that is not up yet, means that it does not.

    A condition that costs much time itself is looked at less often: `every` so many seconds.
    """
    limit = time.monotonic() + seconds
    while not _holds(condition):
        assert time.monotonic() < limit, f"still waiting after {seconds:g} s"
        time.sleep(every)


def wait_until_ready(
    url: str, process: subprocess.Popen[Any], log: Path | None = None, *, seconds: float = PATIENCE
) -> None:
    """Return once the server at `url` can take calls; fail when it has ended or takes too long.

    `log` is the file that it writes its faults to, where they do not come through a pipe.
    """
    try:
        wait_until(lambda: answers_health(f"{url}/health/ready") or process.poll() is not None, seconds)
    except AssertionError:
        process.kill()
        pytest.fail(f"the server did not get ready within {seconds:g} s:\n{_words(process, log)}")
    if process.poll() is not None:
        pytest.fail(f"the server ended with {process.returncode}:\n{_words(process, log)}")


def _holds(condition: Callable[[], object]) -> bool:
    try:
        return bool(condition())
    except OSError:
        return False


def _words(process: subprocess.Popen[Any], log: Path | None) -> str:
    if log is not None:
        return log.read_text(encoding="utf-8", errors="replace")
    out, err = process.communicate()
    return "\n".join(part if isinstance(part, str) else part.decode() for part in (out, err) if part)
