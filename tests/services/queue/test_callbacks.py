"""Call backs: the place is kept, the agent is rung first, a promise is kept or handed on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from ivr.calendar.hours import Hours
from ivr.diagnostics.problem import Place
from ivr.errors import CarrierFailed, LookupFailed
from ivr.flow.model import Desk, Hotline, Reference
from ivr.services.queue import agent_context
from ivr.services.queue.callback_failure import CallbackFailure
from ivr.services.queue.dispatcher import Dispatcher

ZHANG, LI = "+8613800000001", "+8613800000002"


class AtOnce:
    """Does what is submitted before it returns."""

    def submit(self, work: Callable[[], None]) -> Future[None]:
        future: Future[None] = Future()
        future.set_result(work())
        return future

    def close(self) -> None:
        return


class Carrier:
    """The carrier, as far as it moves and places calls; `fault` breaks it."""

    places = True

    def __init__(self) -> None:
        self.moved: list[str] = []
        self.placed: list[tuple[str, str]] = []
        self.fault: CarrierFailed | None = None

    def move(self, call_id: str, *, at: float) -> None:
        self._break()
        self.moved.append(call_id)

    def ending_of(self, call_id: str) -> str:
        raise CarrierFailed("nothing is known of calls")

    def place(self, number: str, leg: str, *, timeout: int) -> str:
        self._break()
        self.placed.append((number, leg))
        return "CA1"

    def _break(self) -> None:
        if self.fault:
            raise self.fault


class Bank:
    """A queue with its dispatcher."""

    def __init__(self, halls: Any, line: Hotline | None = None, *, carrier: bool = True, places: bool = True) -> None:
        self.hall = halls(line, places_calls=places)
        self.carrier = Carrier()
        self.handed_on: list[CallbackFailure] = []
        self.faults: list[Exception] = []
        self.broken = False
        self.now = 0.0
        self.dispatcher = Dispatcher(
            self.hall.queue,
            calls=self.carrier if carrier else None,
            gave_up=self.hand_on,
            failed=lambda _, fault: self.faults.append(fault),
            clock=lambda: self.hall.at(self.now),
            threads=AtOnce(),
        )

    def hand_on(self, promise: CallbackFailure) -> None:
        if self.broken:
            raise LookupFailed("the store is full")
        self.handed_on.append(promise)

    def round(self, now: float) -> None:
        self.now = now
        self.dispatcher.round()

    def promise(
        self, now: float, call: str = "a", number: str = ZHANG, *, hangs_up: bool = True, **more: Any
    ) -> Mapping[str, Any]:
        asked = {"call": call, "desk": "general", "number": number, "name": "张伟", "level": 1, **more}
        answer: Mapping[str, Any] = self.hall.ask("call_back", now, **asked)
        if hangs_up:
            self.hall.ask("leave", now, call=call, why="ended")
        return answer

    @property
    def back(self) -> Any:
        (found,) = [one for one in self.hall.state.waiters.values() if one.calls_back]
        return found

    def try_in_vain(self, now: float) -> None:
        """Let the agent take the call and the caller not pick up."""
        self.round(now)
        leg = self.carrier.placed[-1][1]
        assert self.hall.queue.legs.key(leg, "1", self.hall.at(now + 1)).dial == ZHANG
        self.hall.queue.legs.reached(leg, "no-answer", self.hall.at(now + 31))


@pytest.fixture
def bank(halls: Any) -> Bank:
    bank = Bank(halls)
    bank.hall.sign_on("w")
    return bank


def test_a_call_back_keeps_the_place_and_is_promised_by_the_quarter_hour(bank: Bank) -> None:
    bank.hall.take(bank.hall.enter("x", 0), 1)
    bank.hall.enter("a", 10, caller=ZHANG)
    promise = bank.promise(100)
    assert promise["by"] == "2026-11-23T10:45+08:00", "half an hour while nobody knows better"
    assert promise["reference"].isdecimal()
    assert bank.back.entered == bank.hall.at(10)
    assert bank.hall.waiter("a").state == "left"
    assert bank.hall.enter("b", 101)["position"] == 2, "it has its place in the order"


def test_one_number_has_one_promise(bank: Bank) -> None:
    first = bank.promise(0)
    assert bank.promise(1) == first
    assert bank.promise(600, call="later") == {**first, "minutes": first["minutes"] - 10}
    assert bank.promise(2, call="other", number=LI) != first


@pytest.mark.parametrize("priority", ["loss", "fraud"])
def test_who_goes_before_all_others_is_promised_a_call_within_minutes(bank: Bank, priority: str) -> None:
    promise = bank.promise(100, priority=priority)
    assert promise["minutes"] <= 11
    assert promise["by"] <= "2026-11-23T10:13+08:00"


def test_a_number_is_promised_three_calls_a_day_at_most(bank: Bank) -> None:
    for number in range(3):
        bank.promise(number * 100)
        bank.round(number * 100)
        leg = bank.carrier.placed[-1][1]
        bank.hall.queue.legs.key(leg, "1", bank.hall.at(number * 100 + 1))
        bank.hall.queue.legs.reached(leg, "completed", bank.hall.at(number * 100 + 30))
    with pytest.raises(LookupFailed):
        bank.promise(400)
    assert bank.promise(90_000)["reference"]


@pytest.mark.parametrize("number", ["", "anonymous", "+1900555123", "+18765550123", "+8610", "110", "sip:a@b"])
def test_no_calls_go_to_premium_foreign_or_withheld_numbers(bank: Bank, number: str) -> None:
    with pytest.raises(LookupFailed) as failed:
        bank.promise(0, number=number)
    assert failed.value.missing
    assert not bank.hall.state.waiters


def test_the_agent_is_rung_first_and_then_the_caller(bank: Bank) -> None:
    bank.promise(0, language="zh-CN")
    bank.round(1)
    bank.round(2)
    ((number, leg),) = bank.carrier.placed
    assert number == "+8613800000001"
    told = bank.hall.queue.legs.answered(leg, bank.hall.at(5))
    assert told.call_back
    assert told.name == "张伟"
    pressed = bank.hall.queue.legs.key(leg, "1", bank.hall.at(8))
    assert (pressed.state, pressed.dial, pressed.language) == ("taken", ZHANG, "zh-CN")
    assert bank.hall.agent("w").state == "talking"
    bank.hall.queue.legs.reached(leg, "completed", bank.hall.at(90))
    bank.hall.queue.legs.ended(leg, "completed", bank.hall.at(91))
    assert bank.back.state == "talked"
    assert bank.hall.agent("w").state == "wrap_up"
    assert not bank.handed_on


def test_never_more_call_backs_ring_than_agents_are_free(bank: Bank) -> None:
    for number in range(5):
        bank.promise(number, call=f"c{number}", number=f"+861380000010{number}")
    for now in range(10, 20):
        bank.round(now)
    assert len(bank.carrier.placed) == 1


def test_an_agent_who_does_not_answer_costs_the_caller_no_try(bank: Bank) -> None:
    bank.promise(0)
    bank.round(1)
    bank.hall.queue.legs.ended(bank.carrier.placed[0][1], "no-answer", bank.hall.at(25))
    assert (bank.back.state, bank.back.tries) == ("waiting", 0)
    bank.hall.queue.agents.ready("w", bank.hall.at(30))
    bank.round(31)
    assert len(bank.carrier.placed) == 2


def test_after_two_tries_in_vain_people_take_over(bank: Bank) -> None:
    promise = bank.promise(0)
    bank.try_in_vain(1)
    assert bank.hall.agent("w").state == "ready"
    bank.round(200)
    assert len(bank.carrier.placed) == 1, "the next try is five minutes later"
    bank.try_in_vain(335)
    assert not bank.handed_on
    for now in (400, 401):
        bank.round(now)
    (handed,) = bank.handed_on
    assert (handed.why, handed.tries, handed.number, handed.reference) == ("unreached", 2, ZHANG, promise["reference"])
    assert len(bank.carrier.placed) == 2


def test_what_could_not_be_handed_on_is_tried_again_and_never_forgotten(bank: Bank) -> None:
    bank.promise(0)
    bank.try_in_vain(1)
    bank.try_in_vain(340)
    bank.broken = True
    bank.round(400)
    bank.round(410)
    assert len(bank.faults) == 1, "once a minute is enough"
    bank.round(5000)
    bank.broken = False
    bank.round(5061)
    assert [one.why for one in bank.handed_on] == ["unreached"]


def test_an_agent_leg_that_breaks_off_without_news_of_the_caller_is_tried_again_unless_they_surely_talked(
    bank: Bank,
) -> None:
    bank.promise(0)
    bank.round(1)
    leg = bank.carrier.placed[-1][1]
    bank.hall.queue.legs.key(leg, "1", bank.hall.at(2))
    bank.hall.queue.legs.ended(leg, "completed", bank.hall.at(20))
    assert (bank.back.state, bank.back.tries) == ("waiting", 1)
    bank.round(400)
    leg = bank.carrier.placed[-1][1]
    bank.hall.queue.legs.key(leg, "1", bank.hall.at(401))
    bank.hall.queue.legs.ended(leg, "completed", bank.hall.at(480))
    assert bank.back.state == "talked"


def test_a_call_that_was_surely_not_placed_frees_the_agent_and_is_placed_a_little_later(bank: Bank) -> None:
    bank.promise(0)
    bank.carrier.fault = CarrierFailed("refused")
    bank.round(1)
    assert bank.hall.agent("w").state == "ready"
    assert bank.back.state == "waiting"
    bank.carrier.fault = None
    bank.round(30)
    assert not bank.carrier.placed
    bank.round(62)
    assert len(bank.carrier.placed) == 1


def test_a_call_that_may_have_been_placed_is_not_placed_again_at_once(bank: Bank) -> None:
    bank.promise(0)
    bank.carrier.fault = CarrierFailed("no answer", unsure=True)
    bank.round(1)
    assert bank.hall.agent("w").state == "ringing"
    bank.carrier.fault = None
    bank.round(60)
    assert not bank.carrier.placed
    bank.round(70)
    assert len(bank.carrier.placed) == 1


def test_who_calls_in_again_takes_up_the_place_of_the_call_back(bank: Bank) -> None:
    bank.hall.take(bank.hall.enter("x", 0), 1)
    bank.promise(10)
    assert bank.hall.enter("again", 500, caller=ZHANG)["state"] == "wait"
    assert bank.hall.waiter("again").entered == bank.hall.at(10)
    assert not [one for one in bank.hall.state.waiters.values() if one.calls_back]


def test_a_call_back_is_rung_only_after_the_call_that_asked_for_it_is_over(bank: Bank) -> None:
    bank.promise(0, hangs_up=False)
    bank.round(60)
    assert not bank.carrier.placed
    bank.hall.ask("leave", 61, call="another", why="ended")
    bank.round(62)
    assert not bank.carrier.placed
    bank.hall.ask("leave", 63, call="a", why="ended")
    bank.round(64)
    assert len(bank.carrier.placed) == 1


def test_a_call_whose_end_is_not_reported_holds_its_call_back_for_half_an_hour(bank: Bank) -> None:
    bank.promise(0, hangs_up=False)
    bank.round(1799)
    assert not bank.carrier.placed
    bank.round(1801)
    assert len(bank.carrier.placed) == 1


def test_a_retry_is_not_brought_forward_by_the_end_of_a_call(bank: Bank) -> None:
    bank.promise(0)
    bank.try_in_vain(1)
    later = bank.back.not_before
    bank.hall.ask("leave", 40, call="a", why="ended")
    assert bank.back.not_before == later


def test_without_calls_to_be_placed_people_take_over_at_once(halls: Any) -> None:
    bank = Bank(halls, carrier=False, places=False)
    bank.hall.sign_on("w")
    promise = bank.promise(0)
    bank.round(1)
    by = datetime.fromisoformat(promise["by"]).timestamp()
    assert [(one.why, one.by, one.call) for one in bank.handed_on] == [("waiting", by, "a")]
    assert bank.hall.enter("b", 2)["state"] == "ring", "no agent is kept for it"


def test_who_shows_no_number_but_left_a_message_is_promised_a_call_by_people(bank: Bank) -> None:
    promise = bank.promise(0, number="", message="https://api.twilio.com/RE1")
    assert bank.promise(1, number="", message="https://api.twilio.com/RE1") == promise
    bank.round(2)
    assert not bank.carrier.placed, "no agent is rung only to dial nobody"
    (handed,) = bank.handed_on
    assert (handed.why, handed.message, handed.number) == ("message", "https://api.twilio.com/RE1", "")


@pytest.mark.parametrize("number", ["+85291234567", "sip:a@b", "anonymous", ZHANG])
def test_whoever_left_a_message_has_a_promise_and_a_reference_whatever_number_they_show(
    bank: Bank, number: str
) -> None:
    for one in range(3):  # ZHANG is promised no fourth call of a machine's
        mark = agent_context.mark_of(ZHANG, bank.hall.queue.seal)
        bank.hall.queue._last_agents.count_call_back(mark, f"{one}", bank.hall.at(0))
    promise = bank.promise(0, number=number, message="https://api.twilio.com/RE1")
    assert len(promise["reference"]) == 8
    bank.round(1)
    assert not bank.carrier.placed
    (handed,) = bank.handed_on
    assert (handed.reference, handed.message) == (promise["reference"], "https://api.twilio.com/RE1")
    assert handed.number == (number if number.startswith("+") else "")


def open_by_day() -> Hotline:
    by = Reference("by_day", Place("line.yaml", 1, 1))
    desk = Desk("general", "+861085550100", 30, hours=by)
    return Hotline({}, {"general": desk}, "general", hours={"by_day": Hours.parse({"mon-fri": "09:00-18:00"})})


def test_at_night_the_promise_is_for_the_morning_and_nobody_is_rung_before(halls: Any) -> None:
    bank = Bank(halls, open_by_day())
    bank.hall.sign_on("w")
    night = 17 * 3600.0
    assert bank.promise(night)["by"] == "2026-11-24T09:45+08:00"
    bank.round(night + 1)
    assert not bank.carrier.placed
    bank.round(23 * 3600.0 + 1)
    assert len(bank.carrier.placed) == 1


def test_a_promise_for_which_nobody_is_there_is_handed_on_in_time_to_be_kept_by_hand(bank: Bank) -> None:
    bank.promise(0)
    bank.hall.queue.agents.off("w", bank.hall.at(1))
    bank.round(1800 - 10)
    assert not bank.handed_on
    bank.round(1800 + 10)
    assert [one.why for one in bank.handed_on] == ["waiting"]


def test_a_call_back_is_offered_when_the_wait_is_long_but_not_to_the_first_two(halls: Any, lines: Any) -> None:
    line = lines()
    hall = halls(replace(line, waiting=replace(line.waiting, call_back_from=60.0)), places_calls=True)
    hall.sign_on("w")
    hall.take(hall.enter("x", 0), 1)
    for number in range(3):
        hall.enter(f"c{number}", 2, caller=f"+861380000010{number}")
    for now in (30, 60):
        for number in range(3):
            hall.round(f"c{number}", now)
    assert [hall.round(f"c{number}", 78)["call_back"] for number in range(3)] == [False, False, True]
