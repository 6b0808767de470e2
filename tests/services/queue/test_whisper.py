"""What an agent hears before the caller: who it is, why, and which key takes the call."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ivr.flow.phrasebook import SHIPPED_PHRASES
from ivr.services.queue.legs import Whisper
from ivr.services.queue.whisper import whisper_words


def words(**facts: Any) -> str:
    whisper = Whisper("zh-CN", "张伟", "general", "standard", 0, "")
    return "".join(say.text for say in whisper_words(replace(whisper, **facts), SHIPPED_PHRASES))


def test_a_caller_is_named_with_what_is_known() -> None:
    assert "张伟" in words()


def test_a_long_number_is_told_by_its_tail_however_it_came() -> None:
    for typed in ("6217000000001000128", "****0128", "••••••••0128"):
        told = words(typed={"card": typed})
        assert "6217" not in told
        assert "零幺二八" in told or "0128" in told or "零一二八" in told


def test_only_the_newest_entries_are_told() -> None:
    told = words(typed={"a": "11", "b": "22", "c": "33"})
    assert "11" not in told
    assert "22" in told
    assert "33" in told


def test_a_short_wait_is_not_worth_telling() -> None:
    assert words(waited=59) == words()
    assert words(waited=60) != words()
