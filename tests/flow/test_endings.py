"""Where a caller has what he called for."""

from __future__ import annotations

import pytest

from ivr.flow.endings import offers_end
from ivr.flow.loader import reload
from ivr.session.step_registry import catalogue

FLOW = """
flow: it
start: main
main_menu: main
steps:
  main: {menu: [{label: 余额, goto: after}, {label: 投诉, goto: ask}], on_no_input: agent}
  ask: {collect: digits, as: typed, next: thanks}
  thanks: {say: 谢谢。, next: bye}
  after: {menu: [{label: 再听, goto: main}, {key: "9", label: 结束, goto: thanks}]}
  patient: {menu: [{label: 再听, goto: main}], on_no_input: still_there}
  still_there: {menu: [{label: 再听, goto: main}], on_no_input: bye}
  impatient: {menu: [{label: 再听, goto: main}], on_no_input: round}
  round: {menu: [{label: 再听, goto: main}], on_no_input: impatient}
  marks: {survey: satisfaction, next: bye}
  agent: {transfer: general, otherwise: bye}
  bye: {hangup: 再见。}
"""
LINE = 'lines: {default: it}\ndesks: {general: "+861085550100"}\ndesk: general\n'


@pytest.mark.parametrize(
    ("step", "ends"),
    [
        ("main", False),
        ("ask", False),  # the end comes after an entry that is still to be made
        ("after", True),
        ("patient", True),  # by silence, and silence again
        ("still_there", True),
        ("impatient", False),
        ("marks", True),
        ("agent", False),
    ],
)
def test_a_caller_is_at_an_end_where_a_choice_or_silence_ends_the_call(step: str, ends: bool) -> None:
    flow = reload({"line.yaml": LINE, "it.yaml": FLOW}, catalogue()).flows["it"]
    assert offers_end(flow, flow.steps[step]) is ends
