"""Work ends in time or is left behind, and never piles up."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from ivr.net.threads import LateError, ThreadPool, in_background

LONG = 20


class Gate:
    """Work that says when it has begun and ends when it is let go."""

    def __init__(self) -> None:
        self.begun, self.free = threading.Semaphore(0), threading.Event()

    def __call__(self) -> str:
        self.begun.release()
        self.free.wait(LONG)
        return "let go"


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate()
    yield gate
    gate.free.set()


def test_work_returns_what_it_returns_and_raises_what_it_raises() -> None:
    pool = ThreadPool(1, "test")
    assert pool.run(lambda: 7, LONG) == 7
    with pytest.raises(TimeoutError, match="its own"):
        pool.run(lambda: (_ for _ in ()).throw(TimeoutError("its own")), LONG)
    assert in_background(lambda: 8, "test").result(LONG) == 8


def test_work_that_is_late_is_left_and_keeps_its_place_until_it_ends(gate: Gate) -> None:
    pool = ThreadPool(1, "test")
    with pytest.raises(LateError):
        pool.run(gate, 0.02)
    with pytest.raises(LateError):
        pool.run(lambda: 1, 0.02)
    gate.free.set()
    assert pool.run(lambda: 1, LONG) == 1


def test_work_that_waited_for_a_thread_in_vain_is_never_begun(gate: Gate) -> None:
    pool, begun = ThreadPool(1, "test"), []
    busy = pool.submit(gate)
    with pytest.raises(LateError):
        pool.run(lambda: begun.append(True), 0.01)
    gate.free.set()
    assert busy
    assert busy.result(LONG) == "let go"
    assert pool.run(lambda: 2, LONG) == 2
    assert not begun


def test_work_that_has_no_time_left_is_not_even_begun() -> None:
    begun: list[bool] = []
    with pytest.raises(LateError):
        ThreadPool(1, "test").run(lambda: begun.append(True), 0.0)
    assert not begun


def test_many_at_once_share_few_threads(gate: Gate) -> None:
    pool = ThreadPool(2, "test")
    futures = [pool.submit(gate) for _ in range(8)]
    assert gate.begun.acquire(timeout=LONG)
    assert gate.begun.acquire(timeout=LONG)
    assert not gate.begun.acquire(blocking=False)
    gate.free.set()
    assert [future.result(LONG) for future in futures if future] == ["let go"] * 8


def test_work_beyond_the_queue_is_refused_at_once(gate: Gate) -> None:
    pool = ThreadPool(1, "test", queue=1)
    busy, waits = pool.submit(gate), pool.submit(lambda: 1)
    assert pool.submit(lambda: 2) is None
    gate.free.set()
    assert busy
    assert waits
    assert (busy.result(LONG), waits.result(LONG)) == ("let go", 1)


def test_without_a_queue_only_free_threads_take_work(gate: Gate) -> None:
    pool = ThreadPool(1, "test", queue=0)
    assert pool.submit(gate) is not None
    assert pool.submit(lambda: 1) is None


def test_a_thread_that_hangs_is_replaced_but_only_so_often(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("ivr.net.threads.time.monotonic", lambda: now)
    pool = ThreadPool(1, "test", queue=0, stuck=20, most_lost=1)
    assert pool.submit(gate)
    assert pool.submit(gate) is None
    now += 21
    assert pool.submit(gate)
    now += 21
    assert pool.submit(gate) is None


def test_closing_waits_for_work_that_has_begun_or_waits(gate: Gate) -> None:
    pool, done = ThreadPool(1, "test"), []
    pool.submit(gate)
    pool.submit(lambda: done.append(True))
    closing = in_background(pool.close, "test-closes")
    assert not closing.done()
    gate.free.set()
    closing.result(LONG)
    assert done == [True]
