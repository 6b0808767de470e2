"""Alarms about deadlines that are near or missed. Each is sent once, and tried again until it is delivered.

An alarm contains the ticket, the clock and its recipient, but not the caller's number or words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from ivr.calendar import local
from ivr.engine.ports import Document, Documents
from ivr.jobs.outbox import Delivered, every_key, post, waits

from . import deadlines

WATCHED: Mapping[str, str] = {"tickets": "open_tickets", "tasks": "open_tasks"}
"""The collections with deadlines, and for each the list of its open documents."""


@dataclass(frozen=True)
class Alarm:
    """One alarm. `alarm` is "opened", "escalated.LEVEL", or a clock and its state, such as "final.overdue".

    `id` is the ticket or task, `reference` the number that its caller has, and `todo` what its recipient does.
    """

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
    reference: str
    todo: str

    @property
    def key(self) -> str:
        """Return the key of this alarm, unique among all alarms."""
        return f"{self.id}:{self.alarm}"

    def body(self) -> Mapping[str, Any]:
        """Return the body that is sent."""
        return asdict(self)


class DeadlineAlarms:
    """Watches open tickets and tasks. Several processes may do so: each claims an alarm before it sends."""

    def __init__(self, documents: Documents, alarm: Callable[[Alarm], None] | None = None) -> None:
        self._documents, self._alarm = documents, alarm

    def due(self, now: float) -> Iterator[Alarm]:
        """Yield the alarms that are due and not delivered yet; a document that cannot be read has none."""
        return (alarm for group in self._alarms_by_document(int(now)) for alarm in group or ())

    def sound(self, now: float) -> Delivered:
        """Send the alarms that are due; stop at the first failed delivery. Without a receiver all stay due."""
        if self._alarm is None:
            return Delivered()
        at = int(now)
        groups = list(self._alarms_by_document(at))
        alarms = [alarm for of_one in groups for alarm in of_one or ()]
        return Delivered(broken=groups.count(None)) + post(
            alarms,
            self._alarm,
            claim=lambda alarm: self._claim(alarm, at),
            taken=lambda alarm: self._mark(alarm, {"at": at, "taken": True}),
        )

    def _alarms_by_document(self, now: int) -> Iterator[list[Alarm] | None]:
        """Yield the alarms of each document with deadlines; None for a malformed document."""
        for collection, listed in WATCHED.items():
            for key in every_key(self._documents, listed):
                document = self._documents.get(collection, key)
                if document is None:
                    continue
                try:
                    yield list(_due(collection.removesuffix("s"), key, document, now))
                except (LookupError, TypeError, ValueError, AttributeError):
                    yield None  # a malformed ticket must not suppress the alarms of others

    def _claim(self, alarm: Alarm, now: int) -> bool:
        """Claim an alarm; return False when another process has claimed or sent it."""
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
    roles = (deadlines.ROUTES[document["level"]],) if "level" in document else ("supervisor",)
    at_once = deadlines.SEVERITIES[document["severity"]].told_at_once if "severity" in document else ()
    first = at_once or tuple(document.get("tell", ()))
    in_work = document["state"] in ("open", "working")
    if first and in_work and _waits(document, "opened", now):
        yield _alarm(about, key, document, "opened", first, document["opened"])
    escalated = document.get("escalated")
    if escalated and in_work and _waits(document, f"escalated.{escalated['level']}", now):
        yield _alarm(about, key, document, f"escalated.{escalated['level']}", roles, document["clocks"]["final"]["due"])
    for name, clock in document["clocks"].items():
        if not _runs(name, document) or now < clock["warn"]:
            continue
        # Only the later stage: after a pause of the server nothing is warned of that is already missed.
        stage = f"{name}.{'overdue' if now > clock['due'] else 'soon'}"
        if _waits(document, stage, now):
            yield _alarm(about, key, document, stage, (*roles, *at_once), clock["due"])


def _runs(clock: str, document: Document) -> bool:
    """Return whether a clock still runs: the first reply stops its own clock, the answer stops all."""
    if document["state"] not in ("open", "working"):
        return False
    return clock != "first_reply" or document["replied"] is None


def _waits(document: Document, alarm: str, now: int) -> bool:
    """Return whether an alarm is neither delivered nor claimed."""
    return waits(document["alarms"].get(alarm), now)


def _with_alarm(document: Document, alarm: str, mark: Document) -> dict[str, Any]:
    return {**document, "alarms": {**document["alarms"], alarm: mark}}


def _alarm(about: str, key: str, document: Document, alarm: str, to: tuple[str, ...], due: int) -> Alarm:
    words = {name: str(document.get(name, "")) for name in ("kind", "severity", "level", "state", "owner")}
    opened = local(document["opened"]).isoformat()
    reference = key if about == "ticket" else str(document.get("reference") or document.get("ticket") or "")
    times = {"opened": opened, "due": local(due).isoformat()}
    return Alarm(about, key, alarm, to, **words, **times, reference=reference, todo=_todo(about, key, alarm))


def _todo(about: str, key: str, alarm: str) -> str:
    """Return what the recipient of an alarm does, as commands."""
    if about == "task":
        return f"call the caller: ivr tasks show {key}, then ivr tasks done {key}"
    clock = alarm.partition(".")[0]
    if clock == "first_reply":
        return f"call the caller, then ivr tickets note {key} --called"
    if clock in ("final", "statutory"):
        return f"give the answer: ivr tickets answer {key}, or another day: ivr tickets note {key} --new-date"
    return f"take it: ivr tickets take {key}"
