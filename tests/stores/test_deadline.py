"""The time at which a thread must be done with the store."""

from __future__ import annotations

import threading

import pytest

from ivr.stores._deadline import BUSY_SECONDS, LAST_WAIT, ThreadDeadline


def test_without_a_lease_the_bound_is_that_of_every_lock() -> None:
    assert ThreadDeadline().left() == BUSY_SECONDS


def test_a_nearer_deadline_holds_and_the_outer_one_comes_back() -> None:
    deadline = ThreadDeadline()
    with deadline.within(2), deadline.within(4):
        assert 0 < deadline.left() <= 2
        with pytest.raises(AssertionError), deadline.within(1):
            assert deadline.left() > 1
        assert deadline.of_write() == deadline.until
    assert deadline.left() == BUSY_SECONDS


def test_when_the_time_is_over_only_a_write_waits_a_moment() -> None:
    deadline = ThreadDeadline()
    with deadline.within(-1):
        assert deadline.left() == 0
        assert deadline.until < deadline.of_write() - LAST_WAIT


def test_each_thread_has_its_own() -> None:
    deadline, others = ThreadDeadline(), []
    with deadline.within(1):
        thread = threading.Thread(target=lambda: others.append(deadline.left()))
        thread.start()
        thread.join()
    assert others == [BUSY_SECONDS]
