"""One call from its journal: what happened, in order, with numbers masked unless they are asked for."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ivr.engine.ports import JournalRow, Saved
from ivr.reporting.call_detail import EndedCalls, detail_of
from ivr.stores.memory import MemoryStore

NOW = 1_795_399_200.0


def row(at: float, kind: str, **data: Any) -> JournalRow:
    return JournalRow("CA1", 1, NOW + at, kind, json.dumps(data))


STARTED = row(0, "started", caller="+8613800000001", called="+861085550100", known=True, tier="vip")


def test_the_caller_is_masked_unless_the_number_is_asked_for() -> None:
    assert detail_of("CA1", [STARTED])["caller"] == "138****0001"
    assert detail_of("CA1", [STARTED], numbers=True)["caller"] == "+8613800000001"
    assert detail_of("CA1", [STARTED])["started"] == "2026-11-23T10:00:00+08:00"


def test_a_live_call_lasts_until_its_last_row_and_an_ended_one_as_long_as_it_says() -> None:
    rows = [STARTED, row(61.26, "outcome", flow="main", step="ask", outcome="digit.1", to="balance", secret="x")]
    assert detail_of("CA1", rows)["seconds"] == 61.3
    assert detail_of("CA1", rows)["path"] == [
        {"at": 61.3, "flow": "main", "step": "ask", "outcome": "digit.1", "to": "balance"}
    ]
    ended = detail_of("CA1", [*rows, row(62, "ended", reason="hung_up", seconds=70.0)])
    assert (ended["ended_by"], ended["seconds"]) == ("hung_up", 70.0)


def test_reasons_are_told_once_and_silences_and_misses_counted() -> None:
    rows = [STARTED, *(row(1, "reason", reason=reason) for reason in ("loss", "balance", "loss"))]
    rows += [row(2, "no_input"), row(3, "no_match"), row(4, "no_match")]
    detail = detail_of("CA1", rows)
    assert (detail["reasons"], detail["silences"], detail["misses"]) == (["loss", "balance"], 1, 2)


def test_the_level_is_the_highest_that_was_proved() -> None:
    rows = [row(1, "identity", outcome=outcome, level=level) for outcome, level in
            (("verified", 2), ("refused", 3), ("verified", 1))]  # fmt: skip
    assert detail_of("CA1", rows)["identity"]["level"] == 2


def test_only_talks_that_took_place_count_as_time_with_people() -> None:
    rows = [row(1, "dialled", desk="vip", status="busy", seconds=9), row(2, "dialled", desk="vip", status="completed",
            seconds=30)]  # fmt: skip
    detail = detail_of("CA1", rows)
    assert (detail["seconds_with_people"], len(detail["people"])) == (30, 1)
    assert detail["dials_in_vain"] == [{"at": 0.0, "desk": "vip", "status": "busy"}]


def test_talks_with_our_own_agents_are_among_the_people() -> None:
    rows = [row(1, "started"), row(9, "refused", agent="li", status="no-answer", desk="vip"),
            row(40, "talked", agent="wang", desk="vip", priority="vip", waited=9, seconds=30)]  # fmt: skip
    detail = detail_of("CA1", rows)
    assert detail["people"] == [
        {"at": 39.0, "agent": "wang", "desk": "vip", "priority": "vip", "waited": 9, "seconds": 30}
    ]
    assert detail["seconds_with_people"] == 30
    assert detail["dials_in_vain"] == [{"at": 8.0, "agent": "li", "desk": "vip", "status": "no-answer"}]


def test_a_call_that_was_cut_off_and_the_one_that_went_on_name_the_step() -> None:
    cut_off = detail_of("CA1", [STARTED, row(20, "cut_off", flow="main_menu", step="balance.verify", place="balance",
                                             in_flow="main_menu")])  # fmt: skip
    assert cut_off["cut_off"] == {"at": 20.0, "flow": "main_menu", "step": "balance"}
    went_on = detail_of("CA2", [STARTED, row(0, "go_on", outcome="offered", earlier="CA1"),
                                row(6, "go_on", outcome="accepted", earlier="CA1", to="balance")])  # fmt: skip
    assert went_on["go_on"][1] == {"at": 6.0, "outcome": "accepted", "earlier": "CA1", "to": "balance"}


@pytest.mark.parametrize(
    ("kind", "data", "name"),
    [
        ("ticket", {"ticket": "T1", "about": "service"}, "tickets"),
        ("message", {"seconds": 8, "url": "https://x/RE1"}, "messages"),
        ("lookup", {"outcome": "failed", "source": "bank.balance", "reason": "timeout"}, "failed_lookups"),
    ],
)
def test_what_was_left_or_failed_is_listed_with_its_second(kind: str, data: dict[str, Any], name: str) -> None:
    (entry,) = detail_of("CA1", [STARTED, row(5, kind, **data)])[name]
    assert entry["at"] == 5.0
    assert entry.items() >= {key: value for key, value in data.items() if key != "outcome"}.items()


def test_a_lookup_that_succeeded_is_no_failure_and_a_survey_is_told_whole() -> None:
    detail = detail_of("CA1", [row(1, "lookup", outcome="answered", source="bank.balance"),
                               row(2, "survey", flow="f", step="s", csat=5)])  # fmt: skip
    assert detail["failed_lookups"] == []
    assert detail["survey"] == {"csat": 5}


def test_only_an_ended_call_has_a_message() -> None:
    store = MemoryStore()
    letters = EndedCalls(store)
    assert letters.letter("CA1", {}) is None
    store.save(Saved("CA1", 1, "k", b"call", b"reply"), [STARTED], expected=None)
    assert letters.letter("CA1", {}) is None
    store.save(Saved("CA1", 2, "k", b"call", b"reply", ended=True), [row(9, "ended", reason="done")], expected=1)
    letter = letters.letter("CA1", {})
    assert letter is not None
    assert (letter.key, letter.body()["event"], letter.body()["ended_by"]) == ("CA1:ended", "call.ended", "done")
