"""What was probably meant by a misspelt name."""

from __future__ import annotations

import pytest

from ivr.yamlfile.suggest import did_you_mean, near


@pytest.mark.parametrize(
    ("word", "candidates", "expected"),
    [
        ("billng", ["billing", "agent"], "billing"),
        ("crad", ["card", "tail"], "card"),
        ("promt", ["prompt", "phrases"], "prompt"),
        ("Goto", ["goto", "do"], "goto"),
        ("on-error", ["on_error"], "on_error"),
        ("人工服各", ["人工服务", "余额"], "人工服务"),
        ("余额", ["余额查询", "挂失"], "余额查询"),
        ("xyz", ["say", "menu"], None),
        ("您好", ["say"], None),
        ("", ["say"], None),
        ("say", [], None),
    ],
)
def test_near_finds_what_was_probably_meant(word: str, candidates: list[str], expected: str | None) -> None:
    assert near(word, candidates) == expected
    assert did_you_mean(word, candidates) == (f'Did you mean "{expected}"?' if expected else "")
