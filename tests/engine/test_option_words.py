"""What a choice does is said before its key."""

from types import SimpleNamespace

import pytest

from ivr.engine.option_words import option_words
from ivr.flow.phrasebook import SHIPPED_PHRASES


@pytest.mark.parametrize(
    ("language", "label", "key", "spoken"),
    [
        ("zh-CN", "余额", "1", "余额，请按1"),
        ("zh-CN", "返回", "*", "返回，请按星号键"),
        ("en-US", "your balance", "1", "For your balance, press 1"),
        ("en-US", "To go back", "12", "To go back, press 1 2"),
    ],
)
def test_a_choice_is_spoken_with_its_key(language, label, key, spoken):
    turn = SimpleNamespace(call=SimpleNamespace(language=language), line=SimpleNamespace(phrases=SHIPPED_PHRASES))
    assert option_words(turn, label, key) == spoken
