"""Counters by called number: an alarm and more proof, but nobody is shut out for what others do."""

from __future__ import annotations

from ivr.jobs.outbox import Delivered, KeyedMessage, NotDelivered, Outbox
from ivr.services.identity import alarms
from ivr.stores.sqlite import SqliteStore

from .conftest import HOUR, MONDAY, Line, with_limits

CALLED = "+861085550100"


def guess(line: Line, n: int, at: float, key: str = "") -> bool:
    answer = line.ask("charge", at, key, account=f"C{n}", number=f"+86139{n:08d}", called=CALLED)
    assert answer["allowed"]
    return bool(answer["step_up"])


def test_too_many_failures_on_a_line_raise_one_alarm_and_refuse_nobody(store: SqliteStore):
    line = with_limits(store, line_tries=5)
    assert [guess(line, n, MONDAY + n * 600) for n in range(7)] == [False] * 4 + [True] * 3
    (alarm,) = line.service.alarms.newest()
    assert alarm["text"] == f"5 failed tries on the line {CALLED} within an hour"
    assert not guess(line, 8, MONDAY + 3 * HOUR)


def test_right_and_unchecked_answers_do_not_count_and_neither_does_a_question_asked_twice(store: SqliteStore):
    line = with_limits(store, line_tries=2)
    for n, question in enumerate(["passed", "unanswered"]):
        guess(line, n, MONDAY, key=f"k{n}")
        line.ask(question, MONDAY, f"k{n}", account=f"C{n}", number=f"+86139{n:08d}", called=CALLED)
    assert not guess(line, 3, MONDAY, "same")
    assert not guess(line, 3, MONDAY, "same")
    assert guess(line, 4, MONDAY)


def test_an_alarm_is_posted_once_masked_and_tried_again(store: SqliteStore):
    line = with_limits(store, number_accounts=1)
    letters: list[KeyedMessage] = []
    refuses = [True]

    def take(letter: KeyedMessage) -> None:
        if refuses:
            raise NotDelivered("not now")
        letters.append(letter)

    for n in range(3):
        line.charge(MONDAY, f"C{n}")
    outbox = Outbox(store, alarms.ALARMS, alarms.letter, take, keep=True)
    assert outbox.sound(MONDAY) == Delivered(failed=1)
    refuses.clear()
    assert outbox.sound(MONDAY + 30) == Delivered()
    assert outbox.sound(MONDAY + 61) == Delivered(taken=1)
    assert outbox.sound(MONDAY + HOUR) == Delivered()
    body = letters[0].body()
    assert (body["about"], body["alarm"], body["to"]) == ("identity", "caller", ("security",))
    assert body["text"] == "more than 1 accounts from 138****0001 within an hour"
    assert len(line.service.alarms.newest()) == 1


def test_alarms_from_before_there_was_a_webhook_and_broken_ones_hold_nothing_up(store: SqliteStore):
    line = with_limits(store)
    store.change(alarms.ALARMS, "1", lambda _: {"at": 1, "kind": "caller", "text": "old"})
    store.change(alarms.ALARMS, "2", lambda _: {"kind": "caller", "sent": None})
    line.service.alarms.raise_alarm("caller", "new", int(MONDAY))
    letters: list[KeyedMessage] = []
    outbox = Outbox(store, alarms.ALARMS, alarms.letter, letters.append, keep=True)
    assert outbox.sound(MONDAY) == Delivered(taken=1, broken=1)
    assert [letter.body()["text"] for letter in letters] == ["new"]
