"""Lanes have a number of places and a queue in order of arrival."""

from __future__ import annotations

from ivr.server.lanes import Lane


def test_jobs_without_a_place_follow_in_order():
    lane = Lane[str](2)
    assert [lane.enter(job, 0.0) for job in "abcd"] == [True, True, False, False]
    assert [lane.next_job() for _ in range(4)] == ["c", "d", None, None]
    assert [lane.enter(job, 0.0) for job in "efg"] == [True, True, False]


def test_jobs_that_have_waited_too_long_are_taken_out():
    lane = Lane[str](0)
    for second, job in enumerate("abc"):
        lane.enter(job, float(second))
    assert lane.overdue(1.5) == ["a", "b"]
    assert lane.overdue(1.5) == []
    assert lane.next_job() == "c"
