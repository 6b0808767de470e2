from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from ivr.carrier.caller import Press
from ivr.carrier.requests import PhoneLine, encoded_form, signature


def test_the_vector_that_twilio_documents_is_signed_alike():
    form = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675310",
        "Digits": "1234",
        "From": "+14158675310",
        "To": "+18005551212",
    }
    assert signature("12345", "https://example.com/myapp.php?foo=1&bar=2", form) == "L/OH5YylLD5NRKLltdqwSvS0BnU="


@pytest.mark.parametrize(
    ("asked", "signed"),
    [
        ("https://bank.example:8443/v?x=1", "https://bank.example/v?x=1"),
        ("http://bank.example:8080/v", "http://bank.example:8080/v"),
        ("https://user:secret@bank.example/v", "https://bank.example/v"),
        ("https://bank.example/v?x=%e4%bd%a0%2F#rc=2", "https://bank.example/v?x=%e4%bd%a0%2F"),
        ("https://bank.example", "https://bank.example"),
    ],
)
def test_the_address_is_signed_by_the_rules_for_voice(asked, signed):
    form = {"B": "2", "A": ""}
    assert signature("t", asked, form) == RequestValidator("t").compute_signature(signed, form)


def test_every_request_carries_the_standard_parameters(phone, person):
    result = phone.call({"/voice": "<Hangup/>"}, person(), caller="+8613800000002", called="95555")
    form = phone.server.asked("/voice")[0]
    assert form["CallSid"] == result.call_sid
    assert form["CallSid"].startswith("CA")
    assert len(form["AccountSid"]) == 34
    assert (form["From"], form["Caller"], form["To"], form["Called"]) == ("+8613800000002",) * 2 + ("95555",) * 2
    assert (form["CallStatus"], form["Direction"], form["ApiVersion"]) == ("ringing", "inbound", "2010-04-01")


def test_cookies_are_kept_during_a_call(phone, person):
    first = (200, "text/xml", "<Response><Redirect>/next</Redirect></Response>", ("Set-Cookie", "seat=7; Path=/"))
    phone.call({"/voice": first, "/next": "<Hangup/>"}, person())
    assert phone.server.headers[1]["HTTP_COOKIE"] == "seat=7"


def test_a_redirect_answer_is_followed_without_what_was_typed(phone, person):
    pages = {
        "/voice": '<Gather action="/menu" numDigits="1"/><Hangup/>',
        "/menu": (302, "text/html", "", ("Location", "/menu/")),
        "/menu/": "<Hangup/>",
    }
    result = phone.call(pages, person(Press("1")))
    assert phone.server.asked("/menu")[0]["Digits"] == "1"
    assert phone.server.asked("/menu/") == [{}]
    assert "followed without the parameters" in str(result.faults[0])


def test_redirects_without_end_are_a_fault(phone, person):
    result = phone.call({"/voice": (302, "text/html", "", ("Location", "/voice"))}, person())
    assert 11215 in [fault.number for fault in result.faults]


def test_a_public_address_is_signed_while_another_one_is_called(phone, person):
    real = {"/voice": "<Redirect>https://bank.example/next</Redirect>", "/next": "<Hangup/>"}
    from ivr.carrier.player import Player
    from ivr.carrier.transport import WsgiTransport

    phone.call({}, person())
    phone.server.pages = real
    hosts = []

    def behind_a_proxy(environ, start):
        hosts.append(environ["HTTP_HOST"])
        return phone.server({**environ, "HTTP_HOST": "bank.example", "wsgi.url_scheme": "https"}, start)

    line = PhoneLine("http://127.0.0.1:9/voice", token="a token", public_url="https://bank.example")
    result = Player(line, WsgiTransport(behind_a_proxy), person(), phone.clock).call()
    assert (result.ended_by, result.faults, hosts) == ("server", (), ["127.0.0.1:9"] * 2)


@given(st.dictionaries(st.text(min_size=1, max_size=8), st.text(max_size=20), max_size=12))
def test_signatures_and_forms_are_those_of_the_libraries(form: dict[str, str]) -> None:
    url = "http://ivr.example.com/twilio/turn/1?lang=zh"
    assert signature("t", url, form) == RequestValidator("t").compute_signature(url, form)
    assert encoded_form(form) == urlencode(form)
