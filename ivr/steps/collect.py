"""`collect`: takes an entry of the caller, such as digits, an amount, a date or a secret number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from ivr.engine.entry_step import EntryStep
from ivr.engine.entry_types import ENTRIES, EntryType, Value
from ivr.engine.step import Move
from ivr.engine.turn import Turn
from ivr.flow.fields import option
from ivr.flow.model import Route
from ivr.flow.routes import Ways
from ivr.flow.scalars import Name, OneOf, Whole


@dataclass(frozen=True, kw_only=True)
class CollectStep(EntryStep):
    """Takes an entry by key (what is no secret also by voice) and keeps it as a variable.

    | entry | what is taken | also spoken, as in | kept as |
    |---|---|---|---|
    | `digits` | `min` to `max` digits | 零幺二八, double five oh | text |
    | `amount` | yuan, star for the decimal point, pound at the end | 一万二, 两百块零五分 | text, two decimals |
    | `date` | year, month, day as eight digits | 下周一, the twenty-first of November | 2026-11-20 |
    | `phone` | 3 to 15 digits, pound at the end | 幺三八…, one three eight … | text |
    | `card` | 16 to 19 digits with a right last digit (Luhn) | never | secret `pan` |
    | `id` | 18 characters by GB 11643, star for X | never | secret `id` |
    | `pin` | six digits | never | secret `pin` |

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

    collect: str = option(OneOf(tuple(ENTRIES)), help="What is taken.")
    save_as: str = option(Name(), help="The variable that keeps it.", key="as")
    next: Route = option(Ways(), help="Where the call goes on.")
    least: int = option(Whole(1, 30), help="The fewest digits (`digits` only).", key="min", default=0, shown="1")
    most: int = option(Whole(1, 30), help="The most digits (`digits` only).", key="max", default=0, shown="30")

    def exits(self) -> Mapping[str, Route]:
        """Return the way on."""
        return {"next": self.next} | self.failure_exits()

    def sets(self) -> Mapping[str, str]:
        """Return the variable and its value kinds."""
        return {self.save_as: self.entry.secret or "text"}

    def protects(self) -> bool:
        """Return whether the entry is a secret."""
        return bool(self.entry.secret)

    def faults(self) -> Iterator[tuple[str, str, str]]:
        """Yield bounds that disagree, or that an entry of fixed form would ignore."""
        if self.collect != "digits":
            for key, bound in (("min", self.least), ("max", self.most)):
                if bound:
                    message = f'"{key}" counts digits; {self.collect} has a length of its own.'
                    yield key, message, 'Delete this line, or write "collect: digits".'
        elif self.entry.least > self.entry.most:
            message = f'"min" is {self.entry.least}, which is more than "max", {self.entry.most}.'
            yield "min", message, "Exchange them."

    @property
    def entry(self) -> EntryType:
        """The entry type, with the bounds of the flow."""
        entry = ENTRIES[self.collect]
        return replace(entry, least=self.least or entry.least, most=self.most or entry.most)

    def wanted(self, turn: Turn) -> EntryType:
        """Return the entry type."""
        return self.entry

    def accept(self, turn: Turn, value: Value) -> Move:
        """Set the variable."""
        turn.set(self.save_as, value)
        turn.record_entry(self.save_as, value)
        return "next"
