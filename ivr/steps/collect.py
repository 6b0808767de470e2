"""`collect`: takes what the caller types: digits, an amount, a date, a number that must not be seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from ..engine.entries import ENTRIES, Entry
from ..engine.listening import MISS, Listening, keep_ahead
from ..engine.step import Move, Universal
from ..engine.turn import Turn
from ..engine.typed import FINISH, Typed, understand
from ..engine.verbs import Keys
from ..flow.fields import option
from ..flow.model import Route
from ..flow.outcomes import AGENT
from ..flow.routes import Ways
from ..flow.scalars import Name, OneOf, Whole

_MOST_WAITS = 3


@dataclass(frozen=True, kw_only=True)
class Collect(Listening):
    """Takes an entry by key (what is no secret also by voice) and keeps it as a variable.

    | entry | what is taken | kept as |
    |---|---|---|
    | `digits` | `min` to `max` digits | text |
    | `amount` | yuan, star for the decimal point, pound at the end | text, two decimals |
    | `date` | year, month, day as eight digits | 2026-11-20 |
    | `phone` | 3 to 15 digits, pound at the end | text |
    | `card` | 16 to 19 digits with a right last digit (Luhn) | secret `pan` |
    | `id` | 18 characters by GB 11643, star for X | secret `id` |
    | `pin` | six digits | secret `pin` |

    A secret can be compared and given to a lookup; it is never spoken, logged or stored in clear. Pound alone gives
    more time, star clears, star alone goes back, star and 0 (or 0 alone) leads to a person.

    ```yaml
    ask_amount:
      collect: amount
      as: amount
      prompt: 请输入金额，以井号键结束。
      next: check_amount
    ```
    """

    kind: ClassVar[str] = "collect"
    ladder: ClassVar[str] = "collect"

    collect: str = option(OneOf(tuple(ENTRIES)), help="What is taken.")
    save_as: str = option(Name(), help="The variable that keeps it.", key="as")
    next: Route = option(Ways(), help="Where the call goes on.")
    least: int = option(Whole(1, 30), help="The fewest digits (`digits` only).", key="min", default=0, shown="1")
    most: int = option(Whole(1, 30), help="The most digits (`digits` only).", key="max", default=0, shown="30")

    def exits(self) -> Mapping[str, Route]:
        """Return the way on."""
        return {"next": self.next} | self.failure_exits()

    def sets(self) -> Mapping[str, str]:
        """Return the variable and what it holds."""
        return {self.save_as: self.entry.secret or "text"}

    def protects(self) -> bool:
        """Tell whether the entry is a secret."""
        return bool(self.entry.secret)

    @property
    def entry(self) -> Entry:
        """What is taken, with the editor's bounds."""
        entry = ENTRIES[self.collect]
        return replace(entry, least=self.least or entry.least, most=self.most or entry.most)

    def keys(self, turn: Turn) -> Keys:
        """Wait for as many keys as the entry can have."""
        return Keys(most=self.entry.most, finish=FINISH)

    def first_timeout(self, turn: Turn) -> float:
        """Give time to fetch the card or paper."""
        return self.timeout or turn.profile.fetch_timeout

    def take_keys(self, turn: Turn, keys: str) -> Move:
        """Understand the keys as an entry."""
        return self._act(turn, understand(self.entry, keys))

    def take_speech(self, turn: Turn, words: str) -> Move:
        """Take spoken digits where the entry is no secret."""
        heard = turn.services.heard(words, turn.call.language)
        return self.take_keys(turn, heard) if heard else MISS

    def _act(self, turn: Turn, typed: Typed) -> Move:
        match typed.meaning:
            case "value":
                turn.set(self.save_as, typed.value)
                keep_ahead(turn, "" if self.protects() else typed.rest)
                return "next"
            case "agent":
                return AGENT
            case "back":
                return Universal.BACK
            case "more_time":
                return self._give_time(turn)
        return MISS

    def _give_time(self, turn: Turn) -> Move:
        waits = turn.memo.get("waits", 0) + 1
        if waits > _MOST_WAITS:
            return MISS
        turn.remember(waits=waits)
        turn.phrase("more_time")
        return self.wait(turn)

    def _reprompt(self, turn: Turn, kind: str, failures: int) -> None:
        if kind == MISS and not self.no_match:
            turn.phrase(self.entry.complaint, digits=_span(self.entry))
        super()._reprompt(turn, kind, failures)


def _span(entry: Entry) -> str:
    return str(entry.least) if entry.fixed else f"{entry.least}-{entry.most}"
