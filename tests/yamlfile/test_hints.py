"""Slips are explained by their cause, at the right place, and mended so that one run names them all."""

from __future__ import annotations

import pytest

from ivr.yamlfile.source import Mapping, Scalar, read_text

from .hints import test_fullwidth, test_indentation, test_invisible, test_silent, test_values
from .hints.slips import mended, read

ALL_SLIPS = [
    case
    for module in (test_fullwidth, test_indentation, test_invisible, test_silent, test_values)
    for case in module.SLIPS.values()
]


def test_most_cures_show_the_mended_line() -> None:
    assert sum(mended(text) is not None for text, *_ in ALL_SLIPS) > 60


GOOD = [
    "say: 您好：请按一，或说“余额”。\n",
    "say: “示范银行”欢迎您\n",
    "say: 【重要】您好，再见\n",
    "hear: [【重要】您好，再见, 您好]\n",
    'say: "您好: 请按 #键"\n',
    "language: zh-CN   # further languages\n",
    "language: zh-CN #中文\n",
    "steps: # the steps\n  a: b\n",
    "steps: #步骤\n  a: b\n",
    "say: |\n  goto：agent\n  -余额\n  key: #\n  “引用”\n",
    "say: >\n  您好：\n    请按一\nnext: a\n",
    "say: 您好，\n  欢迎致电。\n",
    'say: "您好，\n  欢迎致电。"\n',
    "url: http://127.0.0.1:8000/x\n",
    "at: 12:30\nfrom: 2026-11-23T10:00+08:00\n",
    "p: [a,\n    b]\nq: {a: b,\n    c: d}\n",
    "a: -5\nb: -1.5\nc: [-3]\n",
    'a: {"b":1, "c": [d]}\n',
    "say: 余额为{account.balance|amount}，共{n|count:笔}。\n",
    "when: caller.age >= 65 and caller.segment == 'vip'\n",
    "when: it's late\nb: 'it''s'\n",
    "say: [您好，欢迎致电。, 再见！]\n",
    '- {hear: [欢迎致电，查询余额，请按1], press: "1"}\n',
    "phrases: [人工, 转人工]\n",
    "a:\n- b\n- c: d\n  e: f\n",
    "# a: comment: with colons\n#， “ ：\na: b\n",
    "say: 5 > 3，A&B，a*b，50%\n",
    "---\na: b\n...\n",
    "欢迎:\n  say: 您好\n",
]


@pytest.mark.parametrize("text", GOOD)
def test_what_is_meant_as_it_stands_is_left_alone(text: str) -> None:
    node, problems = read_text(text, "f.yaml")
    assert problems == []
    assert node is not None


def test_all_slips_of_a_file_come_at_once() -> None:
    text = (
        "flow：main\nsteps:\n  a:\n    say: 您好: 请按一\n     next: b\n  b:\n\tsay: “再见”\n"
        '    phrases: [一，二】\n  c:\n    say: "未完\n    goto:d\n  d:\n    key: *\n  d:\n    say: x\n'
    )
    problems = sorted(read(text), key=lambda p: p.place)
    assert [(p.place.line, p.rule) for p in problems] == [
        (1, "full-width-colon"),
        (4, "colon-in-text"),
        (5, "indentation"),
        (7, "tab"),
        (7, "full-width-quotes"),
        (8, "full-width-brackets"),
        (10, "unclosed-quote"),
        (11, "missing-space"),
        (13, "special-start"),
        (14, "repeated-key"),
    ]


def test_two_slips_in_one_line_keep_their_own_columns() -> None:
    problems = read("- {label：查询，phrases：【余额，挂失】, goto: “x”}\n")
    assert {(p.rule, p.place.column) for p in problems} == {
        ("full-width-colon", 9),
        ("full-width-comma", 12),
        ("full-width-brackets", 21),
        ("full-width-quotes", 36),
    }


def test_the_tree_of_a_file_with_certain_mendings_keeps_the_places_of_the_file() -> None:
    node, problems = read_text("a：{b：c, d: e}\nf: g\n", "f.yaml")
    assert [p.rule for p in problems] == ["full-width-colon"] * len(problems)
    assert isinstance(node, Mapping)
    inner = node.get("a")
    assert isinstance(inner, Mapping)
    value = inner.get("d")
    assert isinstance(value, Scalar)
    assert (value.text, value.place.line, value.place.column) == ("e", 1, 12)


def test_no_tree_is_given_where_the_mending_is_a_guess() -> None:
    node, problems = read_text("say: 您好\n请按一\nnext: b\n", "f.yaml")
    assert node is None
    assert problems
