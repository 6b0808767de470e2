"""Child processes of a command, which end with it even if it is killed (on Linux)."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from ._refused import Refused

LONGEST_START = 30.0
LONGEST_STOP = 20.0
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Child:
    """One `ivr` command that runs as a child process; its output goes to `log`."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def check(self) -> None:
        """Raise Refused with the end of its log if it has ended."""
        if self.process.poll() is not None:
            lines = self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-60:]
            raise Refused("\n".join([f'"ivr {self.name}" has ended:', *(f"  {line}" for line in lines)]))

    def wait_for(self, url: str) -> None:
        """Wait until `url` answers 200. Raises Refused if the process ends, or after LONGEST_START."""
        limit = time.monotonic() + LONGEST_START
        while not answers_health(url):
            self.check()
            if time.monotonic() > limit:
                raise Refused(f'"ivr {self.name}" did not get ready within {LONGEST_START:.0f} s; see {self.log}.')
            # Short, because this wait is what a person at a terminal sees of a start.
            time.sleep(0.02)


@contextmanager
def child(arguments: Sequence[str], env: Mapping[str, str], log: Path) -> Iterator[Child]:
    """Run `ivr ARGUMENTS` until the end of the block.

    It has its own session, so that Ctrl-C reaches only the parent, and it ends when the parent is killed.
    """
    with log.open("wb") as out:
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "ivr.cli", *arguments],
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_ends_with_parent(),
        )
    try:
        yield Child(arguments[0], process, log)
    finally:
        _stop(process)


def answers_health(url: str) -> bool:
    """Return whether a server on this machine answers 200; ask once."""
    from ivr.net.http import HttpClient, RequestFailed

    try:
        return HttpClient(url, most=1, largest=0, keep=False).request("GET", "", seconds=5).status == 200
    except RequestFailed:
        return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(LONGEST_STOP)
            return
        # The whole group, since a server that hangs leaves its workers behind.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _ends_with_parent() -> Callable[[], None] | None:
    """Return a function that requests SIGTERM when the parent dies (Linux only), else None."""
    if sys.platform != "linux":
        return None
    # Loaded before the fork: between fork and exec a child must not load a library.
    libc = ctypes.CDLL(None)

    def ask() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)

    return ask
