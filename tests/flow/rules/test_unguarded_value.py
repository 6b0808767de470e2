"""Values that were learnt by proof are not spoken without it."""

from __future__ import annotations

from pathlib import Path

from ivr.flow.loader import inspect
from ivr.session.step_registry import catalogue

from .rule_findings import AGENT, LINE

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
