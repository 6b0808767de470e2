"""The carrier's HTTP/1.1: one send and mostly one read per request, over kept sockets. It follows no redirects.

urllib3, http.client and geventhttpclient cost five to twenty times the two system calls (measured), and a load test
shares its machine with the server. Must not import gevent: Locust has patched `socket` before.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from .connection_overrides import Cause, connection_overrides
from .transport import ANSWER_SECONDS, CARRIER_CONNECT_SECONDS, CarrierAnswer, NoAnswer

_MOST_HEAD = 65536
_BLOCK = 65536


class HttpTransport:
    """Sends requests over kept sockets. One may serve many calls, greenlets or threads."""

    def __init__(self, *, seconds: float = ANSWER_SECONDS) -> None:
        self._seconds = seconds
        self._origins: dict[str, _Origin] = {}

    def send(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> CarrierAnswer:
        """Send over the network. Raises NoAnswer if no answer comes within the limits."""
        address, _, fragment = url.partition("#")
        base, target = _split(address)
        origin = self._origins.get(base) or self._origins.setdefault(base, _Origin(base, self._seconds))
        lines = [f"{method} {target} HTTP/1.1", origin.host_line, f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        request = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body
        try:
            overrides = connection_overrides(fragment)
        except ValueError as fault:
            raise NoAnswer(11243, f"the options of {address} are refused: {fault}") from None
        attempt = 1
        while True:
            try:
                answer = origin.exchange(request, method)
            except NoAnswer as fault:
                if not overrides.again(attempt, fault.cause):
                    raise
            else:
                if not overrides.again(attempt, _failure(answer.status)):
                    return answer
            attempt += 1

    def close(self) -> None:
        """Close the kept sockets."""
        for origin in self._origins.values():
            origin.close()


def _failure(status: int) -> Cause | None:
    return None if status < 400 else "4xx" if status < 500 else "5xx"


def _split(url: str) -> tuple[str, str]:
    slash = url.find("/", url.find("://") + 3)
    if slash > 0 and "?" not in url[:slash]:
        return url[:slash], url[slash:]
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}", f"/?{parts.query}" if parts.query else "/"


class _Origin:
    """A scheme, host and port, with its idle sockets; the one that was used last is taken first.

    The host is resolved once: resolving costs gevent a thread each time, even for an address in digits.
    """

    def __init__(self, base: str, seconds: float) -> None:
        parts = urlsplit(base)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise NoAnswer(11100, f"{base} is no address")
        self.place = parts.netloc.rpartition("@")[2]
        self.host_line = f"Host: {self.place}"
        self._address = (parts.hostname, parts.port or (443 if parts.scheme == "https" else 80))
        self._tls = ssl.create_default_context() if parts.scheme == "https" else None
        self._seconds = seconds
        self._idle: list[socket.socket] = []
        self._resolved: tuple[int, Any] | None = None

    def exchange(self, request: bytes, method: str) -> CarrierAnswer:
        """Send a whole request and read the whole answer."""
        connection = self._kept() or self._connected()
        try:
            # One write for head and body: two would be held back by Nagle's algorithm until the first is acknowledged.
            sent = connection.send(request)
            if sent < len(request):
                connection.sendall(request[sent:])
            reader = _AnswerReader(connection)
            answer = reader.answer(method)
        except TimeoutError:
            connection.close()
            raise NoAnswer(11205, f"{self.place} did not answer in time", "rt") from None
        except (OSError, ValueError) as error:
            connection.close()
            raise NoAnswer(11206, f"{self.place} broke off: {error}") from None
        # Also a greenlet that is killed: half an answer must not be taken for the beginning of the next one.
        except BaseException:
            connection.close()
            raise
        if reader.keeps:
            self._idle.append(connection)
        else:
            connection.close()
        return answer

    def close(self) -> None:
        """Close the idle sockets."""
        while self._idle:
            self._idle.pop().close()

    def _kept(self) -> socket.socket | None:
        """Return an idle socket that the server has not closed."""
        while True:
            try:
                connection = self._idle.pop()
            except IndexError:
                return None
            if self._is_open(connection):
                return connection
            connection.close()

    def _is_open(self, connection: socket.socket) -> bool:
        # A server may have closed a kept socket; sending over it would look like a request that was broken off.
        connection.settimeout(0.0)
        try:
            connection.recv(1)
        except (BlockingIOError, ssl.SSLWantReadError):
            connection.settimeout(self._seconds)
            return True
        except OSError:
            return False
        return False  # closed, or unexpected bytes

    def _connected(self) -> socket.socket:
        try:
            return self._secured(self._opened())
        except socket.gaierror:
            raise NoAnswer(11210, f"{self.place} is no known host") from None
        except ssl.SSLError as error:
            raise NoAnswer(11220, f"{self.place} has no valid certificate: {error}") from None
        except OSError:
            raise NoAnswer(11205, f"{self.place} cannot be reached", "ct") from None

    def _opened(self) -> socket.socket:
        limit = min(CARRIER_CONNECT_SECONDS, self._seconds)
        if self._resolved is None:
            connection = socket.create_connection(self._address, limit)
            # The address that worked: a name may have several, of which only one listens.
            self._resolved = connection.family, connection.getpeername()
            return connection
        family, place = self._resolved
        connection = socket.socket(family, socket.SOCK_STREAM)
        try:
            connection.settimeout(limit)
            connection.connect(place)
        except BaseException:
            connection.close()
            raise
        return connection

    def _secured(self, connection: socket.socket) -> socket.socket:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._tls is not None:
            connection = self._tls.wrap_socket(connection, server_hostname=self._address[0])
        connection.settimeout(self._seconds)
        return connection


class _AnswerReader:
    """Reads one answer from a socket. Afterwards `keeps` is true if the socket can be reused."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._read = b""
        self.keeps = True

    def answer(self, method: str) -> CarrierAnswer:
        """Read to the end of the answer; interim answers (1xx) are skipped."""
        status, fields, cookies = self._head()
        while 100 <= status < 200:
            status, fields, cookies = self._head()
        bodiless = method == "HEAD" or status in (204, 304)
        body = b"" if bodiless else self._body(fields)
        self.keeps = self.keeps and "close" not in fields.get("connection", "").lower()
        return CarrierAnswer(status, fields.get("content-type", ""), body, fields.get("location", ""), cookies)

    def _head(self) -> tuple[int, dict[str, str], tuple[str, ...]]:
        while (end := self._read.find(b"\r\n\r\n")) < 0:
            if len(self._read) > _MOST_HEAD:
                raise ValueError("the head of the answer has no end")
            self._more()
        first, *lines = self._read[:end].decode("latin-1").split("\r\n")
        self._read = self._read[end + 4 :]
        if not first.startswith("HTTP/1."):
            raise ValueError("the answer is no HTTP")
        self.keeps = self.keeps and not first.startswith("HTTP/1.0")
        fields: dict[str, str] = {}
        cookies: tuple[str, ...] = ()
        for line in lines:
            name, _, value = line.partition(":")
            name, value = name.lower(), value.strip()
            fields[name] = value
            if name == "set-cookie":
                cookies = (*cookies, value)
        return int(first[9:12]), fields, cookies

    def _body(self, fields: Mapping[str, str]) -> bytes:
        if "chunked" in fields.get("transfer-encoding", "").lower():
            return b"".join(self._chunks())
        if "content-length" in fields:
            return self._exactly(int(fields["content-length"]))
        self.keeps = False
        return self._rest()

    def _chunks(self) -> Iterator[bytes]:
        while size := int(self._line().partition(b";")[0], 16):
            yield self._exactly(size)
            self._line()
        while self._line():
            pass

    def _line(self) -> bytes:
        while (end := self._read.find(b"\r\n")) < 0:
            self._more()
        line, self._read = self._read[:end], self._read[end + 2 :]
        return line

    def _exactly(self, size: int) -> bytes:
        parts, have = [self._read], len(self._read)
        while have < size:
            parts.append(self._block())
            have += len(parts[-1])
        whole = b"".join(parts)
        self._read = whole[size:]
        return whole[:size]

    def _rest(self) -> bytes:
        parts = [self._read]
        while block := self._connection.recv(_BLOCK):
            parts.append(block)
        return b"".join(parts)

    def _more(self) -> None:
        self._read += self._block()

    def _block(self) -> bytes:
        block = self._connection.recv(_BLOCK)
        if not block:
            raise ConnectionError("the server closed the connection in the middle of an answer")
        return block
