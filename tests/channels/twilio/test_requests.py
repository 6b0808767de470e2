"""Requests as they come off the wire: their forms, and the addresses that may have been signed."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.channels.twilio.requests import Parameters, TwilioRequest, form_pairs, prefix_of


def test_forms_keep_blanks_and_repeats_and_refuse_floods():
    assert form_pairs(b"a=&b=1&b=%E4%BD%A0+x") == (("a", ""), ("b", "1"), ("b", "你 x"))
    assert form_pairs(b"\xff\xfe=%ff") != ()
    with pytest.raises(ValueError, match="fields"):
        form_pairs(b"&".join(b"a=1" for _ in range(501)))


FORM_SIGNS = st.text("a1é你+&=;%4fFzZ \x00", max_size=40)


@given(FORM_SIGNS.map(str.encode) | st.binary(max_size=40))
def test_forms_are_read_as_the_standard_library_reads_them(body):
    text = body.decode("utf-8", "replace")
    assert form_pairs(body) == tuple(parse_qsl(text, keep_blank_values=True))


def test_the_addresses_that_may_have_been_signed_come_from_the_public_url_or_the_host_with_either_scheme():
    asked = TwilioRequest("http", "ivr.example.com", ("/twilio/voice", "/twilio/voice/"), "a=b", ())
    assert list(asked.urls("https://bank.example")) == [
        "https://bank.example/twilio/voice?a=b",
        "https://bank.example/twilio/voice/?a=b",
    ]
    assert [url.partition(":")[0] for url in asked.urls(None)] == ["http", "http", "https", "https"]
    assert asked.target == "/twilio/voice?a=b"


def test_every_value_of_a_repeated_name_is_kept_in_order():
    parameters = Parameters.of([("Tag", "b"), ("Tag", "a"), ("Blank", "")])
    assert parameters.getlist("Tag") == ["b", "a"]
    assert (parameters.first("Tag"), parameters.first("Blank"), parameters.first("None")) == ("b", "", "")


@pytest.mark.parametrize(
    ("url", "prefix"), [("https://bank.example", ""), ("https://bank.example/ivr/", "/ivr"), (None, ""), ("", "")]
)
def test_the_path_of_the_public_url_stands_before_every_path(url, prefix):
    assert prefix_of(url) == prefix


def test_a_request_does_not_show_what_was_typed():
    asked = TwilioRequest("http", "h", ("/",), "", (("Digits", "135790"),), "signature")
    assert "135790" not in repr(asked)
    assert "signature='" not in repr(asked)
