"""The patterns of one language: each finds its own figures; the golden sentences say what is said for them."""

from __future__ import annotations

from ivr.speech.verbalize import speaker_of
from ivr.speech.verbalize.zh_text import zh_patterns


def test_only_a_reader_with_letters_of_its_own_spells_capitals() -> None:
    with_letters = True
    patterns = zh_patterns(speaker_of("zh-CN")())
    assert any(pattern.match("VIP") for pattern, _ in patterns) is with_letters


def test_every_figure_finds_a_pattern() -> None:
    patterns = zh_patterns(speaker_of("zh-CN")())
    assert all(any(pattern.match(text) for pattern, _ in patterns) for text in ("0", "12", "95588", "1,000.5", "9:30"))
