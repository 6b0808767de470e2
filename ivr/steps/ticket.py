"""`ticket`: takes down a complaint with its kind, gravity and promised times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from ivr.engine.service_ports.tickets import TICKET_LEVELS, TICKET_SEVERITIES, OpenTicket
from ivr.engine.step import LiveStep, Move
from ivr.engine.turn import Turn
from ivr.errors import LookupFailed
from ivr.flow.class_fields import TicketKindName
from ivr.flow.expressions import Expression
from ivr.flow.fields import Block, option
from ivr.flow.model import Route
from ivr.flow.own_classes import COMPLAINT
from ivr.flow.routes import Condition, Ways, WordOrValue
from ivr.flow.scalars import Name


@dataclass(frozen=True, kw_only=True)
class Complaint:
    """The keys of `ticket:`."""

    kind: Expression = option(
        TicketKindName(), help="What it is about: a product, service, a channel or system, a policy."
    )
    severity: Expression | None = option(
        WordOrValue(TICKET_SEVERITIES),
        help="How grave it is; `public` is one that is in the news.",
        default=None,
        shown="ordinary",
    )
    level: Expression | None = option(
        WordOrValue(TICKET_LEVELS), help="Who must deal with it.", default=None, shown="first"
    )
    recording: Expression | None = option(Condition(), help="The address of the caller's own words.", default=None)


@dataclass(frozen=True, kw_only=True)
class TicketStep(LiveStep):
    """Opens a ticket and keeps what was promised.

    The same caller's complaint of the same kind within a week counts as repeated and is raised a level. Its caller
    waits for a person with the priority `complaint`, unless their own is more urgent.

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
        try:
            question = self._question(turn)
            receipt = turn.ask(question)
        # Also for a value that is none of the words: the caller must hear that nothing was written down.
        except LookupFailed:
            return "error"
        turn.set(self.save_as, receipt.values())
        if receipt.repeat:
            turn.no_less_urgent_than(COMPLAINT)
        turn.note("ticket", ticket=receipt.ticket, about=question.kind, repeat=receipt.repeat)
        return "next"

    def _question(self, turn: Turn) -> OpenTicket:
        values, complaint = turn.values(), self.ticket
        return OpenTicket(
            number=turn.call.caller,
            call=turn.call.id,
            # Only a customer who is proved: the progress of the complaint is told to that customer from any number.
            customer=turn.call.identity.customer if turn.level else "",
            kind=complaint.kind(values),
            severity=complaint.severity(values) if complaint.severity else "",
            level=complaint.level(values) if complaint.level else "",
            recording=complaint.recording(values) if complaint.recording else "",
        )
