"""Words of bankers are found in any script that stands beside them."""

from __future__ import annotations

import pytest

from ivr.flow.rules._lexicon import word_list


@pytest.mark.parametrize("text", ["请输入otp验证码。", "enter the otp, please", "otp"])
def test_an_english_word_is_found_beside_chinese_characters(text):
    assert word_list("jargon").pattern.search(text)


@pytest.mark.parametrize("text", ["hotplate", "otp2", "optical"])
def test_a_part_of_a_longer_english_word_is_not_found(text):
    assert not word_list("jargon").pattern.search(text)
