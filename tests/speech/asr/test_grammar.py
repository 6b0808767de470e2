"""Phrases become words of the vocabulary, and what was heard becomes one phrase or none."""

from __future__ import annotations

import pytest

from ivr.speech.asr import Nothing, RecognizedPhrase
from ivr.speech.asr.grammar import UNKNOWN, grammar_of, judged

CHINESE = {"查询", "余额", "信用卡", "还款", "信用", "卡", "人工", "服务", "转", "挂失", UNKNOWN}
ENGLISH = {"check", "my", "balance", "i'm", "lost"}


def chinese(*phrases: str):
    return grammar_of(phrases, CHINESE.__contains__)


def test_chinese_is_cut_into_the_fewest_words_that_the_model_knows():
    grammar = chinese("查询余额", "信用卡还款", "转人工")
    assert grammar.lines(CHINESE.__contains__) == ["查询 余额", "信用卡 还款", "转 人工", UNKNOWN]
    assert grammar.unknown == {}


def test_phrases_with_unknown_words_are_told_and_left_out():
    grammar = chinese("查询余额", "电子社保卡")
    assert list(grammar.phrases.values()) == ["查询余额"]
    assert grammar.unknown == {"电子社保卡": ("电", "子", "社", "保")}
    assert grammar_of(["Check my IBAN"], ENGLISH.__contains__).unknown == {"Check my IBAN": ("iban",)}


def test_case_width_and_punctuation_do_not_matter():
    grammar = grammar_of(["Check my balance!", "I'm lost."], ENGLISH.__contains__)
    assert set(grammar.phrases) == {("check", "my", "balance"), ("i'm", "lost")}


def test_a_model_without_a_word_for_the_rest_gets_none():
    assert grammar_of(["Check"], ENGLISH.__contains__).lines(ENGLISH.__contains__) == ["check"]


@pytest.mark.parametrize(
    ("heard", "phrase"),
    [
        ("查询 余额", "查询余额"),
        (f"{UNKNOWN} 查询 余额 {UNKNOWN}", "查询余额"),
        ("查询 余额 查询 余额", "查询余额"),
        ("余额 查询 余额 余额", "查询余额"),
        ("请 帮 我 查询 余额 谢谢", "查询余额"),
        ("余额", None),
        ("余额 查询", None),
        ("查询 余额 转 人工", None),
        ("查询 余额 转", None),
        (UNKNOWN, None),
        ("", None),
    ],
)
def test_a_text_means_the_one_phrase_that_it_is(heard, phrase):
    assert chinese("查询余额", "转人工").said(heard) == phrase


def judge(*segments):
    return judged(chinese("查询余额", "转人工", "挂失"), segments)


def test_the_likeliest_phrase_wins_with_its_share_and_its_lead():
    found = judge([("查询 余额", 90.0), ("转 人工", 88.0), ("余额", 80.0)])
    assert found == RecognizedPhrase("查询余额", 0.881, 0.762)
    assert "查询" not in repr(found)


def test_readings_of_the_same_phrase_add_up():
    found = judge([("查询 余额", 90.0), (f"{UNKNOWN} 查询 余额", 90.0), ("转 人工", 90.0)])
    assert isinstance(found, RecognizedPhrase)
    assert found.confidence == pytest.approx(2 / 3, abs=0.001)


@pytest.mark.parametrize(
    "segments",
    [
        (),
        ([("", 90.0), ("挂失", 88.0)],),
        ([(UNKNOWN, 90.0)],),
        ([("查询 余额", 90.0), ("转 人工", 89.95)],),
        ([("余额", 90.0), ("查询 余额", 88.0)],),
        ([("查询 余额", 90.0)], [("转 人工", 90.0)]),
        ([("查询 余额", 90.0)], [("余额", 90.0)]),
    ],
    ids=["nothing", "silence", "other words", "two alike", "rather half a phrase", "two phrases", "a phrase and more"],
)
def test_what_is_not_clearly_one_phrase_is_unclear(segments):
    assert judge(*segments) == Nothing("unclear")


def test_silence_before_and_after_changes_nothing():
    assert judge([("", 50.0)], [("挂失", 90.0)], [("", 40.0), ("转 人工", 30.0)]) == RecognizedPhrase("挂失", 1.0, 1.0)
