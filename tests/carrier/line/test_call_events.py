"""Answer, keys and end of a call on a line: each once, and also for a watcher who comes late."""

from __future__ import annotations

from ivr.carrier.line.call_events import CallEvents
from ivr.carrier.line.line_call import CallEnd


class Watcher:
    def __init__(self) -> None:
        self.events: list[str] = []

    def answered(self) -> None:
        self.events.append("answered")

    def pressed(self, key: str) -> None:
        self.events.append(f"key {key}")

    def ended(self, how: CallEnd) -> None:
        self.events.append(how)


def watched(call: CallEvents) -> list[str]:
    watcher = Watcher()
    call.watch(watcher)
    return watcher.events


def test_the_events_reach_the_watcher_in_order_and_once() -> None:
    call = CallEvents()
    events = watched(call)
    for _ in range(2):
        call.report_answer()
    call.report_key("5")
    call.report_end("completed")
    call.report_end("failed")
    call.report_answer()
    assert events == ["answered", "key 5", "completed"]


def test_a_late_watcher_hears_of_answer_and_end_but_of_no_key() -> None:
    call = CallEvents()
    call.report_answer()
    call.report_key("5")
    call.report_end("completed")
    assert watched(call) == ["answered", "completed"]


def test_a_call_that_has_ended_cannot_be_answered() -> None:
    call = CallEvents()
    call.report_end("canceled")
    call.report_answer()
    assert watched(call) == ["canceled"]


def test_the_line_gives_the_call_up_before_its_watcher_hears_of_the_end() -> None:
    order: list[str] = []

    class Held(CallEvents):
        def _free(self, how: CallEnd) -> None:
            order.append(f"freed, {how}")

    call = Held()
    watcher = Watcher()
    watcher.events = order
    call.watch(watcher)
    call.report_end("busy")
    call.report_end("busy")
    assert order == ["freed, busy", "busy"]
