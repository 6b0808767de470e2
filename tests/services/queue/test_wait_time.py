"""What waiting callers hear about the time."""

from __future__ import annotations

from typing import Any

import pytest

from ivr.services.queue.wait_time import minutes, to_say


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, 0), (49, 0), (50, 1), (51, 2), (100, 2), (101, 3), (500, 10), (501, 11), (9999, 11)]
)
def test_minutes_are_whole_with_a_fifth_more_and_rounded_up(seconds: float, said: int) -> None:
    assert minutes(seconds) == said


def test_what_was_said_stands_until_it_is_no_longer_true() -> None:
    assert to_say(170, None) == (4, False)
    assert to_say(230, 4) == (4, False), "with a margin it is five minutes, but four is still true"
    assert to_say(250, 4) == (5, True)
    assert to_say(100, 4) == (2, False)
    assert to_say(None, 4) == (None, False)
    assert to_say(59, 0) == (0, False)
    assert to_say(99, 0) == (2, True)
    assert to_say(9999, 11) == (11, False)


def work(hall: Any, agents: int, calls: int, seconds: float = 70.0) -> float:
    """Let agents handle calls of so many seconds (and 30 more to wrap up), and then be busy; return the time."""
    for number in range(agents):
        hall.sign_on(f"w{number}")
    for number in range(calls):
        call = f"past {number}"
        hall.talk(call, hall.enter(call, number * 200), number * 200, number * 200 + seconds)
    now = calls * 200.0
    for number in range(agents):
        hall.take(hall.enter(f"busy {number}", now), now)
    return now


def test_the_wait_is_the_place_times_the_handling_time_over_the_agents(hall: Any) -> None:
    now = work(hall, agents=4, calls=6)
    said = [hall.enter(f"a{number}", now + 1)["minutes"] for number in range(9)]
    assert said == [minutes(place * 100 / 4) for place in range(1, 10)]
    assert said[0] == 0


@pytest.mark.parametrize(("agents", "calls"), [(2, 9), (4, 4)])
def test_too_few_agents_or_calls_promise_nothing(hall: Any, agents: int, calls: int) -> None:
    now = work(hall, agents, calls)
    assert hall.enter("a", now + 1)["minutes"] is None


def test_after_a_sudden_log_out_nothing_is_promised_for_a_while(hall: Any) -> None:
    now = work(hall, agents=5, calls=6)
    hall.sign_on("extra1", now)
    hall.sign_on("extra2", now)
    hall.sign_on("extra3", now)
    for name in ("extra1", "extra2", "extra3"):
        hall.queue.agents.off(name, hall.at(now))
    assert hall.enter("a", now + 1)["minutes"] is None
    assert hall.round("a", now + 40)["minutes"] is None
    hall.round("a", now + 80)
    hall.round("a", now + 120)
    assert hall.round("a", now + 160)["minutes"] == 0


def test_a_longer_wait_is_told_with_an_apology_once(hall: Any) -> None:
    now = work(hall, agents=3, calls=6)
    for number in range(3):
        first = hall.enter(f"a{number}", now + 1)
    assert (first["minutes"], first["longer"]) == (2, False)
    for number in range(6):
        hall.enter(f"v{number}", now + 2, "vip", priority="vip")
    for number in range(6):
        hall.round(f"v{number}", now + 40)
    for number in range(3):
        later = hall.round(f"a{number}", now + 40)
    assert (later["minutes"], later["longer"]) == (2, False), "it is not due"
    told = hall.round("a2", now + 77)
    assert told["due"]
    assert told["longer"]
    assert told["position"] == 3, "the place does not grow"
    assert told["minutes"] > 2
    assert not hall.round("a2", now + 90)["longer"]
