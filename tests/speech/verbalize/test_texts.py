"""Figures in running text: what is said for each, and which ones are reported because they can be read in two ways."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.speech.verbalize import languages, speaker_of, unclear_numbers
from ivr.speech.verbalize.texts import Unclear, read_figures, text_before, text_behind

GOLDEN = Path(__file__).parents[1] / "golden" / "texts.txt"
CASES = [
    (*(part.strip() for part in line.split("|")), "")[:4]
    for line in GOLDEN.read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("# ")
]


@pytest.mark.parametrize(("language", "text", "words", "unclear"), CASES)
def test_a_sentence_is_read_as_a_bank_says_it(language: str, text: str, words: str, unclear: str) -> None:
    read = speaker_of(language)().read_text(text)
    assert read.words == words
    assert " ".join(number.figure for number in read.unclear) == unclear
    assert all(number.words in read.words and number.cure for number in read.unclear)


@pytest.mark.parametrize("language", ["zh-CN", "en-US"])
def test_the_golden_sentences_cover_every_kind(language: str) -> None:
    assert sum(case[0] == language for case in CASES) >= 13


@given(st.text(alphabet="0123456789.,-:/%年月日元个 按第a￥$", max_size=24), st.sampled_from(languages()))
def test_no_figure_is_left_in_any_text_and_a_second_reading_changes_nothing(text: str, language: str) -> None:
    words = speaker_of(language)().in_words(text)
    assert not any(sign.isdigit() for sign in words)
    assert speaker_of(language)().in_words(words) == words


def test_a_text_without_figures_is_unchanged_and_an_unknown_language_reports_nothing() -> None:
    assert speaker_of("zh-CN")().in_words("请问：您好—再见") == "请问：您好—再见"
    assert unclear_numbers("1/2", "fr-FR") == ()


def test_the_first_pattern_that_has_words_speaks() -> None:
    import re

    patterns = [
        (re.compile("a"), lambda match: None if text_behind(match) == "b" else "A"),
        (re.compile("b"), lambda match: Unclear("B", f"after {text_before(match)}")),
    ]
    read = read_figures("ab", patterns)
    assert read.words == "aB"
    assert [(number.figure, number.cure) for number in read.unclear] == [("b", "after a")]
