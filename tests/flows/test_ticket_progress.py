"""What callers hear of a complaint in each state that staff bring it to; conversations can't play staff."""

from __future__ import annotations

from datetime import date

import pytest

from ivr.carrier.twiml import Dial
from ivr.engine.service_ports.tickets import OpenTicket

LI = "+8613800000001"
SORRY = {"zh-CN": "手续费已经退回您的账户。", "en-US": "The fee was paid back."}


@pytest.fixture
def complained(machine, ring):
    """Complain, and return the ticket, a way to work on it and one to ask how far it is."""
    machine.ivr.store.forget()
    machine.clock.set(1_795_399_200.0)
    opened = machine.ivr.back_ends.ask(OpenTicket(number=LI, kind="service"), key="opened")

    def progress():
        leg = ring(LI)
        leg.arrive("ticket_progress")
        leg.act(Digits="1")
        leg.act(Digits=f"{opened.ticket[1:]}#")
        return leg

    def work(did, *texts, **how):
        getattr(machine.ivr.tickets, did)(opened.ticket, *texts, by="8001", now=machine.clock.now(), **how)

    return work, progress


def test_one_that_is_being_worked_on_has_a_last_day(complained):
    work, progress = complained
    work("take")
    heard = progress().words
    assert "正由专人处理。" in heard
    assert "最晚十一月三十日星期一，给您处理结果。" in heard
    assert "给您回电" not in heard


def test_the_caller_hears_what_staff_wrote_in_the_callers_language(complained):
    work, progress = complained
    work("note", {"zh-CN": "分行正在核实扣费记录。", "en-US": "The branch is checking the fee."})
    leg = progress()
    assert "处理人员告诉您：分行正在核实扣费记录。" in leg.words
    assert "给您处理结果" in leg.words
    work("note", {"zh-CN": "等总行回复"}, internal=True)
    assert "等总行回复" not in progress().words


@pytest.mark.parametrize(("closed", "words"), [(False, "已经给您答复。"), (True, "已经办完。")])
def test_one_that_is_done_is_told_with_its_day_and_sent_as_a_text(machine, complained, closed, words):
    work, progress = complained
    work("answer", SORRY)
    if closed:
        work("close")
    leg = progress()
    assert f"十一月二十三日{words}" in leg.words
    assert SORRY["zh-CN"] in leg.words
    assert ("如果还不满意，可以找人工。" in leg.words) is not closed
    assert "最晚" not in leg.words
    leg.act(Digits="2")
    assert "短信已经发给您。" in leg.words
    assert "2026-11-23已经给您答复" in machine.ivr.texts_sent()[-1]


@pytest.mark.parametrize("taken", [False, True])
def test_a_broken_promise_is_not_repeated_and_a_new_one_is_made_and_kept_on_a_list(machine, complained, taken):
    work, progress = complained
    if taken:
        work("take")
    machine.clock.sleep(9 * 86400)
    leg = progress()
    assert "对不起，答应您的时间已经过了。" in leg.words
    assert "已经替您催办，最晚十二月二日下午两点整给您回电。" in leg.words
    (task,) = machine.ivr.tasks.listed()
    assert (task["kind"], task["number"]) == ("late_complaint", LI)
    machine.clock.sleep(3600)
    assert "最晚十二月二日下午两点整给您回电。" in progress().words, "the same promise"
    assert len(machine.ivr.tasks.listed()) == 1
    machine.clock.sleep(86400)
    leg = progress()
    assert "现在由人工为您跟进。" in leg.words
    assert "最晚" not in leg.words
    assert isinstance(leg.waiting, Dial)


def test_another_day_that_staff_promised_is_told(machine, complained):
    work, progress = complained
    machine.clock.sleep(9 * 86400)
    work("note", {"zh-CN": "需要再核实一周。"}, called=True, new_date=date(2026, 12, 9))
    heard = progress().words
    assert "需要再核实一周。" in heard
    assert "最晚十二月九日星期三，给您处理结果。" in heard
    assert "已经过了" not in heard


def test_a_ticket_of_somebody_else_is_not_told_by_its_number(complained, ring):
    leg = ring("+8613800000002")
    leg.arrive("ticket_progress")
    assert "登记" not in leg.words
