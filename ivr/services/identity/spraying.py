"""Detects guessing that is spread over many accounts and numbers, each of which stays below its limits.

A running score (Page's CUSUM on the likelihood ratio) detects a series of failures after a few accounts, at any
traffic. There are two scores, because honest callers would hide an attack among them: one of claims by a whole card or
ID number, which few customers and most attackers make, and one of claims by the number that calls and the end of a
card.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ivr.engine.ports import Document, Documents
from ivr.settings.identity import HOUR

from .alarms import Alarms

COLLECTION, WHOLE_NUMBERS, TAILS = "identity.watch", "all", "tails"


@dataclass(frozen=True)
class Weights:
    """The hundredths of the log likelihood ratio that a first answer adds to a score, and the score of the alarm."""

    wrong: int
    right: int
    alarm: int


WEIGHTS = {False: Weights(156, -277, 1000), True: Weights(92, -47, 900)}
"""By whether claims are by a tail. H0: one first answer in five is wrong. H1: nineteen in twenty of claims by a whole
number; of claims by a tail one in two, since as many honest callers are among them."""
CALM = 300
SETTLED, HELD = 3, 180
"""The seconds after which a try without a right answer counts as wrong: longer than a bank may take to answer, and,
while the alarm is on, than a caller takes for a code."""
BURST = 60
"""Tries without an answer, within SETTLED seconds, that raise the alarm; 100,000 honest proofs an hour have some 15."""
_MOST_OPEN = 500
KEY_CHANGED = (
    "the key that names accounts has changed (IVR_KEY or the key file):"
    " tries and locks from before no longer hold; lock again who must stay locked"
)
_TEXTS = {
    False: "wrong answers for many accounts at once, over all numbers",
    True: "wrong answers for many accounts at once, all from the numbers of their customers",
}

_Record = dict[str, Any]


class SprayingWatch:
    """The scores over all calls, each in one document of the shared store."""

    def __init__(self, documents: Documents, alarms: Alarms, key_mark: str) -> None:
        self._documents, self._alarms, self._key_mark = documents, alarms, key_mark

    def charge(self, account: str, at: int, *, fresh: bool, by_tail: bool) -> bool:
        """Note a try, `fresh` if its account has not failed before; return whether the alarm is on for such claims."""

        def update(record: _Record) -> None:
            # An honest customer who mistypes tries the same account again; only first tries tell of guessing over many.
            if fresh and all(entry[1] != account for entry in record["open"]):
                seconds = HELD if record["since"] else SETTLED
                record["open"] = [*record["open"], [at, account, seconds]][-_MOST_OPEN:]

        return self._change(update, at, by_tail)

    def passed(self, account: str, at: int, *, by_tail: bool) -> None:
        """Note a right answer."""

        def update(record: _Record) -> None:
            record["open"] = [entry for entry in record["open"] if entry[1] != account]
            record["score"] = max(0, record["score"] + WEIGHTS[by_tail].right)

        self._change(update, at, by_tail)

    def give_back(self, account: str, at: int, *, by_tail: bool) -> None:
        """Delete a try that the bank could not check."""

        def update(record: _Record) -> None:
            record["open"] = [entry for entry in record["open"] if entry[1] != account]

        self._change(update, at, by_tail)

    def alarmed_since(self) -> int:
        """Return the time at which an alarm began, the older one if there are two; 0 while both are off."""
        stored = (self._documents.get(COLLECTION, name) for name in (WHOLE_NUMBERS, TAILS))
        return min((int(record["since"]) for record in stored if record and record["since"]), default=0)

    def key_differs(self) -> bool:
        """Return whether the store was last written with another key, whose fingerprints match no account."""
        stored = (self._documents.get(COLLECTION, name) for name in (WHOLE_NUMBERS, TAILS))
        return any(record["key"] != self._key_mark for record in stored if record)

    def _change(self, update: Callable[[_Record], None], at: int, by_tail: bool) -> bool:
        rises: list[bool] = []
        new_key: list[bool] = []

        def whole(stored: Document | None) -> _Record:
            first: _Record = {"score": 0, "at": at, "since": 0, "open": [], "key": self._key_mark}
            record = dict(stored) if stored else first
            was = record["since"]
            new_key.append(record["key"] != self._key_mark)
            record["key"] = self._key_mark
            update(record)
            _settle(record, at, WEIGHTS[by_tail])
            rises.append(bool(record["since"] and not was))
            return record

        stored = self._documents.change(COLLECTION, TAILS if by_tail else WHOLE_NUMBERS, whole)
        if rises[-1]:
            self._alarms.raise_alarm("spraying", _TEXTS[by_tail], at)
        if new_key[-1]:
            self._alarms.raise_alarm("key", KEY_CHANGED, at)
        return bool(stored and stored["since"])


def _settle(record: _Record, at: int, weights: Weights) -> None:
    """Halve the score each hour, add the tries that were wrong, and begin or end the alarm."""
    passed = max(0, at - record["at"])
    still_open = [entry for entry in record["open"] if at - entry[0] <= _seconds(entry)]
    wrong = len(record["open"]) - len(still_open)
    record["open"] = still_open
    score = (record["score"] + wrong * weights.wrong) * 0.5 ** (passed / HOUR)
    record["score"] = min(2 * weights.alarm, int(score))
    if sum(_seconds(entry) == SETTLED for entry in still_open) >= BURST:
        record["score"] = max(record["score"], weights.alarm)
    # Clocks of machines differ; going back would let the score fade twice over the same time.
    record["at"] = max(at, record["at"])
    if record["score"] >= weights.alarm:
        record["since"] = record["since"] or at
    elif record["score"] < CALM:
        record["since"] = 0


def _seconds(entry: list[Any]) -> int:
    """Return the seconds for which a try is open; those of earlier versions have none."""
    return int(entry[2]) if len(entry) > 2 else SETTLED
