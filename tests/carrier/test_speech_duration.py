"""How long a voice takes for a text, by its length."""

from __future__ import annotations

import pytest

from ivr.carrier.speech_duration import EN_WORDS_PER_SECOND, ZH_CHARACTERS_PER_SECOND, speech_seconds


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("", 0.0),
        ("，。 ", 0.0),
        ("您好您好", 4 / ZH_CHARACTERS_PER_SECOND),
        ("press one now", 3 / EN_WORDS_PER_SECOND),
        ("it's well-known", 2 / EN_WORDS_PER_SECOND),
        ("1234", 4 / EN_WORDS_PER_SECOND),
        ("请按1", 3 / ZH_CHARACTERS_PER_SECOND),
    ],
)
def test_characters_words_and_digits_count(text: str, seconds: float) -> None:
    assert speech_seconds(text) == pytest.approx(seconds)


def test_half_the_rate_takes_twice_as_long() -> None:
    assert speech_seconds("您好，请按1", 0.5) == pytest.approx(2 * speech_seconds("您好，请按1"))
