"""Leases: one holder at a time, in this process and among all, and a fault after a bounded wait."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from ivr.errors import StoreError
from ivr.stores._lease import SETUP, FileLeases, Leases
from tests.waiting import PATIENCE


def test_a_lease_that_is_held_is_a_fault_after_the_wait_and_free_afterwards() -> None:
    leases = Leases(seconds=0.01)
    with leases.of("call"), pytest.raises(StoreError, match="held this call for over"), leases.of("call"):
        raise AssertionError("two hold one lease")
    with leases.of("call"):
        pass


def test_a_waiting_thread_gets_the_lease_when_it_is_freed() -> None:
    leases, taken = Leases(), threading.Event()

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
    mine, theirs = FileLeases(tmp_path / "lease"), FileLeases(tmp_path / "lease", seconds=0.01)
    with mine.of("call"), theirs.of("another"):
        with pytest.raises(StoreError, match="another process"), theirs.of("call"):
            raise AssertionError("two hold one lease")
        with theirs.at(SETUP):
            pass
    with theirs.of("call"):
        pass
    mine.close()
    theirs.close()


def test_a_lease_is_freed_where_its_block_fails(tmp_path: Path) -> None:
    leases = FileLeases(tmp_path / "lease", seconds=0.01)
    with pytest.raises(KeyError), leases.of("call"):
        raise KeyError
    with leases.of("call"):
        pass
    leases.close()


def test_closing_frees_all_and_a_closed_file_says_so(tmp_path: Path) -> None:
    mine, theirs = FileLeases(tmp_path / "lease"), FileLeases(tmp_path / "lease", seconds=0.01)
    mine.take(7)
    mine.close()
    theirs.take(7)
    with pytest.raises(StoreError, match="has been closed"):
        mine.take(8)
    theirs.close()


def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be opened"):
        FileLeases(tmp_path / "none" / "lease")
