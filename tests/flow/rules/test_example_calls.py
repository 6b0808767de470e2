"""The call that a proof prints shows the fault when it is played through the real webhooks."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from ivr.cli import main
from ivr.flow.loader import check_folder

from .sample_flows import LANGUAGE, LINE, as_flow

BUSY = """\
steps:
  hello:
    menu:
      - {label: 余额, goto: bye}
  agent:
    transfer: general
    next: bye
    otherwise: hello
globals:
  - {key: star, do: back}
  - {key: pound, do: repeat}
"""
WRONG_KEYS = BUSY.replace("otherwise: hello", "otherwise: bye").replace(
    "  agent:", "    on_no_input: agent\n    on_failure: hello\n  agent:"
)
UNSET = """\
steps:
  hello:
    lookup: {from: bank.branches, as: places, on_error: tell}
    next: tell
  tell:
    say: 一共有{places.count|count:家}网点。
    next: ask
  ask:
    confirm: 还要查吗？
    yes: hello
    no: bye
"""
UNCONFIRMED = """\
steps:
  hello:
    menu:
      - {label: 查余额, goto: ask}
      - {label: 锁卡, goto: lock}
  ask:
    confirm: 现在锁卡。
    yes: lock
    no: bye
  lock:
    requires: L1
    lookup: {from: bank.report_loss, on_error: agent}
    next: hello
globals:
  - {key: star, do: back}
  - {key: pound, do: repeat}
"""
LOCK = """\
services:
  bank:
    address: {setting: IVR_BANK_URL}
    stand_in: demo_bank
    questions:
      report_loss: {level: L1, confirm: yes, takes: {customer: text}, gives: {reference: code}}
"""


@pytest.mark.parametrize(
    ("rule", "sample", "lookups"),
    [
        ("silent-circle", BUSY, ""),
        ("wrong-keys-circle", WRONG_KEYS, ""),
        ("unset-value", UNSET, ""),
        ("unconfirmed-action", UNCONFIRMED, LOCK),
    ],
    ids=lambda value: value if "-" in value and "\n" not in value else "",
)
def test_the_printed_call_shows_the_fault(rule, sample, lookups, tmp_path, monkeypatch):
    flows = tmp_path / "flows"
    flows.mkdir()
    files = {"sample.yaml": as_flow(sample), "line.yaml": LINE, **({"lookups.yaml": lookups} if lookups else {})}
    for name, text in files.items():
        (flows / name).write_text(text, encoding="utf-8")
    (problem,) = (p for p in check_folder(flows, LANGUAGE, date(2026, 11, 30))[1] if p.rule == rule)
    conversation = tmp_path / "call.yaml"
    conversation.write_text(problem.call, encoding="utf-8")
    monkeypatch.setenv("IVR_FLOWS", str(flows))
    monkeypatch.chdir(Path(__file__).parents[3])
    result = CliRunner().invoke(main, ["test", str(conversation), "--verbose"])
    assert result.exit_code == 0, problem.call + result.output
