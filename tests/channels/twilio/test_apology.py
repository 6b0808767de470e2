"""The last resort: it reaches for a person and never fails."""

from __future__ import annotations

import pytest

from ivr.channels.twilio import apology
from ivr.channels.twilio.apology import sorry

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
    assert attempts[1].find("Dial").get("action") == "/f?attempt=3"
    assert attempts[3].find("Hangup") is not None


@pytest.mark.parametrize("language", ["en-US", "en-GB"])
def test_english_callers_hear_english_first(language):
    said = [say.get("language") for say in parse(sorry(language, None, attempt=1, action="/f")).findall("Say")]
    assert said == ["en-US", "cmn-CN"]


def test_whatever_breaks_a_sentence_is_said(monkeypatch):
    monkeypatch.setattr(apology, "speak", lambda *_: 1 / 0)
    assert sorry("zh-CN", "+861", attempt=1, action="/f") == apology.BARE
    assert parse(apology.BARE).find("Hangup") is not None
