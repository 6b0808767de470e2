"""Forgets calls and journal rows that are older than they may be kept."""

from __future__ import annotations

from ivr.engine.ports import CallStore

MOST_A_ROUND = 10_000
"""Journal rows that a round forgets at the most: about what a busy minute adds."""


def forget_old(store: CallStore, days: int, now: float, *, most: int = MOST_A_ROUND) -> int:
    """Forget journal rows and calls from before so many days, at most `most` rows; return how many rows went."""
    return forget_before(store, now - days * 86400, most=most)


def forget_before(store: CallStore, before: float, *, most: int | None = None) -> int:
    """Forget journal rows and calls from before a time, in pieces that hold up no turn; return how many rows went."""
    forgotten = 0
    while (most is None or forgotten < most) and (rows := store.prune(before)):
        forgotten += rows
    return forgotten
