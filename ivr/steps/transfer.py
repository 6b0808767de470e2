"""`transfer`: connects the caller with people at a desk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from ..engine.inputs import DialEnded, Input
from ..engine.step import LiveStep, Move
from ..engine.turn import Turn
from ..flow.fields import Block, option
from ..flow.model import OWN_DESK, PRIORITIES, Route
from ..flow.routes import Ways
from ..flow.scalars import Name, OneOf
from ..flow.text import Text
from ..flow.wordings import Wording

_OUTCOMES = {"completed": "next", "busy": "busy", "no-answer": "no_answer", "failed": "failed", "canceled": "no_answer"}


@dataclass(frozen=True)
class To:
    """The keys of `transfer:`."""

    desk: str = option(
        Name("the name of a desk"), help="The desk of line.yaml that is dialled; `segment` is the caller's own."
    )
    priority: str = option(
        OneOf(PRIORITIES), help="How urgent the caller is taken.", default="", shown="normal; with `segment` its own"
    )


@dataclass(frozen=True, kw_only=True)
class Transfer(LiveStep):
    """Dials a desk of `line.yaml`. Busy, closed, no answer and failure have ways on, so that nobody is dropped.

    With `transfer: segment` it is the desk of the caller's own segment, at the segment's priority.

    ```yaml
    agent:
      transfer: general
      next: after_agent
      on_busy: leave_message
      otherwise: leave_message
    ```
    """

    kind: ClassVar[str] = "transfer"

    transfer: To = option(Block(To, "a transfer", short="desk"), help="The desk, or the desk and a priority.")
    otherwise: Route = option(Ways(), help="Where to go when nobody could be reached.")
    next: Route | None = option(Ways(), help="Where to go after the conversation.", default=None, shown="the call ends")
    prompt: Text | None = option(Wording(), help="What is said first.", default=None, shown="正在为您转接人工服务…")
    on_busy: Route | None = option(Ways(), help="Where to go when the desk is busy.", default=None, shown="otherwise")
    on_no_answer: Route | None = option(
        Ways(), help="Where to go when nobody picks up.", default=None, shown="otherwise"
    )

    on_closed: Route | None = option(
        Ways(), help="Where to go, without dialling, outside the hours of the desk.", default=None, shown="otherwise"
    )

    def exits(self) -> Mapping[str, Route]:
        """Return the ways on."""
        ways = {"busy": self.on_busy, "no_answer": self.on_no_answer, "closed": self.on_closed, "failed": None}
        found = {outcome: route or self.otherwise for outcome, route in ways.items()}
        return found | ({"next": self.next} if self.next else {})

    def enter(self, turn: Turn) -> Move:
        """Say so and dial; a closed desk is not dialled."""
        desk, priority = self._wanted(turn)
        if not turn.desk_open(desk) and self.name not in turn.found_closed:
            turn.found_closed.add(self.name)  # who is led round to here again is connected, rather than led on
            turn.note("closed", desk=desk)
            return "closed"
        turn.change(keys_ahead="", transfer={"desk": desk, "priority": priority})
        if self.prompt:
            turn.say(self.prompt)
        else:
            turn.phrase("transfer")
        turn.note("transfer", desk=desk, priority=priority)
        turn.dial(desk)
        return None

    def _wanted(self, turn: Turn) -> tuple[str, str]:
        """Return the desk and the priority that this caller gets."""
        if self.transfer.desk != OWN_DESK:
            return self.transfer.desk, self.transfer.priority or PRIORITIES[0]
        caller = turn.call.facts.get("caller", {})
        return caller.get("desk") or turn.line.desk, self.transfer.priority or caller.get("priority") or PRIORITIES[0]

    def answer(self, turn: Turn, given: Input) -> Move:
        """Go on by how the dialling ended; anything else dials again."""
        if not isinstance(given, DialEnded):
            return self.enter(turn)
        outcome = _OUTCOMES[given.status]
        desk = turn.call.transfer.get("desk", self.transfer.desk)
        turn.note("dialled", desk=desk, status=given.status, seconds=given.seconds)
        if outcome == "next":
            turn.drop_proof()  # somebody else has had the line since
        if outcome == "next" and self.next is None:
            turn.hang_up()
            return None
        return outcome
