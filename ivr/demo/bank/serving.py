"""Serve the demo bank over HTTP with kept connections, in a background thread or as a process of its own."""

from __future__ import annotations

import io
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from flask import Flask
from werkzeug.test import run_wsgi_app

from .app import create_bank_app
from .faults import Faults, Setting
from .pins import CHEAP, MODERATE
from .store import BankStore

MOST_READ = 1_000_000
"""Longest body in bytes that is read to its end before it is refused, so that the client receives the reason."""


class CannotListen(OSError):
    """The address is in use, or not one of this machine."""


class BackgroundBank:
    """A bank that serves from a background thread until `stop` or the end of the with block.

    Without a `path` its database is in a temporary folder. `clock` returns the Unix time, `pin_cost` is argon2's memory
    in KiB. Raises CannotListen, ValueError for a fault setting out of range, OSError or sqlite3.Error for an unusable
    database.
    """

    def __init__(
        self,
        path: Path | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        slow_ms: float = 0,
        fail_rate: float = 0.0,
        clock: Callable[[], float] = time.time,
        pin_cost: int = CHEAP,
    ) -> None:
        self._faults = Faults(Setting(slow_ms, fail_rate))
        with ExitStack() as undo:
            self._server = _Server((host, port))
            undo.callback(self._server.close)
            path = path or Path(undo.enter_context(tempfile.TemporaryDirectory(prefix="demo-bank-"))) / "bank.db"
            self._store = BankStore(path, pin_cost=pin_cost)
            undo.callback(self._store.close)
            self._server.app = create_bank_app(self._store, self._faults, clock)
            self._undo = undo.pop_all()
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), name="demo-bank", daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """The base URL, without a slash at its end."""
        host, port = self._server.server_name, self._server.server_port
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    def faults(self, *, slow_ms: float | None = None, fail_rate: float | None = None) -> None:
        """Make the bank slow or faulty from now on; None keeps a value."""
        self._faults.set(slow_ms=slow_ms, fail_rate=fail_rate)

    def reset(self) -> None:
        """Restore the store and the faults of the start."""
        self._store.reset()
        self._faults.reset()

    def stop(self) -> None:
        """Refuse connections, cut open ones, and close the store. May be repeated."""
        if self._thread.is_alive():
            # First: a request that waits out a delay would hold up the end.
            self._faults.close()
            self._server.shutdown()
            self._thread.join()
        self._undo.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def serve(
    host: str, port: int, database: Path, *, slow_ms: float, fail_rate: float, listening: Callable[[str], None]
) -> None:
    """Serve until SIGINT or SIGTERM; `listening` receives the URL when ready. Raises as BackgroundBank does."""
    ended = threading.Event()
    with BackgroundBank(
        database, host=host, port=port, slow_ms=slow_ms, fail_rate=fail_rate, pin_cost=MODERATE
    ) as bank:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: ended.set())
        listening(bank.url)
        ended.wait()


class _Server(ThreadingHTTPServer):
    """An HTTP server that keeps connections; werkzeug's own closes them after every answer."""

    daemon_threads = True
    request_queue_size = 128
    app: Flask

    def __init__(self, address: tuple[str, int]) -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.open: dict[socket.socket, threading.Thread] = {}
        try:
            super().__init__(address, _Handler)
        except OSError as fault:
            raise CannotListen(fault.errno, fault.strerror) from None

    def server_bind(self) -> None:
        """Bind without resolving the machine's name, which may take seconds."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore clients that disconnected; report the type of any other fault."""
        kind = sys.exc_info()[0]
        if kind is not None and not issubclass(kind, ConnectionError):
            print(f"demo bank: {kind.__name__}", file=sys.stderr)

    def close(self) -> None:
        """Cut the connections that clients keep open; their threads would continue to answer."""
        self.server_close()
        for connection, thread in list(self.open.items()):
            with suppress(OSError):  # the client closed it first
                connection.shutdown(socket.SHUT_RDWR)
            thread.join(timeout=2)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.server.open[self.connection] = threading.current_thread()

    def finish(self) -> None:
        self.server.open.pop(self.connection, None)
        super().finish()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the base class's
        """Write no request log."""

    def do_GET(self) -> None:
        """Answer without a body."""
        self._answer(0)

    def do_POST(self) -> None:
        """Answer a request with a length; refuse any other, since its end is unknown."""
        length = self.headers.get("Content-Length", "")
        self._answer(int(length) if length.isdecimal() and "Transfer-Encoding" not in self.headers else MOST_READ + 1)

    def _answer(self, length: int) -> None:
        # The rest of the body is not read, and would be taken for the next request.
        self.close_connection |= length > MOST_READ
        body = b"" if length > MOST_READ else self.rfile.read(length)
        chunks, status, headers = run_wsgi_app(self.server.app, self._environ(body, length), buffered=True)
        code, _, words = status.partition(" ")
        self.send_response_only(int(code), words)
        for name, value in headers:
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(b"".join(chunks))
        self.wfile.flush()

    def _environ(self, body: bytes, length: int) -> dict[str, Any]:
        path, _, query = self.path.partition("?")
        return {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": self.server.server_name,
            "SERVER_PORT": str(self.server.server_port),
            "SERVER_PROTOCOL": self.request_version,
            "REMOTE_ADDR": self.client_address[0],
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(length),
            "HTTP_HOST": self.headers.get("Host", ""),
            "HTTP_IDEMPOTENCY_KEY": self.headers.get("Idempotency-Key", ""),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
