"""HTTP over kept sockets, against small real servers that say exactly what a test gives them."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from ivr.carrier.http_transport import HttpTransport
from ivr.carrier.transport import CarrierAnswer, NoAnswer

PLAIN = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 5\r\n\r\nhello"


class Saying:
    """A server that answers the requests of each connection with the next of `answers`, and then closes it."""

    def __init__(self, *connections: tuple[bytes, ...]) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._connections = connections
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.heard: list[bytes] = []
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        for answers in self._connections:
            connection, _ = self._listener.accept()
            with connection:
                for answer in answers:
                    self.heard.append(connection.recv(65536))
                    connection.sendall(answer)

    def close(self) -> None:
        self._thread.join()
        self._listener.close()


@contextmanager
def saying(*connections: tuple[bytes, ...]) -> Iterator[tuple[Saying, HttpTransport]]:
    server, transport = Saying(*connections), HttpTransport(seconds=5.0)
    try:
        yield server, transport
    finally:
        transport.close()
        server.close()


def post(transport: HttpTransport, url: str, body: bytes = b"Digits=1") -> CarrierAnswer:
    return transport.send("POST", url, body, {"Content-Type": "application/x-www-form-urlencoded"})


def test_a_request_goes_out_whole_and_its_answer_comes_back() -> None:
    with saying((PLAIN,)) as (server, transport):
        answer = post(transport, server.url + "/menu?lang=zh")
        assert answer == CarrierAnswer(200, "text/xml", b"hello")
    (heard,) = server.heard
    head, _, body = heard.partition(b"\r\n\r\n")
    assert body == b"Digits=1"
    assert head.split(b"\r\n")[0] == b"POST /menu?lang=zh HTTP/1.1"
    assert f"Host: {server.url.removeprefix('http://')}".encode() in head
    assert b"Content-Length: 8" in head


def test_one_connection_carries_many_requests_and_a_closed_one_is_opened_again() -> None:
    with saying((PLAIN, PLAIN), (PLAIN,)) as (server, transport):
        for _ in range(3):
            assert post(transport, server.url + "/").status == 200
    assert len(server.heard) == 3


@pytest.mark.parametrize(
    ("said", "body"),
    [
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\n\r\n", b"hello"),
        (b"HTTP/1.1 200 OK\r\n\r\nhello until the end", b"hello until the end"),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + PLAIN, b"hello"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
    ],
)
def test_every_form_of_a_body_is_read(said: bytes, body: bytes) -> None:
    with saying((said,)) as (server, transport):
        assert post(transport, server.url).body == body


def test_cookies_and_the_place_of_a_redirect_are_told() -> None:
    said = b"HTTP/1.1 302 Found\r\nLocation: /b\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 0\r\n\r\n"
    with saying((said,)) as (server, transport):
        answer = post(transport, server.url)
    assert (answer.status, answer.location, answer.cookies) == (302, "/b", ("a=1", "b=2"))


@pytest.mark.parametrize(
    "closing",
    [PLAIN.replace(b"\r\n\r\n", b"\r\nConnection: Close\r\n\r\n"), PLAIN.replace(b"HTTP/1.1", b"HTTP/1.0")],
)
def test_a_server_that_closes_each_time_gets_a_new_connection_each_time(closing: bytes) -> None:
    with saying((closing,), (closing,)) as (server, transport):
        assert [post(transport, server.url).body for _ in range(2)] == [b"hello", b"hello"]


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello", b"SSH-2.0\r\n\r\n"])
def test_half_an_answer_and_what_is_no_http_break_off(said: bytes) -> None:
    with saying((said,)) as (server, transport), pytest.raises(NoAnswer, match="broke off") as broken:
        post(transport, server.url)
    assert broken.value.number == 11206


def test_a_server_that_says_nothing_is_not_waited_for_longer_than_the_limit() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(NoAnswer, match="did not answer in time"):
            post(HttpTransport(seconds=0.05), url)


def test_places_that_are_none_are_told_apart() -> None:
    transport = HttpTransport(seconds=5.0)
    with pytest.raises(NoAnswer, match="cannot be reached"):
        post(transport, "http://127.0.0.1:9/")
    with pytest.raises(NoAnswer, match="no known host"):
        post(transport, "http://ivr.invalid/")
    with pytest.raises(NoAnswer, match="is no address"):
        post(transport, "ftp://127.0.0.1/")


def test_options_after_the_address_send_a_request_again_and_are_not_sent() -> None:
    broken = b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    with saying((broken,), (b"",), (PLAIN,)) as (server, transport):
        assert post(transport, f"{server.url}/menu#rc=3&rp=all").status == 200
    assert [heard.partition(b"\r\n")[0] for heard in server.heard] == [b"POST /menu HTTP/1.1"] * 3
    assert len(set(server.heard)) == 1


def test_without_options_an_accepted_request_is_sent_once() -> None:
    with saying((b"",)) as (server, transport), pytest.raises(NoAnswer) as caught:
        post(transport, f"{server.url}/menu")
    assert caught.value.cause == "5xx"
    assert len(server.heard) == 1


def test_options_that_the_carrier_refuses_are_a_fault() -> None:
    with pytest.raises(NoAnswer, match="rc=9") as caught:
        post(HttpTransport(), "http://127.0.0.1:1/menu#rc=9")
    assert caught.value.number == 11243
