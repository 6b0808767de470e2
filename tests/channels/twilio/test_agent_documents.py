"""What agents and customers who are called back hear, as TwiML."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from ivr.channels.twilio.agent_documents import FIRST_WAIT, SECOND_WAIT, AgentDocuments
from ivr.channels.twilio.paths import RETRIES
from ivr.engine.verbs import Say

WORDS = (Say("一位客户。"),)


def documents() -> AgentDocuments:
    return AgentDocuments("/ivr")


def test_a_whisper_is_said_twice_and_silence_goes_on_without_a_key():
    root = ET.fromstring(documents().whisper("ab", WORDS))
    first, second, redirect = root
    assert [(g.get("action"), g.get("timeout")) for g in (first, second)] == [
        (f"/ivr/twilio/agent/ab/key{RETRIES}", str(FIRST_WAIT)),
        (f"/ivr/twilio/agent/ab/key{RETRIES}", str(SECOND_WAIT)),
    ]
    assert first.find("Say").text == second.find("Say").text == "一位客户。"
    assert redirect.text == f"/ivr/twilio/agent/ab/key?silent=1{RETRIES}"


def test_an_empty_document_connects_the_two():
    assert list(ET.fromstring(documents().connected())) == []


def test_a_farewell_hangs_up_and_words_alone_do_not():
    assert [verb.tag for verb in ET.fromstring(documents().farewell(WORDS))] == ["Say", "Hangup"]
    assert [verb.tag for verb in ET.fromstring(documents().words(WORDS))] == ["Say"]


def test_a_customer_is_rung_from_our_number_and_hears_a_document_of_their_own():
    rings = documents().rings("ab", WORDS, "+861", caller="+862", timeout=20, record=False, language="zh-CN")
    dial = ET.fromstring(rings).find("Dial")
    assert (dial.get("callerId"), dial.get("timeout"), dial.get("record")) == ("+862", "20", None)
    assert dial.find("Number").get("url") == f"/ivr/twilio/agent/ab/customer?language=zh-CN{RETRIES}"


def test_a_recorded_talk_is_said_to_be_and_no_caller_id_is_no_attribute():
    rings = documents().rings("ab", (), "+861", caller="", timeout=20, record=True, language="zh-CN")
    dial = ET.fromstring(rings).find("Dial")
    assert dial.get("callerId") is None
    assert dial.get("record")
    assert dial.find("Number").get("url").endswith(f"&recorded=1{RETRIES}")
