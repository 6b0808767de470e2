"""Twilio's webhooks over Flask: who is let in, what they get, and what is written down."""

from __future__ import annotations

import json
import logging
import xml.etree.ElementTree as ET

import pytest

from ivr.channels.twilio.paths import RETRIES
from ivr.engine.inputs import CallStarted, Digits, HungUp, NoInput

PATHS = ["/twilio/voice", "/twilio/voice/main_menu", "/twilio/turn/1", "/twilio/status", "/twilio/fallback"]


def twiml(answer) -> ET.Element:
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    root = ET.fromstring(answer.data)
    assert root.tag == "Response"
    return root


def test_a_call_that_arrives_is_answered_with_twiml(line):
    root = twiml(line.post("/twilio/voice"))
    assert root.find("Gather").get("action") == f"/twilio/turn/1{RETRIES}"
    assert line.ivr.asked[0].input == CallStarted("+8613800000001", "+86400", None)
    twiml(line.post("/twilio/voice/elderly_simple"))
    assert line.ivr.asked[1].input.flow == "elderly_simple"


def test_a_turn_carries_its_number_and_what_was_done(line):
    twiml(line.post("/twilio/turn/12", Digits="1"))
    twiml(line.post("/twilio/turn/13?silent=1"))
    assert [(asked.turn, asked.input) for asked in line.ivr.asked] == [(12, Digits("1")), (13, NoInput())]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("signature", [False, "AAAA", "L/OH5YylLD5NRKLltdqwSvS0BnU="])
def test_unsigned_and_forged_requests_are_refused_and_nothing_is_read(line, path, signature):
    answer = line.post(path, sign=signature, CallStatus="completed")
    assert answer.status_code == 403
    assert (line.ivr.asked, line.ivr.gone) == ([], [])


def test_forwarded_headers_do_not_move_the_signed_address(line):
    form = {"CallSid": "CA" + "1" * 32}
    headers = {"X-Twilio-Signature": "x", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
    assert line.client.post("/twilio/voice", data=form, headers=headers).status_code == 403


@pytest.mark.parametrize("query", ["x=%e4%bd%a0", "x=%E4%BD%A0", "name=a%2fb+c&blank="])
def test_escapes_in_the_address_keep_the_signature_valid(line, query):
    twiml(line.post(f"/twilio/voice?{query}"))


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS", "HEAD"])
def test_other_methods_are_not_allowed(line, path, method):
    answer = line.client.open(path, method=method)
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "POST"


@pytest.mark.parametrize(
    "path",
    [
        "/twilio",
        "/twilio/",
        "/twilio/voice/",
        "//twilio/voice",
        "/twilio/turn/x",
        "/twilio/turn/-1",
        "/twilio/turn/" + "9" * 5000,
        "/twilio/turn/１",
        "/twilio/voice/a/b",
        "/other",
    ],
)
def test_unknown_paths_are_not_found_and_never_redirect(line, path):
    assert line.post(path).status_code == 404


def test_a_body_beyond_any_voice_request_is_refused(line):
    assert line.post("/twilio/turn/1", Digits="1" * 70_000).status_code == 413
    assert line.post("/twilio/turn/1", **{f"p{n}": "" for n in range(600)}).status_code == 403


def test_a_request_that_names_no_call_gets_an_apology_and_a_person(line):
    root = twiml(line.post("/twilio/turn/1", CallSid=""))
    assert root.find("Dial/Number").text == "+861055550100"


def test_whatever_breaks_the_caller_hears_an_apology_and_reaches_a_person(line):
    line.ivr.broken = {"answer"}
    root = twiml(line.post("/twilio/turn/1", Digits="135790"))
    assert "抱歉" in root.find("Say").text
    assert root.find("Dial").get("action") == f"/twilio/fallback?attempt=2{RETRIES}"
    line.ivr.broken = {"answer", "desk"}
    assert twiml(line.post("/twilio/turn/1")).find("Hangup") is not None


def test_the_status_callback_ends_the_call_and_never_fails(line):
    assert line.post("/twilio/status", CallStatus="in-progress").status_code == 204
    assert line.post("/twilio/status", CallStatus="completed").status_code == 204
    assert [gone.input for gone in line.ivr.gone] == [HungUp("completed")]
    line.ivr.broken = {"hang_up"}
    assert line.post("/twilio/status", CallStatus="completed").status_code == 204
    assert line.post("/twilio/status", CallStatus="completed", CallSid="").status_code == 204


def test_the_fallback_reaches_for_a_person_three_times_and_then_says_goodbye(line):
    path = "/twilio/fallback"
    heard = []
    for _ in range(5):
        root = twiml(line.post(path, ErrorCode="11205", DialCallStatus="busy"))
        heard.append(root.find("Dial") is not None)
        if heard[-1]:
            path = root.find("Dial").get("action")
    assert heard == [True, True, True, False, False]


@pytest.mark.parametrize("status", ["completed", "answered"])
def test_after_a_talk_with_the_desk_the_call_ends(line, status):
    root = twiml(line.post("/twilio/fallback?attempt=2", DialCallStatus=status))
    assert [child.tag for child in root] == ["Hangup"]


@pytest.mark.parametrize("attempt", ["", "x", "-1", "9" * 5000, "１", "0"])
def test_a_senseless_attempt_still_gets_an_answer(line, attempt):
    twiml(
        line.post(f"/twilio/fallback?attempt={attempt}" if attempt.isascii() else "/twilio/fallback?attempt=%EF%BC%91")
    )


def test_a_turn_is_one_line_of_json_without_what_was_typed(line, caplog):
    with caplog.at_level(logging.INFO, "ivr.web"):
        line.post("/twilio/turn/3", Digits="135790")
        line.ivr.broken = {"answer"}
        line.post("/twilio/turn/4", SpeechResult="135790")
    rows = [json.loads(record.getMessage()) for record in caplog.records]
    assert rows[0].pop("ms") >= 0
    assert rows[0] == {"event": "turn", "call": "CA" + "1" * 32, "turn": 3, "input": "Digits", "outcome": "answered"}
    assert rows[1]["fault"] == "RuntimeError"
    assert any("_check" in place for place in rows[1]["at"])
    assert "135790" not in caplog.text
