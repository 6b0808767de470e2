"""Rounds of a job: one at the start, one after each change, none after the end."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import Queue

import pytest

from ivr.jobs.repeating import RepeatedJob

NEVER = 3600.0


class Counted(RepeatedJob):
    """A job whose rounds and faults are put into queues."""

    def __init__(self, work: Callable[[], object], *, every: float = NEVER, gather: float = 0.0) -> None:
        super().__init__("test-rounds", every=every, gather=gather)
        self.work, self.rounds, self.faults = work, Queue(), Queue()

    def _do_due(self) -> None:
        self.rounds.put(threading.current_thread().name)
        self.work()

    def _report(self, fault: Exception) -> None:
        self.faults.put(fault)


@pytest.fixture
def start():
    jobs = []

    def started(work: Callable[[], object] = lambda: None, **times: float) -> Counted:
        job = Counted(work, **times)
        jobs.append(job)
        job.start()
        return job

    yield started
    for job in jobs:
        job.stop()


def test_the_first_round_is_run_at_once_and_the_next_after_a_change(start):
    job = start()
    assert job.rounds.get(timeout=30) == "test-rounds"
    job.wake()
    job.rounds.get(timeout=30)
    assert job.rounds.empty()


def test_rounds_are_run_again_without_a_change(start):
    job = start(every=0.001)
    for _ in range(3):
        job.rounds.get(timeout=30)


def test_a_change_while_a_round_runs_is_seen_by_another_one(start):
    at_work, go_on = threading.Event(), threading.Event()

    def work() -> None:
        at_work.set()
        go_on.wait(30)

    job = start(work)
    at_work.wait(30)
    job.wake()
    go_on.set()
    job.rounds.get(timeout=30)
    job.rounds.get(timeout=30)


def test_a_round_that_fails_is_reported_and_followed_by_another_one(start):
    fault = OSError("the store is gone")

    def work() -> None:
        raise fault

    job = start(work, every=0.001)
    assert [job.faults.get(timeout=30) for _ in range(2)] == [fault, fault]


def test_no_round_begins_after_the_end_even_while_changes_are_gathered(start):
    job = start(gather=NEVER)
    job.rounds.get(timeout=30)
    job.wake()
    job.stop()
    assert job.rounds.empty()


def test_a_job_that_was_not_started_can_be_stopped():
    Counted(lambda: None).stop()
