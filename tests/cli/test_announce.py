"""`ivr announce`: on, off, list; refusals with the reason; expiry and drills."""

from __future__ import annotations

import json
import time

import pytest
from click.testing import CliRunner

from ivr.calendar import local
from ivr.cli import main
from ivr.services.announcements import Announcements
from ivr.stores import open_store
from tests.asking import ask

LINE = """
lines: {default: a}
desks: {general: "+861085550100"}
desk: general
announcements:
  emergency: {outage: {zh-CN: 系统维护中。, en-US: Maintenance.}, fraud: 谨防诈骗。}
  service: {}
"""


@pytest.fixture
def ivr(tmp_path, monkeypatch):
    """Return a function that runs `ivr announce` on a folder of flows and a store of its own."""
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "line.yaml").write_text(LINE, encoding="utf-8")
    monkeypatch.setenv("IVR_FLOWS", str(tmp_path / "flows"))
    monkeypatch.setenv("IVR_STORE", f"sqlite:///{tmp_path}/ivr.db")
    return lambda *arguments: CliRunner().invoke(main, ["announce", *arguments])


def heard(tmp_path, slot="emergency", **more):
    store = open_store(f"sqlite:///{tmp_path}/ivr.db")
    try:
        given = {"slot": slot, "language": "zh-CN", "caller": "+861", "called": "+862", **more}
        return ask(Announcements(store), "line.announcement", given, key="k", now=time.time())["text"]
    finally:
        store.close()


def test_a_prepared_text_is_switched_on_for_a_day_in_all_its_languages_and_off_again(ivr, tmp_path):
    done = ivr("on", "emergency", "--preset", "outage")
    assert done.exit_code == 0, done.output
    tomorrow = local(time.time() + 24 * 3600).strftime("%Y-%m-%d")
    assert f"emergency is on until {tomorrow}" in done.stdout
    assert heard(tmp_path) == "系统维护中。"
    assert heard(tmp_path, language="en-US") == "Maintenance."
    assert ivr("off", "emergency").stdout == "emergency is off\n"
    assert heard(tmp_path) == ""
    assert ivr("off", "emergency").stdout == "emergency was off\n"


def test_a_text_of_ones_own_in_two_languages(ivr, tmp_path):
    done = ivr("on", "service", "--text", "网点 休息。", "--text", "en-US=Branches are closed.", "--until", "2h")
    assert done.exit_code == 0, done.output
    assert heard(tmp_path, "service") == "网点 休息。"
    assert heard(tmp_path, "service", language="en-US") == "Branches are closed."


@pytest.mark.parametrize("until", ["18:00", "00:00", "2h", "90m", "3d", "2099-01-01 08:00", "2099-01-01T08:00+08:00"])
def test_an_end_is_a_time_of_day_a_date_or_a_length_and_always_lies_ahead(ivr, until):
    done = ivr("on", "emergency", "--preset", "fraud", "--until", until)
    assert done.exit_code == 0, done.output
    (row, _) = json.loads(ivr("list", "--json").stdout)
    assert row["until"] > local(time.time()).strftime("%Y-%m-%d %H:%M")
    if until.startswith("2099"):
        assert row["until"] == "2099-01-01 08:00"
    elif ":" in until:
        assert row["until"].endswith(until)


def test_a_drill_is_heard_by_its_numbers_and_one_line_by_its_callers(ivr, tmp_path):
    done = ivr("on", "emergency", "--preset", "outage", "--drill", "--from", "+8613", "--line", "+862")
    assert "on +862; a drill, heard by +8613" in done.stdout
    assert heard(tmp_path) == ""
    assert heard(tmp_path, caller="+8613") == "系统维护中。"
    assert heard(tmp_path, caller="+8613", called="+863") == ""
    assert "a drill, heard by no caller" in ivr("on", "emergency", "--preset", "outage", "--drill").stdout


def test_the_list_tells_what_is_on_what_is_prepared_and_what_line_yaml_no_longer_has(ivr, tmp_path):
    ivr("on", "emergency", "--preset", "fraud", "--until", "2099-01-01 08:00", "--by", "li")
    assert ivr("list").stdout == "emergency is on until 2099-01-01 08:00; by li\n  zh-CN  谨防诈骗。\nservice is off\n"
    rows = json.loads(ivr("list", "--json").stdout)
    assert [(row["slot"], row["on"], row["presets"]) for row in rows] == [
        ("emergency", True, ["fraud", "outage"]),
        ("service", False, []),
    ]
    (tmp_path / "flows" / "line.yaml").write_text(LINE.replace("  emergency:", "  news:"), encoding="utf-8")
    assert "emergency is on until" in ivr("list").stdout
    assert ivr("off", "emergency").stdout == "emergency is off\n"


def test_a_flow_with_a_fault_does_not_stand_in_the_way_of_an_emergency(ivr, tmp_path):
    (tmp_path / "flows" / "a.yaml").write_text("flow: a\nsteps: [", encoding="utf-8")
    assert ivr("on", "emergency", "--preset", "outage").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["on", "emergency"], "--text or --preset"),
        (["on", "emergency", "--text", "x", "--preset", "outage"], "--text or --preset"),
        (["on", "emergancy", "--text", "x"], 'Did you mean "emergency"?'),
        (["on", "emergency", "--preset", "outrage"], 'Did you mean "outage"?'),
        (["on", "service", "--preset", "outage"], "There is none; use --text."),
        (["on", "emergency", "--text", " "], "needs words"),
        (["on", "emergency", "--text", "a\x07b"], "no control characters"),
        (["on", "emergency", "--text", "长" * 301], "301 characters"),
        (["on", "emergency", "--text", "一", "--text", "二"], "two texts in zh-CN"),
        (["on", "emergency", "--text", "fr-FR=Bonjour"], "The languages are zh-CN"),
        (["on", "emergency", "--text", "zh-CM=一"], 'Did you mean "zh-CN"?'),
        (["on", "emergency", "--text", "一", "--until", "soon"], "is no time"),
        (["on", "emergency", "--text", "一", "--until", "2020-01-01 08:00"], "has passed"),
        (["on", "emergency", "--text", "一", "--until", "0h"], "has passed"),
        (["on", "emergency", "--text", "一", "--from", "+8613"], "without --drill"),
        (["off", "emergancy"], 'Did you mean "emergency"?'),
    ],
)
def test_what_cannot_be_meant_is_refused_with_the_reason(ivr, tmp_path, arguments, reason):
    done = ivr(*arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert reason in done.stderr
    assert heard(tmp_path) == ""


def test_a_store_that_no_server_shares_and_a_broken_line_yaml_are_refused(ivr, tmp_path, monkeypatch):
    (tmp_path / "flows" / "line.yaml").write_text(LINE.replace("desk: general", "desk: genral"), encoding="utf-8")
    done = ivr("on", "emergency", "--preset", "outage")
    assert (done.exit_code, "unknown-desk" in done.stderr) == (2, True)
    monkeypatch.setenv("IVR_STORE", "memory:")
    assert "no server would see the change" in ivr("list").stderr


def test_an_announcement_begins_later_and_tells_who_ordered_it_and_why(ivr, tmp_path):
    ordered = ("--since", "2099-12-31 18:00", "--until", "2100-01-04 08:00", "--by", "li", "--reason", "元旦")
    done = ivr("on", "service", "--text", "网点休息。", *ordered)
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[0] == "service goes on at 2099-12-31 18:00, until 2100-01-04 08:00; by li: 元旦"
    assert heard(tmp_path, "service") == ""
    (row,) = [row for row in json.loads(ivr("list", "--json").stdout) if row["slot"] == "service"]
    assert (row["on"], row["by"], row["reason"]) == (False, "li", "元旦")
    assert ivr("off", "service").stdout == "service is off\n"


def test_an_announcement_that_ends_before_it_begins_is_refused(ivr):
    done = ivr("on", "service", "--text", "网点休息。", "--since", "2099-12-31 18:00", "--until", "2h")
    assert done.exit_code == 2
    assert "--until is not after --since" in done.stderr
