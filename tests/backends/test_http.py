from __future__ import annotations

import json
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from ipaddress import IPv4Address
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from ivr.backends.http import LARGEST_ANSWER, HttpLookup, ServiceAddress
from ivr.errors import LookupFailed
from ivr.secret import Secret
from tests.waiting import PATIENCE, wait_until

PIN = "135790"


def answer(body: bytes | str, status: str = "200 OK", extra: str = "") -> bytes:
    data = body.encode() if isinstance(body, str) else body
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(data)}\r\n{extra}\r\n".encode() + data


@dataclass
class Bank:
    """A server written by hand: `talk` gets each connection and each request on it, and may do anything."""

    port: int
    requests: list[tuple[bytes, bytes]] = field(default_factory=list)
    connections: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def read(self, connection: socket.socket) -> bool:
        data = b""
        while b"\r\n\r\n" not in data:
            if not (more := connection.recv(65536)):
                return False
            data += more
        head, _, body = data.partition(b"\r\n\r\n")
        lengths = (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
        length = next(lengths, 0)
        while len(body) < length:
            body += connection.recv(65536)
        self.requests.append((head, body))
        return True


Talk = Callable[[Bank, socket.socket], None]


@contextmanager
def bank(talk: Talk | bytes) -> Iterator[Bank]:
    def reply(server: Bank, connection: socket.socket) -> None:
        while server.read(connection):
            connection.sendall(talk if isinstance(talk, bytes) else b"")

    conversation = reply if isinstance(talk, bytes) else talk
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Bank(listener.getsockname()[1])

        def serve(connection: socket.socket) -> None:
            with connection, suppress(OSError):
                conversation(server, connection)

        def accept() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    server.connections += 1
                    threading.Thread(target=serve, args=(connection,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield server
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)


@contextmanager
def asking(url: str, **options: Any) -> Iterator[Callable[..., Any]]:
    lookup = HttpLookup({"bank": url}, **options)

    def ask(source: str = "bank.balance", deadline: float = 2.0, **question: Any) -> Any:
        return lookup(source, question, deadline=deadline, key="call-7")

    yield ask
    lookup.close()


def refused(ask: Callable[..., Any], **question: Any) -> LookupFailed:
    with pytest.raises(LookupFailed) as caught:
        ask(pin=Secret("pin", PIN), **question)
    assert PIN not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return caught.value


def test_a_question_is_posted_as_json_with_its_key_and_secrets_only_in_the_body() -> None:
    with bank(answer('{"tail": "0128"}')) as server, asking(f"{server.url}/api/") as ask:
        got = ask("bank.card", pin=Secret("pin", PIN), who=MappingProxyType({"name": "张伟"}), much=Decimal("1.10"))
        head, body = server.requests[0]
    assert got == {"tail": "0128"}
    assert head.startswith(b"POST /api/card HTTP/1.1\r\n")
    assert b"Idempotency-Key: call-7" in head
    assert b"Content-Type: application/json" in head
    assert PIN.encode() not in head
    assert json.loads(body) == {"pin": PIN, "who": {"name": "张伟"}, "much": "1.10"}


def test_money_stays_text_and_whole_numbers_stay_numbers() -> None:
    with bank(answer('{"balance": 12345.67, "big": 1e3, "count": 5, "ok": true}')) as server, asking(server.url) as ask:
        assert ask() == {"balance": "12345.67", "big": "1e3", "count": 5, "ok": True}


def test_one_connection_serves_many_questions() -> None:
    with bank(answer("{}")) as server, asking(server.url) as ask:
        for _ in range(5):
            ask()
        assert len(server.requests) == 5
        assert server.connections == 1


def test_a_source_cannot_leave_its_path() -> None:
    with bank(answer("{}")) as server, asking(server.url) as ask:
        ask("bank.../admin?x=1#y")
        assert server.requests[0][0].split()[1] == b"/..%2Fadmin%3Fx%3D1%23y"


@pytest.mark.parametrize("status", ["200 OK", "201 Created", "202 Accepted", "299 Whatever"])
@pytest.mark.parametrize("body", [b'{"a": "1"}', b'\xef\xbb\xbf{"a": "1"}'], ids=["plain", "byte order mark"])
def test_any_success_with_an_object_is_an_answer(status: str, body: bytes) -> None:
    with bank(answer(body, status)) as server, asking(server.url) as ask:
        assert ask("bank.balance") == {"a": "1"}


@pytest.mark.parametrize("status", ["404 Not Found"])
def test_404_means_no_such_thing(status: str) -> None:
    with bank(answer("{}", status)) as server, asking(server.url) as ask:
        fault = refused(ask)
        assert fault.missing
        refused(ask)
        assert server.connections == 1


@pytest.mark.parametrize("page", ["<h1>Not Found</h1>", "", '"no"'])
def test_404_without_a_json_object_is_a_question_that_the_service_does_not_know(page: str) -> None:
    with bank(answer(page, "404 Not Found")) as server, asking(server.url) as ask:
        fault = refused(ask)
    assert not fault.missing
    assert str(fault) == "bank does not know this question"


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (answer("{}", "503 Service Unavailable"), "bank answered with status 503"),
        (answer("{}", "302 Found", "Location: http://127.0.0.1:1/secret?x=1\r\n"), "bank answered with status 302"),
        (answer("<html>"), "bank answered with something that is not JSON"),
        (answer(b"\xff\xfe{"), "bank answered with something that is not JSON"),
        (answer('{"a": NaN}'), "bank answered with something that is not JSON"),
        (answer('{"a": "\\ud800"}'), "bank answered with something that is not JSON"),
        (answer('{"a": ' + "9" * 5000 + "}"), "bank answered with something that is not JSON"),
        (answer("[" * 100_000), "bank answered with something that is not JSON"),
        (answer(""), "bank answered with something that is not JSON"),
        (answer("[1]"), "bank answered with something that is not a JSON object"),
        (answer("{" + " " * LARGEST_ANSWER + "}"), "bank sent an answer of more than 256 KiB"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\nConnection: close\r\n\r\n{}", "bank did not answer within 0.3 s"),
        (b"SSH-2.0-OpenSSH_9\r\n\r\n", "bank broke off its answer"),
    ],
)
def test_an_answer_that_cannot_be_used_says_why(reply: bytes, reason: str) -> None:
    with bank(reply) as server, asking(server.url) as ask:
        fault = refused(ask, deadline=0.3)
    assert str(fault) == reason
    assert not fault.missing
    assert len(server.requests) == 1


def test_a_server_that_hangs_up_is_named() -> None:
    def hang_up(server: Bank, connection: socket.socket) -> None:
        server.read(connection)

    with bank(hang_up) as server, asking(server.url) as ask:
        assert str(refused(ask)) == "bank broke off its answer"
        assert len(server.requests) == 1


def test_an_answer_cut_short_is_no_answer() -> None:
    def cut(server: Bank, connection: socket.socket) -> None:
        server.read(connection)
        connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"balance": 1}')

    with bank(cut) as server, asking(server.url) as ask:
        assert str(refused(ask)) == "bank broke off its answer"


def test_a_kept_connection_that_was_closed_is_replaced_once_with_the_same_key() -> None:
    def one_answer_each(server: Bank, connection: socket.socket) -> None:
        server.read(connection)
        connection.sendall(answer("{}"))
        if server.connections == 1:
            server.read(connection)

    with bank(one_answer_each) as server, asking(server.url) as ask:
        ask()
        assert ask() == {}
        heads = [head for head, _ in server.requests]
    assert server.connections == 2
    assert len(heads) == 3
    assert all(b"Idempotency-Key: call-7" in head for head in heads)


def test_a_new_connection_that_breaks_is_not_tried_again() -> None:
    def answer_once(server: Bank, connection: socket.socket) -> None:
        server.read(connection)
        if server.connections == 1:
            connection.sendall(answer("{}"))
            server.read(connection)

    with bank(answer_once) as server, asking(server.url) as ask:
        ask()
        assert str(refused(ask)) == "bank broke off its answer"
        assert len(server.requests) == 3


def test_nobody_listening_is_said_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    with asking(f"http://127.0.0.1:{port}") as ask:
        assert str(refused(ask)) == "bank cannot be reached"


def test_an_unknown_service_is_named() -> None:
    with asking("") as ask:
        assert str(refused(ask)) == "no address is set for bank"


def test_a_question_that_json_cannot_hold_is_refused_without_its_value() -> None:
    with asking("http://127.0.0.1:9") as ask:
        assert str(refused(ask, odd={object()})) == "the question for bank cannot be written as JSON"
        assert str(refused(ask, odd=float("nan"))) == "the question for bank cannot be written as JSON"


def test_a_key_that_no_header_can_hold_fails_like_any_other_lookup() -> None:
    with bank(answer("{}")) as server:
        lookup = HttpLookup({"bank": server.url})
        with pytest.raises(LookupFailed, match="cannot be asked"):
            lookup("bank.balance", {}, deadline=1, key="a\r\nb: c")
        lookup.close()


def silent(server: Bank, connection: socket.socket) -> None:
    server.read(connection)
    connection.recv(1)


def trickle(start: bytes) -> Talk:
    def talk(server: Bank, connection: socket.socket) -> None:
        server.read(connection)
        connection.sendall(start)
        while True:
            connection.sendall(b" ")
            time.sleep(0.02)

    return talk


@pytest.mark.parametrize(
    "talk",
    [
        silent,
        trickle(b"HTTP/1.1 200 OK\r\nX: "),
        trickle(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"),
        trickle(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n"),
        trickle(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"),
    ],
    ids=["silent", "in the head", "in the body", "in a chunk", "until closed"],
)
def test_the_deadline_holds_however_slowly_the_bytes_come(talk: Talk) -> None:
    with bank(talk) as server, asking(server.url) as ask:
        assert str(refused(ask, deadline=0.2)) == "bank did not answer within 0.2 s"


def test_the_deadline_holds_for_a_name_look_up_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()

    def slow(*_: Any, **__: Any) -> Any:
        release.wait(PATIENCE)
        raise socket.gaierror(socket.EAI_AGAIN, "later")

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    with asking("http://bank.invalid", most_open=2) as ask:
        for _ in range(2):
            assert str(refused(ask, deadline=0.1)) == "bank did not answer within 0.1 s"
        assert str(refused(ask, deadline=0.1)) == "bank has too many open requests"
        release.set()


def test_a_name_without_an_address_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with asking("http://bank.invalid") as ask:
        assert str(refused(ask)) == "bank cannot be found: its name has no address"


def test_a_connect_that_comes_too_late_is_closed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    real, release, ended = socket.getaddrinfo, threading.Event(), threading.Event()

    def late(*arguments: Any, **options: Any) -> Any:
        release.wait(PATIENCE)
        return real(*arguments, **options)

    def notice(_: Bank, connection: socket.socket) -> None:
        if connection.recv(1) == b"":
            ended.set()

    monkeypatch.setattr(socket, "getaddrinfo", late)
    with bank(notice) as server, asking(server.url) as ask:
        refused(ask, deadline=0.05)
        release.set()
        assert ended.wait(PATIENCE)


def test_the_deadline_holds_when_tls_never_gets_going() -> None:
    def mute(_: Bank, connection: socket.socket) -> None:
        while connection.recv(4096):
            pass

    with bank(mute) as server, asking(server.url.replace("http:", "https:")) as ask:
        assert str(refused(ask, deadline=0.2)) == "bank did not answer within 0.2 s"


def test_a_server_without_tls_is_no_bank_to_trust() -> None:
    def plain(_: Bank, connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(answer("{}", "400 Bad Request"))

    with bank(plain) as server, asking(server.url.replace("http:", "https:")) as ask:
        assert str(refused(ask)) == "bank has no trusted certificate"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a key and a certificate for 127.0.0.1 that nobody trusts yet."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "bank")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "bank.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(private + made.public_bytes(Encoding.PEM))
    return file


def over_tls(talk: Talk, certificate: Path) -> Talk:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def wrapped(server: Bank, connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secured:
            talk(server, secured)

    return wrapped


def answer_all(server: Bank, connection: socket.socket) -> None:
    while server.read(connection):
        connection.sendall(answer('{"balance": 1.50}'))


def test_https_works_with_a_certificate_that_the_machine_trusts(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with bank(over_tls(answer_all, certificate)) as server, asking(server.url.replace("http:", "https:")) as ask:
        assert ask() == ask() == {"balance": "1.50"}
        assert server.connections == 1


def test_a_server_that_asks_for_a_certificate_gets_the_one_of_the_service(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    seen = []

    def shows_its_own(server: Bank, connection: socket.socket) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(certificate)
        with suppress(ssl.SSLError), context.wrap_socket(connection, server_side=True) as secured:
            seen.append(secured.getpeercert())
            answer_all(server, secured)

    with bank(shows_its_own) as server:
        address = ServiceAddress(server.url.replace("http:", "https:"), certificate=str(certificate))
        lookup = HttpLookup({"bank": address})
        assert lookup("bank.balance", {}, deadline=2.0, key="1") == {"balance": "1.50"}
        lookup.close()
        without = HttpLookup({"bank": address.url})
        with pytest.raises(LookupFailed):
            without("bank.balance", {}, deadline=2.0, key="1")
        without.close()
    assert len(seen) == 1
    assert seen[0]["subject"]


def test_https_refuses_a_certificate_that_the_machine_does_not_trust(certificate: Path) -> None:
    with bank(over_tls(answer_all, certificate)) as server, asking(server.url.replace("http:", "https:")) as ask:
        assert str(refused(ask)) == "bank has no trusted certificate"
        assert server.requests == []


def test_the_deadline_holds_over_https_too(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    slowly = over_tls(trickle(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"), certificate)
    with bank(slowly) as server, asking(server.url.replace("http:", "https:")) as ask:
        assert str(refused(ask, deadline=2)) == "bank did not answer within 2 s"
        assert len(server.requests) == 1


def test_a_deadline_that_is_over_asks_nothing() -> None:
    with bank(answer("{}")) as server, asking(server.url) as ask:
        refused(ask, deadline=0)
        assert server.requests == []


def test_one_question_too_many_fails_at_once() -> None:
    hang_up = threading.Event()

    def answers_late(server: Bank, connection: socket.socket) -> None:
        server.read(connection)
        hang_up.wait(PATIENCE)

    with bank(answers_late) as server, asking(server.url, most_open=3) as ask:
        waiting = [threading.Thread(target=lambda: refused(ask, deadline=PATIENCE)) for _ in range(3)]
        for thread in waiting:
            thread.start()
        wait_until(lambda: len(server.requests) == 3)
        assert str(refused(ask)) == "bank has too many open requests"
        hang_up.set()
        for thread in waiting:
            thread.join()
        assert str(refused(ask)) == "bank broke off its answer"


def test_many_threads_ask_at_once_and_each_gets_its_own_answer() -> None:
    def echo(server: Bank, connection: socket.socket) -> None:
        data = b""
        while more := connection.recv(65536):
            data += more
            if b'"n"' in data and data.endswith(b"}"):
                connection.sendall(answer(data.rpartition(b"\r\n\r\n")[2]))
                data = b""

    wrong: list[int] = []
    with bank(echo) as server, asking(server.url) as ask:

        def work(number: int) -> None:
            for count in range(50):
                if ask(n=number * 1000 + count) != {"n": number * 1000 + count}:
                    wrong.append(number)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert wrong == []
    assert server.connections <= 6


FORKED = """
import os, sys
from ivr.backends.http import HttpLookup
lookup = HttpLookup({"bank": sys.argv[1]})
print(lookup("bank.balance", {"who": "parent"}, deadline=2, key="k"), flush=True)
if os.fork() == 0:
    print(lookup("bank.balance", {"who": "child"}, deadline=2, key="k"), flush=True)
    os._exit(0)
os.wait()
print(lookup("bank.balance", {"who": "parent"}, deadline=2, key="k"), flush=True)
"""


def test_a_forked_worker_gets_connections_of_its_own() -> None:
    with bank(answer('{"ok": 1}')) as server:
        done = subprocess.run([sys.executable, "-c", FORKED, server.url], capture_output=True, text=True, timeout=20)
        assert done.stdout.splitlines() == ["{'ok': 1}"] * 3, done.stderr
        assert server.connections == 2
        assert [json.loads(body)["who"] for _, body in server.requests] == ["parent", "child", "parent"]
