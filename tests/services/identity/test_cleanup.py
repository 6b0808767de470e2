"""Old counters are deleted a few at a time; what still counts stays."""

from __future__ import annotations

import pytest

from ivr.crypto import Seal
from ivr.services.identity import IdentityService, Limits, cleanup
from ivr.services.identity.caller_limits import CALLER_TRIES
from ivr.services.identity.line_limits import LINE_TRIES
from ivr.services.identity.lockout import ACCOUNTS
from ivr.services.identity.one_time_codes import CODES
from ivr.stores.memory import MemoryStore

from .conftest import ACCOUNT, DAY, HOUR, MONDAY, NUMBER, Line, Pocket

CALLED = "+861085550100"
QUARTER = 90 * DAY


@pytest.fixture
def store_in_memory() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def caller(store_in_memory: MemoryStore, monkeypatch: pytest.MonkeyPatch) -> Line:
    monkeypatch.setattr(cleanup, "ONE_IN", 10**9)  # no cleanup by the way
    return Line(IdentityService(store_in_memory, Limits(), seal=Seal(b"k" * 32), messenger=Pocket()))


def clean(store: MemoryStore, at: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run as many cleanups as reach every document, from whichever key they begin."""
    monkeypatch.setattr(cleanup, "ONE_IN", 1)
    for _ in range(200):
        cleanup.tidy(store, int(at))


def kept(store: MemoryStore) -> dict[str, int]:
    return {name: len(store.keys(name)) for name in (ACCOUNTS, CALLER_TRIES, LINE_TRIES, CODES) if store.keys(name)}


def test_a_failed_try_is_kept_for_a_quarter_and_its_counters_for_hours(
    caller: Line, store_in_memory: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller.ask("charge", MONDAY, account=ACCOUNT, number=NUMBER, called=CALLED)
    everything = {ACCOUNTS: 1, CALLER_TRIES: len(store_in_memory.keys(CALLER_TRIES)), LINE_TRIES: 1}
    clean(store_in_memory, MONDAY + HOUR - 1, monkeypatch)
    assert kept(store_in_memory) == everything
    clean(store_in_memory, MONDAY + 3 * HOUR, monkeypatch)
    assert kept(store_in_memory) == {ACCOUNTS: 1}
    clean(store_in_memory, MONDAY + QUARTER, monkeypatch)
    assert kept(store_in_memory) == {ACCOUNTS: 1}
    clean(store_in_memory, MONDAY + QUARTER + 1, monkeypatch)
    assert kept(store_in_memory) == {}


def test_an_account_without_failures_is_kept_for_an_hour(
    caller: Line, store_in_memory: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller.charge(MONDAY)
    caller.passed(MONDAY)
    clean(store_in_memory, MONDAY + HOUR, monkeypatch)
    assert ACCOUNTS in kept(store_in_memory)
    clean(store_in_memory, MONDAY + HOUR + 1, monkeypatch)
    assert ACCOUNTS not in kept(store_in_memory)


def test_a_locked_account_is_never_deleted(
    caller: Line, store_in_memory: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = caller.service._account(ACCOUNT)
    assert caller.service.accounts.lock(account, "lost card", "8001", int(MONDAY))
    clean(store_in_memory, MONDAY + 10 * QUARTER, monkeypatch)
    assert kept(store_in_memory) == {ACCOUNTS: 1}


def test_codes_are_kept_for_a_day(caller: Line, store_in_memory: MemoryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    caller.ask("code", MONDAY, number=NUMBER, purpose="code")
    clean(store_in_memory, MONDAY + DAY, monkeypatch)
    assert kept(store_in_memory) == {CODES: 1}
    clean(store_in_memory, MONDAY + DAY + 1, monkeypatch)
    assert kept(store_in_memory) == {}


def test_charges_keep_the_collections_bounded(store_in_memory: MemoryStore) -> None:
    caller = Line(IdentityService(store_in_memory, seal=Seal(b"k" * 32)))
    for place in range(1500):
        at = MONDAY + place * 600
        caller.ask("charge", at, account=f"C{place}", number=f"+86139{place:08d}", called=CALLED)
        caller.ask("passed", at, account=f"C{place}", number=f"+86139{place:08d}", called=CALLED)
    assert all(size < 300 for size in kept(store_in_memory).values()), kept(store_in_memory)
