"""Texts as words: numbers spelt out, sentences apart, equal where listeners hear no difference."""

from __future__ import annotations

import pytest

from ivr.speech.prompts.words import folded, in_words, sentences


@pytest.mark.parametrize(
    ("text", "language", "spoken"),
    [
        ("查询余额，请按1；人工，请按0。", "zh-CN", "查询余额，请按一；人工，请按零。"),
        ("For English, press 8.", "en-US", "For English, press eight."),
        ("需要11-13位数字。", "zh-CN", "需要十一到十三位数字。"),
        ("I need 11-13 digits.", "en-US", "I need eleven to thirteen digits."),
        ("请拨95588。", "zh-CN", "请拨九五五八八。"),
        ("利率是2.5%。", "zh-CN", "利率是百分之二点五。"),
        ("字母X用星号键代替", "zh-CN", "字母埃克斯用星号键代替"),
        ("Appuyez 1", "fr-FR", "Appuyez 1"),
    ],
)
def test_numbers_are_words_in_what_is_to_be_heard(text, language, spoken):
    assert in_words(text, language) == spoken


def test_listeners_hear_no_punctuation_and_no_difference_between_figures_and_words():
    assert folded("余额，请按1。", "zh-CN") == folded("余额：请按一", "zh-CN")
    assert folded("1.5", "en-US") != folded("15", "en-US")
    assert "".join(sentences("你好。 Press 1.5 now. 好吗？对")) == "你好。 Press 1.5 now. 好吗？对"
    assert [s.strip() for s in sentences("Mr.Li pays 1.5. Good!")] == ["Mr.Li pays 1.5.", "Good!"]
