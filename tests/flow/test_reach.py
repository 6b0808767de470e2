"""Which choices count at other menus: those at whose target a call can begin."""

from __future__ import annotations

import pytest

from ivr.flow.loader import reload
from ivr.flow.reach import ChoiceReach
from ivr.session.step_registry import catalogue

LINE = 'lines: {default: it}\ndesks: {general: "+861085550100"}\ndesk: general\n'
IT = """
flow: it
start: main
main_menu: main
steps:
  main:
    menu:
      - {label: 更多, goto: more}
      - {label: 其他, goto: other_flow}
  more:
    menu:
      - {label: 账单, goto: bill, reason: bill}
      - {label: 城市, goto: city}
      - {label: 私人, goto: bill, reason: private, reach: here}
      - {label: 有时, goto: bill, reason: sometimes, when: caller.known}
      - {label: 结束, goto: bye, reason: bye}
      - {label: 人工, goto: agent, reason: agent}
  bill: {lookup: {from: bank.bill, as: bill, on_error: main}, next: tell_bill}
  tell_bill: {say: "{bill.sum|amount}。", next: after_bill}
  after_bill:
    menu:
      - {label: 再听, goto: tell_bill, reason: again}
      - {label: 下一页, goto: next_page, reason: next}
  next_page: {set: {page: "bill.page + 1"}, next: bill}
  city: {say: 北京。, next: main}
  other_flow: {flow: other, next: main}
  agent: {transfer: general, otherwise: bye}
  bye: {hangup: 再见。}
"""
OTHER = """
flow: other
start: ask
steps:
  ask:
    menu:
      - {label: 挂失, goto: loss, reason: loss}
      - {label: 名字, goto: loss}
  loss: {say: 好。, next: return}
  agent: {transfer: general, otherwise: bye}
  bye: {hangup: 再见。}
"""
APART = OTHER.replace("flow: other", "flow: apart").replace("reason: loss", "reason: apart")


@pytest.fixture(scope="module")
def reach():
    files = {"line.yaml": LINE, "it.yaml": IT, "other.yaml": OTHER, "apart.yaml": APART}
    return ChoiceReach(reload(files, catalogue()).flows)


def counted(reach, flow, menu):
    return [(choice.flow, choice.step, choice.choice.reason) for choice in reach.distant_choices(flow, menu)]


def test_services_of_menus_below_and_of_flows_around_count_at_a_menu_the_nearest_first(reach):
    assert counted(reach, "it", "main") == [("it", "bill", "bill"), ("it", "city", ""), ("other", "loss", "loss")]


def test_at_a_menu_below_only_services_count(reach):
    assert counted(reach, "it", "after_bill") == [("it", "bill", "bill"), ("other", "loss", "loss")]
    assert counted(reach, "other", "ask") == [("it", "bill", "bill")]


def test_flows_that_do_not_hang_together_share_no_choices(reach):
    assert counted(reach, "apart", "ask") == []
