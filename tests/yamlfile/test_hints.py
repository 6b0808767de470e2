"""Slips are explained by their cause, at the right place, and mended so that one run names them all."""

from __future__ import annotations

import pytest

from ivr.diagnostics.problem import Problem
from ivr.yamlfile.source import Mapping, Scalar, read_text
from ivr.yamlfile.suggest import did_you_mean, near

# name: text, rule, line, column, what the cure must show (or part of the message)
SLIPS: dict[str, tuple[str, str, int, int, str]] = {
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
    "colon in a text": ("a:\n  say: 您好: 请按一\n", "colon-in-text", 2, 10, 'say: "您好: 请按一"'),
    "colon in a text in braces": (
        "- {label: 您好: 请按, goto: x}\n",
        "colon-in-text",
        1,
        13,
        'label: "您好: 请按", goto',
    ),
    "number sign alone": ("- key: #\n  goto: x\n", "hash", 1, 8, "key: pound"),
    "number sign alone in braces": ("- {key: #, goto: x}\n- {key: 1}\n", "hash", 1, 9, "{key: pound, goto: x}"),
    "number sign as key": ("keys:\n  #: x\n  1: y\n", "hash", 2, 3, "pound: x"),
    "number sign in a text": ("say: 请按 #键\n", "hash", 1, 9, 'say: "请按 #键"'),
    "star alone": ("- key: *\n", "special-start", 1, 8, "key: star"),
    "star alone in braces": ("- {key: *, goto: x}\n", "special-start", 1, 9, "{key: star, goto: x}"),
    "star as key": ("keys:\n  *: x\n", "special-start", 2, 3, "star: x"),
    "at sign": ("say: @您\n", "special-start", 1, 6, 'say: "@您"'),
    "ampersand": ("say: & 您\n", "special-start", 1, 6, 'say: "& 您"'),
    "percent sign": ("say: %5\n", "special-start", 1, 6, 'say: "%5"'),
    "greater than": ("when: >= 65\n", "special-start", 1, 7, 'when: ">= 65"'),
    "greater than a number": ("when: >5\nnext: x\n", "special-start", 1, 7, 'when: ">5"'),
    "text beginning with a bracket": ("say: [人工] 请按零\n", "special-start", 1, 6, 'say: "[人工] 请按零"'),
    "text beginning with a value": ("say: {a.b|amount}元\n", "special-start", 1, 6, 'say: "{a.b|amount}元"'),
    "text that is a value": ("say: {a.b|amount}\n", "special-start", 1, 6, 'say: "{a.b|amount}"'),
    "value in a text in braces": ("- {label: 余{a|b}, goto: x}\n", "bracket-in-text", 1, 11, 'label: "余{a|b}"'),
    "tab": ("a:\n\tb: c\n\td: e\n", "tab", 2, 1, "two spaces"),
    "tab behind spaces": ("a:\n  b: c\n \td: e\n", "tab", 3, 2, "two spaces"),
    "one space too few": ("w:\n  a:\n    say: x\n   next: y\n", "indentation", 4, 4, "1 more space"),
    "one space too many": ("w:\n  a:\n    say: x\n     next: y\n", "indentation", 4, 6, "Take 1 space"),
    "a heading one space too deep": ("s:\n   a:\n    b: c\n  d:\n    e: f\n", "indentation", 2, 4, "Take 1 space"),
    "a heading not deep enough": ("s:\n  a:\n    b: c\nd:\n    e: f\n  g:\n    h: i\n", "indentation", 4, 1, "2 more"),
    "list item not deep enough": ("m:\n  - {a: b}\n - {a: c}\n", "indentation", 3, 2, "1 more space"),
    "list item too deep": ("m:\n  - {a: b}\n   - {a: c}\n", "indentation", 3, 4, "Take 1 space"),
    "key of an item not deep enough": ("m:\n  - a: x\n   b: y\n", "indentation", 3, 4, "1 more space"),
    "everything above too deep": ("  flow: x\nsteps: y\n", "indentation", 1, 3, "Take 2 spaces"),
    "text of a block not deep enough": ("say: |\n    您好\n  再见\n", "indentation", 3, 3, "2 more spaces"),
    "unclosed quote": ('a:\n  say: "您好\n  next: b\n', "unclosed-quote", 2, 8, 'say: "您好"'),
    "unclosed quote that a later one closes": ('say: "您好\nnext: b\nc: "d"\n', "unclosed-quote", 1, 6, 'say: "您好"'),
    "unclosed quote in a map": (
        '- {label: "您好, goto: x}\n- {a: "b"}\n',
        "unclosed-quote",
        1,
        11,
        '"您好", goto: x}',
    ),
    "unopened quote": ('say: 您好"\nnext: b\n', "unclosed-quote", 1, 8, 'say: "您好"'),
    "text behind the quote": ('say: "您好"再见\n', "text-after-quote", 1, 10, 'say: "您好再见"'),
    "apostrophe": ("say: 'it's me'\nb: c\n", "text-after-quote", 1, 10, 'say: "it\'s me"'),
    "backslash": ('a: "\\d"\n', "backslash", 1, 5, 'a: "\\\\d"'),
    "no space behind the colon": ("a:\n  say: x\n  goto:agent\n", "missing-space", 3, 3, "goto: agent"),
    "no space behind the colon, alone": ("a:\n  goto:agent\n", "missing-space", 2, 3, "goto: agent"),
    "no space behind the colon in braces": ("- {label:查询, goto: x}\n", "missing-space", 1, 4, "{label: 查询"),
    "no space before a brace": ("a:\n  lookup:{from: b, as: c}\n", "missing-space", 2, 3, "lookup: {from"),
    "no space behind the dash": ("p:\n  -余额\n", "missing-space", 2, 3, "- 余额"),
    "no colon": ("a:\n  say 您好\n  next: b\n", "missing-colon", 2, 3, "say: 您好"),
    "no colon behind a heading": ("steps\n  a: b\n", "missing-colon", 1, 1, "steps:"),
    "equals sign": ("a:\n  next = b\n  say: c\n", "missing-colon", 2, 3, "next: b"),
    "no colon in braces": ("- {label 查询, goto: x}\n", "missing-colon", 1, 4, "{label: 查询, goto: x}"),
    "text that goes on at the left": ("say: 您好\n请按一\nnext: b\n", "missing-colon", 2, 1, "2 more spaces"),
    "no key": ("a: b\n: c\n", "missing-key", 2, 1, "a key, a colon and a space"),
    "no dash": ("m:\n  - {a: b}\n  {a: c}\n", "missing-dash", 3, 3, "- {a: c}"),
    "no dash at the first item": ("m:\n  {a: b}\n  - {a: c}\n", "missing-dash", 2, 3, "- {a: b}"),
    "no dash at a word": ("m:\n  - 余额\n  查询\nb: c\n", "missing-dash", 3, 3, "- 查询"),
    "list behind its key": ("menu: - a\n", "dash-behind-key", 1, 7, "a line of its own"),
    "list below a text": ("menu: x\n  - a: b\n", "list-below-text", 2, 3, "menu"),
    "list of words below a text": ("menu: x\n  - a\n", "list-below-text", 2, 3, "menu"),
    "list in braces": ("a: {余额, 查询}\n", "list-in-braces", 1, 4, "a: [余额, 查询]"),
    "comma in a text": ("- {label: hello, world, goto: x}\n", "comma-in-text", 1, 18, '"hello, world", goto'),
    "no comma": ('- {label: "a" goto: x}\n', "missing-comma", 1, 15, '{label: "a", goto: x}'),
    "no comma behind a list": ("- {p: [x] goto: x}\n", "missing-comma", 1, 11, "{p: [x], goto: x}"),
    "two commas": ("a: [x,, y]\n", "extra-comma", 1, 7, "a: [x, y]"),
    "unclosed bracket": ("a:\n  p: [x, y\n  b: c\n", "unclosed-bracket", 2, 6, "p: [x, y]"),
    "unclosed brace": ("m:\n  - {a: b\n  - {a: c}\n", "unclosed-bracket", 2, 5, "- {a: b}"),
    "unclosed bracket in braces": ("- {p: [a, b, goto: x}\n", "unclosed-bracket", 1, 7, "{p: [a, b], goto: x}"),
    "unopened bracket": ("a: [x]]\n", "extra-bracket", 1, 7, "a: [x]"),
    "unopened bracket in braces": ("- {p: a, b], goto: x}\n", "extra-bracket", 1, 11, "{p: [a, b], goto: x}"),
    "unopened brace": ("- key: star, do: back}\n", "extra-bracket", 1, 22, "- {key: star, do: back}"),
    "wrong bracket": ("a: [x, y}\nb: c\n", "wrong-bracket", 1, 9, "a: [x, y]"),
    "comment of another language": ("// 注\na: b\n", "comment-sign", 1, 1, "# 注"),
}


def read(text: str) -> list[Problem]:
    return read_text(text, "f.yaml")[1]


@pytest.mark.parametrize("name", SLIPS)
def test_slip_is_explained_by_its_cause(name: str) -> None:
    text, rule, line, column, shown = SLIPS[name]
    problems = read(text)
    assert [(p.rule, p.place.line, p.place.column) for p in problems] == [(rule, line, column)]
    assert shown in problems[0].cure or shown in problems[0].message


def mended(text: str) -> str | None:
    """Put the line that the cure shows in place of the faulty one; None where the cure is told in words."""
    [problem] = read(text)
    _, shown, line = problem.cure.partition(": ")
    if problem.rule == "indentation" or not shown:
        return None
    lines = text.split("\n")
    old = lines[problem.place.line - 1]
    lines[problem.place.line - 1] = " " * (len(old) - len(old.lstrip(" \u3000"))) + line
    return "\n".join(lines)


@pytest.mark.parametrize("name", SLIPS)
def test_the_line_shown_as_cure_leaves_nothing_to_complain_of(name: str) -> None:
    text = mended(SLIPS[name][0])
    assert text is None or read(text) == []


def test_most_cures_show_the_mended_line() -> None:
    assert sum(mended(text) is not None for text, *_ in SLIPS.values()) > 60


GOOD = [
    "say: 您好：请按一，或说“余额”。\n",
    "say: “示范银行”欢迎您\n",
    "say: 【重要】您好，再见\n",
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


def test_indentation_names_the_neighbour_and_both_depths() -> None:
    [problem] = read("w:\n  a:\n    say: x\n   next: y\n")
    assert '"next" is 3 spaces deep' in problem.message
    assert '"say" in line 3, is 4' in problem.message
    assert [place.line for place, _ in problem.related] == [3]


def test_an_unclosed_quote_points_at_the_opening_quote() -> None:
    [problem] = read('a:\n  say: "您好\n  next: b\n  c: d\n')
    assert (problem.place.line, problem.place.column) == (2, 8)


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
