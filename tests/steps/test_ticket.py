"""The step `ticket`: a complaint is taken down with its promised times, or the call goes on another way."""

from __future__ import annotations

from ivr.errors import LookupFailed
from tests.engine.fixtures import Bank

TICKET = """
  start: {message: 请讲。, as: words, next: open_it}
  open_it: {ticket: {kind: channel, severity: grave, recording: words.url}, as: complaint, next: tell, on_error: sorry}
  tell: {hangup: "编号{complaint.ticket|code}，{complaint.first_reply_hours|count:小时}内答复。"}
  sorry: {hangup: 抱歉。}
"""


def test_a_complaint_becomes_a_ticket_with_a_promised_time(phone):
    from ivr.engine.inputs import Recorded

    bank = Bank({"tickets.open": {"ticket": "T123", "first_reply_hours": 24, "repeat": False}})
    call = phone(TICKET, bank=bank).give(Recorded("https://carrier/r1", 9.0))
    assert call.heard == "编号提 幺二三，二十四小时内答复。"
    (question,) = [question for source, question, _ in bank.asked if source == "tickets.open"]
    assert question == {
        "number": "+8613800000001",
        "kind": "channel",
        "severity": "grave",
        "level": "first",
        "call": "CA1",
        "recording": "https://carrier/r1",
    }


def test_a_ticket_that_cannot_be_opened_has_its_own_way(phone):
    steps = "  start: {ticket: service, as: t, next: bye, on_error: sorry}\n  sorry: {hangup: 抱歉。}\n"
    assert phone(steps, bank=Bank({"tickets.open": LookupFailed("gone")})).heard == "抱歉。"


def test_a_ticket_takes_its_kind_from_what_a_menu_kept(phone):
    steps = """
  start: {as: about, menu: [{label: 产品, goto: open_it, value: product}, {label: 服务, goto: open_it, value: service}]}
  open_it: {ticket: {kind: about, severity: '"grave"'}, as: t, next: bye, on_error: bye}
"""
    bank = Bank({"tickets.open": {"ticket": "T123"}})
    phone(steps, bank=bank).press("2")
    (question,) = [question for source, question, _ in bank.asked if source == "tickets.open"]
    assert (question["kind"], question["severity"]) == ("service", "grave")
