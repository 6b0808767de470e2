"""The pool of child processes that run pyttsx3; a child that fails or is late is ended.

Must not import pyttsx3. A child reads from a pipe of this process, so it ends with this process in any case.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any, TypeVar

from ivr.errors import VoiceFailed

_T = TypeVar("_T")

COMMAND = (sys.executable, "-P", str(Path(__file__).with_name("_espeak_child.py")))
"""With -P, since the folder of that file has a module of ours named pyttsx3, too."""
_MOST = 2
"""Maximum children; espeak renders about a hundred times faster than real time, so more would only use memory."""
LONGEST_LIFE = 500
"""Sentences after which a child is replaced, to bound its memory."""
_START = 10.0
"""Maximum seconds of a first start on a loaded machine, for which no caller waits."""
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "LD_LIBRARY_PATH")
"""The variables of the environment that a child receives. Must not include a secret."""


class EspeakChild:
    """One child process. Not thread-safe."""

    def __init__(self, command: Sequence[str], until: float) -> None:
        self.sentences = 0
        self._waiting = b""
        try:
            self.process = subprocess.Popen(  # noqa: S603
                list(command),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={name: os.environ[name] for name in _KEPT if name in os.environ},
                # Ctrl-C in a terminal goes to the whole group; the parent ends its children in order.
                start_new_session=True,
            )
        except OSError as fault:
            raise VoiceFailed(f"the speech process does not start: {fault.strerror}") from None
        self._input, self._output = _pipe(self.process.stdin), _pipe(self.process.stdout)
        # A child that hangs does not read, and a long text would block the parent in `write` beyond the deadline.
        os.set_blocking(self._input.fileno(), False)
        try:
            self.version = str(self._head(until)["ready"])
        except (VoiceFailed, KeyError):
            self.kill()
            raise

    def ask(self, request: dict[str, Any], until: float) -> bytes:
        """Return a WAV file, or phonemes. Raises VoiceFailed, after which the child must be ended."""
        self.sentences += 1
        try:
            self._input.write(json.dumps(request).encode() + b"\n")
            self._input.flush()
        except (OSError, ValueError):
            raise VoiceFailed("the speech process has ended") from None
        size = int(self._head(until)["bytes"])
        while len(self._waiting) < size:
            self._read(until)
        sound, self._waiting = self._waiting[:size], self._waiting[size:]
        return sound

    def kill(self) -> None:
        """End the process at once, even if it hangs, and release its resources."""
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait()
        for pipe in (self._input, self._output):
            with contextlib.suppress(OSError):
                pipe.close()

    def _head(self, until: float) -> dict[str, Any]:
        while b"\n" not in self._waiting:
            self._read(until)
        line, _, self._waiting = self._waiting.partition(b"\n")
        try:
            head: dict[str, Any] = json.loads(line)
            fault = head.get("fault")
        except (ValueError, AttributeError):
            raise VoiceFailed("the speech process sent an invalid answer") from None
        if fault is not None:
            raise VoiceFailed(str(fault))
        return head

    def _read(self, until: float) -> None:
        wait = select.poll()
        wait.register(self._output, select.POLLIN)
        if not wait.poll(max(0.0, until - time.monotonic()) * 1000):
            raise VoiceFailed("the speech process did not answer in time")
        chunk = os.read(self._output.fileno(), 1 << 16)
        if not chunk:
            raise VoiceFailed("the speech process has ended")
        self._waiting += chunk


class Children:
    """The children of one voice: at most _MOST at work, idle ones are reused. Thread-safe."""

    def __init__(self, command: Sequence[str] = COMMAND) -> None:
        self._command = command
        self._begin()

    def version(self) -> str:
        """Return the version of the engine. Raises VoiceFailed if the children do not start."""
        with self._lent(time.monotonic() + _START) as child:
            return child.version

    def ask(self, request: dict[str, Any], until: float, checked: Callable[[bytes], _T]) -> _T:
        """Let a child answer a request, and return the result of `checked`.

        Raises VoiceFailed if the child or `checked` fails; the child is then ended.
        """
        with self._lent(until) as child:
            return checked(child.ask(request, until))

    def close(self) -> None:
        """End the idle children; the others end after their text."""
        self._finalizer()
        self._begin()

    def _begin(self) -> None:
        self._process = os.getpid()
        self._idle: list[EspeakChild] = []
        self._free = threading.BoundedSemaphore(_MOST)
        self._finalizer = weakref.finalize(self, _end, self._idle, self._process)

    @contextlib.contextmanager
    def _lent(self, until: float) -> Iterator[EspeakChild]:
        if self._process != os.getpid():  # after a fork the children belong to the parent process
            self._begin()
        idle, free = self._idle, self._free
        if not free.acquire(timeout=max(0.0, until - time.monotonic())):
            raise VoiceFailed("all speech processes are busy")
        try:
            child = _taken(idle) or EspeakChild(self._command, until)
            try:
                yield child
            # Also for an interrupt: a child that was left in the middle of an answer would give it to the next text.
            except BaseException:
                child.kill()
                raise
            # After `close` the list is another one: a child of before must not be left running in the old one.
            if child.sentences >= LONGEST_LIFE or idle is not self._idle:
                child.kill()
            else:
                idle.append(child)
        finally:
            free.release()


def _taken(idle: list[EspeakChild]) -> EspeakChild | None:
    """Return an idle child that is alive; remove dead ones."""
    while idle:
        try:
            child = idle.pop()
        except IndexError:  # another thread took it
            return None
        if child.process.poll() is None:
            return child
        child.kill()
    return None


def _end(idle: list[EspeakChild], process: int) -> None:
    while idle and process == os.getpid():
        idle.pop().kill()


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise AssertionError("both pipes were asked for")
    return pipe
