"""The open connections of one process: their deadlines, and which of them goes when there are too many."""

from __future__ import annotations

import math
import resource
import socket
import time
from contextlib import suppress
from typing import Any

from .requests import RequestReader
from .responses import Outgoing

MUTE_SECONDS = 5.0
"""The time until the first byte of a new connection: carriers and proxies connect in order to ask."""
WHOLE_SECONDS = 5.0
"""The time from the first byte of a request to its last."""
IDLE_SECONDS = 75.0
"""The time between two requests: longer than nginx keeps a connection (60 s), so that it is the proxy who closes."""
READING_SECONDS = 20.0
"""The time in which a client must take at least some bytes of an answer."""
MOST_CONNECTIONS = 16_384
_LOOKED_AT = 64
"""The oldest connections of which one is shut down, at least: those whose requests are being answered stay."""
_SPARE_FILES = 256
"""Descriptors of this process for its threads' store, audio files, the bank."""


class HttpConnection:
    """One connection. Only the thread that its last event went to uses it, and the sweep may shut it down."""

    __slots__ = ("descriptor", "outgoing", "peer", "reader", "socket", "until")

    def __init__(self, sock: socket.socket, client: dict[str, Any], most_body: int) -> None:
        self.socket, self.descriptor = sock, sock.fileno()
        self.reader = RequestReader(client, most_body)
        self.outgoing: Outgoing | None = None
        self.until = time.monotonic() + MUTE_SECONDS

    def shut_down(self) -> None:
        """Let the thread that waits for this connection see its end."""
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)


class OpenConnections:
    """All connections, the longest without a request first. Thread-safe."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._by_descriptor: dict[int, HttpConnection] = {}

    def __len__(self) -> int:
        return len(self._by_descriptor)

    def get(self, descriptor: int) -> HttpConnection | None:
        """Return the connection of a descriptor."""
        return self._by_descriptor.get(descriptor)

    def add(self, connection: HttpConnection) -> None:
        """Add a connection; when there are too many, shut down the one that has waited longest."""
        if len(self._by_descriptor) >= self._most:
            for oldest in list(self._by_descriptor.values())[: max(_LOOKED_AT, self._most // 8)]:
                # Infinite: its request is being answered, or it is shut down already.
                if oldest.until != math.inf:
                    oldest.until = math.inf
                    oldest.shut_down()
                    break
        self._by_descriptor[connection.descriptor] = connection

    def close(self, connection: HttpConnection) -> None:
        """Close a connection."""
        # Before the socket is closed: the kernel gives the descriptor to the next connection at once, which another
        # thread adds.
        self._by_descriptor.pop(connection.descriptor, None)
        if connection.outgoing is not None:
            connection.outgoing.end()
        connection.socket.close()

    def renew(self, connection: HttpConnection) -> None:
        """Count a connection as the newest, after a request that was answered."""
        # Dictionaries keep the order of insertion, which is that of waiting.
        if self._by_descriptor.pop(connection.descriptor, None) is not None:
            self._by_descriptor[connection.descriptor] = connection

    def shut_idle(self) -> None:
        """Shut down every connection that is between two requests."""
        for connection in list(self._by_descriptor.values()):
            if connection.until != math.inf and connection.outgoing is None and connection.reader.is_between:
                connection.until = math.inf
                connection.shut_down()

    def shut_overdue(self, now: float) -> None:
        """Shut down every connection whose deadline has passed."""
        for connection in list(self._by_descriptor.values()):
            if connection.until < now:
                connection.until = math.inf
                connection.shut_down()


def most_connections() -> int:
    """Raise the limit of open files as far as the system permits; return how many connections fit in."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + _SPARE_FILES
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
            soft = most
    return max(64, min(MOST_CONNECTIONS, (most if soft == resource.RLIM_INFINITY else soft) - _SPARE_FILES))
