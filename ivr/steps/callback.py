"""`callback`: promises to call the caller back by a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from msgspec.structs import replace as changed

from ivr.engine.agent_context import handover
from ivr.engine.service_ports.queue import PromiseCallback
from ivr.engine.step import LiveStep, Move
from ivr.engine.telephone import telephone
from ivr.engine.turn import Turn
from ivr.errors import LookupFailed
from ivr.flow.class_fields import PriorityName
from ivr.flow.desk_field import OWN_DESK, DeskField, WantedDesk
from ivr.flow.expressions import Expression
from ivr.flow.fields import Block, option
from ivr.flow.model import Route
from ivr.flow.own_classes import NORMAL
from ivr.flow.routes import Condition, Ways
from ivr.flow.scalars import Name


@dataclass(frozen=True, kw_only=True)
class Whom:
    """The keys of `callback:`."""

    desk: WantedDesk = option(
        DeskField(),
        help="The desk whose agents ring, or a value that names it; `segment` is the caller's own.",
        default=WantedDesk(OWN_DESK),
        shown=OWN_DESK,
    )
    priority: str = option(
        PriorityName(), help="How urgent it is.", default="", shown="that of the segment, or as the caller waited"
    )
    number: Expression | None = option(
        Condition(), help="The number that is rung.", default=None, shown="the number that calls"
    )
    message: Expression | None = option(
        Condition(), help="The address of a message that the caller left, for the agent who calls back.", default=None
    )


@dataclass(frozen=True, kw_only=True)
class CallbackStep(LiveStep):
    """Promises a call back. Who waited keeps the place in the queue, so that ringing back costs no time.

    An agent is rung first, then the caller; after the second try in vain a text message and a ticket follow. The same
    number again keeps its first promise.

    With a `message`, who shows no number gets a promise too: an agent listens to it and rings the number that it tells.

    The variable holds `by` (a moment, to the quarter of an hour) and `reference` (digits).

    ```yaml
    call_back:
      callback: segment
      as: promise
      next: tell_promise
      on_error: leave_message
    ```
    """

    kind: ClassVar[str] = "callback"

    callback: Whom = option(Block(Whom, "a call back", short="desk"), help="Who rings whom, or the desk alone.")
    save_as: str = option(Name(), help="The variable that keeps the promise.", key="as")
    next: Route = option(Ways(), help="Where the call goes on with a promise.")
    on_error: Route = option(
        Ways(), help="Where to go when none can be made, as for a number that is withheld and without a message."
    )

    def exits(self) -> Mapping[str, Route]:
        """Return the ways on."""
        return {"next": self.next, "error": self.on_error}

    def sets(self) -> Mapping[str, str]:
        """Return the variable that keeps the promise."""
        return {self.save_as: "map"}

    def desk(self) -> WantedDesk:
        """Return the desk whose agents ring."""
        return self.callback.desk

    def enter(self, turn: Turn) -> Move:
        """Ask the queue for the promise and set the variable."""
        number = telephone(self.callback.number(turn.values()) if self.callback.number else turn.call.caller)
        if not number and not self.callback.message:
            return "error"
        try:
            promise = turn.ask(self._question(turn, number))
        except LookupFailed:
            return "error"
        turn.set(self.save_as, promise.values())
        if turn.call.transfer.since is None:  # so that the queue hears of the end of this call
            turn.change(transfer=changed(turn.call.transfer, since=turn.now))
        turn.note("call_back", reference=promise.reference, by=promise.by)
        return "next"

    def _question(self, turn: Turn, number: str) -> PromiseCallback:
        caller, waited = turn.caller, turn.call.transfer
        desk = self.callback.desk.among(turn.line.desks, turn.values())
        # The desk that the caller has waited for goes before the segment's, so that the place in its queue is kept.
        if desk in (OWN_DESK, ""):
            desk = waited.desk or caller.desk or turn.line.desk
        priority = self.callback.priority or waited.priority or caller.priority or NORMAL
        message = str(self.callback.message(turn.values())) if self.callback.message else ""
        return PromiseCallback(**handover(turn), number=number, desk=desk, priority=priority, message=message)
