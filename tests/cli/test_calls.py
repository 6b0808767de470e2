"""`ivr calls` and the letter that tells of an ended call, over calls that the engine itself has taken."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ivr.app import Ivr, build, server_rounds
from ivr.cli import main
from ivr.demo.bank.serving import BackgroundBank
from ivr.engine.inputs import CallStarted, DialEnded, Digits, HungUp, Recorded
from ivr.engine.ports import Incoming, Saved
from ivr.jobs.housekeeping import forget_old
from ivr.jobs.outbox import Delivered, KeyedMessage, NotDelivered, Outbox
from ivr.reporting.call_detail import EVENTS, EndedCalls
from ivr.session.session import LOST_SECONDS
from ivr.settings import Hidden, Settings

FLOWS = Path(__file__).parents[2] / "flows"
ZHANG, CALLED = "+8613800000001", "+861085550100"
NOW = 1_795_399_200.0
DAY = 86_400.0


class Clock:
    now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ivr(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch):
    address = f"sqlite:///{tmp_path}/ivr.db"
    monkeypatch.setenv("IVR_STORE", address)
    with BackgroundBank() as bank:
        url = Hidden("http://127.0.0.1:1/calls?token=hush")
        running = build(Settings(store=address, flows=FLOWS, bank_url=bank.url, events_url=url), clock=clock)
        yield running
        running.store.close()


def play(ivr: Ivr, call: str, *given: object) -> None:
    for turn, one in enumerate([CallStarted(ZHANG, CALLED), *given]):
        incoming = Incoming(call, turn or None, one, f"{turn}", ZHANG, CALLED)  # type: ignore[arg-type]
        if isinstance(one, HungUp):
            ivr.session.hang_up(incoming)
        else:
            ivr.session.answer(ivr.channels["twilio"], incoming)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["calls", *arguments])


def test_the_whole_of_a_call_is_told_and_nothing_that_was_typed(ivr: Ivr, clock: Clock):
    play(ivr, "CA1", Digits("1"), Digits("0128"), Digits("975310"), Digits("135790"), Digits("0"))
    clock.now += 42.5
    ivr.session.answer(ivr.channels["twilio"], Incoming("CA1", 6, DialEnded("completed", 40), "dial", ZHANG, CALLED))
    ivr.session.answer(ivr.channels["twilio"], Incoming("CA1", 7, Digits("2"), "survey", ZHANG, CALLED))
    told = run("CA1", "--json")
    assert told.exit_code == 0, told.output
    context = json.loads(told.output)
    assert (context["caller"], context["called"], context["known"]) == ("138****0001", CALLED, True)
    assert (context["started"], context["ended"], context["seconds"]) == ("2026-11-23T10:00:00+08:00", None, 42.5)
    assert context["reasons"] == ["balance"]
    assert context["identity"]["level"] == 1
    assert [one["outcome"] for one in context["identity"]["results"]] == ["refused", "verified"]
    assert [(one["desk"], one["status"]) for one in context["people"]] == [("general", "completed")]
    assert context["seconds_with_people"] == 40
    assert ("main_menu", "main", "key 1") in [(one["flow"], one["step"], one["outcome"]) for one in context["path"]]
    assert not any(typed in told.output for typed in ("135790", "975310", "0128", ZHANG))
    assert json.loads(run("CA1", "--json", "--numbers").output)["caller"] == ZHANG
    text = run("CA1").output
    assert "identity: L1" in text
    assert "general" in text


def test_a_call_that_was_cut_off_and_the_next_one_tell_of_it(ivr: Ivr) -> None:
    play(ivr, "CA1", Digits("1"), HungUp())
    play(ivr, "CA2", Digits("1"))
    assert "cut off at main_menu.balance" in run("CA1").output
    assert "go on: outcome accepted, earlier CA1, to balance" in run("CA2").output


def test_a_talk_that_the_caller_ends_counts_whatever_comes_first(ivr: Ivr) -> None:
    gone = HungUp("completed", DialEnded("completed", 61.0))
    play(ivr, "CA1", Digits("0"))
    ivr.session.answer(ivr.channels["twilio"], Incoming("CA1", 2, gone, "action", ZHANG, CALLED))
    play(ivr, "CA2", Digits("0"), HungUp())  # the status comes first
    late = Incoming("CA2", 2, gone, "action", ZHANG, CALLED)
    for _ in range(2):
        ivr.session.answer(ivr.channels["twilio"], late)
    for call in ("CA1", "CA2"):
        context = json.loads(run(call, "--json").output)
        assert [(one["desk"], one["seconds"]) for one in context["people"]] == [("general", 61.0)]
        assert (context["ended_by"], context["seconds_with_people"]) == ("caller", 61.0)


def test_a_dial_that_was_not_bridged_is_no_talk_and_the_caller_is_offered_something_else(ivr: Ivr) -> None:
    play(ivr, "CA1", Digits("0"), DialEnded("completed", 0.0, bridged=False))
    context = json.loads(run("CA1", "--json").output)
    assert context["people"] == []
    assert [one["status"] for one in context["dials_in_vain"]] == ["no-answer"]
    assert context["path"][-1]["step"] != "after_talk"


def test_a_complaint_and_its_recording_are_among_it(ivr: Ivr):
    play(ivr, "CA1", Digits("5"), Digits("4"), Digits("2"), Digits("1"), Recorded("https://carrier/r1", 9.0), HungUp())
    context = json.loads(run("CA1", "--json").output)
    assert [(one["about"], one["ticket"][0]) for one in context["tickets"]] == [("service", "T")]
    assert context["messages"][0]["url"] == "https://carrier/r1"
    assert (context["reasons"], context["ended_by"]) == (["complaint"], "caller")


def test_live_and_past_calls_are_listed_the_newest_first(ivr: Ivr):
    play(ivr, "CA1", HungUp())
    play(ivr, "CA2")
    play(ivr, "CA3")
    assert [one["call"] for one in json.loads(run("--json").output)] == ["CA3", "CA2", "CA1"]
    assert [one["at"] for one in json.loads(run("--live", "--limit", "1", "--json").output)] == ["main"]
    lines = run().output.splitlines()
    assert ("live, at main" in lines[0], "ended: caller" in lines[2]) == (True, True)
    assert ZHANG not in run().output
    assert run("--past", "--limit", "1").output.count("CA1") == 1


def test_what_is_not_there_is_said(ivr: Ivr, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    assert run().output == "There are no calls.\n"
    assert (run("CA9").exit_code, "no call 'CA9'" in run("CA9").output) == (1, True)
    monkeypatch.setenv("IVR_STORE", f"sqlite:///{tmp_path}/other.db")
    assert (run().exit_code, "There is no store at" in run().stderr) == (0, True)
    assert run("CA9").exit_code == 2
    assert not (tmp_path / "other.db").exists()


def test_old_calls_are_forgotten_by_day_and_by_the_server(ivr: Ivr, clock: Clock):
    clock.now = NOW - 400 * DAY
    play(ivr, "CA1", HungUp())
    clock.now = NOW - 100 * DAY
    play(ivr, "CA2", HungUp())
    clock.now = NOW
    assert forget_old(ivr.store, 180, NOW) > 0
    assert [one["call"] for one in json.loads(run("--json").output)] == ["CA2"]
    assert run("prune", "--before", "2126-01-01", "--yes").exit_code == 2
    assert run("prune", "--before", "yesterday", "--yes").exit_code == 2
    assert run("prune", "--before", "2026-01-01").exit_code == 1


def test_a_call_that_ended_is_told_of_once_and_again_while_nobody_listens(ivr: Ivr):
    letters: list[KeyedMessage] = []
    refuses = [True]

    def take(letter: KeyedMessage) -> None:
        if refuses:
            raise NotDelivered("not now")
        letters.append(letter)

    play(ivr, "CA1", HungUp())
    play(ivr, "CA2")
    outbox = Outbox(ivr.store, EVENTS, EndedCalls(ivr.store).letter, take)
    assert outbox.sound(NOW) == Delivered(failed=1)
    refuses.clear()
    assert outbox.sound(NOW + 61) == Delivered(taken=1)
    assert outbox.sound(NOW + 999) == Delivered()
    (letter,) = letters
    body = letter.body()
    assert (letter.key, body["event"], body["call"], body["caller"]) == (
        "CA1:ended",
        "call.ended",
        "CA1",
        "138****0001",
    )
    assert list(ivr.store.keys(EVENTS)) == []


def test_a_call_whose_end_nobody_told_is_ended_as_lost(ivr: Ivr, clock: Clock):
    play(ivr, "CA1")
    broken = Saved("CA0", 1, "k", b"not a call", b"")
    ivr.store.save(broken, [], expected=None)
    ivr.store.save(Saved("CA0", 2, "k", b"not a call", b""), [_row("CA0", NOW)], expected=1)
    assert ivr.session.end_lost(NOW + LOST_SECONDS - 1) == 0
    rounds = server_rounds(ivr, timer=lambda: clock.now)
    for moment in (NOW, NOW + LOST_SECONDS):
        assert ivr.live() == 2
        clock.now = moment
        for sound in rounds:
            sound(clock.now)
    assert ivr.live() == 0
    for call in ("CA1", "CA0"):
        assert json.loads(run(call, "--json").output)["ended_by"] == "lost"
    assert sorted(ivr.store.keys(EVENTS)) == ["CA0", "CA1"]


def _row(call: str, at: float) -> Any:
    from ivr.engine.ports import JournalRow

    return JournalRow(call, 1, at, "turn", "{}")


def test_the_recordings_of_a_call_are_listed_and_cannot_be_fetched_from_elsewhere(ivr: Ivr, tmp_path: Path) -> None:
    play(ivr, "CA1", Digits("5"), Digits("4"), Digits("2"), Digits("1"), Recorded("https://carrier/RE1", 9.0), HungUp())
    assert json.loads(run("CA1", "--recordings", "--json").output) == [
        {"recording": "RE1", "kind": "message", "seconds": 9.0}
    ]
    refused = run("CA1", "--recordings", "--save", str(tmp_path / "words"), "--by", "8001")
    assert (refused.exit_code, "carrier" in refused.output) == (2, True)
    assert not [row for row in ivr.store.journal("CA1") if row.kind == "listened"]
    assert "no recordings" in run("CA9", "--recordings").output
