"""Leases: one holder at a time, in this process and among all, and a fault after a bounded wait."""

from __future__ import annotations

import math
import threading
from pathlib import Path

import pytest

from ivr.errors import StoreError
from ivr.stores._deadline import ThreadDeadline
from ivr.stores._lease import SETUP, FileLeases, Leases
from tests.waiting import PATIENCE


def test_a_lease_that_is_held_is_a_fault_after_the_wait_and_free_afterwards() -> None:
    leases = Leases(ThreadDeadline())
    refused = pytest.raises(StoreError, match=r"held this call for over 0\.01 s")
    with leases.of("call"), refused, leases.of("call", within=0.01):
        raise AssertionError("two hold one lease")
    with leases.of("call"):
        pass


def test_a_waiting_thread_gets_the_lease_when_it_is_freed() -> None:
    leases, taken = Leases(ThreadDeadline()), threading.Event()

    def work() -> None:
        with leases.of("call"):
            taken.set()

    with leases.of("call"):
        waiting = threading.Thread(target=work)
        waiting.start()
        assert not taken.is_set()
    waiting.join(PATIENCE)
    assert taken.is_set()


def test_two_files_of_leases_stand_for_two_processes(tmp_path: Path) -> None:
    mine, theirs = (FileLeases(tmp_path / "lease", ThreadDeadline()) for _ in range(2))
    with mine.of("call"), theirs.of("another"):
        with pytest.raises(StoreError, match="another process"), theirs.of("call", within=0.01):
            raise AssertionError("two hold one lease")
        with theirs.at(SETUP):
            pass
    with theirs.of("call"):
        pass
    mine.close()
    theirs.close()


def test_a_lease_is_freed_where_its_block_fails(tmp_path: Path) -> None:
    leases = FileLeases(tmp_path / "lease", ThreadDeadline())
    with pytest.raises(KeyError), leases.of("call"):
        raise KeyError
    with leases.of("call"):
        pass
    leases.close()


def test_closing_frees_all_and_a_closed_file_says_so(tmp_path: Path) -> None:
    mine, theirs = (FileLeases(tmp_path / "lease", ThreadDeadline()) for _ in range(2))
    mine.take(7, 0.0, 1.0)
    mine.close()
    theirs.take(7, 0.0, 1.0)
    with pytest.raises(StoreError, match="has been closed"):
        mine.take(8, 0.0, 1.0)
    theirs.close()


def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be opened"):
        FileLeases(tmp_path / "none" / "lease", ThreadDeadline())


def test_a_lease_bounds_its_thread_until_it_is_left_and_an_outer_one_holds_inside() -> None:
    leases = Leases(ThreadDeadline())
    assert leases.deadline.until == math.inf
    with leases.of("call", within=5):
        outer = leases.deadline.until
        assert outer < math.inf
        with leases.of("another", within=60):
            assert leases.deadline.until == outer
        with leases.of("another", within=1):
            assert leases.deadline.until < outer
        assert leases.deadline.until == outer
    assert leases.deadline.until == math.inf


def test_a_lease_that_was_not_got_leaves_no_bound() -> None:
    leases = Leases(ThreadDeadline())
    faults: list[str] = []

    def work() -> None:
        with pytest.raises(StoreError), leases.of("call", within=0.01):
            raise AssertionError("two hold one lease")
        faults.append(str(leases.deadline.until))

    with leases.of("call"):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join(PATIENCE)
    assert faults == ["inf"]
