"""The HTTP client against real servers. How its faults reach a caller is tested with the back ends."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from ivr.net.http import AnswerTooLarge, HttpAnswer, HttpClient, RequestFailed, basic_auth


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.asked: list[tuple[str, str, str]] = []
        self.connections = 0
        self.release = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1

    def do_GET(self) -> None:
        self.server.asked.append((self.command, self.path, self.headers.get("Authorization", "")))
        if self.path == "/hangs":
            self.server.release.wait(20)
        self.send_response(302 if self.path == "/moved" else 200)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    do_DELETE = do_GET  # noqa: N815 - http.server's name

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.release.set()
        server.shutdown()
        thread.join()


def test_a_connection_is_kept_unless_each_request_is_to_have_its_own(server: Server) -> None:
    kept, fresh = (HttpClient(server.url, most=2, largest=99, keep=keep) for keep in (True, False))
    for client, connections in ((kept, 1), (fresh, 4)):
        for _ in range(3):
            assert client.request("GET", "/", seconds=5) == HttpAnswer(200, b"hello")
        assert server.connections == connections
    kept.close()


def test_a_target_continues_the_path_of_the_address(server: Server) -> None:
    for base, target in (("", ""), ("", "?a=1"), ("/", ""), ("/bank", "/balance"), ("/hook/", "?token=x")):
        HttpClient(server.url + base, most=1, largest=99, keep=False).request("DELETE", target, seconds=5)
    assert [path for _, path, _ in server.asked] == ["/", "/?a=1", "/", "/bank/balance", "/hook/?token=x"]


def test_no_redirect_is_followed_with_the_credentials(server: Server) -> None:
    client = HttpClient(server.url, most=1, largest=99, keep=False)
    assert client.request("GET", "/moved", seconds=5, headers=basic_auth("a", "b")).status == 302
    assert server.asked == [("GET", "/moved", "Basic YTpi")]


def test_a_body_is_read_up_to_a_size_or_not_at_all(server: Server) -> None:
    with pytest.raises(AnswerTooLarge):
        HttpClient(server.url, most=1, largest=4).request("GET", "/", seconds=5)
    assert HttpClient(server.url, most=1, largest=0).request("GET", "/", seconds=5) == HttpAnswer(200, b"")


def test_a_failure_tells_whether_the_request_may_have_arrived(server: Server) -> None:
    with pytest.raises(RequestFailed, match="did not answer within") as failure:
        HttpClient(server.url, most=1, largest=9).request("GET", "/hangs", seconds=0.05)
    assert failure.value.sent
    with pytest.raises(RequestFailed, match="cannot be reached") as failure:
        HttpClient("http://127.0.0.1:1", most=1, largest=9).request("GET", "/", seconds=5)
    assert not failure.value.sent


@pytest.mark.parametrize("address", ["", "nonsense", "ftp://bank.invalid", "http://"])
def test_an_address_that_is_none_fails_when_it_is_asked(address: str) -> None:
    with pytest.raises(RequestFailed, match="is no http or https address"):
        HttpClient(address, most=1, largest=9).request("GET", "/", seconds=5)
