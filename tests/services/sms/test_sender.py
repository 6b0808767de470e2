"""Text messages leave after the commit of the turn that wrote them: once, again while refused, never when unsure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import pytest

from ivr.channels.twilio.messages import TwilioMessages
from ivr.errors import LookupFailed
from ivr.secret import Secret
from ivr.services.sms.backend import Backend, UncertainError
from ivr.services.sms.sender import CLAIM_SECONDS, FIRST_RETRY, UNSENT_MESSAGES, SmsSender
from ivr.settings import Hidden
from ivr.stores import UnitOfWork
from ivr.stores.memory import MemoryStore
from tests.channels.twilio.rest_api import Api

from .conftest import MONDAY, NUMBER, SEAL


@dataclass
class Carrier(Backend):
    """Takes messages, or fails as it was told to."""

    kind: ClassVar[str] = "carrier"
    fault: Exception | None = None
    taken: list[tuple[str, str, str]] = field(default_factory=list)
    tries: int = 0

    def send(self, number: str, text: Secret, purpose: str, now: float) -> str:
        self.tries += 1
        if self.fault:
            raise self.fault
        self.taken.append((number, text.reveal(), purpose))
        return f"SM{len(self.taken)}"


@dataclass
class Sending:
    """A sender with its carrier, its clock, and what it reported."""

    store: MemoryStore = field(default_factory=MemoryStore)
    carrier: Carrier = field(default_factory=Carrier)
    reported: list[str] = field(default_factory=list)
    now: float = MONDAY

    def __post_init__(self) -> None:
        self.sender = self.another()

    def another(self) -> SmsSender:
        report = self.reported.append
        failed = lambda fault: report(str(fault))  # noqa: E731
        return SmsSender(self.store, SEAL, self.carrier, failed=failed, clock=lambda: self.now)

    def write(self, text: str = "您好", purpose: str = "note") -> None:
        unit = UnitOfWork(self.store)
        self.sender.within(unit).send(NUMBER, Secret("otp", text), purpose, self.now)
        waiting = self.waiting
        assert unit.commit()
        assert self.waiting == waiting + 1

    @property
    def waiting(self) -> int:
        return len(self.store.keys(UNSENT_MESSAGES))


@pytest.fixture
def sending() -> Sending:
    return Sending()


def test_a_message_is_sent_once_after_its_commit(sending: Sending) -> None:
    sending.write("code 740913")
    assert not sending.carrier.taken
    assert "740913" not in str(sending.store._documents)
    for _ in range(3):
        sending.sender.round()
        sending.another().round()
    assert sending.carrier.taken == [(NUMBER, "code 740913", "note")]
    assert not sending.waiting


def test_a_message_of_a_unit_that_is_not_committed_is_never_sent(sending: Sending) -> None:
    sending.sender.within(UnitOfWork(sending.store)).send(NUMBER, Secret("otp", "x"), "note", MONDAY)
    sending.sender.round()
    assert not sending.carrier.tries


def test_what_surely_was_not_sent_is_tried_again_after_a_pause_that_doubles(sending: Sending) -> None:
    sending.carrier.fault = LookupFailed("Twilio refused the text message (21610)")
    sending.write()
    sending.sender.round()
    sending.now += FIRST_RETRY - 1
    sending.sender.round()
    assert sending.carrier.tries == 1
    sending.now += 1
    sending.sender.round()
    assert sending.carrier.tries == 2
    sending.now += FIRST_RETRY
    sending.sender.round()
    assert sending.carrier.tries == 2
    sending.carrier.fault = None
    sending.now += FIRST_RETRY
    sending.sender.round()
    assert len(sending.carrier.taken) == 1
    assert len(sending.reported) == 2
    assert not [line for line in sending.reported if NUMBER in line]


def test_what_may_have_been_sent_is_not_sent_again(sending: Sending) -> None:
    sending.carrier.fault = UncertainError("no answer")
    sending.write()
    sending.sender.round()
    sending.now += 3600
    sending.sender.round()
    assert sending.carrier.tries == 1
    assert not sending.waiting
    assert "no answer" in sending.reported[0]


def test_a_message_whose_sender_died_counts_as_perhaps_sent(sending: Sending) -> None:
    class Killed(BaseException):
        pass

    sending.carrier.fault = Killed()  # type: ignore[assignment]
    sending.write()
    with pytest.raises(Killed):
        sending.sender.round()
    sending.now += CLAIM_SECONDS
    sending.another().round()
    assert (sending.carrier.tries, sending.waiting) == (1, 1), "it may still be under way"
    sending.now += 1
    sending.another().round()
    assert (sending.carrier.tries, sending.waiting) == (1, 0)
    assert "may have been sent" in sending.reported[0]


def test_a_code_that_has_run_out_is_not_sent_any_more(sending: Sending) -> None:
    sending.carrier.fault = LookupFailed("gone")
    sending.write(purpose="code identity")
    sending.write()
    sending.sender.round()
    sending.carrier.fault = None
    sending.now += 3600
    sending.sender.round()
    assert [purpose for _, _, purpose in sending.carrier.taken] == ["note"]
    assert not sending.waiting


def test_the_thread_sends_as_soon_as_a_turn_is_committed(sending: Sending) -> None:
    import threading

    sent = threading.Event()
    plain = sending.carrier.send
    sending.carrier.send = lambda *given: (plain(*given), sent.set())[0]  # type: ignore[method-assign]
    sending.sender.start()
    try:
        sending.write()
        assert sent.wait(4.0)
    finally:
        sending.sender.stop()


def test_it_sends_by_twilio(api: Api) -> None:
    store = MemoryStore()
    backend = TwilioMessages("AC1", Hidden("t"), "+12025550123", api=api.url)
    sender = SmsSender(store, SEAL, backend, clock=lambda: MONDAY)
    unit = UnitOfWork(store)
    sender.within(unit).send(NUMBER, Secret("otp", "您好"), "note", MONDAY)
    unit.commit()
    sender.round()
    assert [form["To"] for form in api.forms] == [NUMBER]
