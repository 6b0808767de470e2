"""`sms`: sends an answer as a text message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Self

from ivr.engine.service_ports.sms import SendMessage
from ivr.engine.step import LiveStep, Move
from ivr.engine.turn import Turn
from ivr.errors import LookupFailed
from ivr.flow.expressions import Expression
from ivr.flow.fields import option
from ivr.flow.model import Route
from ivr.flow.routes import Condition, Ways
from ivr.flow.scalars import Whole
from ivr.flow.text import Text
from ivr.flow.text_field import TextField


@dataclass(frozen=True, kw_only=True)
class SmsStep(LiveStep):
    """Sends a text with its values written as on a screen (12,345.67元). Nothing is spoken.

    A verified caller gets it at the telephone that the bank has on file, any other caller at the number they call from;
    so an answer that needed proof never goes to a telephone that only claims to be the customer's.

    With `each`, the text is written once per item of a list, as in a `say` step.

    ```yaml
    send_balance:
      sms: 您尾号{card.tail|card_tail}的账户，余额为{account.balance|amount}。
      next: sent
      on_error: not_sent
    ```
    """

    kind: ClassVar[str] = "sms"
    speaks: ClassVar[bool] = False

    sms: Text = option(TextField(), help="The message.")
    each: Expression | None = option(
        Condition(), help="A list; the text is written for each of its items, a line for each.", default=None
    )
    most: int = option(Whole(1, 10), help="How many items of the list are written at the most.", default=3)
    heading: Text | None = option(TextField(), help="The line above the items.", default=None)
    next: Route = option(Ways(), help="Where the call goes on when it is on its way.")
    on_error: Route = option(Ways(), help="Where to go when it can't be sent.")

    def exits(self) -> Mapping[str, Route]:
        """Return the ways on."""
        return {"next": self.next, "error": self.on_error}

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
        """Send it."""
        try:
            number = self._number(turn)
            if not number.removeprefix("+").isdigit():  # withheld, or a SIP address
                return "error"
            turn.ask(SendMessage(number=number, text=self._text(turn), purpose=self.name))
        except (LookupFailed, ValueError):  # no message is better than one with a gap
            return "error"
        return "next"

    def _text(self, turn: Turn) -> str:
        if self.each is None:
            return turn.written(self.sms)
        listed = self.each(turn.values())
        items = listed[: self.most] if isinstance(listed, list | tuple) else ()
        lines = [turn.written(self.sms, item=item) for item in items]
        return "\n".join([turn.written(self.heading), *lines] if self.heading else lines)

    @staticmethod
    def _number(turn: Turn) -> str:
        # The number that calls may be forged, so it gets only what needed no proof.
        if not turn.level:
            return turn.call.caller
        on_file = turn.lookup("bank.phone", {"customer": turn.call.identity.customer})
        return str(on_file.get("number", ""))
