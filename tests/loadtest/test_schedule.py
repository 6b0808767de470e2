"""When calls and requests are due."""

from __future__ import annotations

import random
from statistics import median

from ivr.loadtest.schedule import BackToBack, Random, Timeline, thinking


def test_arrivals_come_at_the_rate_that_was_asked_for_after_the_ramp() -> None:
    arrivals = Random(rate=50, ramp=4, chance=random.Random(7))
    times = [arrivals.due(0) for _ in range(4000)]
    assert times == sorted(times)
    in_ramp = sum(time < 4 for time in times)
    later = sum(10 <= time < 60 for time in times)
    assert abs(in_ramp - 100) < 40
    assert abs(later - 2500) < 200


def test_arrivals_do_not_ask_whether_a_line_is_free() -> None:
    one, other = (Random(10, 0, random.Random(3)) for _ in range(2))
    assert [one.due(0) for _ in range(20)] == [other.due(99) for _ in range(20)]


def test_without_a_rate_a_line_starts_again_when_it_is_free() -> None:
    assert BackToBack().due(3.5) == 3.5


def test_a_request_is_due_by_the_plan_and_not_by_the_answer_before() -> None:
    timeline = Timeline(10.0, speed=10)
    timeline.wait(20)
    timeline.think(1.5)
    assert timeline.next_due() == 13.5
    timeline.answered(17.0)
    timeline.think(1.0)
    assert timeline.next_due() == 14.5, "it was planned before the late answer came"


def test_a_request_that_follows_at_once_is_due_when_the_answer_came() -> None:
    timeline = Timeline(10.0, speed=1)
    timeline.answered(12.0)
    assert timeline.next_due() == 12.0


def test_thinking_is_around_its_median_and_never_endless() -> None:
    chance = random.Random(1)
    times = [thinking(chance, 2.0) for _ in range(2000)]
    assert 1.9 < median(times) < 2.1
    assert 0 < min(times) < 1
    assert 3 < max(times) <= 8
    assert thinking(chance, 0) == 0
