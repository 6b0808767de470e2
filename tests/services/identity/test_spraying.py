"""Guessing spread over many accounts and numbers is noticed; a day of honest slips is not."""

from __future__ import annotations

import random
from collections import Counter

from .conftest import DAY, HOUR, MONDAY, Line


def test_spraying_raises_the_alarm_before_one_account_in_a_hundred_was_tried(quick: Line):
    tried = 0
    for n in range(3000):
        tried += 1
        if quick.charge(MONDAY + n * 2, f"C{n % 1000}", f"+861{3 + n % 5}{n % 500 * 1_000_003:09d}")["step_up"]:
            break
    assert tried <= 10
    assert [alarm["kind"] for alarm in quick.service.alarms.newest()] == ["spraying"]


def test_guesses_that_are_all_made_at_once_do_not_outrun_the_alarm(quick: Line):
    tried = [not quick.charge(MONDAY, f"C{n}", f"+86139{n:08d}")["step_up"] for n in range(300)]
    assert 0 < sum(tried) <= 60


def test_spraying_is_noticed_among_honest_callers(quick: Line):
    chance, now = random.Random(7), MONDAY
    for n in range(400):
        now += 3
        if chance.random() < 0.5:
            if quick.charge(now, f"attacked {n}", f"+86137{n * 1013:08d}")["step_up"]:
                break
        else:
            quick.charge(now, f"honest {n}", f"+86136{n * 1013:08d}")
            if chance.random() < 0.95:
                quick.passed(now, f"honest {n}", f"+86136{n * 1013:08d}")
    else:
        assert n < 400, "never noticed"


def test_ten_thousand_honest_calls_lock_nobody_and_raise_no_alarm(quick: Line):
    chance, now, refused, alarms, callers = random.Random(11), MONDAY, 0, 0, 10_000
    for _ in range(callers):
        now += chance.expovariate(1 / 6)
        account, number = f"C{chance.randrange(6000)}", f"+86139{chance.randrange(10**8):08d}"
        for _ in range(3):
            answer = quick.charge(now, account, number)
            refused += not answer["allowed"]
            alarms += answer["step_up"]
            if answer["allowed"] and chance.random() < 0.88:
                quick.passed(now + 1, account, number)
                break
            now += 12
            if not answer["allowed"] or chance.random() < 0.2:
                break
    locked = sum(1 for _ in quick.service.accounts.locked(int(now)))
    assert locked < callers / 1000
    assert refused < callers / 200
    assert alarms == 0


def test_a_bank_that_does_not_answer_is_no_attack(quick: Line):
    for n in range(100):
        account, number = f"C{n}", f"+86139{n * 1013:08d}"
        assert not quick.charge(MONDAY + n, account, number)["step_up"]
        quick.ask("unanswered", MONDAY + n + 2, account=account, number=number)
    assert not quick.service.watch.alarmed_since()


def test_the_alarm_ends_when_callers_get_it_right_again_or_in_time(quick: Line):
    for n in range(40):
        quick.charge(MONDAY + n * 5, f"C{n}", f"+86139{n * 1013:08d}")
    assert quick.service.watch.alarmed_since()
    quick.charge(MONDAY + DAY, "C999", "+8613600000000")
    assert not quick.service.watch.alarmed_since()
    for n in range(40):
        quick.charge(MONDAY + DAY + HOUR + n * 5, f"E{n}", f"+86137{n * 1013:08d}")
    assert quick.service.watch.alarmed_since()
    for n in range(10):
        quick.charge(MONDAY + DAY + HOUR + 300, f"F{n}", f"+86135{n * 1013:08d}")
        quick.passed(MONDAY + DAY + HOUR + 301, f"F{n}", f"+86135{n * 1013:08d}")
    assert not quick.service.watch.alarmed_since()


def test_ten_thousand_guesses_over_accounts_numbers_and_days_reach_few_accounts_and_lock_no_honest_caller(quick: Line):
    """A guess every 30 s at 10,000 accounts from new numbers, for three and a half days; an honest caller a minute.

    A guess reaches the bank if its try is allowed and no more proof is asked for, as `check_pin` has it.
    """
    chance, checked, honest, days = random.Random(8), Counter[str](), 0, Counter[tuple[str, int]]()
    first_alarm = 0
    for guess in range(10_000):
        now = MONDAY + 30 * guess
        account, number = f"C-{chance.randrange(10_000)}", f"+86139{chance.randrange(10**8):08d}"
        charged = quick.charge(now, account, number)
        if charged["allowed"] and not charged["step_up"]:
            checked[account] += 1
            days[account, int(now // DAY)] += 1
        elif charged["allowed"]:
            first_alarm = first_alarm or sum(checked.values())
            quick.ask("unanswered", now, account=account, number=number)
        if guess % 2 == 0:
            caller = f"H-{guess}"
            tried = quick.charge(now, caller, f"+86138{guess:08d}")
            honest += not tried["allowed"]
            if tried["allowed"] and not tried["step_up"]:
                quick.passed(now, caller, f"+86138{guess:08d}")
            elif tried["allowed"]:
                quick.ask("unanswered", now, account=caller, number=f"+86138{guess:08d}")
    assert 0 < first_alarm <= 100, "at most 1 % of the accounts before the alarm"
    assert max(days.values()) <= 5
    assert honest == 0
