"""Two releases of a small hotline, and the sentences about what is different."""

from __future__ import annotations

from ivr.changes.compare import compare
from ivr.changes.words import sentence_of
from ivr.flow.loader import inspect_files
from ivr.flow.model import Release
from ivr.session.step_registry import catalogue

LINE = """\
lines: {default: hotline}
desks: {general: "+861085550100"}
desk: general
"""
FLOW = """\
flow: hotline
start: main
globals:
  - {key: "0", label: 人工服务, goto: agent}
steps:
  main:
    prompt: 欢迎致电。
    menu:
      - {label: {zh-CN: 查询余额, en-US: your balance}, phrases: [余额], goto: balance}
      - {label: {zh-CN: 营业时间, en-US: opening hours}, goto: hours}
      - {label: {zh-CN: 网点, en-US: branches}, goto: branches}
  balance:
    requires: L1
    lookup: {from: bank.balance, as: account, on_error: sorry}
    next: tell
  tell:
    requires: L1
    say: 余额为{account.balance|amount}。
    next: main
  hours:
    say: {zh-CN: 九点到十七点。, en-US: From nine to five.}
    next: main
  branches:
    say: 网点在长安街。
    next: main
  sorry:
    say: 暂时查不到。
    next: main
  agent:
    transfer: general
    next: bye
    otherwise: bye
  bye:
    hangup: 再见。
"""


def release(**edits: str) -> Release:
    """Return the hotline, with another text of hotline.yaml (`flow`), line.yaml (`line`), or further flows."""
    files = {"hotline.yaml": edits.pop("flow", FLOW), "line.yaml": edits.pop("line", LINE)}
    read, problems = inspect_files(files | {f"{name}.yaml": text for name, text in edits.items()}, catalogue())
    assert read is not None, problems
    return read


def edited(*edits: tuple[str, str]) -> Release:
    """Return the hotline with texts of its flow replaced."""
    text = FLOW
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    return release(flow=text)


def sentences(new: Release, language: str = "en", old: Release | None = None) -> list[str]:
    """Return what is different from the hotline, in words."""
    return [sentence_of(difference, language) for difference in compare(old or release(), new)]
