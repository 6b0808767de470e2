"""`verify`: proves the caller's identity, once, before a protected step. `requires:` puts it in front of a step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from ivr.engine import authentication
from ivr.engine.authentication import Proof, ProofScratch
from ivr.engine.caller_lookup import ask_again
from ivr.engine.entry_step import EntryScratch, EntryStep
from ivr.engine.entry_types import CARD, CARD_OR_ID, ENTRIES, TAIL, EntryType, Value
from ivr.engine.inputs import Digits, Input
from ivr.engine.later_turn import LaterScratch, puts_off
from ivr.engine.step import Move
from ivr.engine.turn import Turn
from ivr.engine.urgent_question import ask_whether
from ivr.flow.class_fields import PriorityName
from ivr.flow.fields import option
from ivr.flow.model import Route, Step, Target, Way
from ivr.flow.outcomes import AGENT, FAILED
from ivr.flow.own_classes import NORMAL
from ivr.flow.routes import Ways
from ivr.flow.scalars import IdentityLevel, OneOf
from ivr.flow.text import Text
from ivr.flow.text_field import TextField
from ivr.secret import Secret
from ivr.settings.identity import CODE_TYPING_SECONDS

_LOSS = "loss"
HIGHEST = 2
"""The highest level that a telephone can prove; L3 needs a person."""
_MINUTE = 60.0

_IDENTITY, _PIN, _CODE = (ENTRIES[name] for name in ("id", "pin", "otp"))
_NUMBERS = {"card": CARD, "id": CARD_OR_ID}


@dataclass(frozen=True)
class VerifyScratch(EntryScratch, ProofScratch):
    """`claim` identifies the account: the last four digits or the whole number; None before it was typed.

    `usual` is the caller's priority before the step raised it.
    """

    claim: Value | None = None
    usual: str = ""


@dataclass(frozen=True, kw_only=True)
class VerifyStep(EntryStep):
    """Proves the caller's identity up to a level, asking only for what is missing.

    - **L1**: the number of the card (or, with `by: id`, of the card or ID) and the query PIN, checked by the bank. From
      the telephone that the bank has on file, the last four are enough. All callers hear the same question, so that it
      does not tell whose number is a customer's.
    - **L2**: L1, and a one-time code that is sent by SMS to the telephone on file.
    - **L3** needs a person.

    The answer never tells which part was wrong. Every try is charged before it is checked: three a call, and the bank's
    limits for the account and the number over all calls; then a person takes over. Nothing typed here is kept, logged,
    recorded or taken from keys pressed ahead.

    `requires: L1` on any step puts this in front of it; a `verify` step that an editor writes allows other prompts.

    ```yaml
    who_are_you:
      verify: L1
      ask_tail: 请输入卡号，以井号键结束。用登记的手机来电，可以只输最后四位。
      next: balance
    ```
    """

    kind: ClassVar[str] = "verify"
    open_to_all: ClassVar[bool] = True

    verify: int = option(IdentityLevel(), help="The level to reach: L1 or L2.")
    next: Route = option(Ways(), help="Where the call goes on with a verified caller.")
    by: str = option(
        OneOf(("card", "id")),
        help="Which number is asked for.",
        default="card",
        shown="card, or as in the caller's earlier proof",
    )
    urgency: str = option(
        PriorityName(),
        help="How urgent the caller is who needs a person instead of a proof, such as `loss` for a lost card.",
        default="",
        shown="as before",
    )
    ask_tail: Text | None = option(
        TextField(), help="How the number, or its last four, is asked for.", default=None, shown="by language"
    )
    ask_pin: Text | None = option(
        TextField(), help="How the query PIN is asked for.", default=None, shown="by language"
    )

    def exits(self) -> Mapping[str, Route]:
        """Return the way on."""
        return {"next": self.next} | self.failure_exits()

    @classmethod
    def in_front_of(cls, protected: Step, name: str) -> VerifyStep:
        """Return the step that asks for the level that `protected` needs, and leads to it."""
        onward = (Way(Target(protected.name, protected.place)),)
        return cls(name=name, place=protected.place_of("requires"), verify=protected.requires, next=onward)

    def proves(self) -> int:
        """Return the level that is reached."""
        return self.verify

    def faults(self) -> Iterator[tuple[str, str, str]]:
        """Yield the problem of a level that cannot be reached by telephone."""
        if self.verify > HIGHEST:
            message = f"No caller can prove L{self.verify} by telephone, so everybody would be led to a person."
            yield self.kind if self.kind in self.places else "requires", message, f"Write L1 or L{HIGHEST}."

    def protects(self) -> bool:
        """Return True: every entry of this step is protected."""
        return True

    def enter(self, turn: Turn) -> Move:
        """Go on if the caller is verified already; else ask for what is missing."""
        if turn.level >= self.verify:
            return "next"
        if self.urgency:
            turn.remember(replace(turn.scratch_as(VerifyScratch), usual=turn.caller.priority or NORMAL))
            turn.no_less_urgent_than(self.urgency)
        # Before the bank is asked: no answer of it would help this caller any more.
        if not authentication.tries_left(turn):
            return self._give_up(turn, "verify_failed")
        if not ask_again(turn):
            turn.phrase("bank_unavailable")
            return AGENT
        if self.verify > HIGHEST:
            return self._give_up(turn, "verify_by_person")
        # Level 1 holds already, so only the code is missing.
        if turn.level:
            return self._step_up(turn)
        return super().enter(turn)

    # questions

    def ask(self, turn: Turn) -> None:
        """Ask for what is missing: the number, the PIN, or the code."""
        wanted = self.wanted(turn)
        if wanted is _CODE and turn.scratch_as(VerifyScratch).held_pin is not None:
            turn.phrase("ask_code_first")  # without the end of a number: who calls has proved nothing
        elif wanted is _CODE:
            turn.phrase("ask_code", tail=_spoken_tail(turn))
        elif wanted is _PIN:
            self._ask(turn, self.ask_pin, "ask_pin")
        else:
            self._ask(turn, self.ask_tail or self.prompt, f"ask_{wanted.name}")

    @staticmethod
    def _ask(turn: Turn, own: Text | None, key: str) -> None:
        if own:
            turn.say(own)
        else:
            turn.phrase(key)

    def wanted(self, turn: Turn) -> EntryType:
        """Return the next missing entry."""
        scratch = turn.scratch_as(VerifyScratch)
        if scratch.code is not None:
            return _CODE
        return self._number(turn) if scratch.claim is None else _PIN

    def _number(self, turn: Turn) -> EntryType:
        return _NUMBERS[self._by(turn)]

    def _by(self, turn: Turn) -> str:
        """Return what is asked for; where the editor says nothing, what the caller named in an earlier proof."""
        return self.by if "by" in self.places else turn.call.identity.by or self.by

    def first_timeout(self, turn: Turn) -> float:
        """Give time to fetch the card, and more for a code."""
        usual = super().first_timeout(turn)
        return max(CODE_TYPING_SECONDS, usual) if self.wanted(turn) is _CODE else usual

    # entries

    def answer(self, turn: Turn, action: Input) -> Move:
        """Process keys. If the caller is verified by now, go on; a code after an expired first proof does not count."""
        if isinstance(action, Digits) and turn.level >= self.verify:
            return "next"
        if turn.scratch_as(LaterScratch).put_off and turn.level and turn.scratch_as(VerifyScratch).code is None:
            return self._step_up(turn)
        scratch = turn.scratch_as(VerifyScratch)
        if scratch.held_pin is not None and scratch.code is None:  # the bank had no time for a code in the turn before
            return self._prove_more(turn)
        if scratch.code is not None and scratch.held_pin is None and not turn.level:
            # The first proof has run out while the caller waited for the code: it begins anew.
            turn.remember(VerifyScratch())
            if isinstance(action, Digits) and _CODE.read(action.keys.removesuffix("#")) is not None:
                return self.listen(turn)
        return super().answer(turn, action)

    def take_urgent(self, turn: Turn, matter: str, *, so: bool, action: Input) -> Move:
        """Put a caller through who has lost a card before others, and one who wants a person as usual."""
        if matter != _LOSS:
            return super().take_urgent(turn, matter, so=so, action=action)
        if not so:
            self._no_longer_urgent(turn)
        return AGENT

    def take_keys(self, turn: Turn, keys: str) -> Move:
        """Take the entry; at the PIN, a star or the last four correct the number."""
        if self.wanted(turn) is _PIN and (keys == "*" or self._corrects(turn, keys)):
            return self._another_number(turn, keys)
        move = super().take_keys(turn, keys)
        if move == AGENT and self.urgency == _LOSS and self.wanted(turn) is not _PIN:
            ask_whether(turn, _LOSS)  # star and 0 is a short way to a person for any caller
            return self.wait(turn)
        return move

    def accept(self, turn: Turn, value: Value) -> Move:
        """Keep the number and ask for the PIN, or check a complete entry."""
        wanted = self.wanted(turn)
        if wanted is _PIN and isinstance(value, Secret):
            return self._after_pin(turn, authentication.check_pin(turn, self._claim(turn), value))
        if wanted is _CODE and isinstance(value, Secret):
            checked = authentication.check_code(turn, value)
            held = turn.scratch_as(VerifyScratch).held_pin
            return self._after_code(turn, checked) if held is None else self._after_first_code(turn, checked, held)
        turn.remember(replace(turn.scratch_as(VerifyScratch), claim=value, failures=0))
        if not authentication.name_account(turn, self._claim(turn)):
            turn.phrase("bank_unavailable")
            return AGENT
        return self.listen(turn)

    def _claim(self, turn: Turn) -> dict[str, Any]:
        claim = turn.scratch_as(VerifyScratch).claim
        if isinstance(claim, Secret):  # a whole number, for only that is a secret
            return {"id" if _IDENTITY.read(claim.reveal()) else "card": claim}
        return {"number": turn.call.caller, f"{self._by(turn)}_tail": claim}

    def _corrects(self, turn: Turn, keys: str) -> bool:
        """Return whether the caller typed the last four again when the PIN was asked for a second time."""
        is_tail = len(keys) == TAIL.most and self._number(turn).read(keys) is not None
        return turn.call.tries.get("verify", 0) > 0 and is_tail

    def _another_number(self, turn: Turn, keys: str) -> Move:
        turn.remember(replace(turn.scratch_as(VerifyScratch), claim=None, stepped_up=False))
        value = self._number(turn).read(keys)
        return self.accept(turn, value) if value else self.listen(turn)

    # results

    def _after_pin(self, turn: Turn, outcome: Proof) -> Move:
        match outcome:
            case Proof.GIVEN if turn.level >= self.verify:
                return self._proved(turn)
            case Proof.GIVEN:
                return self._step_up(turn)
            case Proof.WRONG:
                turn.phrase("verify_again" if self._by(turn) == "card" else "verify_again_id")
                return self.wait(turn)
            case Proof.UNAVAILABLE:
                turn.phrase("bank_unavailable")
                return AGENT
            case Proof.STEP_UP:
                return self._prove_more(turn)
            case Proof.LOCKED | Proof.REFUSED:
                return self._refused(turn, outcome)
            case _:
                return self._give_up(turn, "verify_failed")

    def _refused(self, turn: Turn, outcome: Proof) -> Move:
        """Say from when on a try is taken again, if it is known, and lead to a person."""
        retry_at = turn.scratch_as(VerifyScratch).retry_at
        if not retry_at:
            return self._give_up(turn, "verify_failed")
        moment = turn.line.calendar.local(retry_at + _MINUTE).isoformat(timespec="minutes")  # no earlier than said
        until = turn.services.verbalize(moment, "datetime", "short", turn.call.language)
        turn.phrase("verify_locked" if outcome is Proof.LOCKED else "verify_later", until=until)
        return FAILED

    def _prove_more(self, turn: Turn) -> Move:
        """Send a code to the telephone on file before the PIN is checked: many accounts are being guessed at."""
        match authentication.send_code_to_claim(turn, self._claim(turn)):
            case Proof.GIVEN:
                return self.listen(turn)
            case Proof.LATER if puts_off(turn):
                return None
        return self._give_up(turn, "code_unavailable")

    def _after_first_code(self, turn: Turn, outcome: Proof, pin: Secret) -> Move:
        if outcome is Proof.GIVEN:
            turn.remember(replace(turn.scratch_as(VerifyScratch), held_pin=None))
            return self._after_pin(turn, authentication.check_pin(turn, self._claim(turn), pin))
        if outcome is Proof.EXPIRED:
            turn.phrase("code_expired")
            return self._prove_more(turn)
        return self._after_code(turn, outcome)

    @staticmethod
    def _proved(turn: Turn) -> Move:
        """Go on; a caller who can act on proof is no more urgent than others."""
        VerifyStep._no_longer_urgent(turn)
        turn.phrase("verified")
        return "next"

    @staticmethod
    def _no_longer_urgent(turn: Turn) -> None:
        if usual := turn.scratch_as(VerifyScratch).usual:
            turn.change_caller(replace(turn.caller, priority=usual))

    def _step_up(self, turn: Turn) -> Move:
        match authentication.send_code(turn):
            case Proof.GIVEN:
                return self.listen(turn)
            case Proof.LATER if puts_off(turn):
                return None
        return self._give_up(turn, "code_unavailable")

    def _after_code(self, turn: Turn, outcome: Proof) -> Move:
        match outcome:
            case Proof.GIVEN:
                return self._proved(turn)
            case Proof.WRONG:
                turn.phrase("code_again")
                return self.wait(turn)
            case Proof.EXPIRED:
                turn.phrase("code_expired")
                return self._step_up(turn)
            case _:
                return self._give_up(turn, "verify_failed")

    @staticmethod
    def _give_up(turn: Turn, phrase: str) -> Move:
        turn.phrase(phrase)
        return FAILED


def _spoken_tail(turn: Turn) -> str:
    tail = turn.scratch_as(VerifyScratch).code_tail
    return turn.services.verbalize(tail, "card_tail", "", turn.call.language)
