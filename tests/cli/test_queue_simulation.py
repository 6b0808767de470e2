"""`ivr queue simulate`: days of the queue by the rules of line.yaml."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ivr.cli import main
from ivr.stores import open_store

LINE = """
lines: {default: a}
desks:
  general: "+861085550100"
  vip: {number: "+861085550188", overflow: general, reserved: 10s, wrap_up: 10s}
desk: general
segments:
  gold: {when: caller.segment == "vip", desk: vip, priority: vip}
"""
FLOW = """
flow: a
start: person
agent: person
steps:
  person: {transfer: segment, otherwise: bye}
  bye: {hangup: 再见。}
"""
BUSY = ("--calls", "100", "--agents", "general=9", "--agents", "vip=1", "--mix", "normal=80", "--mix", "gold=20")


@pytest.fixture(autouse=True)
def line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "line.yaml").write_text(LINE, "utf-8")
    (tmp_path / "flows" / "a.yaml").write_text(FLOW, "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IVR_FLOWS", str(tmp_path / "flows"))
    monkeypatch.setenv("IVR_STORE", f"sqlite:///{tmp_path / 'ivr.db'}")
    monkeypatch.delenv("TWILIO_AUTH_TOKEN", raising=False)


def simulate(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["queue", "simulate", "--days", "3", *arguments])


def figures(*arguments: str) -> dict[str, dict[str, float]]:
    ran = simulate("--json", *arguments)
    assert ran.exit_code == 0, ran.output
    answer = json.loads(ran.stdout)
    return {row["name"]: row for row in (*answer["classes"], answer["all"])} | {"whole": answer}


def test_an_editor_sees_what_the_head_start_of_one_class_costs_the_others():
    ahead, equal = figures(*BUSY), figures(*BUSY, "--head-start", "vip=0s")
    assert ahead["gold"]["mean"] < equal["gold"]["mean"]
    assert ahead["normal"]["mean"] > equal["normal"]["mean"]
    without = {row["name"]: row["mean"] for row in ahead["whole"]["without_head_starts"]["classes"]}
    assert without == {name: equal[name]["mean"] for name in ("normal", "gold")}
    assert (ahead["gold"]["desk"], ahead["gold"]["priority"]) == ("vip", "vip")


def test_the_table_has_a_row_for_each_class_and_says_which_rules_hold():
    shown = simulate(*BUSY).stdout
    assert [line.split()[0] for line in shown.splitlines()[1:5]] == ["callers", "normal", "gold", "all"]
    assert "Agents: 10, busy" in shown
    assert "vip 120s" in shown
    assert "from 180s on, in the order of coming" in shown


def test_times_hours_shares_and_call_backs_are_those_that_were_asked_for():
    calm = figures(*BUSY, "--talk", "1m")
    assert calm["all"]["mean"] < figures(*BUSY, "--talk", "1m", "--talk", "gold=9m")["all"]["mean"]
    assert figures(*BUSY, "--patience", "never")["all"]["gave_up"] == 0
    assert figures(*BUSY, "--wrap-up", "0s")["whole"]["occupancy"] < figures(*BUSY)["whole"]["occupancy"]
    assert figures(*BUSY, "--wrap-up", "vip=5m")["gold"]["mean"] > figures(*BUSY)["gold"]["mean"]
    morning = figures(*BUSY, "--calls", "9=300", "--hours", "08:30-10:00")
    assert 3 * 300 < morning["all"]["calls"] < 3 * 400
    backs = figures(*BUSY, "--talk", "6m", "--patience", "10m", "--call-backs", "50")
    assert backs["all"]["called_back"] > 0
    assert backs["all"]["call_back_mean"] > 180


def test_the_same_seed_gives_the_same_figures_and_another_one_others():
    assert figures(*BUSY) == figures(*BUSY)
    assert figures(*BUSY)["all"] != figures(*BUSY, "--seed", "2")["all"]


def test_without_a_mix_the_classes_are_those_of_the_line():
    assert set(figures("--agents", "general=10")) == {"normal", "elderly", "gold", "all", "whole"}


def test_without_agents_those_of_the_store_are_at_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("IVR_KEY", "k" * 32)
    assert "there are no agents; name some" in simulate().output
    open_store(f"sqlite:///{tmp_path / 'ivr.db'}").close()
    for number in range(4):
        add = ["agents", "add", f"agent{number}", "--number", f"+86108555012{number}", "--desk", "general"]
        added = CliRunner().invoke(main, add)
        assert added.exit_code == 0, added.output
    assert figures("--calls", "20")["whole"]["agents"] == 4


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--agents", "night=2"), 'no desk "night" in line.yaml; there are general, vip.'),
        (("--agents", "general=0"), "no agent serves the callers"),
        (("--agents", "4"), "write NAME=VALUE"),
        ((*BUSY, "--mix", "silver=3"), 'no segment or priority "silver"'),
        ((*BUSY, "--talk", "silver=3m"), 'no callers are of the class "silver"; the mix has normal, gold.'),
        ((*BUSY, "--talk", "long"), "is no duration"),
        ((*BUSY, "--calls", "25=3"), '"25" is no hour; write --calls 9=140'),
        ((*BUSY, "--hours", "18:00-9"), "are no hours of a day; write 09:00-18:00"),
        ((*BUSY, "--head-start", "gold=3m"), 'no head start for "gold", but for complaint, elderly, vip, loss, fraud'),
        ((*BUSY, "--wrap-up", "night=3m"), 'no desk "night"'),
    ],
)
def test_what_cannot_be_simulated_is_refused_in_one_sentence(arguments: tuple[str, ...], reason: str):
    ran = simulate(*arguments)
    assert ran.exit_code == 2
    assert reason in ran.output
    assert "Traceback" not in ran.output
