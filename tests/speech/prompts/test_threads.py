"""Threads that hang are left behind; work beyond the queue is refused at once."""

from __future__ import annotations

import threading
import time

import pytest

from ivr.speech.prompts.threads import RenderThreads


@pytest.fixture
def gate():
    found = threading.Event()
    yield found
    found.set()


def test_work_is_done_and_faults_reach_whoever_asked():
    pool = RenderThreads()
    assert pool.submit(lambda: 7).result(10) == 7
    with pytest.raises(ZeroDivisionError):
        pool.submit(lambda: 1 / 0).result(10)
    pool.close()


def test_what_finds_the_queue_full_is_refused_without_waiting(gate):
    pool = RenderThreads(workers=1, waiting=1)
    began = threading.Event()
    pool.submit(lambda: (began.set(), gate.wait(20)))
    assert began.wait(10)
    assert pool.submit(lambda: 1) is not None
    assert pool.submit(lambda: 2) is None


def test_a_thread_that_hangs_is_replaced(gate):
    pool = RenderThreads(workers=1, stuck=0.01)
    began = threading.Event()
    pool.submit(lambda: (began.set(), gate.wait(20)))
    assert began.wait(10)
    time.sleep(0.02)
    assert pool.submit(lambda: "done").result(10) == "done"
    pool.close()
