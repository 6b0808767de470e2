"""A door in this process with a small application behind it, and a client that sends bytes."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from ivr.server.door import Door

PATIENCE = 30.0


class SmallApplication:
    """Echoes bodies; `/stuck` waits for `release`; `/big` answers with many bytes; `/faulty` raises."""

    most_body = 1000
    big = b"0123456789" * 1_000_000

    def __init__(self) -> None:
        self.release, self.stuck = threading.Event(), threading.Semaphore(0)
        self.environs: list[dict[str, Any]] = []

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        self.environs.append(environ)
        if path == "/stuck":
            self.stuck.release()
            assert self.release.wait(PATIENCE)
        if path == "/faulty":
            raise RuntimeError("135790 was typed")
        body = self.big if path == "/big" else environ["wsgi.input"].read()
        start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
        if path == "/big":
            return iter([body[:3_000_000], b"", body[3_000_000:]])
        return [body]

    def at_once(self, environ: dict[str, Any]) -> tuple[int, bytes, str] | None:
        return (403, b"no\n", "text/plain") if "HTTP_X_UNSIGNED" in environ else None

    def is_urgent(self, environ: dict[str, Any]) -> bool:
        return environ["PATH_INFO"] == "/urgent"

    def without_engine(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        start("200 OK", [("Content-Type", "text/plain")])
        return [b"please wait"]


@contextmanager
def door_on(app: Any, places: int = 2) -> Iterator[tuple[Door, int]]:
    """Serve on a free port while the block runs; yield the door and its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        door = Door(app, [listener], places=places)
        door.start()
        yield door, listener.getsockname()[1]
        door.leave(PATIENCE)


class Client:
    """One connection."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self._received = b""

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def ask(self, path: str, body: bytes = b"", *headers: str) -> tuple[int, bytes]:
        self.send(request(path, body, *headers))
        return self.answer()

    def answer(self) -> tuple[int, bytes]:
        """Read one answer with a Content-Length; return its status and body."""
        while b"\r\n\r\n" not in self._received:
            self._more()
        head, _, self._received = self._received.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        while len(self._received) < length:
            self._more()
        body, self._received = self._received[:length], self._received[length:]
        return int(head.split()[1]), body

    def ended(self) -> bool:
        """Read to the end; return whether the server has closed the connection, an answer before or not."""
        try:
            while self.socket.recv(65_536):
                pass
        except ConnectionResetError:
            pass
        except TimeoutError:
            return False
        return True

    def _more(self) -> None:
        more = self.socket.recv(65_536)
        assert more, "the server has closed the connection"
        self._received += more


def request(path: str, body: bytes = b"", *headers: str) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: localhost", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body
