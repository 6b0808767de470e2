"""Limits of failed tries and different accounts by calling number and hour. A number over a limit raises an alarm."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ivr.crypto import Seal
from ivr.engine.ports import Document, Documents
from ivr.settings.identity import HOUR, Limits

from .alarms import Alarms
from .idempotency import IdempotentAnswer, remember, stored_answer
from .pseudonyms import Account, Counter, counters, number_key

CALLER_TRIES = "identity.callers"
_SHORT = 12
"""The length of the account fingerprints that are kept with a number: enough to count different accounts."""

_Record = dict[str, Any]


@dataclass(frozen=True)
class NumberCharged:
    """The seconds for which a number gets no try, and whether this account is its first within the hour."""

    wait_s: int
    first: bool


@dataclass(frozen=True)
class _Counted:
    wait_s: int
    alarm: str = ""
    first: bool = False


class Callers:
    """Counters by calling number in the shared store."""

    def __init__(self, documents: Documents, seal: Seal, limits: Limits, alarms: Alarms) -> None:
        self._documents, self._seal, self._limits, self._alarms = documents, seal, limits, alarms

    def charge(self, number: str, account: Account, key: str, at: int) -> NumberCharged:
        """Count one try of a number."""
        short, first = account.key[:_SHORT], True
        for counter in counters(number, self._limits):
            counted = self._count(counter, short, key, at)
            first &= counted.first or counter.shared
            if counted.alarm:
                self._alarms.raise_alarm("caller", f"{counted.alarm} from {counter.shown} within an hour", at)
            if counted.wait_s:
                return NumberCharged(counted.wait_s, first)
        return NumberCharged(0, first)

    def passed(self, number: str, account: Account) -> None:
        """Delete the newest try for this account. A right answer for one account must not delete tries for others."""
        short = account.key[:_SHORT]

        def update(stored: Document | None) -> _Record | None:
            if stored is None:
                return None
            tries = list(stored["tries"])
            newest = next((i for i in reversed(range(len(tries))) if tries[i][1] == short), None)
            if newest is not None:
                del tries[newest]
            return {**stored, "tries": tries}

        for counter in counters(number, self._limits):
            self._change(counter, update)

    def standing(self, number: str, at: int) -> tuple[str, int, int, int]:
        """Return the masked number, its failed tries and accounts of the last hour, and its seconds to wait."""
        counter = counters(number, self._limits)[0]
        record = _opened(self._documents.get(CALLER_TRIES, number_key(self._seal, counter.name)), at)
        return counter.shown, len(record["tries"]), len(record["accounts"]), _wait(record, counter, "", at)[0]

    def forget(self, number: str) -> bool:
        """Delete the tries of a number; return whether there were any. The counter that neighbours share stays."""
        existed: list[bool] = []

        def update(stored: Document | None) -> None:
            existed.append(bool(stored and (stored["tries"] or stored["accounts"])))

        self._documents.change(CALLER_TRIES, number_key(self._seal, counters(number, self._limits)[0].name), update)
        return existed[-1]

    def _change(self, counter: Counter, update: Callable[[Document | None], _Record | None]) -> None:
        self._documents.change(CALLER_TRIES, number_key(self._seal, counter.name), update)

    def _count(self, counter: Counter, account: str, key: str, at: int) -> _Counted:
        """Count one try on one counter."""
        seen: list[_Counted] = []

        def update(stored: Document | None) -> _Record:
            record = _opened(stored, at)
            # A turn that is run again asks with the same key; it must be charged once.
            if (before := stored_answer(record, key)) is not None:
                seen.append(_Counted(before["wait_s"]))
                return record
            wait, reason = _wait(record, counter, account, at)
            alarm = reason if reason and at - record["alarm"] > HOUR else ""
            seen.append(_Counted(wait, alarm, first=not record["accounts"]))
            if alarm:
                record["alarm"] = at
            # A refused try is not counted: a caller who goes on trying would otherwise never be let in again.
            if not wait:
                record["tries"] = [*record["tries"], [at, account]]
                record["accounts"] = {**record["accounts"], account: at}
            answer: IdempotentAnswer = {"wait_s": wait}
            return remember(record, key, answer)

        self._change(counter, update)
        return seen[-1]


def _opened(stored: Document | None, at: int) -> _Record:
    """Return the record of a counter without entries more than an hour old."""
    record: _Record = dict(stored) if stored else {"tries": [], "accounts": {}, "alarm": 0}
    record["tries"] = [entry for entry in record["tries"] if at - entry[0] <= HOUR]
    record["accounts"] = {account: t for account, t in record["accounts"].items() if at - t <= HOUR}
    return record


def _wait(record: _Record, counter: Counter, account: str, at: int) -> tuple[int, str]:
    """Return the seconds for which the counter refuses, and why. An account that is counted already adds nothing."""
    if len(record["tries"]) >= counter.tries:
        oldest = record["tries"][0][0]
        return _left(oldest, at), f"{counter.tries} failed tries"
    if len(record["accounts"]) >= counter.accounts and account not in record["accounts"]:
        oldest = min(record["accounts"].values())
        return _left(oldest, at), f"more than {counter.accounts} accounts"
    return 0, ""


def _left(oldest: int, at: int) -> int:
    return max(1, min(HOUR, oldest + HOUR + 1 - at))
