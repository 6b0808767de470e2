"""What the channel believes, reads and writes: signatures, calls, and the key that tells a repeated request."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from ivr.channels.twilio.channel import TwilioChannel
from ivr.channels.twilio.requests import Parameters, TwilioRequest
from ivr.engine.inputs import CallStarted, HungUp
from ivr.errors import BadRequest, BadSignature

TOKEN = "12345"
CALL = "CA" + "0" * 32


def channel(public_url: str | None = "https://ivr.example.com") -> TwilioChannel:
    return TwilioChannel(TOKEN, public_url, fingerprint=lambda raw: hashlib.sha256(raw).hexdigest())


def request(path="/twilio/voice", query="", signed_for="https://ivr.example.com", **form: str) -> TwilioRequest:
    pairs = tuple({"CallSid": CALL, "From": "+8613800000001", "To": "+864001", **form}.items())
    url = signed_for + path + (f"?{query}" if query else "")
    signature = RequestValidator(TOKEN).compute_signature(url, dict(pairs))
    return TwilioRequest("http", "ivr.example.com", (path,), query, pairs, signature)


def test_the_vector_of_the_carriers_manual_is_accepted():
    form = (
        ("CallSid", "CA1234567890ABCDE"),
        ("Caller", "+14158675310"),
        ("Digits", "1234"),
        ("From", "+14158675310"),
        ("To", "+18005551212"),
    )
    vector = TwilioRequest("https", "example.com", ("/myapp.php",), "foo=1&bar=2", form, "L/OH5YylLD5NRKLltdqwSvS0BnU=")
    channel(None).verify(vector)
    channel("https://example.com").verify(vector)


@pytest.mark.parametrize(
    "change",
    [
        {"signature": ""},
        {"signature": "AAAA"},
        {"signature": "签名"},
        {"paths": ("/twilio/turn/1",)},
        {"query": "a=b"},
        {"form": (("CallSid", CALL),)},
    ],
)
def test_a_changed_request_is_refused(change):
    with pytest.raises(BadSignature):
        channel().verify(replace(request(), **change))


def test_added_repeated_and_missing_parameters_are_refused_unless_signed():
    good = request(StirVerstat="TN-Validation-Passed-A", NewParameter="", Blank="")
    channel().verify(good)
    for form in ((*good.form, ("x", "1")), good.form[1:], (*good.form, ("From", "+8613800000002"))):
        with pytest.raises(BadSignature):
            channel().verify(replace(good, form=form))


def test_every_value_of_a_repeated_parameter_is_signed():
    pairs = (("CallSid", CALL), ("Tag", "b"), ("Tag", "a"), ("Tag", "a"))
    text = f"https://ivr.example.com/twilio/voiceCallSid{CALL}TagaTagb"
    signature = RequestValidator(TOKEN).compute_signature(text, {})
    channel().verify(replace(request(), form=pairs, signature=signature))


@pytest.mark.parametrize("query", ["x=%e4%bd%a0", "x=%E4%BD%A0", "x=a%2fb+c&y=", "x=%7E~"])
def test_escapes_in_the_query_are_kept_byte_for_byte(query):
    channel().verify(request(query=query))


def test_a_token_from_elsewhere_does_not_sign():
    other = TwilioChannel("other", "https://ivr.example.com", fingerprint=bytes.hex)
    with pytest.raises(BadSignature):
        other.verify(request())


@pytest.mark.parametrize(
    ("public_url", "host", "signed_for"),
    [
        ("https://ivr.example.com", "10.0.0.7:8080", "https://ivr.example.com"),
        ("https://ivr.example.com", "10.0.0.7:8080", "https://ivr.example.com:443"),
        ("https://ivr.example.com:8443", "10.0.0.7:8080", "https://ivr.example.com:8443"),
        ("https://ivr.example.com:8443", "10.0.0.7:8080", "https://ivr.example.com"),
        ("https://ivr.example.com/bank/", "10.0.0.7:8080", "https://ivr.example.com/bank"),
        (None, "127.0.0.1:8080", "http://127.0.0.1:8080"),
        (None, "[::1]:8080", "http://[::1]:8080"),
        (None, "tunnel.example.com", "https://tunnel.example.com"),
    ],
)
def test_the_public_url_or_the_host_header_is_signed_with_or_without_port(public_url, host, signed_for):
    channel(public_url).verify(replace(request(signed_for=signed_for), host=host))


def test_a_foreign_host_header_does_not_move_a_configured_public_url():
    forged = replace(request(signed_for="https://other.example.com"), host="other.example.com")
    with pytest.raises(BadSignature):
        channel().verify(forged)


@pytest.mark.parametrize("host", ["", "a:b", "a:99999", "[::1", "a b", "x@y:1"])
def test_a_senseless_host_is_refused_quietly(host):
    with pytest.raises(BadSignature):
        channel(None).verify(replace(request(), host=host))


def test_without_a_token_everything_is_believed():
    TwilioChannel(None, None, fingerprint=bytes.hex).verify(replace(request(), signature=""))


def test_a_first_request_is_a_call_that_arrives():
    incoming = channel().read(request(), flow="main_menu")
    assert incoming.call_id == CALL
    assert incoming.turn is None
    assert incoming.input == CallStarted("+8613800000001", "+864001", "main_menu")


def test_every_request_tells_who_calls_whom():
    for incoming in (
        channel().read(request(Digits="1"), turn=3),
        channel().read(request()),
        channel().ended(request(CallStatus="completed")),
    ):
        assert (incoming.caller, incoming.called) == ("+8613800000001", "+864001")


@pytest.mark.parametrize("sid", ["", " ", "a", "x" * 65, "CA1\x00", "../etc", "呼叫"])
def test_a_request_without_a_usable_call_is_a_bad_request(sid):
    with pytest.raises(BadRequest):
        channel().read(request(CallSid=sid), turn=1)
    with pytest.raises(BadRequest):
        channel().ended(request(CallSid=sid, CallStatus="completed"))


def test_a_status_callback_tells_of_the_end_only():
    assert channel().ended(request("/twilio/status", CallStatus="in-progress")) is None
    assert channel().ended(request("/twilio/status", CallStatus="busy")).input == HungUp("busy")


def test_the_same_request_has_the_same_key_and_another_has_another():
    keys = [
        channel().read(request("/twilio/turn/3", **form), turn=3).key
        for form in ({"Digits": "1"}, {"Digits": "1"}, {"Digits": "2"}, {})
    ]
    assert keys[0] == keys[1]
    assert len(set(keys)) == 3
    assert channel().read(request("/twilio/turn/4", Digits="1"), turn=4).key not in keys


def test_the_carriers_retry_token_decides_within_one_call_and_address():
    def key(token: str, path: str = "/twilio/turn/3", **form: str) -> str:
        return channel().read(replace(request(path, **form), retry_token=token), turn=3).key

    assert key("t1", Digits="1") == key("t1", Digits="1", Added="later")
    assert key("t1", Digits="1") != key("t2", Digits="1")
    assert key("t1") != key("t1", "/twilio/turn/4")
    assert key("t1") != key("t1", CallSid="CA" + "1" * 32)


@given(st.lists(st.tuples(st.sampled_from(["a", "aa", "B", "你", ""]), st.text(max_size=5)), max_size=12))
def test_signatures_are_those_that_the_carriers_library_computes(form):
    asked = replace(request(), form=tuple(form))
    url = "https://ivr.example.com/twilio/voice"
    signature = RequestValidator(TOKEN).compute_signature(url, Parameters.of(form))
    signed = replace(asked, signature=signature)
    assert channel().is_signed_as_sent(signed)
    channel().verify(signed)
    forged = replace(asked, signature=signature.swapcase())
    assert not channel().is_signed_as_sent(forged)
    with pytest.raises(BadSignature):
        channel().verify(forged)


def test_neither_requests_nor_inputs_show_what_was_typed():
    asked = request(Digits="135790")
    assert "135790" not in repr(asked)
    assert "135790" not in repr(channel().read(asked, turn=1))
