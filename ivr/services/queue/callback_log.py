"""What became of each call back that was promised: kept for reports, without anything of the caller."""

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
BY_HAND = "by_hand"

Fate = Literal["in_time", "late", "missed", "withdrawn", "overdue", "not_due"]
"""`missed` promises were handed on to people or their caller was never reached; `withdrawn` callers rang in themselves;
nobody has called yet on those that are `overdue`."""


class CallbackLog:
    """Writes each promise down as it is made, and again when it is over."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def watch(self, before: QueueState, after: QueueState) -> None:
        """Take note of a change of the state. A store that fails costs a figure, never a call."""
        if before.waiters is after.waiters:
            return
        with suppress(StoreError):
            for waiter in after.waiters.values():
                if waiter.calls_back and _outcome(waiter) != _outcome(before.waiters.get(waiter.id)):
                    self._keep(waiter, waiter.state)
            for waiter in before.waiters.values():
                if waiter.calls_back and waiter.id not in after.waiters and waiter.state not in ("talked", "left"):
                    self._keep(waiter, "withdrawn")

    def _keep(self, waiter: Waiter, state: str) -> None:
        day = f"{local(waiter.by):%Y-%m-%d}"
        self._documents.change(CALLBACKS, f"{day}:{waiter.reference}:{int(waiter.by)}", lambda _: _row(waiter, state))


def _outcome(waiter: Waiter | None) -> tuple[object, ...]:
    """Return what a promise is written down for: that it was made, and how it ended."""
    if waiter is None or not waiter.calls_back:
        return ()
    over = waiter.state in ("talked", "left")
    return waiter.by, waiter.reference, over and (waiter.state, waiter.why)


def _row(waiter: Waiter, state: str) -> Document:
    row: dict[str, Any] = {"desk": waiter.desk, "priority": waiter.priority, "by": int(waiter.by), "state": state}
    ended = {"why": waiter.why, "agent": waiter.agent, "ended": int(waiter.ended), "seconds": round(waiter.seconds)}
    return row | ended | {"tries": waiter.tries}


def promised(documents: Documents, since: float, until: float, now: float) -> dict[str, Any]:
    """Count the promises whose time came from `since` to before `until`: all, by class, desk, agent and hour."""
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
    if row["state"] == "talked":  # in time is when the agent took the call
        return "in_time" if row["ended"] - row["seconds"] <= row["by"] else "late"
    if row["state"] == "left" and row["why"] == BY_HAND:
        return "in_time" if row["ended"] <= row["by"] else "late"
    if row["state"] in ("left", "withdrawn"):
        return "missed" if row["state"] == "left" else "withdrawn"
    return "overdue" if now > row["by"] else "not_due"


def _figures(counts: Mapping[str, int]) -> dict[str, int]:
    fates: tuple[Fate, ...] = ("in_time", "late", "missed", "withdrawn", "overdue", "not_due")
    return {"promised": sum(counts.values()), **{fate: counts.get(fate, 0) for fate in fates}}


def _rows(documents: Documents, since: float, until: float) -> Iterator[Document]:
    after, last = f"{local(since):%Y-%m-%d}", f"{local(until):%Y-%m-%d};"
    while keys := documents.keys(CALLBACKS, after=after, limit=_PAGE):
        for key in keys:
            if key > last:
                return
            row = documents.get(CALLBACKS, key)
            if row and since <= row["by"] < until:
                yield row
        after = keys[-1]
