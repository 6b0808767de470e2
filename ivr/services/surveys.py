"""Surveys after a conversation with an agent. An unhappy caller is called back within a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from ivr.calendar import local
from ivr.engine.ports import Document, Documents
from ivr.engine.service_ports.survey import KeepSurvey, SurveyKept

from .tasks import NewTask, Tasks, promised_by

SURVEYS = "surveys"
CALLBACK_HOURS = 24
SATISFIED = 4
UNSATISFIED = 2
PROMOTER, DETRACTOR = 9, 6
_UNANSWERED: Document = {
    **dict.fromkeys(("queue", "priority", "agent", "reason"), ""),
    **dict.fromkeys(("satisfaction", "recommend")),
    "answers": {},
    "unhappy": False,
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
            earlier = before or {"call": question.call, "at": at, **_UNANSWERED}
            answers = {**earlier.get("answers", {}), **question.answers}
            unhappy = earlier.get("unhappy", False) or question.unhappy
            return {**earlier, **said, "answers": answers, "unhappy": unhappy}

        kept = self._documents.change(SURVEYS, survey_key, take)
        if kept is None or not is_detractor(kept):
            return SurveyKept(detractor=False)
        if not question.number:  # a withheld number cannot be called, so nothing is promised
            return SurveyKept(detractor=True)
        return SurveyKept(detractor=True, callback_by=self._call_back(survey_key, kept, question, at))

    def _key_of(self, call: str, now: int) -> str:
        """Return the key of a call's survey. It begins with the day, so that reports need not read all surveys."""
        today, yesterday = (f"{local(now) - timedelta(days=back):%Y-%m-%d}:{call}" for back in (0, 1))
        # A call may last over midnight, and its answers belong together.
        return yesterday if self._documents.get(SURVEYS, yesterday) else today

    def _call_back(self, key: str, survey: Document, question: KeepSurvey, now: int) -> str:
        """Open the task to call back, once for a call; return its deadline."""
        new = NewTask(
            kind="unhappy",
            by=now + CALLBACK_HOURS * 3600,
            call=survey["call"],
            number=question.number,
            language=question.language,
            desk=survey["queue"],
            agent=survey["agent"],
            reason=survey["reason"],
        )
        return promised_by(Tasks(self._documents).open(new, key=f"survey {key}", now=now))


def is_detractor(survey: Mapping[str, Any]) -> bool:
    """Return whether the caller is unhappy: satisfaction 1 or 2, recommendation 0 to 6, or a line's own mark."""
    satisfaction, recommend = survey["satisfaction"], survey["recommend"]
    if survey.get("unhappy"):
        return True
    return (satisfaction is not None and satisfaction <= UNSATISFIED) or (
        recommend is not None and recommend <= DETRACTOR
    )
