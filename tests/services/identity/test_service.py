"""The questions of the service "identity" together: what one try changes, and what a right or no answer takes back."""

from __future__ import annotations

from typing import Any

import pytest

from ivr.crypto import Seal
from ivr.errors import LookupFailed
from ivr.secret import Secret
from ivr.services.identity import IdentityService
from ivr.stores.memory import MemoryStore
from ivr.stores.sqlite import SqliteStore

from .conftest import ACCOUNT, MONDAY, NUMBER, Line, Pocket, with_limits

CALLED = "+861085550100"


def charge(line: Line, key: str = "", now: float = MONDAY, **fields: Any) -> Any:
    return line.ask("charge", now, key, **{"account": ACCOUNT, "number": NUMBER, "called": CALLED, **fields})


def test_a_first_try_is_allowed_and_counted(line: Line) -> None:
    answer = charge(line)
    assert (answer["allowed"], answer["locked"], answer["wait_s"], answer["step_up"]) == (True, False, 0, False)
    assert line.status(MONDAY) == {"locked": False, "failures": 1, "until": 0}


def test_the_same_question_again_is_answered_the_same_and_counts_once(line: Line) -> None:
    assert charge(line, "CA1:1") == charge(line, "CA1:1")
    assert line.status(MONDAY)["failures"] == 1


def test_an_account_that_does_not_exist_is_answered_like_any_other(store: SqliteStore) -> None:
    first, second = with_limits(store), Line(IdentityService(MemoryStore(), seal=Seal(b"k" * 32)))
    answers = [[charge(line, account=account) for _ in range(6)] for line, account in ((first, ACCOUNT), (second, "?"))]
    assert answers[0] == answers[1]


def test_a_number_over_its_limit_is_refused_without_a_try_for_the_account(store: SqliteStore) -> None:
    line = with_limits(store, number_accounts=1)
    assert charge(line, account="C1")["allowed"]
    refused = charge(line, account="C2")
    assert not refused["allowed"]
    assert refused["wait_s"] > 0
    assert line.status(MONDAY, "C2")["failures"] == 0


def test_a_right_answer_forgets_the_failures_and_no_answer_takes_one_back(line: Line) -> None:
    charge(line, "a")
    charge(line, "b")
    line.ask("unanswered", MONDAY, "b", account=ACCOUNT, number=NUMBER, called=CALLED)
    assert line.status(MONDAY)["failures"] == 1
    line.passed(MONDAY)
    assert line.status(MONDAY)["failures"] == 0


def test_no_answer_to_the_same_try_is_taken_back_once(line: Line) -> None:
    charge(line, "a")
    charge(line, "b")
    for _ in range(2):
        line.ask("unanswered", MONDAY, "b", account=ACCOUNT, number=NUMBER, called=CALLED)
    assert line.status(MONDAY)["failures"] == 1


def test_a_proved_customer_who_is_marked_is_at_risk(line: Line) -> None:
    line.service.risks.mark("C-7", MONDAY, reason="a caller said to be the police", by="8001")
    charge(line)
    fields = {"account": ACCOUNT, "number": NUMBER, "called": CALLED}
    assert line.ask("passed", MONDAY, customer="C-7", **fields) == {"at_risk": True}
    assert line.ask("passed", MONDAY, customer="C-8", **fields) == {"at_risk": False}


def test_guessing_locks_the_account_until_an_operator_lifts_the_lock(line: Line) -> None:
    now = line.lock_out(MONDAY)
    status = line.status(now)
    assert (status["locked"], status["until"]) == (True, 0)


def test_another_process_answers_from_the_same_store(store: SqliteStore, line: Line) -> None:
    charge(line)
    assert Line(IdentityService(store, seal=Seal(b"k" * 32))).status(MONDAY)["failures"] == 1


def test_a_code_is_sent_in_the_language_of_the_call_and_is_right_once(line: Line, pocket: Pocket) -> None:
    sent = line.ask("code", MONDAY, number=NUMBER, purpose="code", language="zh-CN")
    typed = Secret("otp", pocket.code)
    answers = [line.ask("check_code", MONDAY, sealed=sent["sealed"], number=NUMBER, given=typed) for _ in range(2)]
    assert [answer["verified"] for answer in answers] == [True, False]
    assert answers[1]["reason"] == "used"


def test_without_a_messenger_there_is_no_code() -> None:
    line = Line(IdentityService(MemoryStore(), seal=Seal(b"k" * 32)))
    with pytest.raises(LookupFailed):
        line.ask("code", MONDAY, number=NUMBER, purpose="code")


@pytest.mark.parametrize(
    ("pin", "fields", "reason"),
    [
        ("111111", {}, "repeat"),
        ("123456", {}, "sequence"),
        ("19900101"[2:], {"birth_date": "1990-01-01"}, "birth_date"),
        ("580128", {"tails": ["13800580128"]}, "tail"),
        ("582931", {}, ""),
    ],
)
def test_a_weak_pin_is_answered_with_its_reason(line: Line, pin: str, fields: dict[str, Any], reason: str) -> None:
    assert line.ask("weak", MONDAY, pin=Secret("pin", pin), **fields) == {"weak": bool(reason), "reason": reason}
