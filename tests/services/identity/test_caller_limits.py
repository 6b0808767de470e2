"""Counters by calling number: one number cannot try many accounts, and cannot shut out those it is mixed up with."""

from __future__ import annotations

import pytest

from ivr.engine.telephone import masked_number
from ivr.services.identity.pseudonyms import counters
from ivr.settings.identity import Limits
from ivr.stores.sqlite import SqliteStore

from .conftest import HOUR, MONDAY, NUMBER, Line, with_limits


def test_a_number_gets_ten_accounts_an_hour_then_an_alarm(line: Line):
    for n in range(10):
        assert line.charge(MONDAY + n * 40, f"C{n}")["allowed"]
        line.passed(MONDAY + n * 40, f"C{n}")
    answer = line.charge(MONDAY + 500, "C10")
    assert answer == {"allowed": False, "locked": False, "wait_s": HOUR + 1 - 500, "left": 0, "step_up": False}
    assert line.charge(MONDAY + 501, "C3")["allowed"], "an account that is counted already is no further one"
    line.charge(MONDAY + 502, "C11")
    alarms = line.service.alarms.newest()
    assert [alarm["text"] for alarm in alarms] == ["more than 10 accounts from 138****0001 within an hour"]
    assert line.status(MONDAY + 503, "C10")["failures"] == 0, "a refused try is no try at the account"
    assert line.charge(MONDAY + HOUR + 2, "C10")["allowed"]


def test_a_number_gets_ten_failures_an_hour_over_all_accounts(store: SqliteStore):
    line = with_limits(store, number_accounts=100)
    assert [line.charge(MONDAY + n, f"C{n // 2}")["allowed"] for n in range(11)] == [True] * 10 + [False]
    assert line.charge(MONDAY + HOUR + 1, "C7")["allowed"]


def test_right_answers_of_ones_own_do_not_wipe_out_failures(store: SqliteStore):
    """The classic way around a counter: guess at others, then prove oneself, and begin anew."""
    line = with_limits(store, number_accounts=100)
    guesses = 0
    for n in range(30):
        guesses += line.charge(MONDAY + n * 10, f"victim {n}")["allowed"]
        if line.charge(MONDAY + n * 10 + 5, "mine")["allowed"]:
            line.passed(MONDAY + n * 10 + 5, "mine")
    assert guesses == 10


def test_withheld_callers_share_a_high_bound_so_that_one_cannot_shut_out_all(line: Line):
    names = ("", "anonymous", "Anonymous", "+266696687", "+86282452253", "Restricted")
    for n in range(30):
        line.charge(MONDAY + n, f"C{n}", names[n % len(names)])
    assert line.charge(MONDAY + 31, "honest", "anonymous")["allowed"]
    for n in range(100):
        line.charge(MONDAY + 40 + n, f"D{n}", names[n % len(names)])
    assert not line.charge(MONDAY + 150, "honest", "anonymous")["allowed"]
    assert line.charge(MONDAY + 150, "honest", NUMBER)["allowed"], "a known number is not concerned"


def test_a_walk_through_neighbouring_numbers_is_stopped(line: Line):
    allowed = sum(line.charge(MONDAY + n, f"C{n}", f"+86139000007{n % 100:02d}")["allowed"] for n in range(200))
    assert allowed == 60
    assert line.charge(MONDAY + 201, "C1000", "+8613900000899")["allowed"]


def test_a_sip_host_is_one_source_whatever_users_it_invents(line: Line):
    allowed = sum(line.charge(MONDAY + n, f"C{n}", f"sip:u{n}@pbx.example:5060")["allowed"] for n in range(150))
    assert allowed == 100


def test_nobody_needs_a_number(line: Line):
    for n, number in enumerate((None, 7, "x" * 5000, "\udcff", "'; DROP TABLE--", "１３８", "\0")):
        assert line.ask("charge", MONDAY, account=f"C{n}", number=number)["allowed"]


def test_the_same_key_again_counts_once_by_number_too(line: Line):
    for n in range(20):
        line.charge(MONDAY + n, "C1", key="one turn")
    assert line.service.callers.standing(NUMBER, int(MONDAY) + 21)[1:] == (1, 1, 0)


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+8613812345678", "138****5678"),
        ("13812345678", "138****5678"),
        ("6217000000001000128", "****0128"),
        ("11010519491231002X", "****002x"),
        ("+12025550123", "****0123"),
        ("sip:bob@pbx.example;transport=tcp", "sip:****@pbx.example"),
        ("C0001", "****01"),
        ("ab", "****"),
        ("", "****"),
    ],
)
def test_masks_show_enough_to_recognise_and_too_little_to_use(number: str, shown: str):
    assert masked_number(number) == shown


def test_every_number_has_a_counter():
    assert [c.name for c in counters("+8613812345678", Limits())] == ["+8613812345678", "block +86138123456"]
    assert [c.name for c in counters("95588", Limits())] == ["odd"]
    assert [c.name for c in counters("client:7", Limits())] == ["odd"]
