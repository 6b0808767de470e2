"""Short answers by voice: what is understood, what is not, and that whatever is read aloud is also understood."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.speech.aloud import Reader
from ivr.speech.heard import heard

GOLDEN = Path(__file__).parent / "golden"
LANGUAGES = st.sampled_from(["zh-CN", "en-US"])


def rows(name: str) -> list[list[str]]:
    lines = (GOLDEN / name).read_text(encoding="utf-8").splitlines()
    return [[part.strip() for part in line.split(" |")] for line in lines if line and not line.startswith("# ")]


@pytest.mark.parametrize(("language", "text", "digits"), rows("heard.txt"))
def test_an_answer_means_its_digits(language: str, text: str, digits: str) -> None:
    assert heard(text, language, "digits") == (None if digits == "-" else digits)


@pytest.mark.parametrize(("language", "text", "keys"), rows("keys.txt"))
def test_an_answer_means_its_keys(language: str, text: str, keys: str) -> None:
    assert heard(text, language) == (None if keys == "-" else keys)


@given(st.from_regex(r"[0-9]{1,19}", fullmatch=True), LANGUAGES, st.booleans())
def test_digits_read_aloud_are_heard_as_they_were(digits: str, language: str, yao: bool) -> None:
    assert heard(Reader(yao=yao)(digits, "digits", "", language), language, "digits") == digits


@given(st.integers(0, 10**9 - 1), LANGUAGES)
def test_numbers_read_aloud_are_heard_as_they_were(number: int, language: str) -> None:
    assert heard(Reader()(number, "number", "", language), language) == str(number)


@given(st.text() | st.text(alphabet="零一两十百千万亿幺3 个号按井星.键"), LANGUAGES)
def test_anything_a_recogniser_writes_is_digits_or_nothing(text: str, language: str) -> None:
    for answer in (heard(text, language, "digits"), heard(text, language)):
        assert answer is None or set(answer) <= set("0123456789*#")


def test_long_speech_is_not_searched_for_digits() -> None:
    assert heard("一" * 201, "zh-CN", "digits") is None
