"""Wait for what another thread or process does, as long as a busy machine may need."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE = 90.0
"""Seconds until a test gives up. Only a test that fails anyway waits so long."""


def wait_until(condition: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Return as soon as the condition holds; an OSError, as of a server that is not up yet, means that it does not."""
    until = time.monotonic() + seconds
    while not _holds(condition):
        assert time.monotonic() < until, f"still waiting after {seconds:g} s"
        time.sleep(0.01)


def _holds(condition: Callable[[], object]) -> bool:
    try:
        return bool(condition())
    except OSError:
        return False
