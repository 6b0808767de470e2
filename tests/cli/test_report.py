"""`ivr report` over a store that the engine itself has written."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from ivr.app import build
from ivr.calendar import local
from ivr.cli import main
from ivr.engine.inputs import CallStarted, DialEnded, Digits, HungUp, NoInput
from ivr.engine.ports import Incoming
from ivr.journal.surveys import Surveys
from ivr.journal.tickets import Tickets
from ivr.settings import Settings

HOTLINE = """\
flow: hotline
language: zh-CN
start: main
globals:
  - {key: "0", label: 人工服务, phrases: [人工], goto: agent}
steps:
  main:
    menu:
      - {label: 营业时间, goto: hours}
  hours:
    say: 营业时间为九点到十七点。
    next: main
  agent:
    transfer: general
    otherwise: sorry
  sorry:
    say: 座席全忙，我们会回电给您。
    next: bye
  bye:
    hangup: 再见。
"""
LINE = """\
lines: {default: hotline}
desks: {general: "+861085550100"}
desk: general
"""


@pytest.fixture
def address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    flows = tmp_path / "flows"
    flows.mkdir()
    (flows / "hotline.yaml").write_text(HOTLINE, encoding="utf-8")
    (flows / "line.yaml").write_text(LINE, encoding="utf-8")
    address = f"sqlite:///{tmp_path}/ivr.db"
    monkeypatch.setenv("IVR_STORE", address)
    monkeypatch.delenv("IVR_ALARM_URL", raising=False)
    return address


@pytest.fixture
def calls(address: str, tmp_path: Path) -> None:
    """Three calls: one is content with the menu, one reaches a person, one is silent and reaches nobody."""
    ivr = build(Settings(store=address, flows=tmp_path / "flows"))

    def play(call: str, *given: object) -> None:
        turns = [CallStarted("anonymous", "+861000"), *given]
        for turn, one in enumerate(turns):
            ivr.answer(ivr.channel, Incoming(call, turn or None, one, f"{turn}", "anonymous", "+861000"))

    play("CA1", Digits("1"), HungUp())
    play("CA2", Digits("0"), DialEnded("completed", 42))
    play("CA3", NoInput(), NoInput(), NoInput(), DialEnded("busy"))
    Surveys(ivr.store).ask(
        "answer", {"call": "CA2", "satisfaction": 5, "recommend": 10, "queue": "general"}, key="s", now=time.time()
    )
    ivr.store.close()


def report(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["report", *arguments])
    return done.exit_code, done.output


def test_figures_are_those_of_the_calls_that_were_made(calls: None) -> None:
    code, text = report("--json")
    found = json.loads(text)
    assert code == 0
    assert found["live"] == 0
    assert {
        name: found["calls"][name] for name in ("started", "ended", "contained", "transferred", "reached_a_person")
    } == {
        "started": 3,
        "ended": 3,
        "contained": 1,
        "transferred": 2,
        "reached_a_person": 1,
    }
    step = found["steps"]["hotline.main"]
    assert (step["asked"], step["no_input"], step["no_match"]) == (5, 3, 0)
    desk = found["desks"]["general"]
    assert (desk["transfers"], desk["completed"], desk["busy"], desk["mean_talk_seconds"]) == (2, 1, 1, 42.0)
    assert found["survey"]["by_queue"]["general"]["nps"] == 100.0


def test_the_text_is_plain_and_names_everything(calls: None) -> None:
    code, text = report()
    assert code == 0
    assert "\x1b" not in text
    for words in ("contained", "33.3%", "hotline.main", "60.0%", "general", "100.0%", "+100.0"):
        assert words in text, words
    assert max(map(len, text.splitlines())) <= 110


def test_a_day_chooses_what_counts(calls: None) -> None:
    assert json.loads(report("--json", "--since", "today")[1])["calls"]["started"] == 3
    assert json.loads(report("--json", "--since", "2099-01-01")[1])["calls"]["started"] == 0
    today = local(time.time()).date().isoformat()
    assert json.loads(report("--json", "--since", today)[1])["since"].startswith(f"{today}T00:00:00+08:00")
    assert json.loads(report("--json", "--since", "yesterday")[1])["since"] < today


def test_an_empty_store_has_a_report(address: str, tmp_path: Path) -> None:
    build(Settings(store=address, flows=tmp_path / "flows")).store.close()
    code, text = report()
    assert code == 0
    assert "Complaints" not in text
    assert "started" in text


def test_a_day_that_is_none_and_a_store_that_is_not_there_are_refused(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, text = report("--since", "last week")
    assert (code, "write 2026-11-23, today or yesterday" in text) == (2, True)
    code, text = report()
    assert (code, "there is no store at" in text) == (2, True)
    assert not (tmp_path / "ivr.db").exists()
    monkeypatch.setenv("IVR_STORE", "memory:")
    assert report()[0] == 2


def late_complaint(address: str, tmp_path: Path) -> None:
    ivr = build(Settings(store=address, flows=tmp_path / "flows"))
    tickets = Tickets(ivr.store, ivr.seal)
    tickets.ask("open", {"number": "+8613800000001", "kind": "service"}, key="k", now=time.time() - 86401)
    ivr.store.close()


def test_alarms_that_nobody_takes_are_a_finding(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    late_complaint(address, tmp_path)
    assert report("--alarms") == (2, "Error: set IVR_ALARM_URL to the address that takes alarms.\n")
    monkeypatch.setenv("IVR_ALARM_URL", "http://127.0.0.1:1/robot?access_token=hush")
    assert report("--alarms") == (1, "0 alarms taken, 1 not taken.\n")
    monkeypatch.setenv("IVR_ALARM_URL", "127.0.0.1/robot?access_token=hush")
    code, text = report("--alarms")
    assert (code, "hush" in text) == (2, False)
    monkeypatch.delenv("IVR_ALARM_URL")
    assert "first reply overdue" in report()[1]


def test_alarms_are_sent_once(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ivr import outgoing

    late_complaint(address, tmp_path)
    monkeypatch.setenv("IVR_ALARM_URL", "http://127.0.0.1:1/")
    monkeypatch.setattr(outgoing.Webhook, "__call__", lambda self, alarm: None)
    assert report("--alarms", "--json") == (0, '{"taken": 1, "failed": 0}\n')
    assert report("--alarms") == (0, "0 alarms taken, 0 not taken.\n")
