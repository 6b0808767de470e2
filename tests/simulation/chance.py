"""The borders where the product meets chance, time and threads of its own, replaced for the length of a simulation.

There are three: random numbers of the system, the pauses between two attempts at a commit, and the thread that records
hang-ups late. Everything else gets its clock from `ivr.app`.
"""

from __future__ import annotations

import os
import random
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from ivr.channels import late_hang_ups
from ivr.stores import _unit_of_work

from .stage import Stage


@contextmanager
def seeded(stage: Stage, chance: random.Random) -> Iterator[None]:
    """Let the product draw from `chance`, and wait in the time of `stage`."""

    def some_bytes(count: int) -> bytes:
        return chance.randbytes(count)

    def some_hex(count: int = 32) -> str:
        return chance.randbytes(count).hex()

    with (
        patch.object(os, "urandom", some_bytes),
        patch.object(secrets, "token_bytes", some_bytes),
        patch.object(secrets, "token_hex", some_hex),
        patch.object(secrets, "randbelow", chance.randrange),
        patch.object(secrets, "choice", chance.choice),
        patch.object(_unit_of_work, "random", chance),
        # Only this module's clock: `time.sleep` itself is also used by libraries that run in real time.
        patch.object(_unit_of_work, "time", SimpleNamespace(sleep=stage.sleep)),
        patch.object(late_hang_ups, "threading", _threads(stage)),
    ):
        yield


def _threads(stage: Stage) -> Any:
    """Return what `late_hang_ups` uses of `threading`: a thread is a task of the worker that starts it."""
    import threading

    class Thread:
        def __init__(self, *, target: Callable[[], None], name: str, daemon: bool) -> None:
            self._target, self._name = target, name

        def start(self) -> None:
            stage.task().owner.start(self._target, self._name)

    class Event:
        def wait(self, seconds: float) -> bool:
            return stage.pause(seconds)

    return SimpleNamespace(Thread=Thread, Event=Event, Lock=threading.Lock)
