"""Answers of WSGI applications as bytes."""

from __future__ import annotations

import pytest

from ivr.server.responses import run_application, short_answer


def answered(parts, status="200 OK", headers=(), method="GET", *, keeps=True):
    def app(_environ, start):
        start(status, list(headers))
        return parts

    outgoing = run_application(app, {"REQUEST_METHOD": method}, keeps=keeps)
    data = bytes(outgoing.data)
    while outgoing.next_part():
        data += outgoing.data
    head, _, body = data.partition(b"\r\n\r\n")
    lines = [line for line in head.decode().split("\r\n") if not line.startswith("Date: ")]
    return lines, body, outgoing.close


def test_a_list_is_one_answer_with_its_length():
    lines, body, close = answered([b"ab", b"c"], headers=[("X-A", "b")])
    assert (lines, body, close) == (["HTTP/1.1 200 OK", "X-A: b", "Content-Length: 3"], b"abc", False)


def test_a_length_of_the_application_is_kept():
    lines, _, _ = answered([b"abc"], headers=[("content-length", "3")])
    assert lines == ["HTTP/1.1 200 OK", "content-length: 3"]


def test_a_stream_with_a_length_keeps_the_connection_and_one_without_ends_it():
    lines, body, close = answered(iter([b"", b"ab", b"c"]), headers=[("Content-Length", "3")])
    assert (body, close, lines[-1]) == (b"abc", False, "Content-Length: 3")
    lines, body, close = answered(iter([b"ab", b"c"]))
    assert (body, close, lines[-1]) == (b"abc", True, "Connection: close")


@pytest.mark.parametrize(("status", "method"), [("200 OK", "HEAD"), ("304 Not Modified", "GET"), ("204 No", "POST")])
def test_an_answer_without_a_body_has_none(status, method):
    assert answered([b"abc"], status=status, method=method)[1] == b""
    assert answered(iter([b"abc"]), status=status, method=method)[1:] == (b"", False)


def test_a_connection_that_is_not_kept_says_so():
    lines, _, close = answered([b""], keeps=False)
    assert close
    assert lines[-1] == "Connection: close"


def test_what_the_application_opened_is_closed():
    closed = []

    class Parts:
        def __iter__(self):
            return iter([b"a", b"b"])

        def close(self):
            closed.append(True)

    assert answered(Parts())[1] == b"ab"
    assert closed == [True]


def test_the_servers_own_answer_is_its_status():
    outgoing = short_answer(413, keeps=False)
    assert outgoing.close
    assert bytes(outgoing.data).startswith(b"HTTP/1.1 413 Request Entity Too Large\r\nContent-Type: text/plain")
    assert bytes(outgoing.data).endswith(b"\r\n\r\n413 Request Entity Too Large\n")
