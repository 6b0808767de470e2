"""The address as it was sent, from what different servers tell of it."""

from __future__ import annotations

import pytest

from ivr.channels.twilio.wire import twilio_request


@pytest.mark.parametrize(
    ("environ", "paths"),
    [
        ({"PATH_INFO": "/twilio/turn/3"}, ("/twilio/turn/3",)),
        ({"RAW_URI": "/twilio/voice/%6dain?x=%2f", "PATH_INFO": "/twilio/voice/main"}, ("/twilio/voice/%6dain",)),
        ({"REQUEST_URI": "http://h/a%2Fb?x=://", "PATH_INFO": "/a/b"}, ("/a%2Fb",)),
        ({"REQUEST_URI": "/a?x=http://h/b", "PATH_INFO": "/a"}, ("/a",)),
        (
            {"PATH_INFO": "/twilio/voice/余额".encode().decode("latin-1")},
            ("/twilio/voice/%E4%BD%99%E9%A2%9D", "/twilio/voice/%e4%bd%99%e9%a2%9d"),
        ),
    ],
)
def test_the_path_is_kept_or_rebuilt_as_it_was_sent(environ, paths):
    assert twilio_request(environ, b"").paths == paths


def test_query_form_and_headers_are_taken_as_they_are():
    asked = twilio_request(
        {
            "wsgi.url_scheme": "https",
            "HTTP_HOST": "h:1",
            "PATH_INFO": "/p",
            "QUERY_STRING": "a=%e4",
            "HTTP_X_TWILIO_SIGNATURE": "s",
            "HTTP_I_TWILIO_IDEMPOTENCY_TOKEN": "t" * 999,
        },
        b"a=&b=%2B1+2",
    )
    assert (asked.scheme, asked.host, asked.target, asked.signature) == ("https", "h:1", "/p?a=%e4", "s")
    assert asked.form == (("a", ""), ("b", "+1 2"))
    assert asked.retry_token == "t" * 200
