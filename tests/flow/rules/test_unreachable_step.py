"""A step can be reached by a global key and as the main menu."""

from __future__ import annotations

from .rule_findings import findings


def test_steps_behind_globals_and_the_main_menu_can_be_reached():
    steps = """\
  hello:
    menu: [{label: 余额, do: main_menu}]
  main:
    menu: [{label: 返回, do: back}]
  special:
    say: 您好。
    next: main
"""
    top = "main_menu: main\nglobals: [{key: 9, goto: special}]\n"
    assert findings(steps, top) == []
