"""When a store counts as stuck."""

from __future__ import annotations

from ivr.stores._breaker import STUCK_SECONDS, Breaker


def test_faults_that_are_far_apart_do_not_make_a_stuck_store() -> None:
    breaker = Breaker()
    for moment in (0.0, 50.0, 100.0):
        breaker.note_fault(moment)
        assert not breaker.is_open(moment)


def test_faults_in_a_row_make_a_stuck_store_until_one_is_long_ago() -> None:
    breaker = Breaker()
    for moment in (100.0, 100.9):
        breaker.note_fault(moment)
        assert not breaker.is_open(moment)
    breaker.note_fault(101.5)
    assert breaker.is_open(101.5)
    assert breaker.is_open(101.5 + STUCK_SECONDS)
    assert not breaker.is_open(101.6 + STUCK_SECONDS)


def test_one_success_ends_it() -> None:
    breaker = Breaker()
    breaker.note_fault(100.0)
    breaker.note_fault(101.0)
    breaker.note_success()
    assert not breaker.is_open(101.0)
    breaker.note_fault(101.1)
    assert not breaker.is_open(101.1)


def test_one_wait_that_has_lasted_counts_from_its_beginning() -> None:
    breaker = Breaker()
    breaker.note_fault(100.0 + STUCK_SECONDS, began=100.0)
    assert breaker.is_open(100.0 + STUCK_SECONDS)
