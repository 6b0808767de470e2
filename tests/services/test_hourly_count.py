"""Counts of the last hour over all callers, and the caps that are set on them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from ivr.errors import LookupFailed
from ivr.services.hourly_count import SPAN, HourlyCap, recent, with_one_more
from ivr.stores.sqlite import SqliteStore

NOW = 1_795_399_200


def test_spans_of_the_last_hour_count_and_older_ones_are_left_out() -> None:
    spans = with_one_more(with_one_more({}, NOW), NOW + 1)
    assert sum(recent(spans, NOW + 3599).values()) == 2
    assert recent(with_one_more(spans, NOW + SPAN), NOW + 3600) == {str((NOW + SPAN) // SPAN): 1}


def test_a_cap_refuses_from_its_figure_on_tells_it_once_an_hour_and_opens_again(store: SqliteStore) -> None:
    reached: list[int] = []
    cap = HourlyCap(store, "text messages", 3, reached.append)
    for second in range(3):
        cap.take(NOW + second)
    for second in range(5):
        with pytest.raises(LookupFailed, match="3 text messages within an hour"):
            cap.take(NOW + 10 + second)
    assert reached == [NOW + 10]
    HourlyCap(store, "call backs", 3, reached.append).take(NOW + 20)
    cap.take(NOW + 3700)
    assert reached == [NOW + 10]


def test_no_more_than_the_cap_pass_at_once(store: SqliteStore) -> None:
    cap = HourlyCap(store, "text messages", 10, lambda _at: None)

    def passes(_number: int) -> bool:
        try:
            cap.take(NOW)
        except LookupFailed:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(passes, range(40))) == 10
