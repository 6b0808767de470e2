"""The questions to the service "survey": answers after a conversation, and call backs to unhappy callers."""

from __future__ import annotations

from typing import Annotated, ClassVar, Protocol

from .field_types import COUNT, FLAG, MOMENT, TEXT, NumberType, OneWordType, TextType, WholeType
from .question import Answer, Question

SATISFACTION, RECOMMEND = WholeType(1, 5), WholeType(0, 10)
"""The scales: CSAT from 1 to 5, NPS from 0 to 10."""
TASK_OUTCOMES = ("solved", "reached", "refused", "no_answer")


class SurveyKept(Answer, frozen=True, kw_only=True):
    """The result of an answer."""

    detractor: Annotated[bool, FLAG, "whether the caller is unhappy"]
    callback_by: Annotated[str | None, MOMENT, "by when an unhappy caller is called back"] = None


class TaskState(Answer, frozen=True, kw_only=True):
    """The state of a call back to an unhappy caller."""

    task: Annotated[str, TEXT, "the task"]
    state: Annotated[str, TEXT, "open or closed"]
    attempts: Annotated[int, COUNT, "how often it was tried"]
    owner: Annotated[str, TEXT, "who tried first"]


class KeepSurvey(Question[SurveyKept], frozen=True, kw_only=True):
    """Keep the answers of a call; they may come one by one."""

    source: ClassVar[str] = "survey.answer"
    call: Annotated[str, TextType(), "the call"]
    number: Annotated[str, NumberType(), "the number that calls"] = ""
    queue: Annotated[str, TextType(), "the desk that was talked to"] = ""
    priority: Annotated[str, TextType(), "how urgent the caller was taken"] = ""
    agent: Annotated[str, TextType(), "the agent"] = ""
    reason: Annotated[str, TextType(), "what the call was about"] = ""
    satisfaction: Annotated[int | None, SATISFACTION, "how satisfied the caller is"] = None
    recommend: Annotated[int | None, RECOMMEND, "how likely the caller is to recommend the bank"] = None


class NoteCallback(Question[TaskState], frozen=True, kw_only=True):
    """Note how a call back went. The task stays open if the caller did not answer."""

    source: ClassVar[str] = "survey.called_back"
    task: Annotated[str, TextType(), "the task"]
    outcome: Annotated[str, OneWordType(TASK_OUTCOMES), "how it went"]
    by: Annotated[str, TextType(), "who called"] = ""


class SurveyPort(Protocol):
    """The service "survey"."""

    def answer(self, question: KeepSurvey, *, key: str, now: float) -> SurveyKept:
        """Keep answers."""

    def called_back(self, question: NoteCallback, *, key: str, now: float) -> TaskState:
        """Note a call back. Raises LookupFailed, `missing` where there is no such task."""
