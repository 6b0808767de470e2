"""The last resort: it reaches for a person and never fails."""

from __future__ import annotations

import pytest

from ivr.channels.twilio import apology
from ivr.channels.twilio.apology import MOST_HOLDS, held_values, hold, outside, sorry
from ivr.channels.twilio.paths import RETRIES
from ivr.channels.twilio.requests import TwilioRequest

from .test_twiml import channel, parse, pretty


@pytest.mark.parametrize(
    ("name", "language", "number", "attempt"),
    [
        ("sorry", "zh-CN", "+861055550100", 1),
        ("sorry_again", "zh-CN", "+861055550100", 2),
        ("sorry_english", "en-US", "+861055550100", 1),
        ("sorry_without_a_desk", "zh-CN", None, 1),
        ("sorry_at_last", "zh-CN", "+861055550100", 4),
    ],
)
def test_the_last_resort_is_written_as_the_golden_file_says(name, language, number, attempt, golden):
    golden(f"twilio/{name}.xml", pretty(channel().sorry(language, number, attempt=attempt)))


def test_the_desk_is_tried_three_times_and_then_the_caller_is_let_go():
    attempts = [parse(sorry("zh-CN", "+861", attempt=attempt, action="/f")) for attempt in range(1, 5)]
    assert [document.find("Dial") is not None for document in attempts] == [True, True, True, False]
    assert attempts[1].find("Dial").get("action") == f"/f?attempt=3{RETRIES}"
    assert attempts[3].find("Hangup") is not None


@pytest.mark.parametrize("language", ["en-US", "en-GB"])
def test_english_callers_hear_english_first(language):
    said = [say.get("language") for say in parse(sorry(language, None, attempt=1, action="/f")).findall("Say")]
    assert said == ["en-US", "cmn-CN"]


def test_whatever_breaks_a_sentence_is_said(monkeypatch):
    monkeypatch.setattr(apology, "speak", lambda *_: 1 / 0)
    assert sorry("zh-CN", "+861", attempt=1, action="/f") == apology.BARE
    assert parse(apology.BARE).find("Hangup") is not None


def held(path: str, query: str = "", **form: str):
    asked = TwilioRequest("https", "ivr.example.com", (path,), query, tuple(form.items()))
    document = hold(asked, "/prefix")
    return parse(document) if document else None


def test_a_caller_who_must_wait_hears_both_languages_and_then_asks_again():
    document = held("/prefix/twilio/turn/7", Digits="135790")
    assert [element.tag for element in document] == ["Say", "Say", "Pause", "Redirect"]
    assert [say.get("language") for say in document.findall("Say")] == ["cmn-CN", "en-US"]
    assert document.find("Redirect").text == f"/prefix/twilio/turn/0?hold=1{RETRIES}"


def test_an_arriving_call_arrives_again():
    assert held("/prefix/twilio/voice/vip").find("Redirect").text == f"/prefix/twilio/voice/vip?hold=1{RETRIES}"
    assert held("/twilio/voice", "hold=4").find("Redirect").text == f"/prefix/twilio/voice?hold=5{RETRIES}"


def test_the_result_of_a_dialled_leg_is_kept_over_every_wait():
    dialled = {"DialCallStatus": "no-answer", "DialCallDuration": "12"}
    address = held("/twilio/turn/7", **dialled).find("Redirect").text
    assert address == f"/prefix/twilio/turn/7?hold=1&DialCallStatus=no-answer&DialCallDuration=12{RETRIES}"
    query = address.partition("?")[2].removesuffix(RETRIES)
    again = held("/twilio/turn/7", query).find("Redirect").text
    assert again == address.replace("hold=1", "hold=2")
    assert held_values(query) == dialled
    assert held_values("DialCallStatus=busy") == {}
    assert held_values("hold=1&Digits=1") == {}


@pytest.mark.parametrize("query", [f"hold={MOST_HOLDS}", "hold=x", "hold=99999"])
def test_no_caller_waits_for_ever(query):
    assert held("/twilio/turn/7", query) is None


def test_what_cannot_be_written_leaves_the_apology(monkeypatch):
    monkeypatch.setattr(apology, "speak", lambda *_: 1 / 0)
    assert held("/twilio/turn/7") is None


def test_the_document_outside_the_server_leads_to_the_desk_and_to_no_address():
    document = parse(outside("+861055550100"))
    tags = [element.tag for element in document]
    assert tags == ["Say", "Say", "Dial", "Say", "Say", "Hangup"]
    assert document.find("Dial").get("action") is None
    assert document.find("Dial/Number").text == "+861055550100"
    assert [element.tag for element in parse(outside(None))] == ["Say", "Say", "Hangup"]
