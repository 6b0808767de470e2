"""The ways of flows, by kind, and their lines."""

from __future__ import annotations

from ivr.conversations.coverage import TakenWay, coverage_lines, ways_there
from ivr.flow.loader import reload
from ivr.session.step_registry import catalogue

FLOW = """\
flow: it
start: ask
steps:
  ask:
    menu:
      - {label: 余额, goto: look}
      - {label: 结束, goto: bye}
    on_no_input: agent
  look:
    lookup: {from: bank.branches, as: places, on_error: bye}
    next:
      - {when: places.more, goto: ask}
      - {goto: bye}
  agent:
    transfer: general
    otherwise: bye
  bye:
    hangup: 再见。
"""
LINE = 'lines: {default: it}\ndesks: {general: "+861085550100"}\ndesk: general\n'
RELEASE = reload({"it.yaml": FLOW, "line.yaml": LINE}, catalogue())


def test_every_way_has_its_kind_and_its_line():
    ways = {way: (there.kind, there.place.line) for way, there in ways_there(RELEASE).items()}
    assert ways[TakenWay("it", "ask", "key 1", "look")] == ("choice", 6)
    assert ways[TakenWay("it", "ask", "no_input", "agent")] == ("ladder", 8)
    assert ways[TakenWay("it", "ask", "failed", "agent")] == ("ladder", 4)
    assert ways[TakenWay("it", "look", "error", "bye")] == ("failure", 10)
    assert ways[TakenWay("it", "look", "next", "ask")] == ("way", 12)
    assert ways[TakenWay("it", "agent", "busy", "bye")] == ("failure", 16)


def test_a_flow_has_one_line_with_its_counts():
    taken = [TakenWay("it", "ask", "key 1", "look"), TakenWay("it", "look", "next", "bye")]
    (line,) = coverage_lines(ways_there(RELEASE), taken)
    assert line.startswith("it: 1 of 2 choices, 0 of 2 ways after silence or misses, ")
    assert line.endswith("1 of 2 other ways")
