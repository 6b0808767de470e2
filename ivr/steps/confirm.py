"""`confirm`: reads back and asks yes or no before something is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from ivr.engine.expected_words import NO, YES, yes_and_no, yes_or_no
from ivr.engine.input_step import MISS, InputStep
from ivr.engine.step import Move
from ivr.engine.turn import Turn
from ivr.engine.verbs import Keys
from ivr.flow.fields import option
from ivr.flow.model import Route
from ivr.flow.routes import Ways
from ivr.flow.scalars import Flag
from ivr.flow.text import Text
from ivr.flow.text_field import TextField


@dataclass(frozen=True, kw_only=True)
class ConfirmStep(InputStep):
    """Asks for a yes (key 1) or a no (key 2). Keys pressed ahead never count, and the question can't be cut short.

    ```yaml
    sure:
      confirm: 现在为您锁住尾号{card.tail|card_tail}的卡。
      yes: lock
      no: main
    ```
    """

    kind: ClassVar[str] = "confirm"
    type_ahead_default: ClassVar[str] = "drop"
    weighty: ClassVar[frozenset[str]] = frozenset({"yes"})
    affirms: ClassVar[str] = "yes"

    confirm: Text = option(TextField(), help="What is to be confirmed.")
    yes: Route = option(Ways(), help="Where a yes leads.")
    no: Route = option(Ways(), help="Where a no leads.")
    options: Text | None = option(
        TextField(), help="How the two keys are explained.", default=None, shown="确认，请按1；返回，请按2。"
    )
    barge_in: bool = option(Flag(), help="Whether a key or word stops the question.", default=False)

    def exits(self) -> Mapping[str, Route]:
        """Return the ways on."""
        return {"yes": self.yes, "no": self.no} | self.failure_exits()

    def choice_outcomes(self) -> frozenset[str]:
        """Return both answers."""
        return frozenset({"yes", "no"})

    def ask(self, turn: Turn) -> None:
        """Say the question, then the keys; the keys may be cut short."""
        turn.say(self.confirm, barge_in=self.barge_in)
        if self.options:
            turn.say(self.options)
        else:
            turn.phrase("yes_no")

    def keys(self, turn: Turn) -> Keys:
        """One key is enough."""
        return Keys(most=1)

    def take_keys(self, turn: Turn, keys: str) -> Move:
        """Take 1 or 2; keys behind are dropped, for they were pressed before the next question."""
        answers = {YES: "yes", NO: "no"}
        return answers.get(keys[:1]) or self.universal(turn, keys[:1])

    def take_speech(self, turn: Turn, words: str) -> Move:
        """Take a plain yes or no; words that hold both or more are no answer."""
        answer = yes_or_no(turn, words)
        return MISS if answer is None else "yes" if answer else "no"

    def expected(self, turn: Turn) -> Sequence[tuple[str, ...]]:
        """Expect the words for yes and no."""
        return yes_and_no(turn)
