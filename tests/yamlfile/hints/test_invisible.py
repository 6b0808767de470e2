"""Slips that a parser takes without a word: words without a value."""

from __future__ import annotations

import pytest

from .slips import SlipCase, check_slip

SLIPS: dict[str, SlipCase] = {
    "list in braces": ("a: {余额, 查询}\n", "list-in-braces", 1, 4, "a: [余额, 查询]"),
    "comma in a text": ("- {label: hello, world, goto: x}\n", "comma-in-text", 1, 18, '"hello, world", goto'),
}


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_is_explained_by_its_cause_and_its_cure_works(name: str) -> None:
    check_slip(SLIPS[name])
