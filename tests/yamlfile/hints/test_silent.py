"""Slips that a parser takes for something else: a missing space, a comment that was no comment."""

from __future__ import annotations

import pytest

from .slips import SlipCase, check_slip

SLIPS: dict[str, SlipCase] = {
    "number sign alone": ("- key: #\n  goto: x\n", "hash", 1, 8, "key: pound"),
    "number sign alone in braces": ("- {key: #, goto: x}\n- {key: 1}\n", "hash", 1, 9, "{key: pound, goto: x}"),
    "number sign as key": ("keys:\n  #: x\n  1: y\n", "hash", 2, 3, "pound: x"),
    "number sign in a text": ("say: 请按 #键\n", "hash", 1, 9, 'say: "请按 #键"'),
    "no space behind the colon": ("a:\n  say: x\n  goto:agent\n", "missing-space", 3, 3, "goto: agent"),
    "no space behind the colon, alone": ("a:\n  goto:agent\n", "missing-space", 2, 3, "goto: agent"),
    "no space behind the colon in braces": ("- {label:查询, goto: x}\n", "missing-space", 1, 4, "{label: 查询"),
    "no space before a brace": ("a:\n  lookup:{from: b, as: c}\n", "missing-space", 2, 3, "lookup: {from"),
    "no space behind the dash": ("p:\n  -余额\n", "missing-space", 2, 3, "- 余额"),
}


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_is_explained_by_its_cause_and_its_cure_works(name: str) -> None:
    check_slip(SLIPS[name])
