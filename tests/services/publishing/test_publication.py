"""Which release a new call gets: the live one, a staged one for a share of calls, a planned one from its time on."""

from __future__ import annotations

import msgspec
import pytest

from ivr.services.publishing.publication import (
    EARLIER_LIMIT,
    Publication,
    place_of_call,
    read_publication,
)

LIVE = Publication().published("a", 10.0).published("b", 20.0)
CALLS = [f"CA{number}" for number in range(2000)]


def test_a_publication_remembers_what_was_live_before() -> None:
    assert (LIVE.version, LIVE.since, LIVE.earlier) == ("b", 20.0, ("a",))
    assert read_publication(None) == Publication()
    assert read_publication(msgspec.json.encode(LIVE).decode()) == LIVE


def test_a_share_of_calls_gets_a_staged_release_and_the_same_call_always_the_same() -> None:
    staged = LIVE.with_staged("c", 0.1, 30.0)
    versions = [staged.version_for(call, 40.0) for call in CALLS]
    assert versions == [staged.version_for(call, 50.0) for call in CALLS]
    assert 0.08 < versions.count("c") / len(CALLS) < 0.12
    assert set(versions) == {"b", "c"}
    assert {staged.without_staged().version_for(call, 40.0) for call in CALLS} == {"b"}


def test_a_planned_release_is_live_from_its_time_on() -> None:
    planned = LIVE.with_planned("c", 100.0)
    assert (planned.version_for("CA1", 99.9), planned.version_for("CA1", 100.0)) == ("b", "c")
    assert planned.as_of(99.0) is planned
    assert planned.as_of(100.0) == LIVE.published("c", 100.0)
    assert planned.versions() == ("b", "c")
    assert planned.without_planned() == LIVE


def test_a_release_that_goes_live_drops_what_stands_beside_it() -> None:
    beside = LIVE.with_staged("c", 0.5, 30.0).with_planned("d", 99.0)
    assert beside.published("e", 40.0).versions() == ("e",)


def test_going_back_twice_goes_back_two_releases() -> None:
    third = LIVE.published("c", 30.0)
    second = third.rolled_back("b", 40.0)
    assert (second.version, second.earlier) == ("b", ("a",))
    assert second.rolled_back("a", 50.0) == Publication("a", 50.0)
    assert third.rolled_back("a", 40.0) == Publication("a", 40.0)
    assert third.rolled_back("x", 40.0).earlier == ("a", "b", "c")


def test_the_past_is_bounded() -> None:
    publication = Publication()
    for number in range(EARLIER_LIMIT * 2):
        publication = publication.published(str(number), float(number))
    assert len(publication.earlier) == EARLIER_LIMIT


@pytest.mark.parametrize("call", ["", "CA1", "一"])
def test_the_place_of_a_call_is_a_share(call: str) -> None:
    assert 0 <= place_of_call(call) < 1
