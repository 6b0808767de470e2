"""What people learn of a promise that the queue could not keep."""

from __future__ import annotations

from typing import Any

import pytest

from ivr.services.queue.agent_context import AgentContext
from ivr.services.queue.callback_failure import callback_failure
from ivr.services.queue.state import Waiter


def waiter(**facts: Any) -> Waiter:
    return Waiter(
        **{"id": "back-m", "desk": "vip", "priority": "vip", "entered": 1, "seen": 1, "by": 1_795_399_200.0, **facts}
    )


@pytest.mark.parametrize(
    ("tries", "number", "why"), [(2, "+8610", "unreached"), (0, "+8610", "waiting"), (0, "", "message")]
)
def test_the_reason_is_told_by_tries_and_number(tries: int, number: str, why: str) -> None:
    failure = callback_failure(waiter(tries=tries), AgentContext(number=number, message="https://recording"))
    assert (failure.why, failure.tries, failure.number) == (why, tries, number)


def test_the_same_promise_has_the_same_key_and_a_new_one_another() -> None:
    first = callback_failure(waiter(), AgentContext())
    assert first.key == callback_failure(waiter(tries=2), AgentContext()).key
    assert first.key != callback_failure(waiter(by=1_795_399_200.0 + 900), AgentContext()).key


def test_people_learn_the_time_the_call_and_the_row_of_the_log() -> None:
    failure = callback_failure(waiter(call="CA1", reference="11231234"), AgentContext())
    assert (failure.by, failure.call, failure.promise) == (1_795_399_200, "CA1", "2026-11-23:11231234:1795399200")
