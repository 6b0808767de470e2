"""Requests are read as they were sent, in whatever pieces they arrive."""

from __future__ import annotations

import random

import pytest

from ivr.server.requests import LARGEST_HEAD, MOST_HEADERS, BadRequestError, RequestReader

CLIENT = {"REMOTE_ADDR": "192.0.2.1", "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80"}
VOICE = (
    b"POST /twilio/voice/%E4%BD%A0?x=%e4&y=a%2fb+c HTTP/1.1\r\nhost: ivr.example.com\r\nX-Twilio-Signature: abc=\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\nX-Twilio_Signature: forged\r\nVia: a\r\nVia: b\r\n"
    b"Content-Length: 7\r\n\r\nA=1&B=2"
)
CHUNKED = (
    b"PUT /api HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nA=1\r\n4\r\n&B=2\r\n0\r\nX: y\r\n\r\n"
)


def read(*pieces: bytes):
    reader = RequestReader(CLIENT, 1000)
    for piece in pieces:
        reader.feed(piece)
    return reader


def plain(request):
    return {**request.environ, "wsgi.input": request.environ["wsgi.input"].read()}


def test_the_environment_is_that_of_the_request():
    [request] = read(VOICE).complete
    environ = plain(request)
    expected = {
        "REQUEST_METHOD": "POST",
        "RAW_URI": "/twilio/voice/%E4%BD%A0?x=%e4&y=a%2fb+c",
        "PATH_INFO": "/twilio/voice/你".encode().decode("latin-1"),
        "QUERY_STRING": "x=%e4&y=a%2fb+c",
        "HTTP_HOST": "ivr.example.com",
        "HTTP_X_TWILIO_SIGNATURE": "abc=",
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "CONTENT_LENGTH": "7",
        "HTTP_VIA": "a,b",
        "wsgi.input": b"A=1&B=2",
        **CLIENT,
    }
    assert {name: environ[name] for name in expected} == expected
    assert request.keeps


def test_a_chunked_body_looks_like_any_other():
    [request] = read(CHUNKED).complete
    environ = plain(request)
    assert environ["wsgi.input"] == b"A=1&B=2"
    assert environ["CONTENT_LENGTH"] == "7"
    assert not environ.keys() & {"HTTP_TRANSFER_ENCODING", "HTTP_X"}


@pytest.mark.parametrize("sent", [VOICE + CHUNKED, CHUNKED + VOICE + VOICE], ids=["voice first", "chunks first"])
def test_pieces_of_any_size_give_the_same_requests(sent):
    chance = random.Random(7)
    whole = [plain(request) for request in read(sent).complete]
    for _ in range(50):
        cuts = sorted(chance.sample(range(len(sent)), 9))
        pieces = [sent[start:end] for start, end in zip([0, *cuts], [*cuts, len(sent)], strict=True)]
        assert [plain(request) for request in read(*pieces).complete] == whole


def test_it_is_known_whether_a_request_has_begun():
    reader = read()
    assert reader.is_between
    reader.feed(VOICE + VOICE[:3])
    assert not reader.is_between
    reader.feed(VOICE[3:])
    assert reader.is_between


def test_a_target_with_a_host_is_read_as_its_path():
    [request] = read(b"GET http://a.example/b/c?d=e HTTP/1.1\r\nHost: a.example\r\n\r\n").complete
    assert (request.environ["PATH_INFO"], request.environ["QUERY_STRING"]) == ("/b/c", "d=e")


@pytest.mark.parametrize(("last", "keeps"), [(b"HTTP/1.0", False), (b"HTTP/1.1\r\nConnection: close", False)])
def test_a_connection_is_kept_only_if_the_client_keeps_it(last, keeps):
    [request] = read(b"GET / " + last + b"\r\n\r\n").complete
    assert request.keeps is keeps


def test_a_request_to_change_the_protocol_is_answered_as_it_is():
    [request] = read(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n").complete
    assert not request.keeps


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        (b"GET / HTTP/1.1\nHost: a\n\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * (MOST_HEADERS + 1) + b"\r\n", 431),
        (b"GET /" + b"a" * LARGEST_HEAD, 431),
        (b"GET /" + b"a" * LARGEST_HEAD + b" HTTP/1.1\r\n\r\n", 431),
        (b"POST / HTTP/1.1\r\nContent-Length: 1001\r\n\r\n", 413),
    ],
)
def test_what_is_ambiguous_or_too_large_is_refused(data, status):
    with pytest.raises(BadRequestError) as refused:
        read(data)
    assert refused.value.status == status


def test_what_came_before_a_fault_is_kept():
    reader = RequestReader(CLIENT, 1000)
    with pytest.raises(BadRequestError):
        reader.feed(VOICE + b"\0\0")
    assert len(reader.complete) == 1
