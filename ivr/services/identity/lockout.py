"""Tries and locks of one account over all calls, numbers and days. Accounts are stored as fingerprints."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ivr.engine.ports import Document, Documents
from ivr.settings.identity import DAY, Limits

from .idempotency import IdempotentAnswer, remember, stored_answer
from .pseudonyms import Account

ACCOUNTS = "identity.accounts"
EVENTS_KEPT = 20
UNDER_CHECK = 60
"""The seconds after a lock in which the answer of an earlier try may still arrive and lift it."""
_MOST_DOUBLINGS = 16

_Record = dict[str, Any]


class Accounts:
    """Counters and locks by account in the shared store. Each question is one atomic change, so no try is lost."""

    def __init__(self, documents: Documents, limits: Limits) -> None:
        self._documents, self._limits = documents, limits

    def charge(
        self, account: Account, key: str, at: int, caller: str = "", pieces: Sequence[str] = (), *, counts: bool = True
    ) -> IdempotentAnswer:
        """Count one try; refuse it for a locked account and too soon after the last try.

        `caller` is the masked number and `pieces` the names of the entries; operators see those of the last try.
        Without `counts` only say whether a try would be refused.
        """
        seen: list[IdempotentAnswer] = []

        def update(stored: Document | None) -> _Record:
            record = _opened(stored, account)
            # The same question again, of a turn that is run again: the same answer, and no second count.
            if (before := stored_answer(record, key)) is not None:
                seen.append(before)
                return record
            self._reopen(record, at)
            answer = self._refusal(record, at)
            if answer is None:
                answer = self._count(record, at) if counts else _answer(allowed=True, left=self._left(record))
            record |= {"caller": caller, "pieces": list(pieces)}
            seen.append(answer)
            return remember(record, key, answer)

        self._change(account, update)
        return seen[-1]

    def passed(self, account: Account, at: int) -> None:
        """Delete the failed tries after a right answer. A lock stays, unless this very try had caused it."""

        def update(stored: Document | None) -> _Record | None:
            if stored is None:
                return None
            record = dict(stored)
            if record["lock"]:
                # Charged before checked: the last try locks before the bank has judged it, and a right answer then
                # lifts that lock.
                if not _under_check(record, at):
                    return record
                _lift(record, at, "the last try was right")
            return record | {"tries": [], "failures": 0, "locks": 0}

        self._change(account, update)

    def give_back(self, account: Account, key: str, at: int) -> None:
        """Uncount one try that the bank did not answer: the caller has learnt nothing from it."""

        def update(stored: Document | None) -> _Record | None:
            if stored is None or stored_answer(stored, key) is not None:
                return dict(stored) if stored else None
            record = dict(stored)
            if record["tries"] and at - record["tries"][-1] <= UNDER_CHECK and not _is_firm(record, at):
                if record["lock"]:
                    _lift(record, at, "the last try could not be checked")
                    record["locks"] = max(0, record.get("locks", 0) - 1)
                record |= {"tries": record["tries"][:-1], "failures": record["failures"] - 1}
            return remember(record, key, {})

        self._change(account, update)

    def is_fresh(self, account: Account, at: int) -> bool:
        """Return whether an account has neither failed within a day nor a lock."""
        record = self.standing(account, at)
        return not record["tries"] and not record["lock"]

    def standing(self, account: Account, at: int) -> _Record:
        """Return the record of an account at this time; an empty one for an unknown account."""
        stored = self._documents.get(ACCOUNTS, account.key)
        record = _opened(stored, account)
        self._reopen(record, at)
        return record

    def lock(self, account: Account, reason: str, by: str, at: int) -> bool:
        """Lock an account for an operator; return False when it was locked already."""
        done: list[bool] = []

        def update(stored: Document | None) -> _Record:
            record = _opened(stored, account)
            self._reopen(record, at)
            done.append(not record["lock"] or record["lock"]["by"] == "limit")
            if done[-1]:
                _lock(record, at, reason, by)  # in place of one that would end by itself
            record["lock"]["firm"] = True
            return record

        self._change(account, update)
        return done[-1]

    def unlock(self, account: Account, reason: str, by: str, at: int) -> bool:
        """Lift a lock and delete the failed tries; return False when there was nothing to lift."""
        done: list[bool] = []

        def update(stored: Document | None) -> _Record | None:
            done.append(bool(stored and (stored["lock"] or stored["tries"])))
            if stored is None or not done[-1]:
                return dict(stored) if stored else None
            record = dict(stored)
            _lift(record, at, reason, by)
            return record | {"tries": [], "failures": 0, "locks": 0}

        self._change(account, update)
        return done[-1]

    def named_by(self, reference: str) -> Account | None:
        """Return the account whose key begins with `reference`, at least eight letters, as a list shows them."""
        if not re.fullmatch("[0-9a-f]{8,32}", reference):
            return None
        keys = self._documents.keys(ACCOUNTS, prefix=reference, limit=2)
        document = self._documents.get(ACCOUNTS, keys[0]) if len(keys) == 1 else None
        return Account(keys[0], document["name"]) if document else None

    def locked(self, at: int) -> Iterator[tuple[Account, _Record]]:
        """Yield every locked account with its record."""
        after = ""
        while keys := self._documents.keys(ACCOUNTS, after=after):
            for key in keys:
                record = dict(self._documents.get(ACCOUNTS, key) or {})
                if record.get("lock"):
                    self._reopen(record, at)
                    if record["lock"]:
                        yield Account(key, record["name"]), record
            after = keys[-1]

    def until(self, record: _Record) -> int:
        """Return the time at which a lock ends by itself; 0 without a lock or for one that an operator must lift."""
        lock = record["lock"]
        if lock is None or lock["by"] != "limit":
            return 0
        length = lock.get("length", self._limits.reopen_after)
        return int(lock["since"]) + length if length else 0

    def next_try(self, record: _Record, at: int) -> int:
        """Return the time from which a try is taken again; 0 if it is now, or if an operator must lift a lock."""
        refusal = self._refusal({**record, "lock": dict(record["lock"]) if record["lock"] else None}, at)
        return at + refusal["wait_s"] if refusal and refusal["wait_s"] else 0

    def next_length(self, record: _Record) -> int | None:
        """Return the seconds that the next lock by wrong answers will last; None for one that an operator must lift."""
        first = self._limits.reopen_after
        if first is None or record["failures"] >= self._limits.most_in_all:
            return None
        doublings = min(int(record.get("locks", 0)), _MOST_DOUBLINGS)
        return min(self._limits.longest_lock, first << doublings)

    def _change(self, account: Account, update: Callable[[Document | None], _Record | None]) -> None:
        self._documents.change(ACCOUNTS, account.key, update)

    def _reopen(self, record: _Record, at: int) -> None:
        """Take out tries more than 24 hours old, and a lock that has ended. Failures in a row stay counted."""
        record["tries"] = [t for t in record["tries"] if at - t <= DAY]
        if (until := self.until(record)) and at > until:
            _lift(record, at, "its time was over")

    def _refusal(self, record: _Record, at: int) -> IdempotentAnswer | None:
        if record["lock"]:
            # A further try shows that the one which caused the lock is over; its late answer no longer lifts it.
            record["lock"]["firm"] = True
            return _answer(locked=True, wait=self._lock_left(record, at))
        tries = record["tries"]
        pause = self._limits.waits[min(len(tries), len(self._limits.waits)) - 1] if tries else 0
        if tries and (wait := min(pause, tries[-1] + pause - at)) > 0:
            return _answer(wait=wait, left=self._left(record))
        return None

    def _count(self, record: _Record, at: int) -> IdempotentAnswer:
        record |= {"tries": [*record["tries"], at], "failures": record["failures"] + 1, "last": at}
        left = self._left(record)
        if left:
            return _answer(allowed=True, left=left)
        length = self.next_length(record)
        _lock(record, at, f"{record['failures']} wrong answers in a row", "limit")
        record["lock"]["length"] = length
        record["locks"] = record.get("locks", 0) + 1
        return _answer(allowed=True, wait=self._lock_left(record, at))

    def _lock_left(self, record: _Record, at: int) -> int:
        """Return the seconds until a lock ends, also after a clock that stepped back; 0 if an operator must lift it."""
        until = self.until(record)
        return min(until - record["lock"]["since"], max(0, until - at)) if until else 0

    def _left(self, record: _Record) -> int:
        today = self._limits.tries_a_day - len(record["tries"])
        in_all: int = self._limits.tries_in_all - record["failures"]
        return max(0, min(today, in_all))


def _opened(stored: Document | None, account: Account) -> _Record:
    empty = {"name": account.shown, "tries": [], "failures": 0, "last": 0, "lock": None, "locks": 0, "events": []}
    return empty if stored is None else dict(stored)


def _answer(*, allowed: bool = False, locked: bool = False, wait: int = 0, left: int = 0) -> IdempotentAnswer:
    return {"allowed": allowed, "locked": locked, "wait_s": wait, "left": left}


def _under_check(record: _Record, at: int) -> bool:
    """Return whether the bank may still be checking the try that caused the lock: no other try came since."""
    lock = record["lock"]
    return not lock["firm"] and at - lock["since"] <= UNDER_CHECK


def _is_firm(record: _Record, at: int) -> bool:
    return bool(record["lock"]) and not _under_check(record, at)


def _lock(record: _Record, at: int, why: str, by: str) -> None:
    record["lock"] = {"since": at, "why": why, "by": by, "firm": False}
    _note(record, at, "locked", why, by)


def _lift(record: _Record, at: int, why: str, by: str = "limit") -> None:
    record["lock"] = None
    _note(record, at, "unlocked", why, by)


def _note(record: _Record, at: int, what: str, why: str, by: str) -> None:
    event = {"at": at, "what": what, "why": why, "by": by}
    record["events"] = [*record["events"], event][-EVENTS_KEPT:]
