"""Answers are read as `http.client` reads them, whatever a server sends and however it is cut into pieces."""

from __future__ import annotations

import random
import socket
import threading
import time
from collections.abc import Iterator, Sequence

import pytest

from ivr.net import exchange as exchanging
from ivr.net.exchange import ServerAnswer, TooLargeError, UnansweredError, exchange, request_bytes
from tests.waiting import PATIENCE

CASES = 3_000
LARGEST = 2_000
REQUEST = b"GET / HTTP/1.1\r\nHost: bank\r\n\r\n"
STARTS = (
    *(b"HTTP/1.1 200 OK",) * 40,
    *(b"HTTP/1.1 404 Not Found", b"HTTP/1.1 204 No Content", b"HTTP/1.1 304 Not Modified", b"HTTP/1.1 503 "),
    *(b"HTTP/1.1 200", b"HTTP/1.0 200 OK", b"HTTP/2 200 OK", b"HTTP/1.1 2000 OK", b"HTTP/1.1 abc OK", b"", b"SSH-2.0"),
    *(
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK",
        b"HTTP/1.1 101 Switching",
        b"HTTP/1.1  200 OK",
        b"HTTP/1.1 200 \xe9",
    ),
)
FIELDS = (
    *(b"Content-Type: application/json", b"Server: bank", b"Date: Mon, 30 Nov 2026 10:00:00 GMT", b"X-Empty:") * 12,
    *(b"Transfer-Encoding: chunked", b"transfer-encoding: CHUNKED", b"Connection: close", b"Connection: keep-alive"),
    *(b"X: a\r\n folded", b"no colon", b"Content-Length : 3", b"X-Content-Length: 3", b"X: \xff", b"X: a\rb", b": x"),
    *(b"X: content-length: 3", b"Keep-Alive: timeout=5", b"Set-Cookie: a=b"),
)
LENGTHS = (b"+5", b"-1", b"5, 5", b"x", b"", b" 5 ", b"\t5", b"005", b"1_0", b"99999999999999999999")


def answer_at_random(at: random.Random) -> bytes:
    body = at.choice((b"", b"{}", b'{"balance": "1.00"}', b"\r\n\r\n", b"x" * 1_999, b"x" * 2_000, b"x" * 2_001))
    fields = [at.choice(FIELDS) for _ in range(at.randrange(5))]
    if at.random() < 0.9:
        length = at.choice(LENGTHS) if at.random() < 0.15 else str(len(body) + at.choice((0,) * 8 + (1, -1))).encode()
        fields.insert(at.randrange(len(fields) + 1), at.choice((b"Content-Length: ", b"content-length:")) + length)
    if at.random() < 0.05:
        fields.append(b"Content-Length: %d" % len(body))
    if any(field.lower() == b"transfer-encoding: chunked" for field in fields) and at.random() < 0.9:
        body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body) if body else b"0\r\n\r\n"
    end = at.choice((b"\r\n",) * 9 + (b"\n",))
    return end.join([at.choice(STARTS), *fields, b"", body]) + at.choice((b"",) * 9 + (b"more",))


def pieces(answer: bytes, at: random.Random) -> Iterator[bytes]:
    size = at.choice((1 << 20, 1 << 20, 40, 7))
    yield from (answer[place : place + size] for place in range(0, len(answer), size))


class Pieces(socket.socket):
    """A socket whose other side has sent these pieces and closed."""

    def __init__(self, sent: Sequence[bytes]) -> None:
        super().__init__()
        self._sent = list(sent)

    def send(self, data: bytes, flags: int = 0) -> int:  # type: ignore[override]
        return len(data)

    def recv(self, size: int, flags: int = 0) -> bytes:
        piece = self._sent.pop(0) if self._sent else b""
        if len(piece) > size:
            self._sent.insert(0, piece[size:])
        return piece[:size]

    def recv_into(self, buffer: memoryview, nbytes: int = 0, flags: int = 0) -> int:  # type: ignore[override]
        piece = self.recv(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)


def read(sent: Sequence[bytes], method: str) -> ServerAnswer | None:
    """Return what is read of an answer in these pieces, or None for no usable answer."""
    with Pieces(sent) as sock:
        try:
            return exchange(sock, REQUEST, method=method, until=time.monotonic() + PATIENCE, largest=LARGEST)
        except (OSError, ValueError, exchanging.http.client.HTTPException, TooLargeError):
            return None


def test_any_answer_is_read_as_the_standard_library_reads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    at = random.Random(20)
    cases = []
    for _ in range(CASES):
        sent = list(pieces(answer_at_random(at), at))
        cases.append((sent, at.choice(("GET", "POST", "POST", "HEAD")), at))
    mine = [read(sent, method) for sent, method, _ in cases]
    plain = exchanging._plain_length
    fast = sum(plain(head, m) is not None for s, m, _ in cases if (head := exchanging._HEAD.match(b"".join(s))))
    monkeypatch.setattr(exchanging, "_plain_length", lambda head, method: None)
    for (sent, method, _), answer in zip(cases, mine, strict=True):
        theirs = read(sent, method)
        assert (answer and (answer.status, answer.body)) == (theirs and (theirs.status, theirs.body)), sent
        if answer and theirs and answer.whole:
            assert theirs.whole, sent
    assert CASES / 4 < fast < CASES * 3 / 4


def test_bytes_behind_an_answer_end_the_use_of_the_connection() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"
    assert read([head + b"{}"], "GET") == ServerAnswer(200, b"{}", whole=True)
    assert read([head + b"{}HTTP/1.1 200 OK"], "GET") == ServerAnswer(200, b"{}", whole=False)


def test_a_close_before_the_first_byte_is_told_from_one_behind_it() -> None:
    for sent, fault in (([], UnansweredError), ([b"H"], exchanging.http.client.HTTPException)):
        ours, theirs = socket.socketpair()
        with ours, theirs:
            for piece in sent:
                theirs.sendall(piece)
            theirs.shutdown(socket.SHUT_WR)
            with pytest.raises(fault):
                exchange(ours, REQUEST, method="GET", until=time.monotonic() + PATIENCE, largest=9)


def test_sending_has_the_deadline_of_the_whole_exchange() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs, pytest.raises(TimeoutError):  # nobody reads, so the buffers fill
        exchange(ours, b"x" * (1 << 24), method="POST", until=time.monotonic() + 0.1, largest=9)


def test_a_request_longer_than_the_buffers_arrives_whole() -> None:
    ours, theirs = socket.socketpair()
    request = random.Random(20).randbytes(1 << 22)
    arrived = bytearray()

    def serve() -> None:
        while len(arrived) < len(request):
            arrived.extend(theirs.recv(1 << 16))
        theirs.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    with ours, theirs:
        thread = threading.Thread(target=serve)
        thread.start()
        assert exchange(ours, request, method="POST", until=time.monotonic() + PATIENCE, largest=9).status == 200
        thread.join()
    assert arrived == request


def test_a_request_is_written_with_its_length_and_no_header_can_hold_another() -> None:
    written = request_bytes("POST", "/a b?x=你&y=%20", "bank:8080", {"Key": "k"}, b"{}")
    head, _, body = written.partition(b"\r\n\r\n")
    assert head.split(b"\r\n")[:2] == [b"POST /a%20b?x=%E4%BD%A0&y=%20 HTTP/1.1", b"Host: bank:8080"]
    assert b"\r\nKey: k\r\nContent-Length: 2" in head
    assert body == b"{}"
    assert b"Content-Length: 0" in request_bytes("POST", "/", "bank", {}, None)
    assert b"Content-Length" not in request_bytes("GET", "/", "bank", {}, None)
    for value in ("a\r\nb: c", "a\nb", "\0", "\x7f", "名"):
        with pytest.raises(ValueError, match=r"control|latin-1"):
            request_bytes("GET", "/", "bank", {"Key": value}, None)
