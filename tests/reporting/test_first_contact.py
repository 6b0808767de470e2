"""Who had to call again about the same reason within a week."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import pytest

from ivr.engine.ports import JournalRow
from ivr.reporting.first_contact import WINDOW, Contacts
from ivr.reporting.queue_visits import Visit

NUMBER = "+8613800000001"


@dataclass
class Judged:
    """The verdicts by call."""

    verdicts: dict[str, list[str]] = field(default_factory=dict)

    def __call__(self, visit: Visit, verdict: str) -> None:
        self.verdicts.setdefault(visit.call, []).append(verdict)


@dataclass
class Journal:
    """Writes calls, and reads the verdicts."""

    judged: Judged = field(default_factory=Judged)

    def __post_init__(self) -> None:
        self.contacts = Contacts(self.judged)

    def call(self, call: str, at: float, *, number: str = NUMBER, reason: str = "loss", talks: bool = True) -> None:
        self.row(call, at, "started", caller=number)
        if reason:
            self.row(call, at, "reason", reason=reason)
        if talks:
            self.contacts.talked(Visit(call, at, "general", "normal", "agent", "answered"))  # type: ignore[arg-type]
        self.row(call, at + 60, "ended")

    def row(self, call: str, at: float, kind: str, **data: str) -> None:
        self.contacts.add(JournalRow(call, 1, at, kind, json.dumps(data)), data)

    def verdicts(self, end: float) -> dict[str, list[str]]:
        self.contacts.finish(end)
        return self.judged.verdicts


@pytest.fixture
def journal() -> Journal:
    return Journal()


def test_a_talk_is_solved_when_a_week_goes_by_without_the_same_reason(journal: Journal) -> None:
    journal.call("first", 0)
    journal.call("other reason", 3600, reason="balance", talks=False)
    journal.call("other number", 3600, number="+8613800000002", talks=False)
    assert journal.verdicts(WINDOW + 100) == {"first": ["solved"]}


def test_a_call_about_the_same_reason_makes_the_talk_before_repeated_talked_or_not(journal: Journal) -> None:
    journal.call("first", 0)
    journal.call("again", 3600, talks=False)
    assert journal.verdicts(WINDOW + 100) == {"first": ["repeated"]}


def test_the_same_reason_after_a_week_is_a_new_one(journal: Journal) -> None:
    journal.call("first", 0)
    journal.call("later", WINDOW + 61)
    assert journal.verdicts(2 * WINDOW + 200) == {"first": ["solved"], "later": ["solved"]}


def test_talks_of_less_than_a_week_ago_are_not_judged_yet(journal: Journal) -> None:
    journal.call("first", 0)
    assert journal.verdicts(WINDOW) == {"first": ["too_young"]}


@pytest.mark.parametrize(
    ("number", "reason", "verdict"), [("anonymous", "loss", "withheld"), (NUMBER, "", "without_reason")]
)
def test_a_talk_without_number_or_reason_cannot_be_judged(
    number: str, reason: str, verdict: str, journal: Journal
) -> None:
    journal.call("first", 0, number=number, reason=reason)
    assert journal.verdicts(2 * WINDOW) == {"first": [verdict]}


def test_the_reason_of_the_agent_counts_where_the_caller_chose_none(journal: Journal) -> None:
    journal.call("first", 0, reason="")
    journal.row("first", 90, "wrap_up", agent="li", reason="loss", result="solved")
    journal.call("again", 3600, talks=False)
    journal.call("other", 7200, number="+8613800000002", reason="")
    journal.row("other", 7300, "wrap_up", agent="li", reason="loss", result="solved")
    assert journal.verdicts(2 * WINDOW) == {"first": ["repeated"], "other": ["solved"]}


def test_a_wrap_up_of_the_second_call_finds_the_first(journal: Journal) -> None:
    journal.call("first", 0)
    journal.call("again", 3600, reason="")
    journal.row("again", 3700, "wrap_up", agent="li", reason="loss", result="solved")
    assert journal.verdicts(2 * WINDOW) == {"first": ["repeated"], "again": ["solved"]}


def test_a_wrap_up_that_comes_after_the_next_call_finds_it(journal: Journal) -> None:
    journal.call("first", 0, reason="")
    journal.call("again", 3600)
    journal.row("first", 3700, "wrap_up", agent="li", reason="loss", result="solved")
    journal.call("third", 7200, talks=False)
    assert journal.verdicts(2 * WINDOW) == {"first": ["repeated"], "again": ["repeated"]}


def test_a_wrap_up_during_the_next_call_finds_it(journal: Journal) -> None:
    journal.call("first", 0, reason="")
    journal.row("again", 600, "started", caller=NUMBER)
    journal.row("again", 610, "reason", reason="loss")
    journal.row("first", 620, "wrap_up", agent="li", reason="loss", result="solved")
    journal.row("again", 700, "ended")
    assert journal.verdicts(2 * WINDOW) == {"first": ["repeated"]}


@pytest.mark.parametrize("result", ["unsolved", "follow_up"])
def test_what_the_agent_left_unsolved_is_not_resolved(journal: Journal, result: str) -> None:
    journal.call("first", 0)
    journal.row("first", 90, "wrap_up", agent="li", reason="loss", result=result)
    assert journal.verdicts(2 * WINDOW) == {"first": ["repeated"]}
