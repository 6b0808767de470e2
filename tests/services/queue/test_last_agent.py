"""Whom a number talked to last, and how many calls it was promised today."""

from __future__ import annotations

import pytest

from ivr.errors import LookupFailed
from ivr.services.identity.alarms import Alarms
from ivr.services.queue.last_agent import CALL_BACKS_A_DAY, LastAgent
from ivr.stores.sqlite import SqliteStore

NOW, DAY = 1_795_400_000.0, 86_400.0


@pytest.fixture
def last(store: SqliteStore) -> LastAgent:
    return LastAgent(store)


def test_the_newest_talk_counts_for_thirty_days(last: LastAgent) -> None:
    last.note("mark", "an", NOW)
    last.note("mark", "bo", NOW + 1)
    assert last.agent_of("mark", NOW + 30 * DAY) == "bo"
    assert last.agent_of("mark", NOW + 31 * DAY) == ""
    assert last.agent_of("another", NOW) == ""


def test_of_a_withheld_number_nothing_is_remembered(last: LastAgent) -> None:
    last.note("", "an", NOW)
    assert last.agent_of("", NOW) == ""


def test_talks_of_long_ago_are_forgotten_as_new_ones_are_noted(last: LastAgent, store: SqliteStore) -> None:
    last.note("f" * 64, "an", NOW)
    last.note("e" * 64, "an", NOW)
    for n in range(400):  # each looks at a few random ones
        last.note("0" * 64, "bo", NOW + 31 * DAY + n)
    assert list(store.keys("queue.agents", after="", limit=9)) == ["0" * 64]


def test_a_number_is_promised_few_calls_a_day_and_the_same_request_counts_once(last: LastAgent) -> None:
    for n in range(CALL_BACKS_A_DAY):
        last.count_call_back("mark", f"key {n}", NOW + n)
    last.count_call_back("mark", "key 0", NOW + 10)
    with pytest.raises(LookupFailed, match="too many calls today"):
        last.count_call_back("mark", "one more", NOW + 20)
    last.count_call_back("another", "one more", NOW + 20)
    last.count_call_back("mark", "one more", NOW + DAY + 20)
    last.note("mark", "an", NOW + DAY + 30)
    assert last.agent_of("mark", NOW + DAY + 31) == "an"


def test_all_numbers_together_are_promised_no_more_calls_in_an_hour_than_the_cap(store):
    last = LastAgent(store, 5)
    for n in range(5):
        last.count_call_back(f"mark {n}", f"key {n}", NOW)
    last.count_call_back("mark 4", "key 4", NOW + 1)
    for n in (6, 7):
        with pytest.raises(LookupFailed, match="5 call backs within an hour"):
            last.count_call_back(f"mark {n}", f"key {n}", NOW + n)
    (alarm,) = Alarms(store).newest()
    assert alarm["kind"] == "call_backs"
    last.count_call_back("mark 8", "key 8", NOW + 3901)
