"""A small carrier in a process of its own: posts calls over open connections, as fast as they are answered."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Self

from . import walks

CALLERS = 8
Measure = Callable[[], float]


class Playing:
    """Calls that are prepared when the block is entered and played by `go`."""

    def __init__(self, port: int, contender: str, first: int, calls: int) -> None:
        self._order = [str(port), contender, str(first), str(calls)]

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "tests.bench.client", *self._order]
        root = Path(__file__).resolve().parent.parent.parent
        self._process = subprocess.Popen(command, cwd=root, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._process.stdout
        # The caller starts its clock after this: signing thousands of requests must not fall into the measurement.
        assert self._process.stdout.readline() == "ready\n"
        return self

    def go(self) -> tuple[int, float]:
        """Play, and return how many requests were answered in how many seconds."""
        result, _ = self._process.communicate("go\n", timeout=300)
        requests, seconds, wrong = json.loads(result)
        if wrong:
            raise RuntimeError(f"{wrong} of {requests} requests were not answered with 200")
        return requests, seconds

    def __exit__(self, *fault: object) -> None:
        self._process.kill()
        self._process.wait()


class Connection:
    """One caller's connection; opened again when the server closes it, as gunicorn's default worker does each time."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket: socket.socket | None = None

    def ask(self, request: bytes) -> bool:
        """Post one request, read the whole answer, and return whether it was a 200 with a document."""
        head, body = self._exchanged(request)
        return b" 200 " in head.partition(b"\r\n")[0] and body.lower().endswith(b"</response>")

    def reply(self, request: bytes) -> bytes:
        """Post one request and return the answer's body."""
        return self._exchanged(request)[1]

    def _exchanged(self, request: bytes) -> tuple[bytes, bytes]:
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=30)
            # Else the kernel may hold a small request back until the last one is acknowledged, up to 40 ms on Linux.
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(request)
        head, body = self._read(self._socket)
        # A server that closes after each answer makes its callers connect anew, and that time counts.
        if b"connection: close" in head:
            self._socket.close()
            self._socket = None
        return head, body

    @staticmethod
    def _read(open_socket: socket.socket) -> tuple[bytes, bytes]:
        received = b""
        while b"\r\n\r\n" not in received:
            received += _more(open_socket)
        head, _, body = received.partition(b"\r\n\r\n")
        head = head.lower()
        length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
        while len(body) < length:
            body += _more(open_socket)
        return head, body


def _more(open_socket: socket.socket) -> bytes:
    data = open_socket.recv(65536)
    if not data:
        raise ConnectionError("the server closed the connection in the middle of an answer")
    return data


def free_port() -> int:
    """Return an unused port of the loopback."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def wait_for(port: int, seconds: float = 30) -> None:
    """Wait until a server listens on a port. Raises OSError after `seconds`."""
    until = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


def wait_until_ready(port: int, page: str, seconds: float = 30) -> None:
    """Wait until a page is answered with 200. Raises OSError after `seconds`."""
    until = time.monotonic() + seconds
    while True:
        with contextlib.suppress(urllib.error.HTTPError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}{page}", timeout=seconds).close()
            return
        if time.monotonic() > until:
            raise TimeoutError(f"{page} did not answer 200")
        time.sleep(0.02)


def main() -> None:
    """Prepare the calls, wait for the word, play them, tell."""
    port, contender, first, calls = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    prepared = [
        [posted.wire() for posted in call] for call in walks.calls(walks.ALONE, range(first, first + calls), contender)
    ]
    requests = sum(len(call) for call in prepared)
    wrong = [0] * CALLERS

    def caller(number: int) -> None:
        line = Connection(port)
        # A call's requests stay with one caller, since each turn follows from the last.
        for call in prepared[number::CALLERS]:
            wrong[number] += sum(not line.ask(request) for request in call)

    callers = [threading.Thread(target=caller, args=(number,)) for number in range(CALLERS)]
    print("ready", flush=True)
    sys.stdin.readline()
    started = time.perf_counter()
    for thread in callers:
        thread.start()
    for thread in callers:
        thread.join()
    print(json.dumps([requests, time.perf_counter() - started, sum(wrong)]))


if __name__ == "__main__":
    main()
