"""`ticket`: takes down a complaint with its kind, gravity and promised times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ivr.engine.step import LiveStep, Move
from ivr.engine.turn import LOOKUP_SECONDS, Turn
from ivr.errors import LookupFailed
from ivr.flow.expressions import Expression
from ivr.flow.fields import Block, option
from ivr.flow.model import Route
from ivr.flow.routes import Condition, Ways, WordOrValue
from ivr.flow.scalars import Name

_KINDS = ("product", "service", "channel", "policy")
_SEVERITIES = ("ordinary", "grave", "public")
_LEVELS = ("first", "middle", "high")


@dataclass(frozen=True, kw_only=True)
class Complaint:
    """The keys of `ticket:`."""

    kind: Expression = option(
        WordOrValue(_KINDS), help="What it is about: a product, service, a channel or system, a policy."
    )
    severity: Expression | None = option(
        WordOrValue(_SEVERITIES),
        help="How grave it is; `public` is one that is in the news.",
        default=None,
        shown="ordinary",
    )
    level: Expression | None = option(WordOrValue(_LEVELS), help="Who must deal with it.", default=None, shown="first")
    recording: Expression | None = option(Condition(), help="The address of the caller's own words.", default=None)


@dataclass(frozen=True, kw_only=True)
class TicketStep(LiveStep):
    """Opens a ticket and keeps what was promised.

    The same caller's complaint of the same kind within a week counts as repeated and is raised a level. Whoever repeats
    one waits for a person with the priority `complaint`, unless their own is more urgent.

    The variable holds `ticket` (the number to read back), `first_reply_by` and `final_by` (dates), `first_reply_hours`,
    `final_days` and `repeat`. Where `kind` is a value, such as what a menu kept with `as`, and turns out to be none of
    the words, no ticket is opened and the call goes on by `on_error`.

    ```yaml
    open_ticket:
      ticket: {kind: about, recording: words.url}
      as: complaint
      next: tell_ticket
      on_error: agent
    ```
    """

    kind: ClassVar[str] = "ticket"
    open_to_all: ClassVar[bool] = True

    ticket: Complaint = option(Block(Complaint, "a ticket", short="kind"), help="The complaint, or its kind alone.")
    save_as: str = option(Name(), help="The variable that keeps what was promised.", key="as")
    next: Route = option(Ways(), help="Where the call goes on with a ticket.")
    on_error: Route = option(Ways(), help="Where to go when none could be opened.")

    def exits(self) -> Mapping[str, Route]:
        """Return the ways on."""
        return {"next": self.next, "error": self.on_error}

    def sets(self) -> Mapping[str, str]:
        """Return the variable that keeps what was promised."""
        return {self.save_as: "map"}

    def enter(self, turn: Turn) -> Move:
        """Open it."""
        question = self._question(turn)
        try:
            opened = turn.lookup("tickets.open", question, deadline=LOOKUP_SECONDS)
        except LookupFailed:
            return "error"
        turn.set(self.save_as, opened)
        if opened.get("repeat"):
            turn.no_less_urgent_than("complaint")
        turn.note("ticket", ticket=opened.get("ticket"), about=question["kind"], repeat=opened.get("repeat"))
        return "next"

    def _question(self, turn: Turn) -> dict[str, Any]:
        asked: dict[str, Any] = {"number": turn.call.caller, "call": turn.call.id}
        if turn.level:
            asked["customer"] = turn.call.identity.customer
        values = turn.values()
        named = {name: getattr(self.ticket, name) for name in ("kind", "severity", "level", "recording")}
        return asked | {name: value(values) for name, value in named.items() if value}
