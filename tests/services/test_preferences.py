from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from ivr.crypto import Seal
from ivr.errors import LookupFailed
from ivr.services.preferences import PREFERENCES, Preferences
from ivr.stores.sqlite import SqliteStore
from tests.asking import ask
from tests.customers import LI, ZHANG

NOW = 1795399200.0
NOTHING = {"last_reasons": [], "reasons": [], "calls": 0}


@pytest.fixture
def memory(store: SqliteStore, seal: Seal) -> Preferences:
    return Preferences(store, seal)


def keep(memory: Preferences, key: str = "", now: float = NOW, **given: Any) -> dict[str, Any]:
    return dict(ask(memory, "memory.keep", {"number": ZHANG, **given}, key=key or repr(given), now=now))


def recall(memory: Preferences, number: str = ZHANG, now: float = NOW) -> dict[str, Any]:
    return dict(ask(memory, "memory.recall", {"number": number}, key="r", now=now))


def test_nothing_is_known_of_a_new_number(memory: Preferences) -> None:
    assert recall(memory) == NOTHING


def test_what_was_chosen_is_there_in_the_next_call(memory: Preferences) -> None:
    keep(memory, call="CA1", profile="elderly")
    keep(memory, call="CA1", rate=0.8, language="zh-CN")
    keep(memory, call="CA1", reason="balance")
    keep(memory, call="CA2", reason="report_loss")
    assert recall(memory) == {
        "profile": "elderly",
        "rate": 0.8,
        "language": "zh-CN",
        "last_reasons": ["report_loss", "balance"],
        "reasons": [],
        "calls": 2,
    }
    assert recall(memory, LI) == NOTHING
    keep(memory, profile="standard")
    assert recall(memory)["profile"] == "standard"


def test_the_three_last_reasons_are_kept_each_once(memory: Preferences) -> None:
    for place, reason in enumerate(["a", "b", "c", "d", "b"]):
        keep(memory, f"k{place}", reason=reason)
    assert recall(memory)["last_reasons"] == ["b", "d", "c"]


@pytest.mark.parametrize("call", [{"call": "CA2"}, {}])
def test_the_same_question_again_changes_nothing(memory: Preferences, store: SqliteStore, call: dict[str, str]) -> None:
    keep(memory, "one", call="CA1", reason="a")
    first = keep(memory, "two", **call, reason="b")
    (place,) = store.keys(PREFERENCES)
    kept = store.get(PREFERENCES, place)
    assert keep(memory, "two", **call, reason="b") == first
    assert store.get(PREFERENCES, place) == kept


@pytest.mark.parametrize("number", ["anonymous", "", "+266696687", "sip:alice@example.com", None])
def test_who_hides_the_number_is_never_remembered(memory: Preferences, store: SqliteStore, number: Any) -> None:
    assert keep(memory, number=number, profile="elderly", call="CA1") == NOTHING
    assert dict(ask(memory, "memory.recall", {"number": number}, key="r", now=NOW)) == NOTHING
    assert not store.keys(PREFERENCES)


def test_the_store_holds_no_number(memory: Preferences, store: SqliteStore, tmp_path: Any) -> None:
    keep(memory, call="CA1", profile="elderly")
    store.close()
    files = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    assert b"elderly" in files
    assert ZHANG.encode() not in files
    assert ZHANG[1:].encode() not in files


def test_a_number_that_was_silent_for_long_is_forgotten(memory: Preferences) -> None:
    keep(memory, call="CA1", profile="elderly")
    assert recall(memory, now=NOW + 400 * 86400)["profile"] == "elderly"
    assert recall(memory, now=NOW + 401 * 86400) == NOTHING
    assert keep(memory, "late", NOW + 401 * 86400, call="CA2", language="en-US") == {
        "language": "en-US",
        "last_reasons": [],
        "reasons": [],
        "calls": 1,
    }


def test_a_caller_can_be_forgotten(memory: Preferences) -> None:
    keep(memory, profile="elderly")
    assert ask(memory, "memory.forget", {"number": ZHANG}, key="f", now=NOW) == NOTHING
    assert recall(memory) == NOTHING


@pytest.mark.parametrize(
    ("rate", "kept"), [("0.85", 0.85), (Decimal("1.20"), 1.2), (1, 1.0), (0.7649999999999999, 0.765)]
)
def test_a_rate_may_be_written_in_any_way(memory: Preferences, rate: Any, kept: float) -> None:
    assert keep(memory, rate=rate)["rate"] == kept


@pytest.mark.parametrize(
    "given",
    [{"rate": 0.1}, {"rate": 3}, {"rate": "fast"}, {"rate": True}, {"profile": "no such thing!"}, {"language": 5}],
)
def test_what_is_no_choice_is_refused(memory: Preferences, given: dict[str, Any]) -> None:
    with pytest.raises(LookupFailed):
        keep(memory, **given)
    assert recall(memory) == NOTHING


def often(memory: Preferences, *reasons: str) -> list[str]:
    for place, reason in enumerate(reasons):
        keep(memory, f"often {place}", call=f"CA{place}", reason=reason)
    return list(recall(memory)["reasons"])


def test_what_a_number_calls_for_again_and_again_is_told_the_newest_weighing_most(memory: Preferences) -> None:
    assert often(memory, "limits", "limits", "balance", "lost_card", "balance", "pin") == ["balance", "limits"]


def test_two_frequent_reasons_at_most_are_told(memory: Preferences) -> None:
    assert often(memory, "a", "a", "b", "b", "c", "c") == ["c", "b"]


def test_a_reason_counts_once_a_call_and_is_forgotten_after_ten_calls(memory: Preferences) -> None:
    for place in range(3):
        keep(memory, f"k{place}", call="CA1", reason="balance")
    assert recall(memory)["reasons"] == []
    assert often(memory, "balance", *(f"once{n}" for n in range(10))) == []


def test_an_elderly_caller_and_one_who_said_no_are_offered_nothing_first(memory: Preferences) -> None:
    assert often(memory, "balance", "balance") == ["balance"]
    keep(memory, profile="elderly")
    assert recall(memory)["reasons"] == []
    keep(memory, profile="standard", frequent="off")
    assert recall(memory)["reasons"] == []
    keep(memory, frequent="on")
    assert recall(memory)["reasons"] == ["balance"]
