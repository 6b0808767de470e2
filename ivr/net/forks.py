"""Resets connections and threads in a forked process: they belong to the process that opened them."""

from __future__ import annotations

import os
import weakref
from typing import Protocol


class Renewable(Protocol):
    """An object that can be reset after a fork."""

    def renew(self) -> None:
        """Begin life in this process, without a connection and without a thread."""


_parts: weakref.WeakSet[Renewable] = weakref.WeakSet()


def renew_in_forks(part: Renewable) -> None:
    """Call `renew` of a part in every process that is forked while the part lives."""
    _parts.add(part)


def _renew_all() -> None:
    for part in list(_parts):
        part.renew()


os.register_at_fork(after_in_child=_renew_all)
