"""The questions to the service "survey": answers after a conversation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Protocol

from ivr.flow.own_classes import SURVEY_QUESTIONS

from .field_types import FLAG, MOMENT, FlagType, MarksType, NumberType, TextType, WholeType
from .question import Answer, Question

SATISFACTION, RECOMMEND = (WholeType(question.least, question.most) for question in SURVEY_QUESTIONS.values())
"""The scales of the questions that every line has."""


class SurveyKept(Answer, frozen=True, kw_only=True):
    """The result of an answer."""

    detractor: Annotated[bool, FLAG, "whether the caller is unhappy"]
    callback_by: Annotated[str | None, MOMENT, "by when an unhappy caller is called back"] = None


class KeepSurvey(Question[SurveyKept], frozen=True, kw_only=True):
    """Keep the answers of a call; they may come one by one."""

    source: ClassVar[str] = "survey.answer"
    call: Annotated[str, TextType(), "the call"]
    number: Annotated[str, NumberType(), "the number that calls"] = ""
    queue: Annotated[str, TextType(), "the desk that was talked to"] = ""
    priority: Annotated[str, TextType(), "how urgent the caller was taken"] = ""
    agent: Annotated[str, TextType(), "the agent"] = ""
    reason: Annotated[str, TextType(), "what the call was about"] = ""
    language: Annotated[str, TextType(), "the language that is spoken"] = ""
    satisfaction: Annotated[int | None, SATISFACTION, "how satisfied the caller is"] = None
    recommend: Annotated[int | None, RECOMMEND, "how likely the caller is to recommend the bank"] = None
    answers: Annotated[Mapping[str, int], MarksType(), "the answers to questions of line.yaml"] = {}
    unhappy: Annotated[bool, FlagType(), "whether one of these is the answer of an unhappy caller"] = False


class SurveyPort(Protocol):
    """The service "survey"."""

    def answer(self, question: KeepSurvey, *, key: str, now: float) -> SurveyKept:
        """Keep answers."""
