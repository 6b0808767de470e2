"""What the checks must not complain about, beside what broken flows show that they find."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.errors import FlowError
from ivr.flow.loader import inspect, reload
from ivr.session.step_registry import catalogue

LINE = 'lines: {default: it}\ndesks: {general: "+861085550100"}\ndesk: general\n'
AGENT = "  agent:\n    transfer: general\n    otherwise: bye\n  bye:\n    hangup: 再见。\n"
OTHER = """\
flow: other
start: ask
parameters: [city, code]
returns: [found]
steps:
  ask:
    lookup: {from: bank.branches, as: found, with: {city: city, code: code}, on_error: agent}
    next: return
  agent:
    transfer: general
    otherwise: return
"""


def findings(steps: str, top: str = "", **files: str) -> list[str]:
    flow = f"flow: it\nstart: hello\n{top}steps:\n{steps}{AGENT}"
    named = {f"{name}.yaml": text for name, text in files.items()}
    try:
        release = reload({"it.yaml": flow, "line.yaml": LINE, **named}, catalogue())
    except FlowError as refused:
        return [problem.rule for problem in refused.problems]
    assert "it" in release.flows
    return []


def test_a_round_that_can_be_left_under_a_condition_is_fine():
    steps = """\
  hello:
    set: {times: times + 1}
    next:
      - {when: times < 3, goto: again}
      - {goto: bye}
  again:
    say: 请稍候。
    next: hello
"""
    assert findings(steps) == []


def test_a_round_that_waits_for_the_caller_is_fine():
    steps = """\
  hello:
    say: 您好。
    next: main
  main:
    menu: [{label: 余额, goto: hello}]
"""
    assert findings(steps) == []


def test_a_round_that_only_a_fault_of_the_bank_would_end_is_not():
    steps = """\
  hello:
    lookup: {from: bank.balance, as: account, on_error: bye}
    next: hello
"""
    assert findings(steps) == ["endless-loop"]


def test_a_round_behind_other_steps_is_told_once_and_without_them():
    steps = """\
  hello:
    say: 您好。
    next: one
  one:
    say: 一。
    next: two
  two:
    say: 二。
    next: one
"""
    assert findings(steps) == ["endless-loop"]


def test_secrets_may_be_compared_and_given_to_lookups_and_flows():
    steps = """\
  hello:
    collect: pin
    as: code
    next:
      - {when: code == "000000", goto: hello}
      - {goto: run}
  run:
    flow: {run: other, with: {city: '"北京"', code: code}, as: branch}
    next: tell
  tell:
    say: 共{branch.found.count|count:家}。
    next: bye
"""
    assert findings(steps, other=OTHER) == []


def test_a_list_is_spoken_item_by_item():
    steps = """\
  hello:
    lookup: {from: bank.branches, as: places, on_error: bye}
    next: tell
  tell:
    say: "{item.name|text}"
    each: places.items
    next: bye
"""
    assert findings(steps) == []


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


def test_a_person_may_be_reached_through_another_flow():
    steps = "  hello:\n    menu: [{label: 找人, goto: agent}]\n"
    desk = "flow: desk\nstart: agent\nsteps:\n" + AGENT
    assert findings(steps, "agent: desk\n", desk=desk) == []


@pytest.mark.parametrize("given", ["caller.vip_since == none", "card.limit > 5", "caller.branch.city == '北京'"])
def test_the_bank_may_say_more_of_a_caller(given):
    assert findings(f"  hello:\n    branch:\n      - {{when: {given}, goto: agent}}\n      - {{goto: bye}}\n") == []


def test_a_broken_neighbour_does_not_make_targets_unknown():
    steps = "  hello:\n    menu: [{label: 网点, goto: broken}]\n"
    assert findings(steps, broken="- no flow\n") == ["wrong-type"]


def test_a_broken_line_hides_no_fault_of_a_flow():
    flow = f"flow: it\nstart: helo\nsteps:\n  hello:\n    say: 您好。\n    next: bye\n{AGENT}"
    with pytest.raises(FlowError) as refused:
        reload({"it.yaml": flow, "line.yaml": LINE.replace("desk: general", "desk: genral")}, catalogue())
    assert [problem.rule for problem in refused.value.problems] == ["unknown-step", "unknown-desk"]


GUARDED = """\
  hello:
    requires: L1
    lookup: {from: bank.balance, as: account, on_error: bye}
    next:
      - {when: account.open, goto: same_turn}
      - {goto: bye}
  same_turn:
    branch: [{when: account.lost, goto: bye}, {goto: tell}]
  tell:
    requires: L1
    say: 余额为{account.balance|amount}。
    next: main
  main:
    menu: [{label: 余额, goto: tell}, {label: 网点, goto: places}]
  places:
    lookup: {from: bank.branches, as: found, on_error: bye}
    next: tell_places
  tell_places:
    say: "{found.count|number}家。"
    next: main
"""


def test_a_value_that_no_call_can_come_to_without_its_proof_is_fine(tmp_path):
    assert not unguarded(tmp_path, GUARDED)


def test_a_value_that_came_through_another_flow_needs_its_proof_there_and_here(tmp_path):
    gives = """\
  hello:
    requires: L1
    lookup: {from: bank.balance, as: account, on_error: bye}
    next: run
  run:
    requires: L1
    flow: {run: other, with: {given: account}, as: back}
    next: tell
  tell:
    say: 余额为{back.half.balance|amount}。
    next: bye
"""
    other = """\
flow: other
start: ask
parameters: [given]
returns: [half]
steps:
  ask:
    menu: [{label: 说, goto: tell}, {label: 好, goto: copy}]
  tell:
    say: 余额为{given.balance|amount}。
    next: ask
  copy:
    requires: L1
    set: {half: given}
    next: return
  agent:
    transfer: general
    otherwise: return
"""
    assert unguarded(tmp_path, gives, other=other) == [("it.yaml", 13), ("other.yaml", 9)]


def unguarded(folder: Path, steps: str, **files: str) -> list[tuple[str, int]]:
    texts = {"it": f"flow: it\nstart: hello\nsteps:\n{steps}{AGENT}", "line": LINE, **files}
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    found = inspect(folder, catalogue())[1]
    assert all(problem.rule == "unguarded-value" for problem in found), found
    return [(Path(problem.place.file).name, problem.place.line) for problem in found]
