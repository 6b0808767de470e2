"""A WSGI application that each process builds for itself, so that a server may fork after importing it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class Jobs(Protocol):
    """Background jobs in threads of this process."""

    def start(self) -> None:
        """Start the jobs; no effect if they are running."""

    def stop(self) -> None:
        """Stop after the current work; no effect if nothing is running."""


class JobApplication(Protocol):
    """A WSGI application that has jobs."""

    jobs: Jobs

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""


class PerProcess:
    """Builds the application at once, and again in a forked child; its jobs run in the process that serves.

    A server that forks after the import (`gunicorn --preload`) must not run jobs while it forks: their threads could
    hold a lock that the child would wait for. A process that has answered a request is a worker, and keeps its jobs.
    """

    def __init__(self, create: Callable[[], JobApplication]) -> None:
        self._create = create
        self._lock = threading.Lock()
        self._serves = False
        self._inherited: list[Any] = []
        self._app: JobApplication | None = create()
        os.register_at_fork(before=self._before_fork, after_in_child=self._after_fork)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        # Without the lock once it serves: every turn comes through here.
        app = self._app if self._serves and self._app else self._open()
        return app(environ, start_response)

    def _open(self) -> JobApplication:
        with self._lock:
            if self._app is None:
                self._app = self._create()
            self._serves = True
            self._app.jobs.start()
            return self._app

    def _before_fork(self) -> None:
        if self._app and not self._serves:
            self._app.jobs.stop()

    def _after_fork(self) -> None:
        # The parent's voices and connections are not closed: that would end them in the parent, too.
        self._inherited.append(self._app)
        self._lock, self._app, self._serves = threading.Lock(), None, False
        # In a thread: opening takes seconds, and fork does not return to the worker before this function does.
        threading.Thread(target=self._open, name="ivr-opens", daemon=True).start()
