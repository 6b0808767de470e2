"""Keys that lead elsewhere, moved, came and went; words and phrases of choices."""

from __future__ import annotations

import pytest

from .fixtures import edited, sentences

HOURS = "      - {label: {zh-CN: 营业时间, en-US: opening hours}, goto: hours}\n"
BRANCHES = "      - {label: {zh-CN: 网点, en-US: branches}, goto: branches}\n"
CARDS = "      - {label: 信用卡, goto: branches}\n"


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (
            ("goto: hours}", "goto: branches}"),
            ["Key 2 (opening hours) at hotline/main now leads to branches (before: hours)."],
        ),
        ((BRANCHES, ""), ["Key 3 (branches) at hotline/main is gone."]),
        (
            ("en-US: opening hours", "en-US: hours of business"),
            ['The option of key 2 at hotline/main is now called "hours of business" (before: "opening hours").'],
        ),
        (
            ("phrases: [余额]", "phrases: [查余额]"),
            [
                "At hotline/main, your balance can no longer be chosen by saying: 余额.",
                "At hotline/main, your balance can now be chosen by saying: 查余额.",
            ],
        ),
        (
            ("goto: hours}", "goto: hours, when: caller.known}"),
            ["opening hours at hotline/main is now offered only if caller.known."],
        ),
        (
            ("goto: hours}", "goto: hours, reason: hours}"),
            ['The reason of opening hours at hotline/main is now "hours" (before: "").'],
        ),
        (
            (HOURS + BRANCHES, BRANCHES + HOURS),
            [
                "branches at hotline/main is now key 2 (before: 3).",
                "opening hours at hotline/main is now key 3 (before: 2).",
            ],
        ),
        (
            ("goto: hours}", 'goto: hours, key: "5"}'),
            [
                "opening hours at hotline/main is now key 5 (before: 2).",
                "branches at hotline/main is now key 2 (before: 3).",
            ],
        ),
    ],
)
def test_what_callers_notice_at_the_keys(edit: tuple[str, str], said: list[str]) -> None:
    told = [line for line in sentences(edited(edit)) if "person" not in line and "Nobody" not in line]
    assert sorted(told) == sorted(said)


def test_keys_behind_a_new_one_are_told_together() -> None:
    told = sentences(edited((HOURS, CARDS + HOURS)))
    assert "Keys 2 to 3 at hotline/main moved up by 1: now 3 to 4." in told
    assert "Key 2 at hotline/main is new: 信用卡, which leads to branches." in told
    back = sentences(edited(), old=edited((HOURS, CARDS + HOURS)))
    assert "Keys 3 to 4 at hotline/main moved down by 1: now 2 to 3." in back
    assert "在 hotline/main，按键2至3后移1位，现在是3至4。" in sentences(edited((HOURS, CARDS + HOURS)), "zh")


def test_a_key_that_works_everywhere_is_told_as_such() -> None:
    told = sentences(edited(('key: "0"', 'key: "9"')))
    assert "人工服务 at every step of hotline is now key 9 (before: 0)." in told
    assert "在 hotline 全程，人工服务 由按0改为按9。" in sentences(edited(('key: "0"', 'key: "9"')), "zh")
