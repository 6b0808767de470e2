"""Signs of a Chinese keyboard where YAML wants its own."""

from __future__ import annotations

import pytest

from .slips import SlipCase, check_slip

SLIPS: dict[str, SlipCase] = {
    "full-width colon, last line": ("a: b\nprompt：您好\n", "full-width-colon", 2, 7, "prompt: 您好"),
    "full-width colon between keys": ("a: b\nprompt：您好\nc: d\n", "full-width-colon", 2, 7, "prompt: 您好"),
    "full-width colon, nested": ("a:\n  prompt：您好\n", "full-width-colon", 2, 9, "prompt: 您好"),
    "full-width colon of a heading": ("steps：\n  a:\n    say: b\n", "full-width-colon", 1, 6, "steps:"),
    "full-width colon of a Chinese name": ("steps:\n  欢迎：\n    say: b\n", "full-width-colon", 2, 5, "欢迎:"),
    "full-width colon in braces": ("- {label: 查询, goto：x}\n", "full-width-colon", 1, 19, "goto: x"),
    "full-width colon of a language": ("say:\n  zh-CN：您好\n", "full-width-colon", 2, 8, "zh-CN: 您好"),
    "full-width quotes": ("say: “您好”\n", "full-width-quotes", 1, 6, 'say: "您好"'),
    "corner brackets as quotes": ("say: 「您好」\n", "full-width-quotes", 1, 6, 'say: "您好"'),
    "full-width quotes around a colon": ("say: “您好: 请”\n", "full-width-quotes", 1, 6, 'say: "您好: 请"'),
    "full-width closing quote": ('say: "您好”\nnext: "a"\nb: c\n', "full-width-quotes", 1, 6, 'say: "您好"'),
    "full-width comma in a list": ("phrases: [余额，查询]\n", "full-width-comma", 1, 13, "phrases: [余额, 查询]"),
    "full-width comma between names": ("a: [zh-CN，en-US]\n", "full-width-comma", 1, 10, "a: [zh-CN, en-US]"),
    "full-width comma in braces": ("- {label: 查询，goto: x}\n", "full-width-comma", 1, 13, "查询, goto: x"),
    "full-width brackets": ("a: 【余额，查询】\n", "full-width-brackets", 1, 4, "a: [余额, 查询]"),
    "full-width braces": ("- ｛label: a, goto: b｝\n", "full-width-brackets", 1, 3, "- {label: a, goto: b}"),
    "full-width closing bracket": ("a: [余额, 查询】\nb: c\n", "full-width-brackets", 1, 11, "a: [余额, 查询]"),
    "full-width bracket in braces": ("- {p: [余额, 查询】, goto: x}\n", "full-width-brackets", 1, 14, "查询], goto"),
    "full-width braces around a value": ("say: 余额｛a.b|amount｝元\n", "full-width-brackets", 1, 8, "{a.b|amount}"),
    "full-width space in front": ("a:\n　b: c\n", "full-width-space", 2, 1, "b: c"),
    "full-width space behind the colon": ("a:　b\nc: d\n", "full-width-space", 1, 3, "a: b"),
    "full-width dash": ("a:\n  － b: c\n", "full-width-dash", 2, 3, "- b: c"),
    "dash of a book among dashes": ("a:\n  - b\n  — c\n", "full-width-dash", 3, 3, "- c"),
    "full-width number sign": ("＃ 注\na: b\n", "full-width-hash", 1, 1, "# 注"),
}


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_is_explained_by_its_cause_and_its_cure_works(name: str) -> None:
    check_slip(SLIPS[name])
