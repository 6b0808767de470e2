"""`survey`: asks one or two questions after a conversation with an agent; a refusal ends it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from ivr.engine.fraud_warning import tells_of_fraud, warn_of_fraud
from ivr.engine.input_step import MISS, InputScratch, InputStep
from ivr.engine.inputs import Digits, Input, Resumed, Speech
from ivr.engine.person_words import person_wanted
from ivr.engine.service_ports.survey import KeepSurvey
from ivr.engine.step import Move
from ivr.engine.telephone import telephone
from ivr.engine.turn import Turn
from ivr.engine.verbs import Keys
from ivr.errors import LookupFailed
from ivr.flow.class_fields import SurveyQuestionName
from ivr.flow.fields import ListOf, option
from ivr.flow.model import Route
from ivr.flow.outcomes import AGENT
from ivr.flow.own_classes import SURVEY_QUESTIONS, SurveyQuestion
from ivr.flow.routes import Ways
from ivr.flow.scalars import Name

UNHAPPY = "unhappy"
_MOST_DIGITS = 3


@dataclass(frozen=True)
class SurveyScratch(InputScratch):
    """The answers so far, by question."""

    answers: Mapping[str, int] | None = None


@dataclass(frozen=True, kw_only=True)
class SurveyStep(InputStep):
    """Asks questions by key: those that every line has, or those of `survey_questions` in line.yaml.

    `satisfaction` takes 1 to 5, `recommend` 0 to 10 with a pound sign at the end, so that ten can be typed. Silence, or
    a key that is no answer, ends it without a word; 0 where it is none, or star and 0, leads to a person. Answers are
    kept with the desk that was talked to; who is unhappy (satisfaction 1 or 2, recommendation 0 to 6) is called back
    within a day. Where that can be promised, because a number is shown and the task is kept, the call goes on by
    `unhappy`, and the variable holds `call_back_by`, the last moment.

    ```yaml
    how_was_it:
      survey: [satisfaction, recommend]
      as: survey
      next: goodbye
      unhappy: promise_call     # say: 我们最晚{survey.call_back_by|datetime:short}给您回电。
    ```
    """

    kind: ClassVar[str] = "survey"
    open_to_all: ClassVar[bool] = True
    refusable: ClassVar[bool] = True

    survey: tuple[SurveyQuestion, ...] = option(
        ListOf(SurveyQuestionName(), lone=True), help="The questions, in order."
    )
    next: Route = option(Ways(), help="Where the call goes on, answered or not.")

    unhappy: Route | None = option(
        Ways(), help="Where the call goes on when a call back can be promised.", default=None, shown="next"
    )
    save_as: str = option(Name(), help="The variable that keeps by when it is.", key="as", default="")

    def exits(self) -> Mapping[str, Route]:
        """Return the ways on."""
        return {"next": self.next} | ({UNHAPPY: self.unhappy} if self.unhappy else {})

    def sets(self) -> Mapping[str, str]:
        """Return the variable that keeps the promise."""
        return {self.save_as: "map"} if self.save_as else {}

    def fails_by(self) -> frozenset[str]:
        """Return the way on without a promise, if there is another."""
        return super().fails_by() | ({"next"} if self.unhappy else frozenset())

    def ask(self, turn: Turn) -> None:
        """Ask the question whose turn it is."""
        asked = self._asked(turn)
        if asked.ask is not None:
            turn.say(asked.ask)
        else:
            turn.phrase(f"survey_{asked.name}")

    def _asked(self, turn: Turn) -> SurveyQuestion:
        return self.survey[len(_answers(turn))]

    def keys(self, turn: Turn) -> Keys:
        """Wait for one key, or for two and a pound sign where ten is an answer."""
        most = self._asked(turn).most
        return Keys(most=1) if most < 10 else Keys(most=3, finish="#")

    def keys_said(self, turn: Turn) -> Sequence[str]:
        """Expect the numbers of a scale that one key answers, and the key for a person."""
        least, most = self._asked(turn).least, self._asked(turn).most
        return [*map(str, range(least, most + 1)), "0"] if most < 10 else ()

    def answer(self, turn: Turn, action: Input) -> Move:
        """Take an answer; anything else is a refusal."""
        if isinstance(action, Resumed):
            return self.listen(turn)
        if isinstance(action, Speech) and (person := self._help_wanted(turn, action.text)):
            self._finish(turn)
            return person
        entry = "key" if self._asked(turn).most < 10 else "keys"
        spoken = (
            turn.services.inverse_normalize(action.text, turn.call.language, entry)
            if isinstance(action, Speech)
            else None
        )
        keys = action.keys if isinstance(action, Digits) else spoken or ""
        if keys.startswith("*0") or (keys == "0" and self._asked(turn).least > 0):
            self._finish(turn)
            return AGENT
        move = self.take_keys(turn, keys)
        return self._finish(turn) if move == MISS else move

    def _help_wanted(self, turn: Turn, words: str) -> str | None:
        return warn_of_fraud(turn) if tells_of_fraud(turn, words) else person_wanted(self, turn, words)

    def take_keys(self, turn: Turn, keys: str) -> Move:
        """Take a number on the scale."""
        asked = self._asked(turn)
        number = keys.removesuffix("#")
        # Longer entries are no number of the scale, though 0051234 begins with one.
        in_form = number.isascii() and number.isdigit() and len(number) <= _MOST_DIGITS
        if not in_form or not asked.least <= int(number) <= asked.most:
            return MISS
        answers = {**_answers(turn), asked.name: int(number)}
        turn.remember(replace(turn.scratch_as(SurveyScratch), answers=answers))
        if len(answers) < len(self.survey):
            return self.listen(turn)
        return self._finish(turn)

    def _finish(self, turn: Turn) -> Move:
        """Keep the answers; go on by what they promise."""
        answers = _answers(turn)
        if not answers:
            return "next"
        turn.note("survey", queue=turn.call.transfer.desk or None, **answers)
        promised = self._call_back_by(turn, answers)
        if not promised or not telephone(turn.call.caller):  # a withheld number cannot be called back
            return "next"
        if self.save_as:
            turn.set(self.save_as, {"call_back_by": promised})
        return UNHAPPY if self.unhappy else "next"

    def _call_back_by(self, turn: Turn, answers: Mapping[str, int]) -> str | None:
        """Keep the answers; return by when an unhappy caller is called back."""
        call = turn.call
        own = {name: mark for name, mark in answers.items() if name not in SURVEY_QUESTIONS}
        try:
            kept = turn.ask(
                KeepSurvey(
                    call=call.id,
                    number=call.caller,
                    queue=call.transfer.desk,
                    priority=call.transfer.priority,
                    agent=call.transfer.agent,
                    reason=call.facts.reason,
                    language=call.language,
                    satisfaction=answers.get("satisfaction"),
                    recommend=answers.get("recommend"),
                    answers=own,
                    unhappy=any(own[each.name] <= each.unhappy for each in self.survey if each.name in own),
                )
            )
        except LookupFailed:
            return None
        return kept.callback_by


def _answers(turn: Turn) -> Mapping[str, int]:
    return turn.scratch_as(SurveyScratch).answers or {}
