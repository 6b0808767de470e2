"""The figures of identity checks keep to the rules that they are taken from."""

from __future__ import annotations

from ivr.settings.identity import HOUR, Limits

LIMITS = Limits()


def test_tries_stay_below_what_nist_and_pci_allow() -> None:
    assert LIMITS.tries_a_day <= 10
    assert LIMITS.tries_in_all <= 100


def test_each_wrong_answer_costs_at_least_the_pause_of_the_one_before() -> None:
    assert list(LIMITS.waits) == sorted(LIMITS.waits)
    assert LIMITS.waits[:3] == (0, 0, 0), "the three tries of one call follow each other"
    assert LIMITS.waits[-1] >= HOUR


def test_one_time_codes_live_for_ten_minutes_at_most() -> None:
    assert LIMITS.code_seconds <= 600
    assert LIMITS.code_tries <= 10


def test_callers_who_share_a_counter_have_more_room_than_one_number() -> None:
    assert LIMITS.number_tries < LIMITS.block_tries < LIMITS.shared_tries < LIMITS.line_tries
