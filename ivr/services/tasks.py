"""Tasks for people: calls that were promised to callers and that no machine can place. A task is no complaint.

Four kinds: an unhappy caller of a survey, a call back that the queue could not place, a message of a caller without a
number, and a complaint whose answer is late. All are on one list with the time by which the caller is called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from ivr.calendar import local
from ivr.engine.ports import Document, Documents
from ivr.jobs.outbox import every_key

from .queue.callback_log import made_by_hand
from .staff_words import NoSuchCase, StaffError, checked_text, new_owner, staff_name, without_long_numbers
from .tickets import references
from .tickets.deadlines import spread

TASKS, OPEN_TASKS, TASK_KEYS = "tasks", "open_tasks", "task_keys"
TaskKind = Literal["unhappy", "call_back", "message", "late_complaint"]
TASK_OUTCOMES = ("solved", "reached", "refused", "no_answer")
"""How a call to a caller went. After `no_answer` the task stays open."""
TASK_PREFIX = "K"
CLOCK = "callback"
_OLD_KINDS = {"callback": "unhappy"}
"""The kinds of tasks of earlier versions."""


@dataclass(frozen=True)
class NewTask:
    """The facts of a new task. `by` is the Unix time of the promise, `reference` what the caller was given, if any.

    `ticket` is the complaint that it is about, `promise` the call back in the log of the queue, and `tell` the roles
    that get an alarm at once.
    """

    kind: TaskKind
    by: int
    call: str = ""
    number: str = ""
    customer: str = ""
    name: str = ""
    desk: str = ""
    agent: str = ""
    reason: str = ""
    language: str = ""
    reference: str = ""
    ticket: str = ""
    text: str = ""
    recording: str = ""
    promise: str = ""
    tell: tuple[str, ...] = ()


class Tasks:
    """The list of tasks. All its state is in documents."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    # opening

    def open(self, new: NewTask, *, key: str, now: float) -> Document:
        """Open a task, one for a key; return it, or the one that the key has opened before."""
        at = int(now)
        named = self._documents.get(TASK_KEYS, key)
        if named is None:
            offered: Document = {"task": references.issue(self._documents, now, prefix=TASK_PREFIX), "at": at}
            named = self._documents.change(TASK_KEYS, key, lambda before: before or offered) or offered
        task = str(named["task"])
        if kept := self._documents.get(TASKS, task):
            return kept
        # The list is written first: an open task that is not on it would never raise an alarm.
        self._documents.change(OPEN_TASKS, task, lambda _: {})
        document = _document(task, new, at)
        return self._documents.change(TASKS, task, lambda before: before or document) or document

    def opened_by(self, key: str) -> Document | None:
        """Return the task that a key has opened; None if it has opened none."""
        named = self._documents.get(TASK_KEYS, key)
        return self._documents.get(TASKS, str(named["task"])) if named else None

    # reading

    def listed(self, *, closed: bool = False) -> list[Document]:
        """Return the open tasks, or all, in the order of their promises."""
        return sorted(self._each(TASKS if closed else OPEN_TASKS), key=lambda task: (due_of(task), task_id(task)))

    def _each(self, keys: str) -> Iterator[Document]:
        for key in every_key(self._documents, keys):
            if document := self._documents.get(TASKS, key):
                yield {"task": key, **document}

    def find(self, task: str) -> Document:
        """Return a task by its number. Raises StaffError."""
        key = task.strip()
        for name in (key, key.upper(), TASK_PREFIX + key):
            if document := self._documents.get(TASKS, name):
                return {"task": name, **document}
        raise NoSuchCase(f"there is no task {key[:40]}; ivr tasks list shows the open ones")

    # working

    def take(self, task: str, *, by: str, now: float, hand_over: bool = False) -> Document:
        """Make `by` the owner of a task. Raises StaffError where it is another's, unless it is handed over."""
        name = staff_name(by)

        def taken(before: Document) -> Document:
            return {**before, "owner": new_owner(before["owner"], name, hand_over=hand_over)}

        return self._change(task, taken, {"at": int(now), "by": name, "did": "take"})

    def note(self, task: str, text: str, *, by: str, now: float) -> Document:
        """Add a note for colleagues. Raises StaffError."""
        row = {"at": int(now), "by": staff_name(by), "did": "note", "text": checked_text(text, "a note")}
        return self._change(task, lambda before: before, row)

    def done(self, task: str, outcome: str, *, by: str, now: float, text: str = "") -> Document:
        """Note how the call to the caller went. Raises StaffError."""
        if outcome not in TASK_OUTCOMES:
            raise StaffError(f"the outcome is one of {', '.join(TASK_OUTCOMES)}")
        name, at = staff_name(by), int(now)
        row = {"at": at, "by": name, "did": outcome, "text": checked_text(text, "a note") if text.strip() else ""}
        attempt = {"at": at, "by": name, "outcome": outcome}

        def noted(before: Document) -> Document:
            state = before["state"] if outcome == "no_answer" else "closed"
            attempts = [*before["attempts"], attempt]
            return {**before, "attempts": attempts, "state": state, "owner": before["owner"] or name}

        after = self._change(task, noted, row)
        if after["state"] == "closed":
            self._documents.change(OPEN_TASKS, task_id(after), lambda _: None)
            if after.get("promise"):
                made_by_hand(self._documents, after["promise"], at)
        return after

    def _change(self, task: str, update: Callable[[Document], Document], row: Mapping[str, Any]) -> Document:
        """Change an open task, and note it in its history."""
        number = task_id(self.find(task))

        def change(before: Document | None) -> Document | None:
            if before is None or before["state"] == "closed":
                raise StaffError(f"task {number} is done already")
            return {**update(before), "history": [*before.get("history", ()), dict(row)]}

        return {"task": number, **(self._documents.change(TASKS, number, change) or {})}


def task_id(task: Document) -> str:
    """Return the number of a task."""
    return str(task["task"])


def due_of(task: Document) -> int:
    """Return the Unix time by which the caller is called."""
    return int(task["clocks"][CLOCK]["due"])


def task_kind(task: Document) -> str:
    """Return the kind of a task."""
    return _OLD_KINDS.get(task["kind"], str(task["kind"]))


def promised_by(task: Document) -> str:
    """Return the moment by which the caller is called, as flows read it."""
    return local(due_of(task)).isoformat()


def _document(task: str, new: NewTask, at: int) -> Document:
    facts = asdict(new)
    del facts["by"]
    clock = spread(at, max(new.by, at)).document()
    state: Document = {"state": "open", "owner": "", "attempts": [], "history": [], "alarms": {}, "replied": None}
    about = {"text": without_long_numbers(new.text), "tell": list(new.tell)}
    return {"task": task, **facts, **about, "opened": at, "clocks": {CLOCK: clock}, **state}
