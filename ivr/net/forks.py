"""Reset connections and threads in a forked process, since they belong to the process that opened them."""

from __future__ import annotations

import os
import weakref
from typing import Protocol


class Renewable(Protocol):
    """An object that can be reset after a fork."""

    def renew(self) -> None:
        """Reset in this process, to no connection and no thread."""


_parts: weakref.WeakSet[Renewable] = weakref.WeakSet()


def renew_in_forks(part: Renewable) -> None:
    """Call `part.renew` in every process that is forked while `part` exists."""
    _parts.add(part)


def _renew_all() -> None:
    for part in list(_parts):
        part.renew()


os.register_at_fork(after_in_child=_renew_all)
