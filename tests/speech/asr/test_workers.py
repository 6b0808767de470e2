"""Work ends in time or is left behind, and never piles up."""

from __future__ import annotations

import threading
import time

import pytest

from ivr.speech.asr.workers import LateError, Workers


def test_work_returns_what_it_returns_and_raises_what_it_raises():
    workers = Workers(1, "test")
    assert workers.run(lambda: 7, 5) == 7
    with pytest.raises(TimeoutError, match="its own"):
        workers.run(lambda: (_ for _ in ()).throw(TimeoutError("its own")), 5)
    assert workers.run(lambda: 8, 5) == 8


def test_work_that_is_late_is_left_and_keeps_its_place_until_it_ends():
    workers, let_go = Workers(1, "test"), threading.Event()
    with pytest.raises(LateError):
        workers.run(let_go.wait, 0.02)
    with pytest.raises(LateError):
        workers.run(lambda: 1, 0.02)
    assert not workers.start(lambda: None)
    let_go.set()
    assert workers.run(lambda: 1, 5) == 1


def test_work_that_has_no_time_left_is_not_even_begun():
    begun: list[bool] = []
    with pytest.raises(LateError):
        Workers(1, "test").run(lambda: begun.append(True), 0.0)
    assert not begun


def test_many_at_once_share_few_threads():
    workers, most, now, lock = Workers(2, "test"), 0, 0, threading.Lock()

    def work() -> None:
        nonlocal most, now
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.005)
        with lock:
            now -= 1

    threads = [threading.Thread(target=workers.run, args=(work, 10)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most <= 2


def test_work_that_nobody_waits_for_is_done_and_its_faults_are_lost():
    workers, done = Workers(1, "test"), threading.Event()
    assert workers.start(lambda: 1 / 0)
    until = time.monotonic() + 5
    while not workers.start(done.set) and time.monotonic() < until:
        time.sleep(0.001)
    assert done.wait(5)
