"""When requests go out, and that nothing goes out again that a call has had."""

from __future__ import annotations

import threading
from collections.abc import Mapping

import pytest

from ivr.carrier.caller import Gone
from ivr.carrier.transport import CarrierAnswer, NoAnswer
from ivr.loadtest.pacing import PlannedClock, PlannedTransport, Stopwatch
from ivr.loadtest.schedule import Timeline

ANSWER = CarrierAnswer(200, "text/xml", b"<Response/>")


class Sent:
    def __init__(self) -> None:
        self.urls: list[str] = []

    def send(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> CarrierAnswer:
        self.urls.append(url)
        return ANSWER


def planned(*, over: bool = False) -> tuple[PlannedTransport, Sent, Timeline]:
    ended = threading.Event()
    if over:
        ended.set()
    sent, timeline = Sent(), Timeline(0.0, speed=1e6)
    return PlannedTransport(sent, Stopwatch(ended), timeline, "/status", lambda: None), sent, timeline


def send(transport: PlannedTransport, url: str) -> CarrierAnswer:
    return transport.send("POST", url, b"", {"Accept": "*/*"})


def test_what_a_call_has_had_is_not_sent_again_and_takes_no_time() -> None:
    transport, sent, timeline = planned()
    transport.past.extend([ANSWER, NoAnswer(11205, "did not answer in time")])
    clock = PlannedClock(transport.wait)
    clock.sleep(3600.0)
    transport.think(lambda: 3600.0)
    send(transport, "/one")
    with pytest.raises(NoAnswer):
        send(transport, "/two")
    assert (sent.urls, timeline.due) == ([], 0.0)
    clock.sleep(1.0)
    send(transport, "/three")
    assert sent.urls == ["/three"]
    assert [(request.wait, request.thinks) for request in transport.sent] == [(3600.0, 1), (0.0, 0), (1.0, 0)]


def test_after_the_end_a_call_only_says_good_bye() -> None:
    transport, sent, _ = planned(over=True)
    transport.begun = True
    with pytest.raises(Gone):
        send(transport, "/turn")
    send(transport, "/status")
    assert sent.urls == ["/status"]


def test_sounds_are_fetched_at_once_and_are_no_turn() -> None:
    transport, sent, _ = planned()
    transport.send("GET", "/audio/x.wav", b"", {})
    assert sent.urls == ["/audio/x.wav"]
    assert not transport.sent
    assert not transport.begun
