"""Tells whether a back end takes connections, asking it nothing: for health checks, which must never wait for it."""

from __future__ import annotations

import socket
import threading
import time
from concurrent.futures import Future
from urllib.parse import urlsplit

CONNECT_SECONDS = 0.3
"""A prober gives a server about a second; a bank that is gone must not make the server look gone too."""
_CONNECT_SECONDS = 3.0
KEPT_SECONDS = 5.0


class Reach:
    """Knocks at one address, at most once in KEPT_SECONDS however often it is asked. Thread-safe."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._host = parts.hostname or ""
        self._port = parts.port or (443 if parts.scheme == "https" else 80)
        self._lock = threading.Lock()
        self._knocked = 0.0
        self._found: Future[str] | None = None

    def trouble(self) -> str:
        """Return why it cannot be reached, or nothing. It takes SECONDS at the most."""
        try:
            return self._answer().result(CONNECT_SECONDS)
        except TimeoutError:
            return f"did not take a connection within {CONNECT_SECONDS:g} s"

    def _answer(self) -> Future[str]:
        with self._lock:
            now = time.monotonic()
            if self._found is None or (self._found.done() and now - self._knocked >= KEPT_SECONDS):
                self._found, self._knocked = self._knock(), now
            return self._found

    def _knock(self) -> Future[str]:
        """Connect in a thread that can be left behind: nothing bounds a name look-up."""
        future: Future[str] = Future()
        threading.Thread(target=lambda: future.set_result(self._why()), name="ivr-lookup-knocks", daemon=True).start()
        return future

    def _why(self) -> str:
        try:
            socket.create_connection((self._host, self._port), timeout=_CONNECT_SECONDS).close()
        except socket.gaierror:
            return "cannot be found: its name has no address"
        except TimeoutError:
            return f"did not take a connection within {_CONNECT_SECONDS:g} s"
        except (OSError, ValueError):
            return "cannot be reached"
        return ""
