"""`collect`: takes an entry of the caller, such as digits, an amount, a date or a secret number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from ivr.engine.entry_step import EntryStep
from ivr.engine.entry_types import ENTRIES, LONGEST_SECRET, SHORTEST_SECRET, EntryType, Value
from ivr.engine.step import Move
from ivr.engine.turn import Turn
from ivr.flow.fields import option
from ivr.flow.model import Route
from ivr.flow.routes import Ways
from ivr.flow.scalars import Name, OneOf, Whole

_LENGTHS = {"digits": range(1, 31), "pin": range(SHORTEST_SECRET, LONGEST_SECRET + 1), "cvv": range(3, 5)}
"""The lengths that an entry of digits can be given."""

_TYPES = {"amount": "number", "date": "date", "expiry": "date", "time": "time"}
"""The types of entries that compare as something else than text."""


@dataclass(frozen=True, kw_only=True)
class CollectStep(EntryStep):
    """Takes an entry by key (what is no secret also by voice) and keeps it as a variable.

    | entry | what is taken | also spoken, as in | kept as |
    |---|---|---|---|
    | `digits` | `min` to `max` digits | 零幺二八, double five oh | text |
    | `amount` | yuan, star for the decimal point, pound at the end | 一万二, 两百块零五分 | text, two decimals |
    | `date` | year, month, day as eight digits | 下周一, the twenty-first of November | 2026-11-20 |
    | `time` | hour and minute as four digits | never | 15:05 |
    | `expiry` | month and year as four digits, as on a card | never | the last day of the month, 2028-06-30 |
    | `phone` | 3 to 15 digits, pound at the end | 幺三八…, one three eight … | text |
    | `card` | 16 to 19 digits with a right last digit (Luhn) | never | secret `pan` |
    | `id` | 18 characters by GB 11643, star for X | never | secret `id` |
    | `pin` | six digits, or `length` | never | secret `pin` |
    | `cvv` | three or four digits, or `length` | never | secret `cvv` |

    `collect: speech` and `collect: one_of` take what has a name; each has a section of its own.

    A secret can be compared and given to a lookup; it is never spoken, logged or stored in clear; only the last four
    of a card are: `{pan|card_tail}`. Conditions read its scheme: `pan.scheme == "visa"` (unionpay, visa, mastercard,
    amex, jcb, diners, discover, or none). Pound alone gives more time, star clears, star alone goes back, star and 0
    (or 0 alone) leads to a person.

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
    length: int = option(
        Whole(1, 30),
        help="How many digits exactly: of `digits`, of a `pin` (3 to 12) or of a `cvv` (3 or 4).",
        default=0,
        shown="by the entry",
    )
    least: int = option(Whole(1, 30), help="The fewest digits (`digits` only).", key="min", default=0, shown="1")
    most: int = option(Whole(1, 30), help="The most digits (`digits` only).", key="max", default=0, shown="30")

    def exits(self) -> Mapping[str, Route]:
        """Return the way on."""
        return {"next": self.next} | self.failure_exits()

    def sets(self) -> Mapping[str, str]:
        """Return the variable and its type."""
        return {self.save_as: self.entry.secret or _TYPES.get(self.collect, "text")}

    def protects(self) -> bool:
        """Return whether the entry is a secret."""
        return bool(self.entry.secret)

    def faults(self) -> Iterator[tuple[str, str, str]]:
        """Yield bounds that disagree, or that an entry of fixed form would ignore."""
        bounds = (("min", self.least), ("max", self.most), ("length", self.length))
        written = [(key, bound) for key, bound in bounds if bound]
        for key, _ in written:
            if self.collect not in _LENGTHS or (key != "length" and self.collect != "digits"):
                message = f'"{key}" counts digits; {self.collect} has a length of its own.'
                yield key, message, 'Delete this line, or write "collect: digits".'
        if self.collect != "digits" and self.length and self.length not in _LENGTHS.get(self.collect, ()):
            lengths = _LENGTHS.get(self.collect)
            if lengths:
                message = f"A {self.collect} has {lengths[0]} to {lengths[-1]} digits, not {self.length}."
                yield "length", message, "Write another length."
        if self.length and (self.least or self.most):
            yield "length", '"length" says how many digits exactly.', 'Delete "min" and "max", or this line.'
        elif self.collect == "digits" and self.entry.least > self.entry.most:
            message = f'"min" is {self.entry.least}, which is more than "max", {self.entry.most}.'
            yield "min", message, "Exchange them."

    @property
    def entry(self) -> EntryType:
        """The entry type, with the bounds of the flow."""
        return ENTRIES[self.collect].of_length(self.length or self.least, self.length or self.most)

    def wanted(self, turn: Turn) -> EntryType:
        """Return the entry type."""
        return self.entry

    def accept(self, turn: Turn, value: Value) -> Move:
        """Set the variable."""
        turn.set(self.save_as, value)
        turn.record_entry(self.save_as, value)
        return "next"
