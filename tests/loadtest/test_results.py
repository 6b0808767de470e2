"""Shares of a load test's result, which are none where nothing was counted."""

from __future__ import annotations

from ivr.loadtest.results import Audible, Percentiles

from .test_objective import found


def test_shares_of_nothing_are_nought() -> None:
    assert Audible(1000.0, 0, Percentiles()).over_share == 0.0
    assert found(turns=0, errors=0).error_share == 0.0


def test_shares_are_of_all_that_was_counted() -> None:
    assert Audible(1000.0, 5, Percentiles(count=20)).over_share == 0.25
    assert found(turns=200, errors=3).error_share == 0.015
