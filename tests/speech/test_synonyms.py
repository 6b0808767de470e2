"""Words that mean the same are compared as one word, where no phrase was said in its own words."""

from __future__ import annotations

import pytest

from ivr.speech.phrases import understand
from ivr.speech.synonyms import with_plain_words


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("我把卡落在车上了", "我把卡丢车上了"),
        ("我想更改密码", "我想改密码"),
        ("i misplaced my card", "i lost my card"),
        ("left my card in a taxi", "lost card in a taxi"),
        ("what is left", "what is left"),
        ("stopping", "stopping"),
    ],
)
def test_the_first_word_of_a_list_stands_for_the_others(said: str, plain: str) -> None:
    assert with_plain_words(said) == plain


def test_traditional_characters_have_the_same_synonyms() -> None:
    assert with_plain_words("記不得") == "忘"


def test_what_was_said_in_a_phrase_s_own_words_goes_before_synonyms() -> None:
    offers = [["lock my card"], ["cancel my card"]]
    assert understand("cancel my card please", offers, "en-US") == 1
    assert understand("freeze my card please", [["lock my card"]], "en-US") == 0
    assert understand("please suspend my card", offers, "en-US") is None, "two choices fit alike"


def test_a_synonym_of_what_is_not_wanted_starts_nothing() -> None:
    assert understand("别冻结我的卡", [["锁我的卡"]], "zh-CN") is None
    assert understand("I didn't misplace my card", [["lost my card"]], "en-US") is None
