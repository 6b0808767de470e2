"""The model of flows: who is led where, what is found inside, and what a kind of step need not declare."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

from ivr.flow.expressions import Expression
from ivr.flow.loader import load, reload
from ivr.flow.model import Choice, Phrases, Release, Target
from ivr.flow.parts_within import within
from ivr.flow.text import Template, Text
from ivr.session.step_registry import catalogue

FLOWS = Path(__file__).parents[2] / "flows"
LINE = """
lines:
  default: test
  "95555": {flow: test, segment: gold, hours: office}
desks: {general: "+861000000001", vip: {number: "+861000000002", overflow: general}}
desk: general
hours: {office: {mon-fri: "09:00-17:00"}}
segments:
  gold: {when: caller.segment == 'vip', desk: vip, priority: vip}
  old: {when: caller.age >= 65, priority: elderly}
"""
FLOW = """
flow: test
start: ask
agent: agent
steps:
  ask:
    menu:
      - {label: 余额, phrases: [余额, 查余额], goto: bye}
    requires: L1
  agent: {transfer: general, otherwise: bye}
  bye: {hangup: 再见。}
"""


@pytest.fixture(scope="module")
def release() -> Release:
    return reload({"line.yaml": LINE, "test.yaml": FLOW}, catalogue())


def test_an_unknown_number_gets_the_entry_of_default(release: Release) -> None:
    assert release.line.flow_for("95555") == release.line.flow_for("10086") == "test"
    assert release.line.number("10086").segment is None


def test_the_segment_of_the_number_goes_before_the_first_whose_condition_holds(release: Release) -> None:
    line = release.line
    assert line.segment_for("95555", {"segment": "none", "age": 70}).name == "gold"
    assert line.segment_for("10086", {"segment": "vip", "age": 70}).name == "gold"
    assert line.segment_for("10086", {"segment": "none", "age": 70}).name == "old"
    assert line.segment_for("10086", {"segment": "none", "age": 30}) is None


def test_a_segment_without_a_desk_goes_to_the_general_one(release: Release) -> None:
    line = release.line
    assert line.desk_of(line.segments["gold"]) == "vip"
    assert line.desk_of(line.segments["old"]) == line.desk_of(None) == "general"


def test_no_opening_hours_mean_always_open(release: Release) -> None:
    line = release.line
    assert line.hours_of(line.number("95555").hours) is line.hours["office"]
    assert line.hours_of(None) is None


def test_phrases_are_those_of_one_language(release: Release) -> None:
    (phrases,) = within(release.flows["test"], Phrases)
    assert phrases.for_language("zh-CN") == ("余额", "查余额")
    assert phrases.for_language("en-US") == ()


def test_everything_of_a_type_is_found_in_the_order_written(release: Release) -> None:
    flow = release.flows["test"]
    assert [choice.label.by_language["zh-CN"].fixed for choice in within(flow, Choice) if choice.label] == ["余额"]
    assert [target.name for target in within(flow.steps["agent"], Target)] == ["bye"]
    assert list(within({"a": [1, "x", (2,)]}, int)) == [1, 2]
    assert list(within(release.line, (Expression,)))
    assert list(within(flow.steps["bye"], Text))


def test_steps_that_verify_are_not_among_the_written_ones(release: Release) -> None:
    flow = release.flows["test"]
    assert [step.name for step in flow.written_steps()] == ["ask", "agent", "bye"]
    assert set(flow.steps) > {"ask", "agent", "bye"}


def test_the_place_of_a_key_is_its_own_or_that_of_what_holds_it(release: Release) -> None:
    flow = release.flows["test"]
    bye = flow.steps["bye"]
    assert Path(flow.place_of("start").file).name == "test.yaml"
    assert flow.place_of("start").line == 3
    assert flow.place_of("not written") == flow.place
    assert bye.place_of("not written") == bye.place


def test_a_step_need_not_declare_what_does_not_apply_to_it(release: Release) -> None:
    bye = release.flows["test"].steps["bye"]
    assert (bye.sets(), bye.assigns(), bye.own_choices(), bye.choice_outcomes()) == ({}, {}, (), frozenset())
    assert (bye.protects(), bye.proves(), bye.desk().name, bye.announcement()) == (False, 0, "", "")
    assert bye.nested() is bye.asks() is None
    assert bye.for_one_item() is bye
    assert list(bye.faults()) == []


def plainly_within(value: Any, kind: type | tuple[type, ...]) -> Iterator[Any]:
    """Yield what `within` yields, by plain recursion."""
    if isinstance(value, kind):
        yield value
    if isinstance(value, Mapping):
        parts = list(value.values())
    elif isinstance(value, list | tuple):
        parts = list(value)
    else:
        parts = [getattr(value, spec.name) for spec in fields(value)] if is_dataclass(value) else []
    for part in parts:
        yield from plainly_within(part, kind)


@pytest.mark.parametrize("kind", [Text, Template, Expression, Choice, (Template, Expression)])
def test_every_part_of_every_step_is_found_as_plain_recursion_finds_it(kind: type | tuple[type, ...]) -> None:
    steps = [step for flow in load(FLOWS, catalogue()).flows.values() for step in flow.steps.values()]
    for step in steps:
        parts = list(plainly_within(step, kind))
        assert [id(part) for part in parts] == [id(part) for part in within(step, kind)]
    assert steps


def test_containers_are_searched_in_their_own_order() -> None:
    assert list(within({"a": [1, ("x", 2)], "b": {"c": "y"}}, str)) == ["x", "y"]
    assert list(within([1, [2, [3]]], list)) == [[1, [2, [3]]], [2, [3]], [3]]
    assert list(within(None, str)) == []
