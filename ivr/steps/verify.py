"""`verify`: proves who is calling, once, before a protected step. Also what `requires:` puts in front of a step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ..engine.entries import ENTRIES, Entry
from ..engine.inputs import Digits, Input
from ..engine.listening import MISS, Listening
from ..engine.step import Move, Universal
from ..engine.turn import Turn
from ..engine.typed import FINISH, Typed, understand
from ..engine.verbs import Keys
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
class Verify(Listening):
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
    ladder: ClassVar[str] = "collect"

    verify: int = option(IdentityLevel(), help="The level to reach; L1 is what the telephone can prove today.")
    next: Route = option(Ways(), help="Where the call goes on with a verified caller.")
    ask_tail: Text | None = option(Wording(), help="How the card tail is asked for.", default=None, shown="by language")
    ask_pin: Text | None = option(Wording(), help="How the query PIN is asked for.", default=None, shown="by language")

    def exits(self) -> Mapping[str, Route]:
        """Return the way on."""
        return {"next": self.next} | self.failure_exits()

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

    def keys(self, turn: Turn) -> Keys:
        """Wait for the whole entry."""
        return Keys(most=(_PIN if self._wants_pin(turn) else self._card_entry(turn)).most, finish=FINISH)

    def first_timeout(self, turn: Turn) -> float:
        """Give time to fetch the card."""
        return self.timeout or turn.profile.fetch_timeout

    # what was typed

    def take_keys(self, turn: Turn, keys: str) -> Move:
        """Take the card, then the PIN; what is typed beyond an entry is dropped."""
        if not self._wants_pin(turn):
            return self._act(turn, understand(self._card_entry(turn), keys), self._take_card)
        typed = understand(_PIN, keys)
        if typed.meaning == "back" or (typed.meaning == "slip" and self._corrects_card(turn, keys)):
            return self._another_card(turn, keys)
        return self._act(turn, typed, self._check)

    def _act(self, turn: Turn, typed: Typed, take: Any) -> Move:
        match typed.meaning:
            case "value":
                return take(turn, typed.value)  # type: ignore[no-any-return]
            case "agent":
                return AGENT
            case "back":
                return Universal.BACK
            case "more_time":
                turn.phrase("more_time")
                return self.wait(turn)
        return MISS

    @staticmethod
    def _corrects_card(turn: Turn, keys: str) -> bool:
        """Tell whether a card tail was typed again where the PIN was asked for a second time."""
        return turn.call.tries.get("verify", 0) > 0 and _TAIL.read(keys) is not None

    def _another_card(self, turn: Turn, keys: str) -> Move:
        turn.change_frame(memo={key: value for key, value in turn.memo.items() if key != "card"})
        tail = _TAIL.read(keys)
        return self._take_card(turn, tail) if tail and self._card_entry(turn) is _TAIL else self.listen(turn)

    def _take_card(self, turn: Turn, card: Any) -> Move:
        turn.remember(card=card)
        return self.listen(turn)

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

    def _reprompt(self, turn: Turn, kind: str, failures: int) -> None:
        if kind == MISS:
            entry = _PIN if self._wants_pin(turn) else self._card_entry(turn)
            turn.phrase(entry.complaint, digits=str(entry.most))
        super()._reprompt(turn, kind, failures)

    def answer(self, turn: Turn, given: Input) -> Move:
        """Take keys; a verify step that was overtaken by time starts again."""
        if isinstance(given, Digits) and turn.level >= self.verify:
            return "next"
        return super().answer(turn, given)
