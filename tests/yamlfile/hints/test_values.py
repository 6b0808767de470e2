"""Quotes, brackets, commas and signs inside one value."""

from __future__ import annotations

import pytest

from .slips import SlipCase, check_slip, read

SLIPS: dict[str, SlipCase] = {
    "colon in a text": ("a:\n  say: 您好: 请按一\n", "colon-in-text", 2, 10, 'say: "您好: 请按一"'),
    "colon in a text in braces": (
        "- {label: 您好: 请按, goto: x}\n",
        "colon-in-text",
        1,
        13,
        'label: "您好: 请按", goto',
    ),
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
    "no comma": ('- {label: "a" goto: x}\n', "missing-comma", 1, 15, '{label: "a", goto: x}'),
    "no comma behind a list": ("- {p: [x] goto: x}\n", "missing-comma", 1, 11, "{p: [x], goto: x}"),
    "no comma between languages": (
        "say: {zh-CN: 您好。 en-US: Hello.}\n",
        "missing-comma",
        1,
        18,
        "say: {zh-CN: 您好。, en-US: Hello.}",
    ),
    "no comma between quoted languages": (
        'say: {zh-CN: "您好。" en-US: "Hello."}\n',
        "missing-comma",
        1,
        20,
        'say: {zh-CN: "您好。", en-US: "Hello."}',
    ),
    "no comma between lists of languages": (
        "p: {zh-CN: [余额] en-US: [balance]}\n",
        "missing-comma",
        1,
        17,
        "p: {zh-CN: [余额], en-US: [balance]}",
    ),
    "no comma at the end of a line": (
        "a:\n  say: {zh-CN: 您好。\n        en-US: Hello.}\n  b: c\n",
        "missing-comma",
        2,
        18,
        "say: {zh-CN: 您好。,",
    ),
    "two commas": ("a: [x,, y]\n", "extra-comma", 1, 7, "a: [x, y]"),
    "unclosed bracket": ("a:\n  p: [x, y\n  b: c\n", "unclosed-bracket", 2, 6, "p: [x, y]"),
    "unclosed brace": ("m:\n  - {a: b\n  - {a: c}\n", "unclosed-bracket", 2, 5, "- {a: b}"),
    "unclosed bracket in braces": ("- {p: [a, b, goto: x}\n", "unclosed-bracket", 1, 7, "{p: [a, b], goto: x}"),
    "unopened bracket": ("a: [x]]\n", "extra-bracket", 1, 7, "a: [x]"),
    "unopened bracket in braces": ("- {p: a, b], goto: x}\n", "extra-bracket", 1, 11, "{p: [a, b], goto: x}"),
    "unopened brace": ("- key: star, do: back}\n", "extra-bracket", 1, 22, "- {key: star, do: back}"),
    "wrong bracket": ("a: [x, y}\nb: c\n", "wrong-bracket", 1, 9, "a: [x, y]"),
}


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_is_explained_by_its_cause_and_its_cure_works(name: str) -> None:
    check_slip(SLIPS[name])


def test_an_unclosed_quote_points_at_the_opening_quote() -> None:
    [problem] = read('a:\n  say: "您好\n  next: b\n  c: d\n')
    assert (problem.place.line, problem.place.column) == (2, 8)
