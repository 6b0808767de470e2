"""The demo bank as a process of its own under granian. Diagnostics go to stderr, the address to whoever asks for it."""

from __future__ import annotations

import functools
import http.client
import socket
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path

from flask import Flask

from .app import create_bank_app
from .faults import Setting
from .store import BankStore

_THREADS = 32
"""Answers given at once; more than there are cores, because a bank told to be slow only waits."""
_STDERR = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "demo bank: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain", "stream": "ext://sys.stderr"}},
    "loggers": {
        name: {"handlers": ["stderr"], "level": "ERROR", "propagate": False} for name in ("_granian", "granian.access")
    },
}


def claim_port(host: str, port: int) -> int:
    """Return a port that can be listened on, a free one for 0. Raises OSError when it is taken."""
    # granian binds with SO_REUSEPORT and would share the port of another bank without a word.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))
        return int(probe.getsockname()[1])


def serve(
    host: str, port: int, database: Path, *, slow_ms: float, fail_rate: float, listening: Callable[[str], None]
) -> None:
    """Serve until SIGINT or SIGTERM; `listening` gets the address once it answers, in the worker process.

    Before anything listens, raises ValueError for a fault setting out of range, OSError or sqlite3.Error for a file
    that cannot be used.
    """
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    Setting(slow_ms, fail_rate)
    BankStore(database).close()
    load = functools.partial(_load, host, port, database, slow_ms, fail_rate, listening)
    Granian(
        "demo_bank",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        blocking_threads=_THREADS,
        websockets=False,
        log_level=LogLevels.error,
        log_dictconfig=_STDERR,
    ).serve(target_loader=load, wrap_loader=False)


def address(host: str, port: int) -> str:
    """Write host and port as the beginning of an address."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _load(
    host: str, port: int, database: Path, slow_ms: float, fail_rate: float, listening: Callable[[str], None]
) -> Flask:
    app = create_bank_app(database, slow_ms=slow_ms, fail_rate=fail_rate)
    threading.Thread(target=_announce, args=(host, port, listening), daemon=True).start()
    return app


def _announce(host: str, port: int, listening: Callable[[str], None]) -> None:
    near = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - asked for by the operator
    for _ in range(500):
        health = http.client.HTTPConnection(near, port, timeout=1)
        try:
            health.request("GET", "/health")
            if health.getresponse().status == HTTPStatus.OK:
                listening(address(host, port))
                return
        except (OSError, http.client.HTTPException):
            pass
        finally:
            health.close()
        time.sleep(0.01)
