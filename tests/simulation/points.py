"""The points at which the product waits for something outside of its process, and what may happen there."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from .stage import Task


class Point(Enum):
    """Where a worker waits."""

    LEASE = "lease"
    READ = "read"
    WRITE = "write"
    BANK = "bank"


class Verdict(Enum):
    """What happens at a point instead of what should.

    FAIL: an error at once, and nothing is done. HANG: no answer until the deadline, and nothing is done. UNSURE: it is
    done, and reported as an error. DIE, DIE_AFTER: the process is killed before or after it is done.
    """

    FAIL = "fail"
    HANG = "hang"
    UNSURE = "unsure"
    DIE = "die"
    DIE_AFTER = "die_after"


Judge = Callable[[Point, Task], Verdict | None]
"""Decides what happens at a point; None lets it pass."""
