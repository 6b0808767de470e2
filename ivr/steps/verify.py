"""`verify`: proves who is calling, once, before a protected step. Also what `requires:` puts in front of a step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ..engine.entering import Entering
from ..engine.entries import ENTRIES, Entry, Value
from ..engine.inputs import Digits, Input
from ..engine.step import Move
from ..engine.turn import Turn
from ..errors import LookupFailed
from ..flow.fields import option
from ..flow.model import Route
from ..flow.outcomes import AGENT, FAILED
from ..flow.routes import Ways
from ..flow.scalars import IdentityLevel
from ..flow.text import Text
from ..flow.wordings import Wording
from ..secret import Secret

TRIES = 3
"""Wrong answers that one call may give before a person takes over (bank practice: three)."""

DEADLINE = 2.0
_TAIL = Entry("digits", 4, 4, ENTRIES["digits"].check)
_CARD, _PIN = ENTRIES["card"], ENTRIES["pin"]


@dataclass(frozen=True, kw_only=True)
class Verify(Entering):
    """Asks for the last four digits of the card and the query PIN, and checks both with the bank (level L1).

    A caller whose number the bank does not know is asked for the whole card number instead, so that customers can
    call from any telephone. The answer never tells which of the two was wrong. Three wrong answers in a call lead to a
    person. Nothing typed here is kept, logged, recorded or taken from keys pressed ahead.

    `requires: L1` on any step puts this in front of it; a `verify` step of one's own allows other prompts.

    ```yaml
    who_are_you:
      verify: L1
      ask_tail: 请输入卡号最后四位。
      next: balance
    ```
    """

    kind: ClassVar[str] = "verify"

    verify: int = option(IdentityLevel(), help="The level to reach; L1 is what the telephone can prove today.")
    next: Route = option(Ways(), help="Where the call goes on with a verified caller.")
    ask_tail: Text | None = option(Wording(), help="How the card tail is asked for.", default=None, shown="by language")
    ask_pin: Text | None = option(Wording(), help="How the query PIN is asked for.", default=None, shown="by language")

    def exits(self) -> Mapping[str, Route]:
        """Return the way on."""
        return {"next": self.next} | self.failure_exits()

    def faults(self) -> Iterator[tuple[str, str, str]]:
        """Yield a level that nobody can reach by telephone."""
        if self.verify > 1:
            message = f"No caller can prove L{self.verify} by telephone yet, so everybody would be led to a person."
            yield self.kind if self.kind in self.places else "requires", message, "Write L1."

    def protects(self) -> bool:
        """All that is typed here is protected."""
        return True

    def enter(self, turn: Turn) -> Move:
        """Go on if the caller is verified already; else ask."""
        if turn.level >= self.verify:
            return "next"
        if turn.call.tries.get("verify", 0) >= TRIES or self.verify > 1:
            turn.phrase("verify_failed")
            return FAILED
        return super().enter(turn)

    # what is asked

    def ask(self, turn: Turn) -> None:
        """Ask for the card, or for the PIN when the card is there."""
        if self._wants_pin(turn):
            self._ask(turn, self.ask_pin, "ask_pin")
        elif self._card_entry(turn) is _TAIL:
            self._ask(turn, self.ask_tail or self.prompt, "ask_card_tail")
        else:
            turn.phrase("ask_card")

    @staticmethod
    def _ask(turn: Turn, own: Text | None, key: str) -> None:
        if own:
            turn.say(own)
        else:
            turn.phrase(key)

    @staticmethod
    def _wants_pin(turn: Turn) -> bool:
        return "card" in turn.memo

    @staticmethod
    def _card_entry(turn: Turn) -> Entry:
        return _TAIL if turn.call.facts["caller"]["known"] else _CARD

    def wanted(self, turn: Turn) -> Entry:
        """Return the card, then the PIN."""
        return _PIN if self._wants_pin(turn) else self._card_entry(turn)

    # what was typed

    def take_keys(self, turn: Turn, keys: str) -> Move:
        """Take the entry; at the PIN, a star or a card tail corrects the card."""
        if self._wants_pin(turn) and (keys == "*" or self._corrects_card(turn, keys)):
            return self._another_card(turn, keys)
        return super().take_keys(turn, keys)

    def accept(self, turn: Turn, value: Value) -> Move:
        """Keep the card and ask for the PIN, or check both."""
        if isinstance(value, Secret) and self._wants_pin(turn):
            return self._check(turn, value)
        turn.remember(card=value, failures=0)
        return self.listen(turn)

    @staticmethod
    def _corrects_card(turn: Turn, keys: str) -> bool:
        """Tell whether a card tail was typed again where the PIN was asked for a second time."""
        return turn.call.tries.get("verify", 0) > 0 and _TAIL.read(keys) is not None

    def _another_card(self, turn: Turn, keys: str) -> Move:
        turn.change_frame(memo={key: value for key, value in turn.memo.items() if key != "card"})
        tail = _TAIL.read(keys)
        return self.accept(turn, tail) if tail and self._card_entry(turn) is _TAIL else self.listen(turn)

    def _check(self, turn: Turn, pin: Secret) -> Move:
        """Charge the try first, then ask the bank."""
        tries = turn.call.tries.get("verify", 0) + 1
        turn.change(tries={**turn.call.tries, "verify": tries})
        try:
            answer = turn.lookup("bank.verify", self._question(turn, pin), deadline=DEADLINE)
        except LookupFailed:
            turn.phrase("bank_unavailable")
            return AGENT
        if answer.get("verified") is True and answer.get("customer"):
            turn.verified(1, str(answer["customer"]))
            turn.change(facts={**turn.call.facts, "card": answer.get("card", {})}, errors=0)
            turn.note("identity", outcome="verified", level=1)
            turn.phrase("verified")
            return "next"
        turn.note("identity", outcome="refused", tries=tries)
        if tries >= TRIES:
            turn.phrase("verify_failed")
            return FAILED
        turn.phrase("verify_again")
        return self.wait(turn)

    def _question(self, turn: Turn, pin: Secret) -> dict[str, Any]:
        card = turn.memo["card"]
        if isinstance(card, Secret):
            return {"card": card, "pin": pin}
        return {"number": turn.call.caller, "card_tail": card, "pin": pin}

    def answer(self, turn: Turn, given: Input) -> Move:
        """Take keys; a verify step that was overtaken by time starts again."""
        if isinstance(given, Digits) and turn.level >= self.verify:
            return "next"
        return super().answer(turn, given)
