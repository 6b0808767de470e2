"""Guessing spread over many accounts and numbers is noticed; a day of honest slips is not."""

from __future__ import annotations

import random

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
    answers = [quick.charge(MONDAY, f"C{n}", f"+86139{n:08d}") for n in range(300)]
    assert 0 < sum(answer["allowed"] and not answer["step_up"] for answer in answers) <= 60


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


def test_spraying_by_whole_cards_is_not_hidden_by_honest_callers_who_use_their_own_telephone(quick: Line):
    chance, now, tried = random.Random(9), MONDAY, 0
    for n in range(4000):
        now += 3
        if n % 20:
            account, number = f"honest {n}", f"+86136{n * 1013 % 10**8:08d}"
            assert not quick.charge(now, account, number, by_tail=True)["step_up"]
            if chance.random() < 0.85:
                quick.passed(now, account, number, by_tail=True)
        elif quick.charge(now, f"attacked {n}", f"+86137{n * 1013 % 10**8:08d}")["step_up"]:
            break
        else:
            tried += 1
    assert 0 < tried <= 10


def test_spraying_from_the_customers_own_numbers_is_noticed_among_as_many_honest_callers(quick: Line):
    chance, now, tried = random.Random(12), MONDAY, 0
    for n in range(2000):
        now += 20
        number = f"+86136{n * 1013 % 10**8:08d}"
        if quick.charge(now, f"C{n}", number, by_tail=True)["step_up"]:
            break
        if n % 2:
            tried += 1
        elif chance.random() < 0.85:
            quick.passed(now, f"C{n}", number, by_tail=True)
    assert 0 < tried <= 40


def test_ten_thousand_honest_calls_from_the_telephone_on_file_raise_no_alarm(quick: Line):
    chance, now = random.Random(13), MONDAY
    for n in range(10_000):
        now += chance.expovariate(1 / 6)
        number = f"+86136{n * 1013 % 10**8:08d}"
        assert not quick.charge(now, f"C{n}", number, by_tail=True)["step_up"]
        if chance.random() < 0.85:
            quick.passed(now + 1, f"C{n}", number, by_tail=True)


def test_while_attackers_go_on_the_alarm_stays_and_it_ends_when_honest_callers_prove_more(quick: Line):
    for n in range(600):
        quick.charge(MONDAY + n * 60, f"C{n}", f"+86139{n * 1013:08d}")
    now = MONDAY + 600 * 60
    assert quick.service.watch.alarmed_since() < MONDAY + HOUR
    for n in range(12):
        account, number = f"H{n}", f"+86137{n * 1013:08d}"
        quick.charge(now + n * 60, account, number)
        quick.charge(now + n * 60 + 40, account, number, stepped_up=True)
        quick.passed(now + n * 60 + 41, account, number)
    assert not quick.service.watch.alarmed_since()
