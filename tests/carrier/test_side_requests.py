"""Status callbacks: sent in order, after what they follow, and their failures are told and stop nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ivr.carrier.requests import Carrier, PhoneLine
from ivr.carrier.side_requests import SideRequests
from ivr.carrier.transport import WsgiTransport
from ivr.carrier.twiml import TwimlFault

from .fixtures import TOKEN, Page, Server

STATUS = "https://bank.example/status"
Made = Callable[..., tuple[SideRequests, Server, list[TwimlFault]]]


@pytest.fixture
def made() -> Made:
    """Return a function that gives the callbacks of a call, the server that gets them, and the faults."""

    def make(page: Page = "", status_url: str = STATUS) -> tuple[SideRequests, Server, list[TwimlFault]]:
        server, faults = Server({"/status": page}), []
        line = PhoneLine("https://bank.example/voice", token=TOKEN, status_url=status_url)
        return SideRequests(Carrier(line, WsgiTransport(server), "CA1"), faults), server, faults

    return make


def test_the_end_of_a_call_is_told_with_its_length_in_seconds_and_begun_minutes(made: Made) -> None:
    side, server, faults = made()
    side.ended("completed", 61.4, 1_700_000_000.0)
    (form,) = server.asked("/status")
    assert (form["CallStatus"], form["CallDuration"], form["Duration"]) == ("completed", "61", "2")
    assert form["Timestamp"] == "Tue, 14 Nov 2023 22:13:20 -0000"
    assert faults == []


def test_a_line_without_a_status_address_is_told_nothing(made: Made) -> None:
    side, server, _ = made(status_url="")
    side.ended("completed", 1.0, 0.0)
    assert server.requests == []


def test_what_was_put_off_is_sent_once_in_order_and_before_the_end(made: Made) -> None:
    side, _, _ = made()
    told: list[str] = []
    side.later(lambda: told.append("first"))
    side.later(lambda: told.append("second"))
    assert told == []
    side.ended("completed", 1.0, 0.0)
    side.flush()
    assert told == ["first", "second"]


def test_a_callback_that_fails_is_a_fault_with_its_status_and_nothing_else_happens(made: Made) -> None:
    side, _, faults = made((503, "text/plain", b"busy"))
    side.tell("status", STATUS, {}, "completed")
    ((number, message, url),) = [(fault.number, fault.message, fault.url) for fault in faults]
    assert (number, message, url) == (11200, "the status callback got status 503", STATUS)
