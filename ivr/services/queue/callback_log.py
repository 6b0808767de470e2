"""The log of promised call backs and their results, for reports. It holds no data of callers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, Literal

from ivr.calendar import local
from ivr.engine.ports import Document, Documents
from ivr.errors import StoreError

from .state import QueueState, Waiter

CALLBACKS = "queue.call_backs"
_PAGE = 1000
BY_HAND, HANDED_ON = "by_hand", "handed_on"
"""Why a promise left the queue: staff have made the call, or have it on their list of tasks."""

Fate = Literal["in_time", "late", "missed", "withdrawn", "overdue", "not_due"]
"""The result of a promise. `missed`: the caller was not reached. `withdrawn`: the caller rang in. `overdue`: the
promised time has passed without a call; a promise that people have on their list counts as any other."""


class CallbackLog:
    """Writes each promise to the log when it is made and when it ends."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def watch(self, before: QueueState, after: QueueState) -> None:
        """Log a change of the state. An error of the store loses a figure, but breaks no call."""
        if before.waiters is after.waiters:
            return
        # In a unit of work this is part of the commit; elsewhere the change is made already and must not be reported as
        # failed.
        with suppress(StoreError):
            for waiter in after.waiters.values():
                if waiter.calls_back and _outcome(waiter) != _outcome(before.waiters.get(waiter.id)):
                    self._keep(waiter, waiter.state)
            for waiter in before.waiters.values():
                if waiter.calls_back and waiter.id not in after.waiters and waiter.state not in ("talked", "left"):
                    self._keep(waiter, "withdrawn")

    def _keep(self, waiter: Waiter, state: str) -> None:
        self._documents.change(CALLBACKS, promise_key(waiter), lambda _: _row(waiter, state))


def promise_key(waiter: Waiter) -> str:
    """Return the key of a promise in the log."""
    return f"{local(waiter.by):%Y-%m-%d}:{waiter.reference}:{int(waiter.by)}"


def made_by_hand(documents: Documents, promise: str, now: float) -> None:
    """Log that staff have made the call of a promise."""

    def made(before: Document | None) -> Document | None:
        return {**before, "state": "left", "why": BY_HAND, "ended": int(now)} if before else None

    documents.change(CALLBACKS, promise, made)


def _outcome(waiter: Waiter | None) -> tuple[object, ...]:
    """Return the facts whose change is logged: that a promise was made, and how it ended."""
    if waiter is None or not waiter.calls_back:
        return ()
    over = waiter.state in ("talked", "left")
    return waiter.by, waiter.reference, over and (waiter.state, waiter.why)


def _row(waiter: Waiter, state: str) -> Document:
    row: dict[str, Any] = {"desk": waiter.desk, "priority": waiter.priority, "by": int(waiter.by), "state": state}
    ended = {"why": waiter.why, "agent": waiter.agent, "ended": int(waiter.ended), "seconds": round(waiter.seconds)}
    return row | ended | {"tries": waiter.tries}


def promised(documents: Documents, since: float, until: float, now: float) -> dict[str, Any]:
    """Count the promises for times from `since` to before `until`: all, by class, desk, agent and hour."""
    every: Counter[str] = Counter()
    groups: dict[str, defaultdict[str, Counter[str]]] = {
        group: defaultdict(Counter) for group in ("class", "desk", "agent", "hour")
    }
    for row in _rows(documents, since, until):
        fate = _fate(row, now)
        names = {"class": row["priority"], "desk": row["desk"], "hour": f"{local(row['by']).hour:02d}"}
        for counts in (every, *(groups[group][name] for group, name in names.items())):
            counts[fate] += 1
        if row["state"] == "talked":
            groups["agent"][row["agent"]][fate] += 1
    by = {
        f"by_{group}": {name: _figures(tallies[name]) for name in sorted(tallies)} for group, tallies in groups.items()
    }
    return {"all": _figures(every), **by}


def _fate(row: Mapping[str, Any], now: float) -> Fate:
    if row["state"] == "talked":  # the time at which the agent took the call counts
        return "in_time" if row["ended"] - row["seconds"] <= row["by"] else "late"
    if row["state"] == "left" and row["why"] == BY_HAND:
        return "in_time" if row["ended"] <= row["by"] else "late"
    if row["state"] in ("left", "withdrawn") and not (row["why"] == HANDED_ON and not row["tries"]):
        return "missed" if row["state"] == "left" else "withdrawn"
    return "overdue" if now > row["by"] else "not_due"


def _figures(counts: Mapping[str, int]) -> dict[str, int]:
    fates: tuple[Fate, ...] = ("in_time", "late", "missed", "withdrawn", "overdue", "not_due")
    return {"promised": sum(counts.values()), **{fate: counts.get(fate, 0) for fate in fates}}


def _rows(documents: Documents, since: float, until: float) -> Iterator[Document]:
    # A semicolon comes after the colon that ends the day, so the last key is behind all of that day.
    after, last = f"{local(since):%Y-%m-%d}", f"{local(until):%Y-%m-%d};"
    while keys := documents.keys(CALLBACKS, after=after, limit=_PAGE):
        for key in keys:
            if key > last:
                return
            row = documents.get(CALLBACKS, key)
            if row and since <= row["by"] < until:
                yield row
        after = keys[-1]
