"""Detects guessing that is spread over many accounts and numbers, each of which stays below its limits.

A running score (Page's CUSUM on the likelihood ratio) detects a series of failures after a few accounts, at any
traffic. H0: one first answer in five is wrong; H1: nineteen in twenty.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ivr.engine.ports import Document, Documents
from ivr.settings.identity import HOUR

from .alarms import Alarms

COLLECTION, KEY = "identity.watch", "all"
WRONG, RIGHT = 156, -277
"""Hundredths of ln(0.95 / 0.2) and ln(0.05 / 0.8)."""
ALARM, CALM, MOST = 1000, 300, 2000
SETTLED = 3
"""The seconds after which a try without a right answer counts as wrong: longer than a bank may take to answer."""
BURST = 60
"""Tries without an answer, within SETTLED seconds, that raise the alarm; 100,000 honest proofs an hour have some 15."""
_MOST_OPEN = 500
KEY_CHANGED = (
    "the key that names accounts has changed (IVR_KEY or the key file):"
    " tries and locks from before no longer hold; lock again who must stay locked"
)

_Record = dict[str, Any]


class SprayingWatch:
    """The score over all calls, in one document of the shared store."""

    def __init__(self, documents: Documents, alarms: Alarms, key_mark: str) -> None:
        self._documents, self._alarms, self._key_mark = documents, alarms, key_mark

    def charge(self, account: str, at: int, *, fresh: bool) -> bool:
        """Note a try; `fresh` for an account without earlier failures. Return whether the alarm is on."""

        def update(record: _Record) -> None:
            # An honest customer who mistypes tries the same account again; only first tries tell of guessing over many.
            if fresh:
                record["open"] = [*record["open"], [at, account]][-_MOST_OPEN:]

        return self._change(update, at)

    def passed(self, account: str, at: int) -> None:
        """Note a right answer."""

        def update(record: _Record) -> None:
            record["open"] = [entry for entry in record["open"] if entry[1] != account]
            record["score"] = max(0, record["score"] + RIGHT)

        self._change(update, at)

    def give_back(self, account: str, at: int) -> None:
        """Delete a try that the bank could not check."""

        def update(record: _Record) -> None:
            record["open"] = [entry for entry in record["open"] if entry[1] != account]

        self._change(update, at)

    def alarmed_since(self) -> int:
        """Return the time at which the alarm began; 0 while it is off."""
        stored = self._documents.get(COLLECTION, KEY)
        return int(stored["since"]) if stored else 0

    def key_differs(self) -> bool:
        """Return whether the store was last written with another key, whose fingerprints match no account."""
        stored = self._documents.get(COLLECTION, KEY)
        return bool(stored and stored["key"] != self._key_mark)

    def _change(self, update: Callable[[_Record], None], at: int) -> bool:
        rises: list[bool] = []
        new_key: list[bool] = []

        def whole(stored: Document | None) -> _Record:
            first: _Record = {"score": 0, "at": at, "since": 0, "open": [], "key": self._key_mark}
            record = dict(stored) if stored else first
            was = record["since"]
            new_key.append(record["key"] != self._key_mark)
            record["key"] = self._key_mark
            update(record)
            _settle(record, at)
            rises.append(bool(record["since"] and not was))
            return record

        stored = self._documents.change(COLLECTION, KEY, whole)
        if rises[-1]:
            self._alarms.raise_alarm("spraying", "wrong answers for many accounts at once, over all numbers", at)
        if new_key[-1]:
            self._alarms.raise_alarm("key", KEY_CHANGED, at)
        return bool(stored and stored["since"])


def _settle(record: _Record, at: int) -> None:
    """Halve the score each hour, add the tries that were wrong, and begin or end the alarm."""
    passed = max(0, at - record["at"])
    wrong = sum(1 for entry in record["open"] if at - entry[0] > SETTLED)
    record["open"] = [entry for entry in record["open"] if at - entry[0] <= SETTLED]
    faded = int(record["score"] * 0.5 ** (passed / HOUR))
    record["score"] = min(MOST, faded + wrong * WRONG)
    if len(record["open"]) >= BURST:
        record["score"] = max(record["score"], ALARM)
    # Clocks of machines differ; going back would let the score fade twice over the same time.
    record["at"] = max(at, record["at"])
    if record["score"] >= ALARM:
        record["since"] = record["since"] or at
    elif record["score"] < CALM:
        record["since"] = 0
