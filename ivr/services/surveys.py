"""Surveys after a conversation with an agent. An unhappy caller is called back within a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from ivr.calendar import local
from ivr.engine.ports import Document, Documents
from ivr.engine.service_ports.survey import KeepSurvey, NoteCallback, SurveyKept, TaskState
from ivr.errors import LookupFailed

from .tickets.deadlines import spread

SURVEYS, TASKS, OPEN_TASKS = "surveys", "tasks", "open_tasks"
CALLBACK_HOURS = 24
SATISFIED = 4
UNSATISFIED = 2
PROMOTER, DETRACTOR = 9, 6
_UNANSWERED: Document = {
    **dict.fromkeys(("queue", "priority", "agent", "reason"), ""),
    **dict.fromkeys(("satisfaction", "recommend")),
}
_ASKED = tuple(_UNANSWERED)


class Surveys:
    """The service "survey". A call has one survey, whose answers may come one by one."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def answer(self, question: KeepSurvey, *, key: str, now: float) -> SurveyKept:
        """Keep answers; open a task to call back an unhappy caller."""
        del key  # repeated answers change nothing
        at = int(now)
        said = {name: value for name in _ASKED if (value := getattr(question, name)) not in (None, "")}
        survey_key = self._key_of(question.call, at)

        def take(before: Document | None) -> Document:
            return {**(before or {"call": question.call, "at": at, **_UNANSWERED}), **said}

        kept = self._documents.change(SURVEYS, survey_key, take)
        if kept is None or not is_detractor(kept):
            return SurveyKept(detractor=False)
        return SurveyKept(detractor=True, callback_by=self._call_back(survey_key, kept, question.number, at))

    def _key_of(self, call: str, now: int) -> str:
        """Return the key of a call's survey. It begins with the day, so that reports need not read all surveys."""
        today, yesterday = (f"{local(now) - timedelta(days=back):%Y-%m-%d}:{call}" for back in (0, 1))
        return yesterday if self._documents.get(SURVEYS, yesterday) else today

    def _call_back(self, key: str, survey: Document, number: str, now: int) -> str:
        """Open the task to call back, once for a call; return its deadline."""
        if task := self._documents.get(TASKS, key):
            return _by(task)
        # The list is written first: an open task that is not on it would never raise an alarm.
        self._documents.change(OPEN_TASKS, key, lambda _: {})
        task = self._documents.change(TASKS, key, lambda before: before or _task(survey, number, now))
        assert task is not None  # noqa: S101
        return _by(task)

    def called_back(self, question: NoteCallback, *, key: str, now: float) -> TaskState:
        """Note how a call back went. The task stays open if the caller did not answer."""
        task, outcome, by = question.task, question.outcome, question.by

        def note(before: Document | None) -> Document | None:
            if before is None or any(row["key"] == key for row in before["attempts"]):
                return before
            attempts = [*before["attempts"], {"key": key, "at": int(now), "by": by, "outcome": outcome}]
            state = before["state"] if outcome == "no_answer" else "closed"
            return {**before, "attempts": attempts, "state": state, "owner": before["owner"] or by}

        kept = self._documents.change(TASKS, task, note)
        if kept is None:
            raise LookupFailed("there is no such task", missing=True)
        if kept["state"] == "closed":
            self._documents.change(OPEN_TASKS, task, lambda _: None)
        return TaskState(task=task, state=kept["state"], attempts=len(kept["attempts"]), owner=kept["owner"])


def is_detractor(survey: Mapping[str, Any]) -> bool:
    """Return whether the caller is unhappy: satisfaction 1 or 2, or recommendation 0 to 6."""
    satisfaction, recommend = survey["satisfaction"], survey["recommend"]
    return (satisfaction is not None and satisfaction <= UNSATISFIED) or (
        recommend is not None and recommend <= DETRACTOR
    )


def _task(survey: Document, number: str, now: int) -> Document:
    about = {name: survey[name] for name in ("call", "queue", "agent", "reason")}
    clock = spread(now, now + CALLBACK_HOURS * 3600).document()
    state: Document = {"state": "open", "owner": "", "attempts": [], "alarms": {}, "replied": None}
    return {"kind": "callback", **about, "number": number, "opened": now, "clocks": {"callback": clock}, **state}


def _by(task: Document) -> str:
    return local(task["clocks"]["callback"]["due"]).isoformat()
