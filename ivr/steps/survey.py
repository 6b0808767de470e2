"""`survey`: asks how it was, after a conversation with a person; who does not want to answer is not asked again."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import ClassVar

from ..engine.inputs import Digits, Input, Resumed, Speech
from ..engine.listening import MISS, Listening
from ..engine.step import Move
from ..engine.turn import Turn
from ..engine.verbs import Keys
from ..errors import LookupFailed
from ..flow.fields import ListOf, option
from ..flow.model import Route
from ..flow.outcomes import AGENT
from ..flow.routes import Ways
from ..flow.scalars import OneOf

DEADLINE = 1.0
SCALES = {"satisfaction": (1, 5), "recommend": (0, 10)}
"""The questions and their ends: CSAT from 1 to 5, NPS from 0 to 10."""


@dataclass(frozen=True, kw_only=True)
class Survey(Listening):
    """Asks one or two questions by key.

    `satisfaction` takes 1 to 5, `recommend` 0 to 10 with a pound sign at the end, so that ten can be typed. Silence, or
    a key that is no answer, ends it without a word; 0 where it is none, or star and 0, leads to a person. Answers are
    kept with the desk that was talked to; who is unhappy is called back within a day.

    ```yaml
    how_was_it:
      survey: [satisfaction, recommend]
      next: goodbye
    ```
    """

    kind: ClassVar[str] = "survey"

    survey: tuple[str, ...] = option(ListOf(OneOf(tuple(SCALES)), lone=True), help="The questions, in order.")
    next: Route = option(Ways(), help="Where the call goes on, answered or not.")

    def exits(self) -> Mapping[str, Route]:
        """Return the way on."""
        return {"next": self.next}

    def ask(self, turn: Turn) -> None:
        """Ask the question whose turn it is."""
        turn.phrase(f"survey_{self._asked(turn)}")

    def _asked(self, turn: Turn) -> str:
        return self.survey[len(turn.memo.get("answers", {}))]

    def keys(self, turn: Turn) -> Keys:
        """Wait for one key, or for two and a pound sign where ten is an answer."""
        most = SCALES[self._asked(turn)][1]
        return Keys(most=1) if most < 10 else Keys(most=3, finish="#")

    def answer(self, turn: Turn, given: Input) -> Move:
        """Take an answer; anything else is a refusal."""
        if isinstance(given, Resumed):
            return self.listen(turn)
        if isinstance(given, Speech) and (person := self.person_wanted(turn, given.text)):
            self._finish(turn)
            return person
        spoken = turn.services.heard(given.text, turn.call.language) if isinstance(given, Speech) else None
        keys = given.keys if isinstance(given, Digits) else spoken or ""
        if keys.startswith("*0") or (keys == "0" and SCALES[self._asked(turn)][0] > 0):
            self._finish(turn)
            return AGENT
        move = self.take_keys(turn, keys)
        return self._finish(turn) if move == MISS else move

    def take_keys(self, turn: Turn, keys: str) -> Move:
        """Take a number on the scale."""
        asked = self._asked(turn)
        least, most = SCALES[asked]
        number = keys.removesuffix("#")
        if not number.isascii() or not number.isdigit() or not least <= int(number[:3]) <= most:
            return MISS
        turn.remember(answers={**turn.memo.get("answers", {}), asked: int(number)})
        if len(turn.memo["answers"]) < len(self.survey):
            return self.listen(turn)
        return self._finish(turn)

    def _finish(self, turn: Turn) -> Move:
        answers = turn.memo.get("answers", {})
        if answers:
            turn.note("survey", queue=turn.call.transfer.get("desk"), **answers)
            kept = {name: answers.get(name) for name in SCALES}
            about = {"call": turn.call.id, "number": turn.call.caller, "queue": turn.call.transfer.get("desk", "")}
            about |= {"agent": turn.call.transfer.get("agent", ""), "reason": turn.call.facts.get("reason", "")}
            with suppress(LookupFailed):
                turn.lookup("survey.answer", {**about, **kept}, deadline=DEADLINE)
        return "next"
