"""A small line of its own with two conversations, and a queue of it, for commands that play and show them."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from ivr.cli import main
from ivr.crypto import Seal
from ivr.flow.loader import load
from ivr.services.queue.repository import QueueRepository
from ivr.services.queue.service import Queue
from ivr.session.step_registry import catalogue
from ivr.settings import Settings
from ivr.stores import open_store

LINE = """\
lines: {default: front}
desks:
  general: "+861085550100"
desk: general
"""


@pytest.fixture
def hotline_address(tmp_path, monkeypatch):
    """Return a function that makes a folder with one flow, `hotline`, and returns the address of its store.

    Both are set in the environment; nothing else of this line is.
    """

    def made(flow: str) -> str:
        flows = tmp_path / "flows"
        flows.mkdir()
        (flows / "hotline.yaml").write_text(flow, encoding="utf-8")
        (flows / "line.yaml").write_text(LINE.replace("front", "hotline"), encoding="utf-8")
        address = f"sqlite:///{tmp_path}/ivr.db"
        monkeypatch.setenv("IVR_STORE", address)
        monkeypatch.setenv("IVR_FLOWS", str(flows))
        for name in ("IVR_ALARM_URL", "IVR_TARGETS", "TWILIO_AUTH_TOKEN"):
            monkeypatch.delenv(name, raising=False)
        return address

    return made


FRONT = """\
flow: front
language: zh-CN
profile: standard
start: main
globals:
  - {key: "0", label: 人工服务, phrases: [人工], goto: agent}
steps:
  main:
    menu:
      - {label: 查询余额, phrases: [余额], goto: balance}
      - {label: 结束通话, phrases: [结束], goto: goodbye}
      - {label: 网点, phrases: [网点], goto: branches}
  branches:
    lookup: {from: bank.branches, as: branches, on_error: no_bank}
    next: goodbye
  balance:
    requires: L1
    lookup: {from: bank.balance, as: account, on_error: no_bank}
    next: tell
  tell:
    say: 余额为{account.balance|amount}。
    next: goodbye
  no_bank:
    say: 系统忙。
    next: goodbye
  goodbye:
    hangup: 再见。
  agent:
    transfer: general
    next: goodbye
    on_busy: goodbye
    on_no_answer: goodbye
    otherwise: goodbye
"""


TALKS = """\
conversation: the balance is told
flow: front
turns:
  - {hear: 查询余额，请按1, press: "1"}
  - {hear: 最后四位, press: "0128"}
  - {hear: 密码, press: "135790", expect: {level: 1}}
  - {hear: 一万二千三百四十五元六角七分, expect: {ended: true}}
---
conversation: the bank is gone
flow: front
bank: gone
turns:
  - press: "3"
  - {hear: 系统忙, expect: {ended: true}}
"""


WRONG = """\
conversation: a promise that is not kept
flow: front
turns:
  - {hear: 贷款, press: "1"}
"""


@pytest.fixture
def ivr(tmp_path, monkeypatch):
    flows = tmp_path / "flows"
    flows.mkdir()
    (flows / "line.yaml").write_text(LINE, encoding="utf-8")
    (flows / "front.yaml").write_text(FRONT, encoding="utf-8")
    talks = tmp_path / "talks"
    talks.mkdir()
    (talks / "good.yaml").write_text(TALKS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IVR_FLOWS", str(flows))
    for name in ("TWILIO_AUTH_TOKEN", "IVR_PUBLIC_URL", "IVR_STORE", "IVR_AUDIO"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: str, lines: str = ""):
        return CliRunner().invoke(main, arguments, input=lines)

    return run


SITES = """
lines: {default: a}
desks: {general: "+861085550100", vip: {number: "+861085550188", overflow: general}}
desk: general
sites: {beijing: 3, chengdu: 1}
"""
BYE = """
flow: a
start: bye
agent: person
steps:
  bye: {hangup: 再见。}
  person: {transfer: general, otherwise: bye}
"""


@pytest.fixture
def line_store(tmp_path, monkeypatch):
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "line.yaml").write_text(SITES, encoding="utf-8")
    (tmp_path / "flows" / "a.yaml").write_text(BYE, encoding="utf-8")
    monkeypatch.setenv("IVR_FLOWS", str(tmp_path / "flows"))
    monkeypatch.setenv("IVR_STORE", f"sqlite:///{tmp_path}/ivr.db")
    monkeypatch.setenv("IVR_KEY", "a" * 32)
    store = open_store(f"sqlite:///{tmp_path}/ivr.db")
    yield store
    store.close()


@pytest.fixture
def line_queue(line_store, tmp_path):
    line = load(tmp_path / "flows", catalogue()).line
    return Queue(QueueRepository(line_store), line_store, Seal.from_settings(Settings.from_environment()), line)
