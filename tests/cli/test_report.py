"""`ivr report` over a store that the engine itself has written."""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from ivr.app import build
from ivr.calendar import local
from ivr.cli import main
from ivr.engine.inputs import CallStarted, DialEnded, Digits, HungUp, NoInput
from ivr.engine.ports import Incoming
from ivr.services.surveys import Surveys
from ivr.services.tickets.service import Tickets
from ivr.settings import Settings
from tests.asking import ask

HOTLINE = """\
flow: hotline
language: zh-CN
start: main
globals:
  - {key: "0", label: 人工服务, phrases: [人工], goto: agent, reason: advice}
steps:
  main:
    menu:
      - {label: 营业时间, goto: hours}
  hours:
    say: 营业时间为九点到十七点。
    next: main
  agent:
    transfer: general
    choices:
      - {key: "1", label: 请回电, goto: sorry, reason: loss}
    next: bye
    otherwise: sorry
  sorry:
    say: 座席全忙，我们会回电给您。
    next: bye
  bye:
    hangup: 再见。
"""


@pytest.fixture
def address(hotline_address: Callable[[str], str]) -> str:
    return hotline_address(HOTLINE)


@pytest.fixture
def calls(address: str, tmp_path: Path) -> None:
    """Three calls: one is content with the menu, one reaches a person, one is silent and reaches nobody."""
    ivr = build(Settings(store=address, flows=tmp_path / "flows"))

    def play(call: str, *given: object) -> None:
        turns = [CallStarted("anonymous", "+861000"), *given]
        for turn, one in enumerate(turns):
            ivr.session.answer(
                ivr.channels["twilio"], Incoming(call, turn or None, one, f"{turn}", "anonymous", "+861000")
            )

    play("CA1", Digits("1"), HungUp())
    play("CA2", Digits("0"), DialEnded("completed", 42))
    play("CA3", NoInput(), NoInput(), NoInput(), DialEnded("busy"))
    ask(
        Surveys(ivr.store),
        "survey.answer",
        {"call": "CA2", "satisfaction": 5, "recommend": 10, "queue": "general"},
        key="s",
        now=time.time(),
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


def test_without_a_store_the_report_is_empty_and_says_why(address: str, tmp_path: Path) -> None:
    code, text = report()
    assert (code, "There is no store at" in text) == (0, True)
    assert not (tmp_path / "ivr.db").exists()


def test_a_day_that_is_none_and_a_store_that_is_not_there_are_refused(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, text = report("--since", "last week")
    assert (code, "write 2026-11-23, today or yesterday" in text) == (2, True)
    code, text = report("--alarms")
    assert (code, "there is no store at" in text) == (2, True)
    assert not (tmp_path / "ivr.db").exists()
    monkeypatch.setenv("IVR_STORE", "memory:")
    assert report()[0] == 2


def late_complaint(address: str, tmp_path: Path) -> None:
    ivr = build(Settings(store=address, flows=tmp_path / "flows"))
    tickets = Tickets(ivr.store, ivr.seal)
    ask(tickets, "tickets.open", {"number": "+8613800000001", "kind": "service"}, key="k", now=time.time() - 86401)
    ivr.store.close()


def test_alarms_that_nobody_takes_are_a_finding(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    late_complaint(address, tmp_path)
    assert report("--alarms") == (2, "Error: set IVR_ALARM_URL to the address that receives alarms.\n")
    monkeypatch.setenv("IVR_ALARM_URL", "http://127.0.0.1:1/robot?access_token=hush")
    assert report("--alarms") == (1, "0 alarms taken, 1 not taken.\n")
    monkeypatch.setenv("IVR_ALARM_URL", "127.0.0.1/robot?access_token=hush")
    code, text = report("--alarms")
    assert (code, "hush" in text) == (2, False)
    monkeypatch.delenv("IVR_ALARM_URL")
    assert "first reply overdue" in report()[1]


def test_alarms_are_sent_once(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ivr.jobs import outbox as outgoing

    late_complaint(address, tmp_path)
    monkeypatch.setenv("IVR_ALARM_URL", "http://127.0.0.1:1/")
    monkeypatch.setattr(outgoing.Webhook, "__call__", lambda self, alarm: None)
    assert report("--alarms", "--json") == (0, '{"taken": 1, "failed": 0}\n')
    assert report("--alarms") == (0, "0 alarms taken, 0 not taken.\n")


class Hotline:
    """An engine whose clock is turned by hand, agents, and the calls that they get."""

    def __init__(self, address: str, flows: Path, now: float) -> None:
        self.now = now
        self.ivr = build(Settings(store=address, flows=flows), clock=lambda: self.now)
        for name in ("8001", "8002"):
            self.ivr.queue.agents.add(name, f"+8613900{name:0>6}", ["general"])
        self.turns: dict[str, int] = {}
        self.callers: dict[str, str] = {}

    def give(self, call: str, given: object, *, after: float = 0.0) -> str:
        self.now += after
        turn = self.turns.get(call)
        self.turns[call] = (turn or 0) + 1
        caller = self.callers[call]
        asked = Incoming(call, turn, given, f"{turn}", caller, "+861000")  # type: ignore[arg-type]
        return self.ivr.session.answer(self.ivr.channels["twilio"], asked).decode()

    def call(self, call: str, caller: str = "anonymous") -> str:
        """Ring in and ask for a person."""
        self.callers[call] = caller
        self.give(call, CallStarted(caller, "+861000"))
        return self.give(call, Digits("0"))

    def take(self, *, after: float = 0.0) -> None:
        """Let the agent who is being rung press the key."""
        self.now += after
        (leg,) = (one.id for one in self.ivr.queue.repository.state().offers.values() if one.state == "ringing")
        self.ivr.legs.answered(leg, self.now)
        assert self.ivr.legs.key(leg, "1", self.now).state == "taken"


def nine_oclock(days_back: int) -> float:
    return (local(time.time()).replace(hour=9, minute=0, second=0, microsecond=0) - timedelta(days_back)).timestamp()


@pytest.fixture
def morning(address: str, tmp_path: Path) -> Hotline:
    """Four hours of yesterday: a talk after 12 s, a wait of 60 s before one, one gives up, one leaves by a key."""
    hotline = Hotline(address, tmp_path / "flows", nine_oclock(days_back=1))
    hotline.ivr.queue.agents.ready("8001", hotline.now)
    hotline.call("CA1")
    hotline.take(after=12)
    hotline.call("CA2")
    hotline.give("CA2", NoInput(), after=40)
    hotline.give("CA1", DialEnded("completed", 40))
    hotline.ivr.queue.agents.ready("8001", hotline.now)
    hotline.give("CA2", NoInput(), after=10)
    hotline.take(after=10)
    hotline.call("CA3")
    hotline.give("CA3", HungUp(), after=30)
    hotline.call("CA4")
    hotline.give("CA4", Digits("1"), after=20)
    hotline.give("CA2", HungUp(), after=50)
    return hotline


def test_people_are_measured_by_what_really_happened(morning: Hotline) -> None:
    code, text = report("--json", "--since", "yesterday", "--until", "yesterday")
    assert code == 0
    people = json.loads(text)["people"]
    every = people["all"]
    assert {name: every[name] for name in ("offered", "answered", "abandoned", "left", "open")} == {
        "offered": 4,
        "answered": 2,
        "abandoned": 1,
        "left": 1,
        "open": 0,
    }
    # 12 s until the agent took the first call, 60 s until the second, although both telephones rang sooner.
    assert (every["asa"], every["longest_wait"], every["service_level"]) == (36.0, 60, 0.25)
    assert (every["mean_talk"], every["aht"]) == (70.0, 100.0)
    assert every["fcr_withheld"] == 2
    assert people["by_agent"]["8001"]["rung"] == 2
    assert people["by_hour"].keys() == {"09"}
    assert people["targets"]["service_level"] == {"value": 0.25, "at_least": 0.8, "met": False}
    assert "service_level" in every["missed"]
    calls = json.loads(text)["calls"]
    assert (calls["transferred"], calls["reached_a_person"], calls["reached_share"]) == (4, 2, 0.5)
    later = report("--json", "--since", "today")
    assert json.loads(later[1])["people"]["all"]["offered"] == 0


def test_the_seconds_and_the_targets_are_the_operators(morning: Hotline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IVR_TARGETS", "service_level=50% asa=40")
    people = json.loads(report("--json", "--within", "60")[1])["people"]
    assert (people["all"]["service_level"], people["within_seconds"]) == (0.5, 60.0)
    assert people["targets"]["service_level"]["met"] is people["targets"]["asa"]["met"] is True
    monkeypatch.setenv("IVR_TARGETS", "speed=1")
    assert report("--json")[0] == 2


def test_handling_without_the_lines_wrap_up_is_the_talk_alone(
    morning: Hotline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path / "flows")
    monkeypatch.delenv("IVR_FLOWS", raising=False)
    people = json.loads(report("--json")[1])["people"]
    assert (people["all"]["aht"], people["aht_includes"]) == (70.0, "talk only")


def test_the_tables_show_what_misses_its_target(morning: Hotline) -> None:
    code, text = report()
    assert code == 0
    for words in ("Reaching a person", "25.0% !", "class normal", "desk general", "hour 09", "8001", "at least 80.0%"):
        assert words in text, words
    assert "left out are 2 without a number" in text
    assert max(map(len, text.splitlines())) <= 110


def test_a_spreadsheet_gets_a_row_for_each_group(morning: Hotline, tmp_path: Path) -> None:
    code, text = report("--csv", "-", "--since", "yesterday")
    assert code == 0
    rows = list(csv.DictReader(text.splitlines()))
    assert [(row["group"], row["name"]) for row in rows] == [
        ("all", ""),
        ("class", "normal"),
        ("desk", "general"),
        ("agent", "8001"),
        ("hour", "09"),
    ]
    assert (rows[0]["offered"], rows[0]["service_level"], rows[0]["nps"], rows[3]["rung"]) == ("4", "0.25", "", "2")
    assert "service_level" in rows[0]["missed"].split()
    file = tmp_path / "figures.csv"
    assert report("--csv", str(file)) == (0, f"{file} is written.\n")
    assert file.read_bytes().startswith(b"\xef\xbb\xbfsince,until,group,name,offered,")
    assert report("--csv", str(tmp_path / "none" / "figures.csv"))[0] == 2
    assert report("--csv", "-", "--json")[0] == 2
    assert report("--since", "today", "--until", "yesterday")[0] == 2


def test_no_name_is_a_formula_in_a_spreadsheet() -> None:
    from ivr.cli._tables import write_csv

    groups: dict[str, object] = {f"by_{name}": {} for name in ("class", "desk", "agent", "hour")}
    people = {"all": {}, **groups, "by_desk": {"=1+1": {}}, "call_backs": {"all": {}, **groups}}
    written = io.StringIO()
    write_csv(people, "2026-11-23", "2026-11-23", written)
    assert "desk,'=1+1" in written.getvalue()


def test_who_calls_again_about_the_same_was_not_helped(address: str, tmp_path: Path) -> None:
    first = nine_oclock(days_back=8)
    hotline = Hotline(address, tmp_path / "flows", first)
    for call, caller in (("CA1", "+8613800000001"), ("CA2", "+8613800000002")):
        hotline.ivr.queue.agents.ready("8001", hotline.now)
        hotline.call(call, caller)
        hotline.take(after=5)
        hotline.give(call, DialEnded("completed", 60), after=60)
    hotline.now += 86_400
    hotline.call("CA3", "+8613800000001")
    hotline.give("CA3", HungUp(), after=3)
    day = local(first).date().isoformat()
    people = json.loads(report("--json", "--since", day, "--until", day)[1])["people"]
    assert (people["all"]["fcr"], people["all"]["fcr_judged"], people["all"]["fcr_too_young"]) == (0.5, 2, 0)
    assert people["by_agent"]["8001"]["fcr"] == people["by_desk"]["general"]["fcr"] == 0.5
    people = json.loads(report("--json", "--since", day)[1])["people"]
    assert (people["all"]["abandoned"], people["all"]["abandoned_short"], people["all"]["abandonment"]) == (1, 1, 0.0)
