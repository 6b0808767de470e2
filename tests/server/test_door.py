"""The door answers whole requests, and no client that waits, floods or does not read keeps others from it."""

from __future__ import annotations

import socket
import threading

import pytest

from ivr.server import connections, door
from ivr.server.door import MOST_PIPELINED
from tests.server_door import Client, SmallApplication, door_on, request
from tests.waiting import wait_until


@pytest.fixture(scope="module")
def served():
    app = SmallApplication()
    with door_on(app) as (_, port):
        yield app, port


@pytest.fixture
def client(served):
    with Client(served[1]) as connection:
        yield connection


def test_requests_of_a_connection_are_answered_one_after_the_other(client):
    assert client.ask("/a", b"one") == (200, b"one")
    assert client.ask("/a", b"two") == (200, b"two")


def test_a_body_may_arrive_in_pieces(client):
    whole = request("/a", b"in pieces")
    for byte in whole[:-1]:
        client.send(bytes([byte]))
    client.send(whole[-1:])
    assert client.answer() == (200, b"in pieces")


def test_half_sent_requests_take_no_place(served):
    clients = [Client(served[1]) for _ in range(20)]
    for each in clients:
        each.send(request("/a", b"0123456789")[:-5])
    with Client(served[1]) as honest:
        assert honest.ask("/a", b"x") == (200, b"x")
    for each in clients:
        each.send(b"56789")
        assert each.answer() == (200, b"0123456789")
        each.socket.close()


def test_a_request_that_is_refused_by_its_head_is_not_read(served, client):
    before = len(served[0].environs)
    client.send(request("/a", b"0123456789", "X-Unsigned: 1")[:-10])
    assert client.answer() == (403, b"no\n")
    assert client.ended()
    assert len(served[0].environs) == before


def test_a_client_that_asks_whether_to_send_gets_a_word(served, client):
    before = len(served[0].environs)
    client.send(request("/a", b"abc", "Expect: 100-continue")[:-3])
    assert client.socket.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert len(served[0].environs) == before
    client.send(b"abc")
    assert client.answer() == (200, b"abc")


def test_requests_in_a_row_are_answered_in_order(client):
    client.send(b"".join(request("/a", str(number).encode()) for number in range(MOST_PIPELINED)))
    assert [client.answer()[1] for _ in range(MOST_PIPELINED)] == [b"%d" % number for number in range(MOST_PIPELINED)]
    client.send(request("/a") * (MOST_PIPELINED + 1))
    assert client.answer()[0] == 400
    assert client.ended()


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"GARBAGE\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\n" + b"X: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n" * 600, 431),
        (b"POST / HTTP/1.1\r\nContent-Length: 1001\r\n\r\n", 413),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n" + b"a" * 1001 + b"\r\n", 413),
    ],
    ids=["garbage", "two lengths", "headers", "large", "large chunks"],
)
def test_what_is_no_request_is_refused(client, data, status):
    client.send(data)
    assert client.answer()[0] == status
    assert client.ended()


def test_a_fault_of_the_application_is_answered_without_its_words(client, capfd):
    status, body = client.ask("/faulty")
    assert (status, body) == (500, b"500 Internal Server Error\n")
    assert "135790" not in capfd.readouterr().err


def test_a_client_that_does_not_read_keeps_no_place(served):
    deaf = [Client(served[1]) for _ in range(5)]
    for each in deaf:
        each.send(request("/big"))
    with Client(served[1]) as honest:
        assert honest.ask("/a", b"x") == (200, b"x")
    assert deaf[0].answer() == (200, served[0].big)
    for each in deaf:
        each.socket.close()


def test_while_the_engine_is_stuck_urgent_requests_are_answered_and_others_without_it(monkeypatch):
    monkeypatch.setattr(door, "LONGEST_QUEUE", 0.0)
    app = SmallApplication()
    with door_on(app, places=1) as (_, port):
        stuck, waits, urgent = Client(port), Client(port), Client(port)
        stuck.send(request("/stuck"))
        assert app.stuck.acquire(timeout=30)
        waits.send(request("/a", b"x"))
        assert urgent.ask("/urgent", b"x") == (200, b"x")
        assert urgent.ask("/a", b"x", "X-Unsigned: 1") == (403, b"no\n")
        assert waits.answer() == (200, b"please wait")
        app.release.set()
        assert stuck.answer() == (200, b"")
        assert waits.ask("/a", b"x") == (200, b"x")
        for each in (stuck, waits, urgent):
            each.socket.close()


def test_a_request_that_waits_for_a_place_gets_it(served):
    app = SmallApplication()
    with door_on(app, places=1) as (_, port):
        stuck, waits = Client(port), Client(port)
        stuck.send(request("/stuck"))
        assert app.stuck.acquire(timeout=30)
        waits.send(request("/a", b"x"))
        app.release.set()
        assert stuck.answer() == (200, b"")
        assert waits.answer() == (200, b"x")
        stuck.socket.close()
        waits.socket.close()


@pytest.mark.parametrize("sent", [b"", b"POST /a HT", request("/a", b"0123456789")[:-5]], ids=["mute", "head", "body"])
def test_a_connection_that_does_not_go_on_is_closed(monkeypatch, sent):
    monkeypatch.setattr(connections, "MUTE_SECONDS", 0.0)
    monkeypatch.setattr(door, "WHOLE_SECONDS", 0.0)
    with door_on(SmallApplication()) as (_, port), Client(port) as slow:
        slow.send(sent)
        assert slow.ended()


def test_a_door_that_is_left_ends_idle_connections_and_finishes_requests():
    app = SmallApplication()
    with door_on(app) as (left, port), Client(port) as idle, Client(port) as busy:
        assert idle.ask("/a", b"x") == (200, b"x")
        busy.send(request("/stuck", b""))
        assert app.stuck.acquire(timeout=30)
        leaving = threading.Thread(target=left.leave, args=(30.0,))
        leaving.start()
        assert idle.ended()
        app.release.set()
        assert busy.answer() == (200, b"")
        assert busy.ended()
        leaving.join()


def test_an_idle_connection_may_bring_one_more_request_while_the_door_is_left():
    with door_on(SmallApplication()) as (left, port), Client(port) as idle:
        assert idle.ask("/a", b"x") == (200, b"x")
        leaving = threading.Thread(target=left.leave, args=(30.0, 30.0))
        leaving.start()
        wait_until(left._leaving.is_set)
        assert idle.ask("/a", b"y") == (200, b"y")
        assert idle.ended()
        leaving.join()


def test_a_proxy_on_this_machine_may_use_a_unix_socket(tmp_path):
    app, path = SmallApplication(), str(tmp_path / "ivr.sock")
    with socket.socket(socket.AF_UNIX) as listener, socket.socket(socket.AF_UNIX) as client:
        listener.bind(path)
        listener.listen()
        served = door.Door(app, [listener], places=1)
        served.start()
        client.connect(path)
        client.sendall(request("/a", b"x"))
        assert client.recv(1000).endswith(b"\r\n\r\nx")
        client.close()
        served.leave(30.0)
    assert app.environs[0]["SERVER_NAME"] == "localhost"
