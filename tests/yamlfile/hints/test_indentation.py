"""Lines at the wrong depth, and lines without colon, dash or key."""

from __future__ import annotations

import pytest

from .slips import SlipCase, check_slip, read

SLIPS: dict[str, SlipCase] = {
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
    "comment of another language": ("// 注\na: b\n", "comment-sign", 1, 1, "# 注"),
}


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_is_explained_by_its_cause_and_its_cure_works(name: str) -> None:
    check_slip(SLIPS[name])


@pytest.mark.parametrize("lead", ["\t", "    \t"])
def test_a_tab_whose_depth_is_not_certain_is_the_only_error(lead: str) -> None:
    problems = read(f"s:\n  a:\n    say:\n      zh: x\n{lead}next: b\n  b:\n    hangup: true\n")
    assert [problem.rule for problem in problems] == ["tab"]


def test_indentation_names_the_neighbour_and_both_depths() -> None:
    [problem] = read("w:\n  a:\n    say: x\n   next: y\n")
    assert '"next" is 3 spaces deep' in problem.message
    assert '"say" in line 3, is 4' in problem.message
    assert [place.line for place, _ in problem.related] == [3]
