"""The questions of the service "identity" together: what one try changes, and what a right or no answer takes back."""

from __future__ import annotations

from typing import Any

import pytest

from ivr.crypto import Seal
from ivr.errors import LookupFailed
from ivr.secret import Secret
from ivr.services.identity import IdentityService, chosen_limits
from ivr.settings import Settings
from ivr.stores.memory import MemoryStore
from ivr.stores.sqlite import SqliteStore

from .conftest import ACCOUNT, HOUR, MONDAY, NUMBER, Line, Pocket, with_limits

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


def test_guessing_locks_the_account_for_the_time_that_the_deployment_chose(store: SqliteStore) -> None:
    for hours, until in ((48, 48 * HOUR), (0, 0)):
        limits = chosen_limits(Settings(lock_hours=hours))
        line = Line(IdentityService(store, limits, seal=Seal(b"k" * 32)))
        now = line.lock_out(MONDAY, f"C-{hours}")
        assert line.status(now, f"C-{hours}")["until"] == (int(now) + until if until else 0)


def test_wrong_tails_from_a_shown_number_do_not_refuse_the_owner_who_calls_from_it(line: Line) -> None:
    """The bank names another account for each wrong tail, and the number is its owner's."""
    for n in range(40):
        assert line.charge(MONDAY + n, f"no such tail {n}", by_tail=True)["allowed"]
    for now in (MONDAY + 60, MONDAY + HOUR):
        assert line.charge(now, by_tail=True)["allowed"]
        line.passed(now + 1, by_tail=True)


def test_wrong_tails_of_one_number_raise_no_alarm_about_all(line: Line) -> None:
    for n in range(40):
        assert not line.charge(MONDAY + 10 * n, f"no such tail {n}", by_tail=True)["step_up"]


def test_while_whole_cards_are_guessed_at_only_claims_by_whole_numbers_step_up(line: Line) -> None:
    for n in range(20):
        line.charge(MONDAY + 10 * n, f"card {n}", f"+86139{n * 1013:08d}")
    assert line.charge(MONDAY + 300, "card", "+8613700000000")["step_up"]
    assert not line.charge(MONDAY + 300, ACCOUNT, by_tail=True)["step_up"]


def test_a_try_that_steps_up_is_counted_on_the_account_only_after_that(line: Line) -> None:
    for n in range(20):
        line.charge(MONDAY + 10 * n, f"card {n}", f"+86139{n * 1013:08d}")
    for n in range(12):
        assert line.charge(MONDAY + 300 + n, number=f"+86137{n * 1013:08d}")["step_up"]
    assert line.status(MONDAY + 320)["failures"] == 0
    after = line.charge(MONDAY + 330, number="+8613700000001", stepped_up=True)
    assert (after["allowed"], after["step_up"], after["left"]) == (True, False, 4)
    assert line.status(MONDAY + 331)["failures"] == 1


def test_a_decoy_is_answered_like_a_code_and_not_sent(line: Line, pocket: Pocket) -> None:
    sent = line.ask("code", MONDAY, number="nobody A1", purpose="identity", decoy=True)
    assert sent.keys() == line.ask("code", MONDAY, number=NUMBER, purpose="identity").keys()
    assert len(pocket.messages) == 1
    checked = line.ask("check_code", MONDAY, sealed=sent["sealed"], number="nobody A1", given=Secret("otp", "123456"))
    assert checked == {"verified": False, "reason": "wrong"}
    for _ in range(2):
        line.ask("code", MONDAY, number="nobody A1", purpose="identity", decoy=True)
    with pytest.raises(LookupFailed, match="too many codes"):
        line.ask("code", MONDAY, number="nobody A1", purpose="identity", decoy=True)


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
