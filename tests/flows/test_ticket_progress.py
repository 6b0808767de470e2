"""What callers hear of a complaint in each state that operators bring it to; conversations can't play operators."""

from __future__ import annotations

import pytest

from ivr.carrier.twiml import Dial
from ivr.engine.service_ports.tickets import OpenTicket, UpdateTicket

LI = "+8613800000001"


@pytest.fixture
def complained(machine, ring):
    """Complain, and return a way to change the ticket and one to ask how far it is."""
    machine.ivr.store.forget()
    machine.clock.set(1_795_399_200.0)
    own = machine.ivr.back_ends
    opened = own.ask(OpenTicket(number=LI, kind="service"), key="opened")

    def progress():
        leg = ring(LI)
        leg.arrive("ticket_progress")
        return leg

    def update(state):
        own.ask(UpdateTicket(ticket=opened.ticket, state=state, by="operator"), key=f"update {state}")

    return update, progress


def test_one_that_is_being_worked_on_has_a_last_day(complained):
    update, progress = complained
    update("working")
    heard = progress().words
    assert "正由专人处理。" in heard
    assert "最晚十一月三十日星期一，给您处理结果。" in heard
    assert "给您回电" not in heard


@pytest.mark.parametrize(
    ("state", "words"), [("answered", "已经给您答复。如果还不满意，可以找人工。"), ("closed", "已经办完。")]
)
def test_one_that_is_done_is_told_with_its_day_and_sent_as_a_text(machine, complained, state, words):
    update, progress = complained
    update(state)
    leg = progress()
    assert f"十一月二十三日{words}" in leg.words
    assert "最晚" not in leg.words
    leg.act(Digits="2")
    assert "短信已经发给您。" in leg.words
    assert "2026-11-23已经给您答复" in machine.ivr.texts_sent()[-1]


@pytest.mark.parametrize("state", ["open", "working"])
def test_a_broken_promise_is_never_repeated_and_a_person_takes_over(machine, complained, state):
    update, progress = complained
    update(state)
    machine.clock.sleep(9 * 86400)
    leg = progress()
    assert "对不起，我们答应您的时间已经过了。现在由人工为您跟进。" in leg.words
    assert "最晚" not in leg.words
    assert isinstance(leg.waiting, Dial)


def test_a_ticket_of_somebody_else_is_not_told_by_its_number(complained, ring):
    leg = ring("+8613800000002")
    leg.arrive("ticket_progress")
    assert "没有登记过" in leg.words
