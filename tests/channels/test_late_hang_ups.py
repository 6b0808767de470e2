"""A hang-up that meets a busy store is recorded when the store is free."""

from __future__ import annotations

import pytest

from ivr.channels.late_hang_ups import LateHangUps
from ivr.engine.inputs import HungUp
from ivr.engine.ports import Incoming
from ivr.errors import StoreBusy, StoreError
from tests.waiting import wait_until


def gone(call: str) -> Incoming:
    return Incoming(call, None, HungUp(), call, "+8613800000001", "+86400")


class Calls:
    """Ends calls, except while its store is busy; the call `broken` cannot be ended."""

    def __init__(self) -> None:
        self.busy, self.tries, self.ended = False, 0, []

    def hang_up(self, incoming: Incoming) -> None:
        self.tries += 1
        if self.busy:
            raise StoreBusy("locked")
        if incoming.call_id == "broken":
            raise StoreError("damaged")
        self.ended.append(incoming.call_id)


def test_while_the_store_is_free_a_hang_up_is_recorded_at_once():
    calls = Calls()
    LateHangUps(calls.hang_up).record(gone("CA1"))
    assert calls.ended == ["CA1"]


def test_hang_ups_wait_in_order_for_a_busy_store_and_one_that_fails_holds_up_no_other():
    calls = Calls()
    calls.busy = True
    late = LateHangUps(calls.hang_up, pause=0.001)
    for call in ("CA1", "broken", "CA2"):
        late.record(gone(call))
    wait_until(lambda: calls.tries > 10)
    assert calls.ended == []
    calls.busy = False
    wait_until(lambda: calls.ended == ["CA1", "CA2"])
    calls.busy = True
    late.record(gone("CA3"))
    calls.busy = False
    wait_until(lambda: calls.ended == ["CA1", "CA2", "CA3"])


def test_any_other_fault_is_the_callers():
    with pytest.raises(StoreError, match="damaged"):
        LateHangUps(Calls().hang_up).record(gone("broken"))
