"""The life of the line in a call: languages and segments by number, opening hours, closed desks."""

from __future__ import annotations

from datetime import datetime

import pytest

from ivr.calendar import CHINA
from ivr.engine.asking import answer_all
from ivr.engine.inputs import CallStarted, DialEnded
from ivr.engine.verbs import Hangup
from ivr.errors import FlowError, LookupFailed

from .fixtures import Bank

LINE = """
lines:
  default: {flow: test, hours: counter}
  "+862": {flow: test, segment: vip}
hours:
  counter: {mon-fri: "09:00-12:00, 13:30-17:00", sat: 09:00-12:00, holiday: closed}
segments:
  vip: {when: caller.segment == "vip", desk: vip, priority: vip}
  elderly: {when: caller.age >= 65, priority: elderly}
desks:
  general: {number: "+861000000001", hours: counter}
  vip: {number: "+861000000002", hours: counter, overflow: general}
  night: {number: "+861000000003", hours: always}
desk: general
"""
APART = LINE.replace('+861000000001", hours: counter', '+861000000001"')
APART = APART.replace(", overflow: general", "").replace("desk: vip, priority: vip", "desk: vip")
"""A desk that is closed while the general one is open. Its callers have no priority."""
ENGLISH = LINE.replace('  "+862"', '  "+861": {flow: test, language: en-US, hours: always}\n  "+862"')
TELL = """
  start:
    branch:
      - {when: line.open, goto: opened}
      - {when: line.next_opening == none, goto: never}
      - {goto: closed}
  opened: {hangup: {zh-CN: 营业中。, en-US: We are open.}}
  closed: {hangup: {zh-CN: "{line.next_opening|date:weekday}{line.next_opening|time}营业。", en-US: Closed.}}
  never: {hangup: {zh-CN: 不营业。, en-US: Never.}}
"""
MINE = """
  start: {transfer: segment, next: bye, otherwise: busy, on_closed: shut}
  busy: {hangup: 占线。}
  shut: {hangup: "请在{desks.vip.next_opening|time}后来电。"}
"""


def at(moment: str) -> float:
    return datetime.fromisoformat(moment).replace(tzinfo=CHINA).timestamp()


def begin(phone, call_id, started):
    return answer_all(phone.engine.begin(call_id, started, phone.now), phone.bank.answer)


def call(phone, steps, *, to="+86999", when="2026-11-23 10:00", line=LINE, caller=None, flow=""):
    """Ring a number at a moment, as somebody the bank says this of; without it the bank does not answer."""
    bank = Bank({"bank.caller": caller if caller is not None else LookupFailed("gone")})
    rung = phone(steps, line=line, bank=bank)
    rung.now = at(when)
    rung.reply = begin(rung, "CA2", CallStarted("+8613800000001", to, flow))
    return rung


@pytest.mark.parametrize(
    ("when", "heard"),
    [
        ("2026-11-23 10:00", "营业中。"),
        ("2026-11-23 12:30", "二零二六年十一月二十三日星期一下午一点三十分营业。"),
        ("2026-11-28 12:00", "二零二六年十一月三十日星期一上午九点整营业。"),
        ("2026-10-01 10:00", "二零二六年十月八日星期四上午九点整营业。"),
        ("2026-10-10 16:59", "营业中。"),
    ],
    ids=["morning", "lunch", "half Saturday", "National Day", "worked Saturday"],
)
def test_a_flow_knows_whether_its_number_is_open_and_when_it_opens(phone, when, heard):
    assert call(phone, TELL, when=when).heard == heard


def test_a_number_without_hours_is_always_open_and_one_that_is_closed_never_opens(phone):
    assert call(phone, TELL, to="+862", when="2026-10-01 03:00").heard == "营业中。"
    never = LINE.replace("hours: counter}\n", "hours: never}\n", 1).replace("\nhours:", "\nhours:\n  never: closed")
    assert call(phone, TELL, line=never).heard == "不营业。"


def test_a_number_has_its_language_also_when_the_flow_is_named_by_the_address(phone):
    assert call(phone, TELL, to="+861", line=ENGLISH).heard == "We are open."
    assert call(phone, TELL, to="+861", line=ENGLISH, flow="test").call.language == "en-US"
    assert call(phone, TELL, line=ENGLISH).call.language == "zh-CN"


def test_a_flow_of_another_name_that_lacks_the_language_of_the_number_speaks_its_own(phone):
    other = "flow: other\nstart: a\nagent: a\nsteps:\n  a: {transfer: vip, otherwise: return}\n"
    rung = phone(TELL, line=ENGLISH, other=other)
    rung.reply = begin(rung, "CA2", CallStarted("+8613800000001", "+861", "other"))
    assert rung.call.language == "zh-CN"


@pytest.mark.parametrize(
    ("caller", "to", "given"),
    [
        ({"segment": "vip", "age": 70}, "+86999", ("vip", "vip", "vip")),
        ({"segment": "standard", "age": 70}, "+86999", ("elderly", "general", "elderly")),
        ({"segment": "standard", "age": 30}, "+86999", ("none", "general", "normal")),
        (None, "+86999", ("none", "general", "normal")),
        (None, "+862", ("vip", "vip", "vip")),
        (
            {"segment": "none", "desk": "night", "tier": "vip", "priority": "vip"},
            "+86999",
            ("none", "general", "normal"),
        ),
    ],
    ids=["vip", "elderly", "nobody's", "unknown", "vip line", "a bank cannot say it"],
)
def test_the_segment_of_a_caller_gives_tier_desk_and_priority(phone, caller, to, given):
    rung = call(phone, MINE, to=to, caller=caller)
    facts = rung.call.facts.caller
    assert (facts["tier"], facts["desk"], facts["priority"]) == given
    assert (rung.call.transfer.desk, rung.call.transfer.priority) == given[1:3]
    assert rung.closing.number == {"vip": "+861000000002", "general": "+861000000001"}[given[1]]
    assert rung.events("started")[0]["tier"] == given[0]


def test_a_transfer_to_the_own_desk_may_have_a_priority_of_its_own_and_notes_the_desk_that_was_dialled(phone):
    steps = MINE.replace("transfer: segment", "transfer: {desk: segment, priority: elderly}")
    rung = call(phone, steps, caller={"segment": "vip"})
    assert (rung.call.transfer.desk, rung.call.transfer.priority) == ("vip", "vip"), "no less urgent than the caller"
    assert rung.give(DialEnded("busy")).closing.number == "+861000000001"
    assert rung.events("dialled")[0]["desk"] == "vip"
    assert rung.give(DialEnded("busy")).heard == "占线。"


@pytest.mark.parametrize(("at_risk", "priority"), [(False, "vip"), (True, "fraud")])
def test_a_call_back_from_a_closed_desk_is_as_urgent_as_the_wish_for_a_person(phone, at_risk, priority):
    steps = MINE.replace("shut: {", "shut: {callback: segment, as: told, next: bye, on_error: end}\n  end: {")
    steps = steps.replace("transfer: segment", "transfer: {desk: vip, priority: vip}")
    rung = call(phone, steps, when="2026-11-23 03:00")
    rung.bank.answers |= {"risk.status": {"at_risk": at_risk}, "queue.call_back": {"by": "x", "reference": "1"}}
    rung.reply = begin(rung, "CA3", CallStarted("+8613800000001", "+86999", ""))
    assert rung.heard == "再见。"
    asked = [given for source, given, _ in rung.bank.asked if source == "queue.call_back"][-1]
    assert (asked["desk"], asked["priority"]) == ("vip", priority)


def test_a_closed_desk_is_not_dialled(phone):
    rung = call(phone, MINE, caller={"segment": "vip"}, when="2026-11-23 12:30")
    assert rung.heard == "请在下午一点三十分后来电。"
    assert isinstance(rung.closing, Hangup)
    assert rung.events("closed") == [{"flow": "test", "step": "start", "desk": "vip"}]


def test_who_is_led_round_to_a_closed_desk_is_connected_all_the_same(phone):
    steps = "  start: {transfer: vip, otherwise: return}\n"
    rung = call(phone, steps, when="2026-11-23 03:00", line=APART)
    assert rung.closing.number == "+861000000001"
    circle = phone(steps, head="agent: start", line=APART)
    circle.now = at("2026-11-23 03:00")
    circle.reply = begin(circle, "CA2", CallStarted("+86138", "+862", "test"))
    assert circle.closing.number == "+861000000002"


def test_without_a_way_of_its_own_a_closed_desk_is_like_one_where_nobody_answers(phone):
    steps = "  start: {transfer: segment, next: bye, otherwise: busy}\n  busy: {hangup: 占线。}\n"
    assert call(phone, steps, caller={"segment": "vip"}, when="2026-11-23 03:00").heard == "占线。"


def test_a_call_reads_the_hours_of_each_desk_anew_in_every_turn(phone):
    steps = """
  start:
    prompt: 请选择。
    menu:
      - {label: 贵宾, when: desks.vip.open, goto: bye}
      - {label: 夜间, when: desks.night.open, goto: bye}
"""
    rung = call(phone, steps, when="2026-11-23 11:59")
    assert rung.heard == "请选择。贵宾，请按1；夜间，请按2。"
    rung.now += 120
    assert "贵宾" not in rung.stay_silent().heard


def test_desks_that_may_all_be_closed_must_not_lead_round_in_a_circle(phone):
    ring = """
  start: {transfer: vip, otherwise: second}
  second: {transfer: segment, otherwise: start}
"""
    with pytest.raises(FlowError, match="loops without end"):
        call(phone, ring)
    assert call(phone, ring, line=APART.replace(", hours: counter}", "}")).closing.number == "+861000000002"


@pytest.mark.parametrize(
    ("day", "heard"),
    [("2026-10-01", "十月八日"), ("2026-10-10", "今天营业。"), ("2026-11-22", "十一月二十三日")],
    ids=["holiday", "a Saturday that is worked", "Sunday"],
)
def test_any_hours_of_the_line_can_be_read_and_spoken(phone, day, heard):
    steps = """
  start: {branch: [{when: hours.counter.today, goto: there}, {goto: closed}]}
  there: {hangup: 今天营业。}
  closed: {hangup: "{hours.counter.next_opening|datetime:short}开门。"}
"""
    assert call(phone, steps, when=f"{day} 10:00").heard.startswith(heard)
