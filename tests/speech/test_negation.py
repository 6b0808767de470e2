"""What refuses a wish in each language, and what only sounds like it."""

from __future__ import annotations

import re

import pytest

from ivr.speech.negation import CANTONESE, ENGLISH, MANDARIN, TRADITIONAL_MANDARIN
from ivr.speech.phrases import understand


@pytest.mark.parametrize(
    ("tag", "phrase", "said", "wished"),
    [
        ("zh-HK", "信用卡", "唔要信用卡", False),
        ("zh-HK", "信用卡", "我唔想查信用卡", False),
        ("zh-HK", "報失", "我冇報失", False),
        ("zh-HK", "信用卡", "唔該，信用卡", True),
        ("zh-HK", "信用卡", "有冇信用卡", True),
        ("zh-HK", "信用卡", "信用卡，唔係", False),
        ("zh-CN", "丢卡", "我没有丢卡", False),
        ("zh-CN", "余额", "有没有余额", True),
        ("zh-CN", "余额", "没有查到余额", True),
        ("zh-CN", "余额", "唔，余额", True),
        ("zh-TW", "掛失", "我沒有掛失", False),
        ("zh-TW", "轉專人", "不要轉專人", False),
        ("zh-TW", "餘額", "我想查餘額", True),
        ("en-US", "lost card", "I haven't a lost card", False),
        ("en-US", "credit card", "I don't want a credit card", False),
        ("en-GB", "lost my card", "I didn't say lost my card", False),
        ("en-GB", "lost my card", "I have lost my card", True),
    ],
)
def test_a_refusal_in_the_words_of_a_language_is_no_wish(tag: str, phrase: str, said: str, wished: bool) -> None:
    assert (understand(said, [[phrase]], tag) == 0) is wished


def test_every_pattern_compiles_and_the_traditional_ones_refuse_the_same() -> None:
    for refusal in (MANDARIN, TRADITIONAL_MANDARIN, CANTONESE, ENGLISH):
        for pattern in (refusal.before, refusal.behind, refusal.within):
            assert re.compile(pattern).groups == 0
    assert re.search(MANDARIN.before, "不要转")
    assert re.search(TRADITIONAL_MANDARIN.before, "不要轉")


@pytest.mark.parametrize("said", ["要不挂失", "是不是余额", "有没有账单"])
def test_questions_are_no_refusals(said: str) -> None:
    assert not re.search(MANDARIN.before, said)


@pytest.mark.parametrize("said", ["i dont want ", "rather than ", "never connect me to the ", "no "])
def test_english_refusals_reach_over_the_words_between(said: str) -> None:
    assert re.search(ENGLISH.before + "agent", said + "agent")
