"""The parent's end of the processes that run pyttsx3: a few are kept, each is ended when it fails or is late.

Nothing of pyttsx3 is imported here. A child reads from a pipe of ours, so it ends when we do, however we end.
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
"""With -P, since the folder of that file holds a module of ours that is called pyttsx3, too."""
_MOST = 2
"""Children at once; espeak speaks some hundred times faster than a person, so more would only fill memory."""
LONGEST_LIFE = 500
"""Sentences after which a child is replaced, whatever may have gathered in it."""
_START = 10.0
"""Seconds that a first start may take on a loaded machine, when nobody waits."""
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "LD_LIBRARY_PATH")
"""What a child gets of our environment: no secret is among it."""


class EspeakChild:
    """One process. Not safe to use from two threads at once."""

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
                start_new_session=True,
            )
        except OSError as fault:
            raise VoiceFailed(f"the speech process does not start: {fault.strerror}") from None
        self._input, self._output = _pipe(self.process.stdin), _pipe(self.process.stdout)
        os.set_blocking(self._input.fileno(), False)
        try:
            self.version = str(self._head(until)["ready"])
        except (VoiceFailed, KeyError):
            self.kill()
            raise

    def ask(self, request: dict[str, Any], until: float) -> bytes:
        """Return the WAV file of one text. Raises VoiceFailed, after which the child is of no more use."""
        self.sentences += 1
        try:
            self._input.write(json.dumps(request).encode() + b"\n")
            self._input.flush()
        except (OSError, ValueError):
            raise VoiceFailed("the speech process is gone") from None
        size = int(self._head(until)["bytes"])
        while len(self._waiting) < size:
            self._read(until)
        sound, self._waiting = self._waiting[:size], self._waiting[size:]
        return sound

    def kill(self) -> None:
        """End the process now, hanging or not, and leave nothing of it."""
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
            raise VoiceFailed("the speech process answers nonsense") from None
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
            raise VoiceFailed("the speech process is gone")
        self._waiting += chunk


class Children:
    """The children of one voice: as many at work as MOST, the idle ones kept for the next text. Thread-safe."""

    def __init__(self, command: Sequence[str] = COMMAND) -> None:
        self._command = command
        self._begin()

    def version(self) -> str:
        """Return what the children run. Raises VoiceFailed when they do not start."""
        with self._lent(time.monotonic() + _START) as child:
            return child.version

    def ask(self, request: dict[str, Any], until: float, checked: Callable[[bytes], _T]) -> _T:
        """Let some child speak one text into a WAV file and return what `checked` makes of it.

        Raises VoiceFailed, also when `checked` does; that child is ended then.
        """
        with self._lent(until) as child:
            return checked(child.ask(request, until))

    def close(self) -> None:
        """End the children that are idle; those at work end with their text."""
        self._finalizer()
        self._begin()

    def _begin(self) -> None:
        self._process = os.getpid()
        self._idle: list[EspeakChild] = []
        self._free = threading.BoundedSemaphore(_MOST)
        self._finalizer = weakref.finalize(self, _end, self._idle, self._process)

    @contextlib.contextmanager
    def _lent(self, until: float) -> Iterator[EspeakChild]:
        if self._process != os.getpid():  # forked: the children belong to the other process
            self._begin()
        idle, free = self._idle, self._free
        if not free.acquire(timeout=max(0.0, until - time.monotonic())):
            raise VoiceFailed("all speech processes are busy")
        try:
            child = _taken(idle) or EspeakChild(self._command, until)
            try:
                yield child
            except BaseException:
                child.kill()
                raise
            if child.sentences >= LONGEST_LIFE or idle is not self._idle:
                child.kill()
            else:
                idle.append(child)
        finally:
            free.release()


def _taken(idle: list[EspeakChild]) -> EspeakChild | None:
    """Take an idle child that is still alive; the others are cleared away."""
    while idle:
        try:
            child = idle.pop()
        except IndexError:  # another thread was quicker
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
