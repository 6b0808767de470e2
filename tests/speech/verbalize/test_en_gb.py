"""British English: "and" inside numbers, and the day before the month."""

from __future__ import annotations

import pytest

from ivr.speech.verbalize import Reader


@pytest.mark.parametrize(
    ("value", "kind", "argument", "words"),
    [
        ("345", "number", "", "three hundred and forty-five"),
        ("1001", "number", "", "one thousand and one"),
        ("2026-11-21", "date", "", "the twenty-first of November, twenty twenty-six"),
        ("2026-11-21", "date", "short", "the twenty-first of November"),
        ("2026-11-21", "date", "weekday", "Saturday the twenty-first of November, twenty twenty-six"),
        ("0128", "card_tail", "", "zero one two eight"),
    ],
)
def test_a_value_is_said_as_in_britain(value: str, kind: str, argument: str, words: str) -> None:
    assert Reader()(value, kind, argument, "en-GB") == words


def test_times_and_small_numbers_are_said_as_americans_say_them() -> None:
    for value, kind in (("15:05", "time"), ("42", "number"), ("2.5", "percent")):
        assert Reader()(value, kind, "", "en-GB") == Reader()(value, kind, "", "en-US")
