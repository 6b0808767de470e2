"""Raises the alarm when a promise is about to be broken or was: each alarm once, tried again while nobody takes it.

An alarm tells which ticket, which clock and whom it is for; never what the caller said or the caller's number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import urllib3

from ..calendar import local
from ..engine.ports import Document, Documents
from ..errors import IvrError
from . import clocks

WATCHED: Mapping[str, str] = {"tickets": "open_tickets", "tasks": "open_tasks"}
"""Collections with deadlines, and the list of what is still open in each."""

RETRY_SECONDS = 60
FAILURES_IN_A_ROW = 3
TIMEOUT_SECONDS = 3.0


class AlarmNotTaken(IvrError):
    """Nobody took an alarm; it is tried again."""


@dataclass(frozen=True)
class Alarm:
    """One alarm. `alarm` is "opened", or a clock and how it stands, such as "final.overdue" or "first_reply.soon"."""

    about: str
    id: str
    alarm: str
    to: tuple[str, ...]
    kind: str
    severity: str
    level: str
    state: str
    owner: str
    opened: str
    due: str


@dataclass(frozen=True)
class Sounded:
    """How many alarms were taken, and how many were not and will be tried again."""

    taken: int = 0
    failed: int = 0


class Webhook:
    """Posts an alarm as JSON to an address. The address may hold a token, so no text ever names it."""

    def __init__(self, url: str, *, timeout: float = TIMEOUT_SECONDS) -> None:
        self._url, self._timeout = url, urllib3.Timeout(total=timeout)

    def __call__(self, alarm: Alarm) -> None:
        """Post. Raises AlarmNotTaken when the answer is no success or does not come in time."""
        key = {"Idempotency-Key": f"{alarm.id}:{alarm.alarm}"}
        try:
            with urllib3.PoolManager(headers=key) as pool:
                answer = pool.request(
                    "POST", self._url, json=asdict(alarm), timeout=self._timeout, retries=False, preload_content=False
                )
                answer.close()
        except (urllib3.exceptions.HTTPError, ValueError, OSError) as fault:
            raise AlarmNotTaken(f"the alarm address cannot be reached ({type(fault).__name__})") from None
        if not 200 <= answer.status < 300:
            raise AlarmNotTaken(f"the alarm address answered with status {answer.status}")


class Deadlines:
    """Watches open tickets and tasks. Any number of processes may do so; an alarm is claimed before it is sent."""

    def __init__(self, documents: Documents, alarm: Callable[[Alarm], None] | None = None) -> None:
        self._documents, self._alarm = documents, alarm

    def due(self, now: float) -> Iterator[Alarm]:
        """Yield the alarms that are due and were not taken yet."""
        for collection, listed in WATCHED.items():
            for key in _keys(self._documents, listed):
                document = self._documents.get(collection, key)
                if document is not None:
                    yield from _due(collection.removesuffix("s"), key, document, int(now))

    def sound(self, now: float) -> Sounded:
        """Send what is due; stop early when nobody listens. Without a receiver nothing is sent and nothing is lost."""
        taken = failed = in_a_row = 0
        if self._alarm is None:
            return Sounded()
        for alarm in list(self.due(now)):
            if in_a_row == FAILURES_IN_A_ROW:
                break
            if not self._claim(alarm, int(now)):
                continue
            if self._send(alarm):
                self._mark(alarm, {"at": int(now), "taken": True})
                taken, in_a_row = taken + 1, 0
            else:
                failed, in_a_row = failed + 1, in_a_row + 1
        return Sounded(taken, failed)

    def _send(self, alarm: Alarm) -> bool:
        assert self._alarm is not None  # noqa: S101
        try:
            self._alarm(alarm)
        except Exception:
            return False  # whatever the receiver's fault is, the other alarms must still go out
        return True

    def _claim(self, alarm: Alarm, now: int) -> bool:
        """Take the right to send; False when another process has it or has sent."""
        claimed = False

        def claim(before: Document | None) -> Document | None:
            nonlocal claimed
            claimed = before is not None and _waits(before, alarm.alarm, now)
            return _with_alarm(before, alarm.alarm, {"at": now, "taken": False}) if before and claimed else before

        self._documents.change(f"{alarm.about}s", alarm.id, claim)
        return claimed

    def _mark(self, alarm: Alarm, mark: Document) -> None:
        def taken(before: Document | None) -> Document | None:
            return _with_alarm(before, alarm.alarm, mark) if before else None

        self._documents.change(f"{alarm.about}s", alarm.id, taken)


def _due(about: str, key: str, document: Document, now: int) -> Iterator[Alarm]:
    roles = (clocks.ROUTES[document["level"]],) if "level" in document else ("supervisor",)
    at_once = clocks.SEVERITIES[document["severity"]].told_at_once if "severity" in document else ()
    if at_once and _waits(document, "opened", now):
        yield _alarm(about, key, document, "opened", at_once, document["opened"])
    for name, clock in document["clocks"].items():
        if not _runs(name, document) or now < clock["warn"]:
            continue
        stage = f"{name}.{'overdue' if now > clock['due'] else 'soon'}"
        if _waits(document, stage, now):
            yield _alarm(about, key, document, stage, (*roles, *at_once), clock["due"])


def _runs(clock: str, document: Document) -> bool:
    """Tell whether a clock still counts: the first reply's stops with the first reply, all stop with the answer."""
    if document["state"] not in ("open", "working"):
        return False
    return clock != "first_reply" or document["replied"] is None


def _waits(document: Document, alarm: str, now: int) -> bool:
    """Tell whether an alarm has not been taken, and nobody is just sending it."""
    mark = document["alarms"].get(alarm)
    return mark is None or not (mark["taken"] or now < mark["at"] + RETRY_SECONDS)


def _with_alarm(document: Document, alarm: str, mark: Document) -> dict[str, Any]:
    return {**document, "alarms": {**document["alarms"], alarm: mark}}


def _alarm(about: str, key: str, document: Document, alarm: str, to: tuple[str, ...], due: int) -> Alarm:
    words = {name: str(document.get(name, "")) for name in ("kind", "severity", "level", "state", "owner")}
    opened = local(document["opened"]).isoformat()
    return Alarm(about, key, alarm, to, **words, opened=opened, due=local(due).isoformat())


def _keys(documents: Documents, collection: str) -> Iterator[str]:
    after = ""
    while keys := documents.keys(collection, after=after):
        yield from keys
        after = keys[-1]
