"""What is kept of a call that was cut off: sealed, for minutes, by number."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.crypto import Seal
from ivr.engine.service_ports import QUESTIONS
from ivr.engine.service_ports.dropped import FindDropped, ForgetDropped, KeepDropped, TakeDropped
from ivr.errors import LookupFailed
from ivr.flow.endings import LONGEST_GOING_ON
from ivr.services.dropped_calls import DROPPED_CALLS, DroppedCalls
from ivr.stores.sqlite import SqliteStore
from tests.customers import LI, ZHANG

NOW = 1795399200.0
CALLED = "+861085550100"


@pytest.fixture
def dropped(store: SqliteStore, seal: Seal) -> DroppedCalls:
    return DroppedCalls(store, seal)


def keep(dropped: DroppedCalls, number: str = ZHANG, now: float = NOW, place: str = "the place") -> None:
    question = KeepDropped(number=number, called=CALLED, place=place, frames="balance 12345.67")
    dropped.keep(question, key="k", now=now)


def find(dropped: DroppedCalls, number: str = ZHANG, called: str = CALLED, now: float = NOW + 60) -> str:
    return dropped.find(FindDropped(number=number, called=called, within=600.0), key="f", now=now).place


def test_the_newest_place_of_a_number_comes_back_and_stays_until_it_is_taken(dropped: DroppedCalls) -> None:
    keep(dropped, place="an older place")
    keep(dropped)
    assert [find(dropped), find(dropped)] == ["the place", "the place"]
    assert dropped.take(TakeDropped(number=ZHANG), key="t", now=NOW).frames == "balance 12345.67"
    with pytest.raises(LookupFailed) as failed:
        find(dropped)
    assert failed.value.missing


@pytest.mark.parametrize(
    ("number", "called", "now"),
    [
        (LI, CALLED, NOW + 60),
        (ZHANG, "+861085550102", NOW + 60),
        (ZHANG, CALLED, NOW + 601),
        (ZHANG, CALLED, NOW - 1),  # the clock was set back
        ("anonymous", CALLED, NOW + 60),
    ],
)
def test_another_number_another_line_or_another_time_has_nothing(
    dropped: DroppedCalls, number: str, called: str, now: float
) -> None:
    keep(dropped)
    with pytest.raises(LookupFailed) as failed:
        find(dropped, number, called, now)
    assert failed.value.missing


def test_who_declines_is_not_offered_it_again(dropped: DroppedCalls) -> None:
    keep(dropped)
    dropped.forget(ForgetDropped(number=ZHANG), key="d", now=NOW)
    with pytest.raises(LookupFailed):
        find(dropped)


def test_a_withheld_number_keeps_nothing(dropped: DroppedCalls, store: SqliteStore) -> None:
    keep(dropped, number="anonymous")
    assert store.keys(DROPPED_CALLS) == []


def test_neither_number_nor_values_are_in_the_file(dropped: DroppedCalls, tmp_path: Path) -> None:
    keep(dropped)
    written = b"".join(file.read_bytes() for file in tmp_path.glob("ivr.db*") if file.is_file())
    assert DROPPED_CALLS.encode() in written
    assert not any(word in written for word in (b"12345.67", b"the place", ZHANG.encode()))


def test_what_nobody_comes_back_to_is_deleted_by_later_calls(dropped: DroppedCalls, store: SqliteStore) -> None:
    for number in range(30):
        keep(dropped, f"+86138000001{number:02d}")
    for number in range(100):
        keep(dropped, f"+86139000001{number:02d}", now=NOW + LONGEST_GOING_ON + 2)
    old = sum(store.get(DROPPED_CALLS, key)["at"] == int(NOW) for key in store.keys(DROPPED_CALLS))  # type: ignore[index]
    assert old == 0


def test_flows_cannot_ask_for_it() -> None:
    assert not [source for source in QUESTIONS if source.startswith("dropped.")]
