"""`say`: speaks and goes on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

from ivr.engine.step import LiveStep, Move
from ivr.engine.turn import Turn
from ivr.flow.expressions import Expression
from ivr.flow.fields import option
from ivr.flow.model import Route
from ivr.flow.routes import Condition, Ways
from ivr.flow.scalars import Flag, Whole
from ivr.flow.text import Text
from ivr.flow.text_field import TextField

_ANSWER_PAUSE = 1.0
_SLOWLY = 0.85
"""One step of the rate keys."""


@dataclass(frozen=True, kw_only=True)
class SayStep(LiveStep):
    """Speaks a text and goes on.

    With `each`, the text is spoken once per item of a list, and `{item.…|kind}` reads the item. In the elderly profile
    a text that holds values is spoken twice.

    ```yaml
    tell_balance:
      say: 您尾号{card.tail|card_tail}的账户，余额为{account.balance|amount}。
      next: anything_else
    ```
    """

    kind: ClassVar[str] = "say"
    replayable: ClassVar[bool] = True

    say: Text = option(TextField(), help="What is spoken.")
    next: Route = option(Ways(), help="Where the call goes on.")
    each: Expression | None = option(
        Condition(), help="A list; the text is spoken for each of its items.", default=None
    )
    most: int = option(Whole(1, 10), help="How many items of the list are spoken at the most.", default=3)
    twice: bool | None = option(
        Flag(), help="Whether it is spoken twice.", default=None, shown="no; elderly: yes for texts with values"
    )
    slowly: bool = option(
        Flag(), help="Whether it is spoken slower than the rest, for what is written down.", default=False
    )
    barge_in: bool = option(Flag(), help="Whether a key or word stops it.", default=True)

    def exits(self) -> Mapping[str, Route]:
        """Return the way on."""
        return {"next": self.next}

    def items_of(self) -> Expression | None:
        """Return the list."""
        return self.each

    def items_at_once(self) -> int:
        """Return the most items."""
        return self.most if self.each is not None else 0

    def for_one_item(self) -> Self:
        """Return the step without its list."""
        return replace(self, each=None) if self.each is not None else self

    def enter(self, turn: Turn) -> Move:
        """Speak, once or twice."""
        pace = _SLOWLY if self.slowly else 1.0
        for again in range(2 if self._twice(turn) else 1):
            turn.pause(_ANSWER_PAUSE if again else 0)
            for item in self._items(turn):
                turn.say(self.say, barge_in=self.barge_in, pace=pace, **item)
        return "next"

    def _twice(self, turn: Turn) -> bool:
        if self.twice is not None:
            return self.twice
        # Sentences without values can be followed at once; amounts and numbers are what elderly callers miss.
        return turn.profile.say_twice and self.say.template(turn.call.language).fixed is None

    def _items(self, turn: Turn) -> list[dict[str, Any]]:
        if self.each is None:
            return [{}]
        items = self.each(turn.values())
        # A bank that sends null or text in place of a list has no items to speak; the call goes on.
        return [{"item": item} for item in items[: self.most]] if isinstance(items, list | tuple) else []
