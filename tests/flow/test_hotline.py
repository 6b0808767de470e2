"""`line.yaml` is read: called numbers, opening hours, desks, segments, announcements. Faults: tests/broken_flows."""

from __future__ import annotations

from datetime import datetime

import pytest

from ivr.calendar import CHINA
from ivr.diagnostics.problem import Place
from ivr.flow.hotline import read_line
from ivr.yamlfile.source import read_text

SHORT = 'lines: {default: a}\ndesks: {general: "+861085550100"}\ndesk: general\n'
LONG = """
lines:
  default: a
  "+861": {flow: b, language: en-US, hours: counter}
  "+862": {flow: a, segment: vip}
hours:
  counter:
    mon-fri: 09:00-12:00, 13:30-17:00
    sat: 09:00-12:00
    holiday: closed
    2026-12-31: 09:00-11:00
  night: always
segments:
  vip: {when: caller.segment == "vip", desk: vip, priority: vip}
  old: {when: caller.age >= 65, priority: elderly}
  retail: {}
desks:
  general: "+861085550100"
  vip: {number: "+861085550188", timeout: 20s, hours: counter, overflow: general}
desk: general
texts:
  helpline: 热线是{numbers.helpline|phone}。
  sorry: {zh-CN: 抱歉。, en-US: Sorry.}
numbers: {helpline: "95588"}
announcements:
  emergency: {outage: {zh-CN: 系统维护中。, en-US: Maintenance.}}
  service: {}
"""


def read(text: str):
    node, problems = read_text(text, "line.yaml")
    line, found = read_line(node, Place("line.yaml", 1, 1), exists=True)
    assert not problems + found
    assert line is not None
    return line


def test_three_keys_are_enough():
    line = read(SHORT)
    assert line.flow_for("+8613") == "a"
    assert line.hours_of(line.number("+8613").hours) is None
    assert line.segment_for("+8613", {"segment": "vip"}) is None
    assert line.desk_of(None) == "general"
    assert line.announcements == {}


def test_a_called_number_has_a_flow_and_perhaps_a_language_hours_and_a_segment():
    line = read(LONG)
    assert line.flow_for("+861") == "b"
    assert line.number("+861").language.name == "en-US"
    assert line.hours_of(line.number("+861").hours) is line.hours["counter"]
    assert line.number("+86999") == line.number("default")


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-23 11:59", True),
        ("2026-11-23 12:00", False),
        ("2026-11-23 13:30", True),
        ("2026-11-28 11:00", True),  # a Saturday morning
        ("2026-11-28 14:00", False),
        ("2026-11-29 10:00", False),  # a Sunday
        ("2026-10-01 10:00", False),  # the national holiday
        ("2026-02-17 10:00", False),  # Spring Festival
        ("2026-02-14 15:00", True),  # a Saturday worked for Spring Festival
        ("2026-12-31 11:30", False),  # named by its date
    ],
)
def test_hours_know_half_days_holidays_make_up_days_and_single_dates(moment, is_open):
    hours = read(LONG).hours["counter"]
    assert hours.open_at(datetime.fromisoformat(moment).replace(tzinfo=CHINA)) is is_open


@pytest.mark.parametrize(
    ("called", "caller", "segment", "desk"),
    [
        ("+86", {"segment": "vip", "age": 70}, "vip", "vip"),
        ("+86", {"segment": "standard", "age": 70}, "old", "general"),
        ("+86", {"segment": "standard", "age": 30}, "retail", "general"),
        ("+862", {"segment": "none"}, "vip", "vip"),
    ],
)
def test_the_first_segment_that_holds_is_taken_unless_the_number_names_one(called, caller, segment, desk):
    line = read(LONG)
    found = line.segment_for(called, caller)
    assert (found.name, line.desk_of(found)) == (segment, desk)


def test_slots_of_announcements_hold_prepared_texts_or_none():
    slots = read(LONG).announcements
    assert slots["emergency"]["outage"].template("en-US").fixed == "Maintenance."
    assert slots["service"] == {}


def test_texts_and_numbers_of_the_line_are_kept_by_name():
    line = read(LONG)
    assert line.telephone_numbers == {"helpline": "95588"}
    assert {name: sorted(texts) for name, texts in line.texts.items()} == {
        "helpline": ["*"],
        "sorry": ["en-US", "zh-CN"],
    }
