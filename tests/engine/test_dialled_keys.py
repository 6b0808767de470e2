"""Keys of several digits and extensions are told apart, and a mistyped one is not taken for its beginning."""

import pytest

from ivr.engine.dialled_keys import is_extension, longest, matched_keys

KEYS = ["1", "12", "3", "0", "*"]


@pytest.mark.parametrize(
    ("typed", "matched"),
    [
        ("1", ("1", "")),
        ("12", ("12", "")),
        ("13", None),
        ("31", ("3", "1")),
        ("123", ("12", "3")),
        ("0", ("0", "")),
        ("214", ("214", "")),
        ("21", None),
        ("2145", ("214", "5")),
        ("9", None),
        ("", None),
        ("*", ("*", "")),
    ],
)
def test_the_longest_that_was_typed_whole_is_meant(typed, matched):
    assert matched_keys(typed, KEYS, ["2xx"]) == matched


def test_one_key_is_enough_where_all_have_one():
    assert matched_keys("13", ["1", "3"]) == ("1", "3")
    assert longest(["1", "3"]) == 1
    assert longest([], []) == 1
    assert longest(["1"], ["2xx", "40xx"]) == 4


def test_a_pattern_takes_digits_and_nothing_else():
    assert is_extension("201", ["2xx"])
    assert not is_extension("2*1", ["2xx"])
    assert not is_extension("301", ["2xx"])
    assert not is_extension("20", ["2xx"])
