"""Probe whether a back end accepts connections, without a request. For health checks, which must not wait for it."""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from concurrent.futures import Future
from urllib.parse import urlsplit

from .forks import renew_in_forks
from .threads import in_background

CONNECT_SECONDS = 0.3
"""Health probes wait about a second; an unreachable bank must not make this server look unreachable."""
_CONNECT_SECONDS = 3.0
KEPT_SECONDS = 5.0


def is_loopback(host: str) -> bool:
    """Return whether only this machine can reach a host."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Reach:
    """Probes one address, at most once per KEPT_SECONDS. Thread-safe."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._host = parts.hostname or ""
        self._port = parts.port or (443 if parts.scheme == "https" else 80)
        self.renew()
        renew_in_forks(self)

    def renew(self) -> None:
        """Reset in this process, without a cached result."""
        self._lock = threading.Lock()
        self._asked_at = 0.0
        self._trouble: Future[str] | None = None

    def trouble(self) -> str:
        """Return why the address cannot be reached, or an empty text, within CONNECT_SECONDS."""
        try:
            return self._answer().result(CONNECT_SECONDS)
        except TimeoutError:
            return f"did not take a connection within {CONNECT_SECONDS:g} s"

    def _answer(self) -> Future[str]:
        with self._lock:
            now = time.monotonic()
            # A probe that still runs is shared, so that health checks of a dead host do not pile up threads.
            if self._trouble is None or (self._trouble.done() and now - self._asked_at >= KEPT_SECONDS):
                self._trouble, self._asked_at = in_background(self._why, "ivr-tries-back-end"), now
            return self._trouble

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
