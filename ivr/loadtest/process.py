"""Run the load in a separate process, because gevent must patch the standard library before any other import.

The processes exchange lines of JSON: one plan in; progress, then one result or error out.
"""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator

import msgspec

from ivr.errors import IvrError

from .plan import Plan
from .results import Result

SPARE_SECONDS = 30.0


class LoadError(IvrError):
    """The requested load cannot be run; the text gives the cause and the cure."""


class LoadProgress(msgspec.Struct):
    """The progress of a run. `p99` is in milliseconds, over the last second."""

    at: float
    live: int
    calls: int
    turns: int
    errors: int
    p99: float


class LoadMessage(msgspec.Struct, omit_defaults=True):
    """One line from the load process."""

    progress: LoadProgress | None = None
    result: Result | None = None
    refused: str = ""


def run(plan: Plan, show: Callable[[LoadProgress], None]) -> Result:
    """Run the plan and return its result. An interrupt ends the run early, with the result so far.

    Raises LoadError if the load process fails.
    """
    with _started(plan) as process:
        for line in _lines(process):
            message = msgspec.json.decode(line, type=LoadMessage)
            if message.refused:
                raise LoadError(message.refused)
            if message.result is not None:
                return message.result
            if message.progress is not None:
                show(message.progress)
    raise LoadError(f"the load process ended with {process.returncode} and no result; its last words stand above")


@contextlib.contextmanager
def _started(plan: Plan) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "ivr.loadtest"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603
    # A load process that hangs must not hang the command: CI would wait for hours.
    watch = threading.Timer(plan.seconds + plan.timeout + SPARE_SECONDS, process.kill)
    watch.daemon = True
    watch.start()
    try:
        assert process.stdin is not None  # noqa: S101
        # It may have ended already, for want of a package; its last words on stderr say why.
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(plan.encode().encode() + b"\n")
            process.stdin.close()
        yield process
    finally:
        _ended(process)
        watch.cancel()


def _ended(process: subprocess.Popen[bytes]) -> None:
    assert process.stdout is not None  # noqa: S101
    process.stdout.close()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _lines(process: subprocess.Popen[bytes]) -> Iterator[bytes]:
    """Yield lines until the process ends; the first interrupt is passed to it, the second one is not caught."""
    assert process.stdout is not None  # noqa: S101
    interrupted = False
    while True:
        try:
            line = process.stdout.readline()
        except KeyboardInterrupt:
            if interrupted:
                raise
            interrupted = True
            # Ctrl-C in a terminal reaches it as well, but a signal to this command alone does not.
            process.send_signal(signal.SIGINT)
            continue
        if not line:
            return
        yield line
