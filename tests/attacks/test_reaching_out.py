"""Making the bank fetch or call what it should not: A10 addresses, A11 and A12 expensive numbers, A13 machines."""

from __future__ import annotations

import re
from itertools import count
from unittest.mock import patch

import pytest

from ivr.channels.twilio.recordings import TwilioRecordings
from ivr.engine.service_ports.queue import PromiseCallback
from ivr.engine.service_ports.sms import SendMessage
from ivr.errors import IvrError, LookupFailed
from ivr.flow.waiting import Waiting
from ivr.net.http import HttpAnswer, HttpClient
from ivr.services.queue import callbacks, legs, plan
from ivr.services.queue.legs import Legs
from ivr.services.sms import service as sms
from ivr.settings import Hidden
from tests.attacks.hotline import VICTIM, Hotline, twin

OURS = "https://api.twilio.com/2010-04-01/Accounts/AC" + "0" * 32 + "/Recordings/RE" + "1" * 32
ADDRESSES = (
    "http://169.254.169.254/latest/meta-data", "http://[::1]/", "http://127.1/", "http://2130706433/", "file:///etc/passwd",
    "https://api.twilio.com@evil.test/2010-04-01/Accounts/AC1/Recordings/RE1", "https://api.twilio.com.evil.test/RE1",
    OURS.replace("https", "http"), OURS + "/../../../Calls", OURS + "?redirect=http://evil.test", OURS + "#x",
    OURS.replace("api.twilio.com", "api.twilio.com:8080"), "//evil.test/RE1", "gopher://evil.test/",
    OURS + "\r\nHost: evil",
)  # fmt: skip
EXPENSIVE = (
    "+18765550000", "+881612345678", "+882161234567", "+449012345678", "+8795551234", "+861688888888", "+86400123456",
    "112", "*67+8613800000001", "+8613800000001;ext=9", "+8613800000001,9", "sip:x@evil.test", "", "anonymous", "+0",
)  # fmt: skip
NUMBER = re.compile(r"<Number[^>]*>([^<]*)</Number>")


def fetch_elsewhere(_: Hotline) -> list[str]:
    """A10: name other addresses as recordings, and see where a request goes."""
    asked: list[str] = []

    def request(self, method, target, **named):
        asked.append(target)
        return HttpAnswer(404, b"")

    with patch.object(HttpClient, "request", request):
        for address in ADDRESSES:
            try:
                TwilioRecordings("AC" + "0" * 32, Hidden("t" * 32), "https://api.twilio.com").fetch(address, 0.001)
            except IvrError:
                continue
    return [f"a request goes to {target}" for target in asked]


def ring_expensive_numbers(hotline: Hotline) -> list[str]:
    """A11, A12: promise call backs and send texts to numbers that cost, and dial them by keys and caller's number."""
    achieved, ours = [], {desk.number for desk in hotline.ivr.release.line.desks.values()}
    for number in EXPENSIVE:
        for question in (_promise(number), SendMessage(number=number or "0", text="x", purpose="x")):
            try:
                hotline.ivr.back_ends.ask(question, key=f"{number} {question.source}")
            except LookupFailed:
                continue
            achieved.append(f"{question.source} goes to {number!r}")
        call = hotline.call(number or "anonymous").press("0").send(Digits=number[1:] or "1", DialCallStatus="busy")
        dialled = {other for answer in call.answers for other in NUMBER.findall(answer.body.decode())}
        achieved += [f"{other} was dialled" for other in dialled - ours]
    return achieved


def ask_for_many_call_backs(hotline: Hotline) -> list[str]:
    """A12: fifty calls of one number ask to be called back."""
    for number in range(50):
        try:
            hotline.ivr.back_ends.ask(_promise(VICTIM.number, call=f"CA{number}"), key=f"key {number}")
        except LookupFailed:
            continue
    backs = [waiter for waiter in hotline.ivr.queue.repository.state().waiters.values() if waiter.calls_back]
    return [f"{len(backs)} call backs of one number"] if len(backs) > 1 else []


def let_a_machine_answer(hotline: Hotline) -> list[str]:
    """A13: an answering machine takes a call back for the agent: it says things and presses nothing, or any key."""
    queue, now = hotline.ivr.queue, hotline.now
    queue.places_calls = True
    queue.agents.add("li", "+8613900000001", ("general",))
    queue.agents.ready("li", now)
    hotline.ivr.back_ends.ask(_promise(VICTIM.number), key="back")
    _, actions = queue.repository.change(
        lambda state: (lambda after: (after[0], after))(
            plan.plan(state, queue.line, now + 3600, moves=True, places=True, shows=False)
        )
    )
    leg = next(action.offer.id for action in actions if action.what == "place" and action.offer)
    whisper = hotline.post(f"/twilio/agent/{leg}", {"CallSid": "CA1", "CallStatus": "in-progress"}).body.decode()
    achieved = [f"the machine hears {word}" for word in (VICTIM.number, str(VICTIM.balance)) if word in whisper]
    for key in ("", "5", "#", "11"):
        answer = hotline.post(f"/twilio/agent/{leg}/key", {"CallSid": "CA1", "Digits": key}).body.decode()
        achieved += [f"key {key!r} reaches the customer" for number in NUMBER.findall(answer) if number]
    return achieved


def _promise(number: str, call: str = "CA1") -> PromiseCallback:
    return PromiseCallback(call=call, number=number, caller=number, desk="general", priority="normal", language="zh-CN")


def test_no_recording_is_fetched_from_elsewhere(hotline):
    assert fetch_elsewhere(hotline) == []
    with twin(patch.object(TwilioRecordings, "_path", lambda self, url: (url, self._sid))):
        assert fetch_elsewhere(hotline)


def test_no_expensive_number_is_rung_or_written_to(hotline, shipped):
    assert ring_expensive_numbers(hotline) == []
    with twin(patch.object(Waiting, "may_call_back", lambda *_: True), patch.object(sms, "PREMIUM", ())):
        assert ring_expensive_numbers(Hotline(shipped))


def test_one_number_has_one_call_back(hotline, shipped):
    assert ask_for_many_call_backs(hotline) == []
    numbers = count()
    with twin(patch.object(callbacks, "id_of", lambda _mark: f"back-{next(numbers)}")):
        assert ask_for_many_call_backs(Hotline(shipped))


def test_a_machine_that_answers_for_an_agent_reaches_no_customer(hotline, shipped):
    assert let_a_machine_answer(hotline) == []
    take = Legs.key

    def any_key(self, leg, key, now, **more):
        return take(self, leg, legs.ACCEPT, now, **more)

    with twin(patch.object(Legs, "key", any_key)):
        assert let_a_machine_answer(Hotline(shipped))


@pytest.mark.parametrize("number", ["+8613800000001", "+861085550100"])
def test_honest_numbers_are_called_back(hotline, number):
    assert hotline.ivr.release.line.waiting.may_call_back(number)
