"""Choices and steps of line.yaml are put in where flows use them, and read as if they were written there."""

from __future__ import annotations

import pytest

from ivr.flow.loader import inspect
from ivr.session.step_registry import catalogue

LINE = """\
lines: {default: front}
desks: {general: "+861085550100"}
desk: general
choices:
  again: {label: {zh-CN: 再听一遍, en-US: To hear these again}, phrases: {zh-CN: [再听], en-US: [again]}}
  main_menu: {label: {zh-CN: 返回主菜单, en-US: To go back}, phrases: {zh-CN: [主菜单], en-US: [menu]}, do: main_menu}
  end: {key: "9", label: {zh-CN: 结束, en-US: To end}, phrases: {zh-CN: [再见], en-US: [bye]}, goto: goodbye}
  closing: [main_menu, end]
steps:
  after_answer:
    parameters: [again, words]
    menu:
      - {use: again, label: {en-US: $words}, goto: $again}
      - closing
"""
SHORT = """\
flow: front
start: tell
steps:
  tell: {say: {zh-CN: 您好。, en-US: Hello.}, next: after}
  after: {use: after_answer, with: {again: tell, words: To hear it again}, offer_agent: no}
  goodbye: {hangup: {zh-CN: 再见。, en-US: Goodbye.}}
  agent: {transfer: general, otherwise: goodbye}
"""
LONG = """\
flow: front
start: tell
steps:
  tell: {say: {zh-CN: 您好。, en-US: Hello.}, next: after}
  after:
    menu:
      - {label: {zh-CN: 再听一遍, en-US: To hear it again}, phrases: {zh-CN: [再听], en-US: [again]}, goto: tell}
      - {label: {zh-CN: 返回主菜单, en-US: To go back}, phrases: {zh-CN: [主菜单], en-US: [menu]}, do: main_menu}
      - {key: "9", label: {zh-CN: 结束, en-US: To end}, phrases: {zh-CN: [再见], en-US: [bye]}, goto: goodbye}
    offer_agent: no
  goodbye: {hangup: {zh-CN: 再见。, en-US: Goodbye.}}
  agent: {transfer: general, otherwise: goodbye}
"""


def read(folder, flow: str, line: str = LINE):
    (folder / "line.yaml").write_text(line, encoding="utf-8")
    (folder / "front.yaml").write_text(flow, encoding="utf-8")
    return inspect(folder, catalogue())


def test_a_flow_that_uses_shared_parts_is_the_one_that_writes_them_out(tmp_path):
    used, problems = read(tmp_path, SHORT)
    written, others = read(tmp_path, LONG)
    assert problems == others == []
    assert used is not None
    assert written is not None
    assert used.flows["front"] == written.flows["front"]
    places = [choice.place.file.rpartition("/")[2] for choice in used.flows["front"].steps["after"].own_choices()]
    assert set(places) == {"line.yaml"}


def test_a_choice_may_lead_elsewhere_than_the_shared_one(tmp_path):
    own = "{label: {zh-CN: 返回主菜单, en-US: To go back}, phrases: {zh-CN: [主菜单], en-US: [menu]}, do: main_menu}"
    release, problems = read(tmp_path, LONG.replace(own, "{use: main_menu, goto: goodbye}"))
    assert problems == []
    assert release is not None
    second = release.flows["front"].steps["after"].own_choices()[1]
    assert (second.goto.name, second.do) == ("goodbye", "")


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("use: after_answer", "use: after_anser", "unknown-part"),
        ("again: tell, ", "", "missing-parameter"),
        ("again: tell, ", "agian: tell, again: tell, ", "unknown-parameter"),
        ("again: tell, ", "again: tel, ", "unknown-step"),
    ],
)
def test_wrong_uses_are_reported_at_their_place(tmp_path, old, new, rule):
    _, problems = read(tmp_path, SHORT.replace(old, new))
    assert rule in {problem.rule for problem in problems}
    assert all(problem.place.line >= 1 and problem.cure for problem in problems)


def test_a_group_that_holds_itself_ends(tmp_path):
    line = LINE.replace("closing: [main_menu, end]", "closing: [main_menu, end, closing]")
    release, problems = read(tmp_path, SHORT, line)
    assert problems == []
    assert release is not None
