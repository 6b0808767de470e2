"""Tries and locks of one account: five guesses a day whatever calls, numbers and workers, until an operator acts."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.errors import LookupFailed
from ivr.secret import Secret
from ivr.services.identity import IdentityService, Limits
from ivr.services.identity.lockout import Accounts
from ivr.services.identity.pseudonyms import account_of
from ivr.stores.memory import MemoryStore
from ivr.stores.sqlite import SqliteStore
from tests.asking import ask

from .conftest import ACCOUNT, DAY, HOUR, MONDAY, NUMBER, SEAL, Line, with_limits


def test_four_tries_come_at_once_then_the_pauses_grow(line: Line):
    assert [line.charge(MONDAY)["left"] for _ in range(4)] == [4, 3, 2, 1]
    refused = line.charge(MONDAY + 1)
    assert refused == {"allowed": False, "locked": False, "wait_s": 29, "left": 1, "step_up": False}
    assert line.charge(MONDAY + 30)["left"] == 0
    assert line.charge(MONDAY + 31)["locked"]


def test_a_refused_try_does_not_count_and_does_not_lengthen_the_pause(line: Line):
    for _ in range(4):
        line.charge(MONDAY)
    for second in range(1, 6):
        assert line.charge(MONDAY + second)["wait_s"] == 30 - second
    assert line.status(MONDAY + 6)["failures"] == 4


def test_the_fifth_wrong_answer_locks_for_a_day_and_each_further_lock_lasts_twice_as_long(line: Line):
    now, lengths = MONDAY, []
    for _ in range(7):
        while (answer := line.charge(now, number="+8613911111111"))["left"]:
            now += HOUR
        assert answer["allowed"], "the last try is checked, and locks"
        until = line.status(now)["until"]
        assert answer["wait_s"] == until - int(now)
        lengths.append((until - int(now)) // DAY)
        refused = line.charge(until - 1)
        assert (refused["allowed"], refused["locked"], refused["wait_s"]) == (False, True, 1)
        now = until + 1.0
    assert lengths == [1, 2, 4, 8, 16, 30, 30]
    assert line.status(now)["failures"] == 20 + 3, "after twenty in a row, each further wrong answer locks"


def test_a_hundred_wrong_answers_in_a_row_lock_until_an_operator_acts(store: SqliteStore):
    line = with_limits(store, tries_a_day=10, tries_in_all=10, most_in_all=12, waits=(0,))
    now = MONDAY
    for _ in range(12):
        assert line.charge(now)["allowed"]
        now = max(now, line.status(now)["until"]) + 1.0
    assert line.status(now) == {"locked": True, "failures": 12, "until": 0}
    assert line.charge(now + 300 * DAY)["wait_s"] == 0


def test_where_locks_have_no_end_only_an_operator_lifts_them(store: SqliteStore):
    line = with_limits(store, reopen_after=None)
    now = line.lock_out(MONDAY)
    for later in (1, HOUR, DAY, 30 * DAY):
        answer = line.charge(now + later, number="+8613911111111")
        assert (answer["allowed"], answer["locked"], answer["wait_s"]) == (False, True, 0)
    assert line.status(now + 30 * DAY) == {"locked": True, "failures": 5, "until": 0}


def test_a_right_answer_makes_the_next_lock_short_again(line: Line):
    now = line.lock_out(MONDAY) + DAY + 1
    assert line.charge(now)["allowed"]
    line.passed(now + 1)
    until = line.status(line.lock_out(now + 2))["until"]
    assert until - now < DAY + HOUR


def test_a_lock_of_an_operator_replaces_one_that_would_end(store: SqliteStore):
    line = with_limits(store)
    now = line.lock_out(MONDAY)
    accounts, account = Accounts(store, Limits()), account_of(SEAL, ACCOUNT)
    assert accounts.lock(account, "stolen card", "wang", int(now) + 1)
    assert not accounts.lock(account, "stolen card", "wang", int(now) + 2)
    assert line.status(now + 90 * DAY)["locked"]


def test_while_a_try_does_not_count_it_is_refused_as_if_it_did(store: SqliteStore):
    accounts, account = Accounts(store, Limits()), account_of(SEAL, ACCOUNT)
    for number in range(20):
        assert accounts.charge(account, f"k{number}", int(MONDAY) + number, counts=False)["allowed"]
    assert accounts.standing(account, int(MONDAY))["failures"] == 0
    line = with_limits(store)
    now = line.lock_out(MONDAY)
    assert accounts.charge(account, "last", int(now) + 1, counts=False)["locked"]


def test_an_operator_sees_when_the_next_try_is_taken_and_how_long_the_next_lock_lasts(store: SqliteStore):
    accounts, account, line = Accounts(store, Limits()), account_of(SEAL, ACCOUNT), with_limits(store)
    for _ in range(4):
        line.charge(MONDAY)
    standing = accounts.standing(account, int(MONDAY) + 10)
    assert accounts.next_try(standing, int(MONDAY) + 10) == int(MONDAY) + 30
    assert accounts.next_length(standing) == DAY
    now = line.lock_out(MONDAY + 2 * DAY)
    standing = accounts.standing(account, int(now) + 1)
    assert accounts.next_try(standing, int(now) + 1) == accounts.until(standing) == int(now) + DAY
    assert accounts.next_length(standing) == 2 * DAY


def test_a_right_answer_forgets_the_wrong_ones_before_it(line: Line):
    for _ in range(3):
        line.charge(MONDAY)
    line.passed(MONDAY)
    assert line.status(MONDAY) == {"locked": False, "failures": 0, "until": 0}
    assert line.charge(MONDAY + 1)["left"] == 4


def test_a_right_fifth_answer_opens_what_its_own_charge_had_shut(line: Line):
    now = line.lock_out(MONDAY)
    line.passed(now + 2)
    assert not line.status(now + 2)["locked"]


@pytest.mark.parametrize("knocked", [True, False])
def test_no_later_success_opens_a_lock(line: Line, knocked: bool):
    now = line.lock_out(MONDAY)
    if knocked:
        line.charge(now + 1)
    line.passed(now + (2 if knocked else 61))
    assert line.status(now + 70)["locked"]


def test_a_lock_can_be_made_to_fall_after_a_day(store: SqliteStore):
    line = with_limits(store, reopen_after=DAY)
    now = line.lock_out(MONDAY)
    assert line.status(now)["until"] == int(now) + DAY
    assert line.charge(now + HOUR)["wait_s"] == DAY - HOUR
    assert line.charge(now + DAY + 1)["allowed"]
    assert line.status(now + DAY + 2) == {"locked": False, "failures": 6, "until": 0}


def test_no_pause_grows_when_the_clock_steps_back(line: Line):
    for _ in range(4):
        line.charge(MONDAY)
    assert line.charge(MONDAY - HOUR)["wait_s"] == 30


def test_no_wait_for_a_lock_grows_when_the_clock_steps_back(store: SqliteStore):
    line = with_limits(store, reopen_after=DAY)
    now = line.lock_out(MONDAY)
    assert line.charge(now - HOUR)["wait_s"] == DAY
    assert line.charge(now + HOUR)["wait_s"] == DAY - HOUR


def test_a_lock_that_only_an_operator_lifts_has_no_wait(store: SqliteStore):
    line = with_limits(store, reopen_after=DAY)
    accounts = Accounts(store, Limits(reopen_after=DAY))
    assert accounts.lock(account_of(SEAL, ACCOUNT), "stolen card", "wang", int(MONDAY))
    assert line.charge(MONDAY + HOUR)["wait_s"] == 0


def test_a_slow_guesser_is_locked_as_well(quick: Line):
    checked = sum(quick.charge(MONDAY + n * 6.5 * HOUR)["allowed"] for n in range(1000))
    assert 20 < checked <= 33, "twenty, and then one after each lock, in 270 days"


def test_a_try_that_the_bank_could_not_check_is_given_back_once(line: Line):
    for second in range(12):
        line.charge(MONDAY + second)
        line.ask("unanswered", MONDAY + second, f"back {second}", account=ACCOUNT, number=NUMBER)
        line.ask("unanswered", MONDAY + second, f"back {second}", account=ACCOUNT, number=NUMBER)
    assert line.status(MONDAY + 12)["failures"] == 0
    line.charge(MONDAY + 13)
    line.ask("unanswered", MONDAY + 13, "again", account=ACCOUNT, number=NUMBER)
    line.ask("unanswered", MONDAY + 13, "again", account=ACCOUNT, number=NUMBER)
    assert line.status(MONDAY + 14)["failures"] == 0


def test_giving_back_lifts_the_lock_that_its_charge_caused_but_no_older_one(line: Line):
    now = line.lock_out(MONDAY)
    line.ask("unanswered", now, account=ACCOUNT, number=NUMBER)
    assert line.status(now) == {"locked": False, "failures": 4, "until": 0}
    assert line.charge(now + 301)["allowed"]
    line.charge(now + 302)
    line.ask("unanswered", now + 303, account=ACCOUNT, number=NUMBER)
    assert line.status(now + 304)["locked"]


def test_the_same_key_again_counts_once_and_gets_the_same_answer(line: Line):
    first = line.charge(MONDAY, key="CA1:7")
    assert [line.charge(MONDAY + 1, key="CA1:7") for _ in range(3)] == [first] * 3
    assert line.status(MONDAY)["failures"] == 1
    assert line.charge(MONDAY, key="CA1:8")["left"] == 3


def test_an_account_has_one_counter_however_it_is_written(line: Line):
    for name in ("+8613800000001", "13800000001", "138-0000 0001"):
        line.ask("charge", MONDAY, account=name, number=NUMBER)
    line.ask("charge", MONDAY + 40, account=Secret("pan", "008613800000001"), number=NUMBER)
    assert line.status(MONDAY, "8613800000001")["failures"] == 4


def test_a_question_without_an_account_is_refused_without_an_echo(line: Line):
    for given_account in (None, "", " ", 7, "9" * 200):
        with pytest.raises(LookupFailed) as caught:
            line.ask("charge", MONDAY, account=given_account, number=NUMBER)
        assert "999" not in str(caught.value)
    with pytest.raises(LookupFailed, match="no such question"):
        line.ask("open_sesame", MONDAY)


def test_ten_thousand_calls_with_new_numbers_get_five_guesses(quick: Line):
    allowed = 0
    for n in range(10_000):
        number = f"+861{3 + n % 6}{n * 7919 % 10**9:09d}"
        allowed += quick.charge(MONDAY + n * 8.0, number=number)["allowed"]
    assert allowed == 5


def test_a_restart_forgets_nothing(tmp_path: Path):
    checked = 0
    for n in range(40):
        store = SqliteStore(tmp_path / "ivr.db")
        answer = ask(
            IdentityService(store, seal=SEAL),
            "identity.charge",
            {"account": ACCOUNT, "number": f"+86139{n:08d}"},
            key=f"CA{n}",
            now=MONDAY + n * 1800,
        )
        checked += answer["allowed"]
        store.close()
    assert checked == 5


def test_calls_at_once_all_count(store: SqliteStore):
    service = IdentityService(store, Limits(waits=(0,)), seal=SEAL)

    def call(n: int) -> bool:
        given = {"account": ACCOUNT, "number": f"+86139{n:08d}"}
        return bool(ask(service, "identity.charge", given, key=f"CA{n}", now=MONDAY)["allowed"])

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(call, range(100))) == 5


GUESS = """
import sys
from pathlib import Path
from ivr.engine.service_ports.identity import ChargeTry
from ivr.services.identity import IdentityService, Limits
from ivr.crypto import Seal
from ivr.stores.sqlite import SqliteStore

service = IdentityService(SqliteStore(Path(sys.argv[1])), Limits(waits=(0,)), seal=Seal(b"k" * 32))
print("ready", flush=True)
sys.stdin.readline()
allowed = 0
for n in range(25):
    given = {"account": "C-100001", "number": f"+86139{sys.argv[2]}{n:04d}"}
    allowed += service.charge(ChargeTry(**given), key=f"{sys.argv[2]}:{n}", now=1795000000 + n).allowed
print(allowed)
"""


def test_workers_at_once_share_the_five_guesses(tmp_path: Path):
    commands = [[sys.executable, "-c", GUESS, str(tmp_path / "ivr.db"), worker] for worker in ("1000", "2000")]
    workers = [subprocess.Popen(c, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for c in commands]
    assert all(worker.stdout and worker.stdout.readline() == "ready\n" for worker in workers)
    for worker in workers:
        assert worker.stdin
        worker.stdin.write("go\n")
        worker.stdin.flush()
    assert sum(int(worker.communicate(timeout=60)[0]) for worker in workers) == 5


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["charge", "charge", "charge", "passed", "unanswered", "again"]),
        st.sampled_from(["A", "B"]),
        st.integers(0, 40),
        st.sampled_from([0, 1, 29, 30, 61, 300, 3600, 5 * 3600, 86_400, 86_401]),
    ),
    max_size=60,
)


@settings(max_examples=150)
@given(steps=STEPS, reopen=st.sampled_from([None, DAY]))
def test_no_order_of_calls_gets_more_than_five_guesses_a_day(steps, reopen):
    line = Line(IdentityService(MemoryStore(), Limits(reopen_after=reopen, number_accounts=100), seal=SEAL))
    checked: dict[str, list[float]] = {"A": [], "B": []}
    now, last = MONDAY, ("", "", "")
    for what, account, caller, pause in steps:
        now += pause
        number = f"+86139{caller * 101:08d}"
        if what == "charge":
            last = (account, number, f"key {now} {len(checked[account])} {caller}")
            if line.charge(now, account, number, last[2])["allowed"]:
                checked[account].append(now)
        elif what == "again" and last[0]:
            line.charge(now, *last)
        elif what == "passed" and checked[account]:
            was_locked = line.status(now, account)["locked"]
            line.passed(now, account, number)
            if not (was_locked and line.status(now, account)["locked"]):
                checked[account].clear()
        elif what == "unanswered" and checked[account] and now - checked[account][-1] <= 60:
            before = line.status(now, account)["failures"]
            line.ask("unanswered", now, account=account, number=number)
            if line.status(now, account)["failures"] < before:
                checked[account].pop()
        for times in checked.values():
            assert len([t for t in times if now - t <= DAY]) <= 5
            assert len(times) <= 20 or reopen


def test_the_store_holds_no_account_and_no_number_in_clear(tmp_path: Path):
    store = SqliteStore(tmp_path / "ivr.db")
    line = Line(IdentityService(store, seal=SEAL))
    card = "6217000000001000128"
    for second in range(5):
        pieces = ["card", "pin", "135790", card]
        given = {"account": Secret("pan", card), "number": NUMBER, "pieces": pieces}
        line.ask("charge", MONDAY + 1000 * second, **given)
    line.charge(MONDAY, number="sip:alice@pbx.example")
    store.close()
    disk = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert b"****0128" in disk
    for value in (card, card[:6], card[-6:], NUMBER, "13800000001", "135790", "alice"):
        assert value.encode() not in disk


def test_old_counters_are_forgotten_by_and_by(quick: Line, monkeypatch: pytest.MonkeyPatch):
    for n in range(200):
        quick.charge(MONDAY + n * 60, f"C{n}", f"+86139{n * 100:08d}")
        quick.passed(MONDAY + n * 60, f"C{n}", f"+86139{n * 100:08d}")
    for n in range(400):
        quick.charge(MONDAY + 30 * DAY + n * 8000, ACCOUNT, NUMBER)
    store = quick.service._documents
    assert len(store.keys("identity.accounts")) < 20
    assert len(store.keys("identity.callers")) < 20
    assert account_of(SEAL, ACCOUNT).key in store.keys("identity.accounts")
    assert quick.status(MONDAY + 67 * DAY)["locked"]
