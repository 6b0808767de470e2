"""Which languages Twilio takes, and how many bytes a Say may hold."""

from __future__ import annotations

import pytest

from ivr.carrier.languages import hearing_fault, saying_fault, too_long


@pytest.mark.parametrize(("language", "cure"), [("zh-CN", "cmn-Hans-CN"), ("zh-HK", "yue-Hant-HK"), ("xx-XX", "")])
def test_a_code_that_no_recogniser_takes_is_told_with_the_one_that_was_meant(language: str, cure: str) -> None:
    assert hearing_fault("cmn-Hans-CN", "") == ""
    fault = hearing_fault(language, "")
    assert language in fault
    assert cure in fault
    assert hearing_fault(language, "deepgram_nova-2") == "", "another product's codes are not judged"


def test_a_code_that_no_voice_takes_is_told() -> None:
    assert saying_fault("cmn-CN", "Polly.Zhiyu", "您好") == ""
    assert "write cmn-CN" in saying_fault("zh-CN", "Polly.Zhiyu", "您好")
    assert "cannot speak" in saying_fault("chinese", "", "您好")


def test_chinese_without_a_language_is_read_as_english_unless_the_voice_has_its_own() -> None:
    assert "read as English" in saying_fault(None, "alice", "您好")
    assert saying_fault(None, "Polly.Zhiyu", "您好") == ""
    assert saying_fault(None, "alice", "hello") == ""


@pytest.mark.parametrize(
    ("voice", "most"), [("alice", 4096), ("Polly.Joanna", 3000), ("Google.en-US-Standard-A", 4500)]
)
def test_a_say_holds_so_many_bytes_by_voice(voice: str, most: int) -> None:
    assert too_long(voice, "a" * most, "a" * most) == ""
    assert str(most) in too_long(voice, "a" * (most + 1), "a" * (most + 1))


def test_google_counts_marks_and_chinese_counts_nine_in_an_address() -> None:
    assert "5001 bytes" in too_long("Google.x", "a", "<" * 5001)
    assert "URL-encoded" in too_long("alice", "您" * 501, "")
