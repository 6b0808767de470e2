"""The sockets that the server listens on: opened here, passed on by systemd, or kept over a restart in place."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping

BACKLOG = 4096
"""Connections that queue in the kernel while a worker is busy or restarts; the kernel may allow fewer (somaxconn)."""
FIRST_PASSED = 3
"""The descriptor of the first socket that systemd passes (sd_listen_fds(3))."""


def listen_on(host: str, port: int) -> socket.socket:
    """Return a listening socket that child processes may share. Raises OSError."""
    family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        # Else a restart within a minute fails, because connections of before are in TIME_WAIT.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except BaseException:
        listener.close()
        raise
    return listener


def passed_on(environment: Mapping[str, str]) -> list[socket.socket]:
    """Return the listening sockets that systemd has passed to this process; none without socket activation."""
    # The variables are inherited by every child; the sockets are for the process that systemd has started.
    if environment.get("LISTEN_PID") != str(os.getpid()):
        return []
    number = environment.get("LISTEN_FDS", "")
    count = int(number) if number.isascii() and number.isdecimal() else 0
    return [socket.socket(fileno=descriptor) for descriptor in range(FIRST_PASSED, FIRST_PASSED + count)]


def notify(environment: Mapping[str, str], state: str) -> None:
    """Report a state such as `READY=1` to systemd (sd_notify(3)); no effect elsewhere."""
    address = environment.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
        try:
            channel.sendto(state.encode(), "\0" + address[1:] if address.startswith("@") else address)
        except OSError:  # without the message systemd only waits longer
            return
