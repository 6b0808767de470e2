"""Make the demo bank slow or faulty on demand. The application calls `strike` once per request."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass

MOST_SLOW_MS = 600_000


@dataclass(frozen=True)
class Setting:
    """The faults of each request: it waits `slow_ms` milliseconds, then fails with probability `fail_rate`."""

    slow_ms: float = 0
    fail_rate: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.slow_ms <= MOST_SLOW_MS:
            raise ValueError(f"slow_ms lies between 0 and {MOST_SLOW_MS}")
        if not 0 <= self.fail_rate <= 1:
            raise ValueError("fail_rate lies between 0 and 1")


class Faults:
    """The current setting. It may change while requests run; a waiting request ends early only by `close`."""

    def __init__(self, setting: Setting | None = None, chance: Callable[[], float] | None = None) -> None:
        self.setting = self._first = setting or Setting()
        self._chance = chance or secrets.SystemRandom().random
        self._closed = threading.Event()

    def set(self, *, slow_ms: float | None = None, fail_rate: float | None = None) -> Setting:
        """Change the values that are not None. Raises ValueError outside the allowed range."""
        now = self.setting
        self.setting = Setting(
            now.slow_ms if slow_ms is None else slow_ms, now.fail_rate if fail_rate is None else fail_rate
        )
        return self.setting

    def reset(self) -> None:
        """Restore the setting of the bank's start."""
        self.setting = self._first

    def strike(self) -> bool:
        """Wait the delay of one request, then return whether it fails."""
        setting = self.setting
        if setting.slow_ms:
            # A wait that `close` can end; a sleep would hold up the end of the bank.
            self._closed.wait(setting.slow_ms / 1000)
        return setting.fail_rate > 0 and self._chance() < setting.fail_rate

    def close(self) -> None:
        """End all delays at once."""
        self._closed.set()
