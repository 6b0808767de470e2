"""A program with a supervisor and a small application, for tests that kill its workers and start it again in place.

`python server_program.py PORT FOLDER`. Files of the folder steer it: `answer` is what workers answer, read when the
program starts; while `broken` exists no worker can start; while `unusable` exists it must not start again; while
`crowded` exists the machine has no process left.
"""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

from ivr.errors import StoreError
from ivr.server.listening import listen_on
from ivr.server.succession import Succession
from ivr.server.supervisor import Generation, Supervisor
from ivr.telemetry import log


class Constant:
    """Answers with the process id and the answer of the folder."""

    most_body = 1000

    def __init__(self, text: str) -> None:
        self.text = text

    def __call__(self, environ, start):
        start("200 OK", [("Content-Type", "text/plain")])
        return [f"{os.getpid()} {self.text}".encode()]

    def at_once(self, environ):
        return None

    def is_urgent(self, environ):
        return False

    without_engine = __call__


def main() -> None:
    port, folder = int(sys.argv[1]), Path(sys.argv[2])
    text = (folder / "answer").read_text()

    def make() -> Constant:
        if (folder / "broken").exists():
            raise StoreError("the store is broken")
        return Constant(text)

    fork = os.fork

    def fork_if_possible() -> int:
        if (folder / "crowded").exists():
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        return fork()

    os.fork = fork_if_possible
    log.to_stderr()
    before = Succession.take(os.environ)
    if before is not None:
        import socket

        listeners = [socket.socket(fileno=descriptor) for descriptor in before.listeners]
    else:
        listeners = [listen_on("127.0.0.1", port)]
    usable = lambda: not (folder / "unusable").exists()  # noqa: E731
    Supervisor(Generation(2, make, listeners, usable), before).run()


if __name__ == "__main__":
    main()
