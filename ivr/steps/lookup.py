"""`lookup`: asks a back end and keeps its answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ivr.engine.inputs import Digits, Input
from ivr.engine.later_turn import puts_off
from ivr.engine.service_ports import QUESTIONS
from ivr.engine.service_ports.question import Answer, read_question
from ivr.engine.step import LiveStep, Move
from ivr.engine.turn import Turn
from ivr.errors import LookupFailed
from ivr.flow.expressions import Expression
from ivr.flow.fields import Block, MapOf, option
from ivr.flow.hotline_fields import Referring
from ivr.flow.model import AskedQuestion, Reference, Route
from ivr.flow.outcomes import AGENT
from ivr.flow.outside_services import LOOKUP_SECONDS
from ivr.flow.questions import GIVEN_ALONG
from ivr.flow.routes import ValueField, Ways
from ivr.flow.scalars import Name, Seconds, WordField


@dataclass(frozen=True, kw_only=True)
class LookupQuestion:
    """The keys of `lookup:`."""

    source: Reference = option(
        Referring(WordField("a service and question, as in bank.balance")),
        help="What is asked, as service.question.",
        key="from",
    )
    save_as: str = option(Name(), help="The variable that keeps the answer.", key="as", default="")
    fields: Mapping[str, Expression] = option(
        MapOf(ValueField()), help="What is asked with it, besides who the caller is.", key="with", default=None
    )
    on_error: Route = option(Ways(), help="Where to go when there is no answer in time, or a fault.")
    on_missing: Route | None = option(
        Ways(), help="Where to go when there is no such thing.", default=None, shown="on_error"
    )
    deadline: float | None = option(
        Seconds(0.1, 10),
        help="How long the answer may take.",
        default=None,
        shown="that of lookups.yaml; 2s",
    )


@dataclass(frozen=True, kw_only=True)
class LookupStep(LiveStep):
    """Asks an outside service over HTTP, as `lookups.yaml` declares it, or one of our own services.

    The verified customer (`customer`) and the call (`call`) go along by themselves to a question that takes them. A
    secret may be given in `with` to a field of the type `secret`; it is revealed to the service alone.

    ```yaml
    balance:
      requires: L1
      lookup: {from: bank.balance, as: account, on_error: bank_unavailable}
      next: tell_balance
    ```
    """

    kind: ClassVar[str] = "lookup"
    looks_up: ClassVar[bool] = True

    lookup: LookupQuestion = option(Block(LookupQuestion, "a lookup"), help="What is asked, and where errors lead.")
    next: Route = option(Ways(), help="Where the call goes on with an answer.")

    def exits(self) -> Mapping[str, Route]:
        """Return the ways on."""
        error = self.lookup.on_error
        return {"next": self.next, "error": error, "missing": self.lookup.on_missing or error}

    def sets(self) -> Mapping[str, str]:
        """Return the variable that keeps the answer."""
        return {self.lookup.save_as: "map"} if self.lookup.save_as else {}

    def asks(self) -> AskedQuestion:
        """Return the question."""
        return AskedQuestion(self.lookup.source, self.lookup.fields or {}, self.lookup.save_as)

    def enter(self, turn: Turn) -> Move:
        """Ask."""
        try:
            answer = self._answer(turn)
        except LookupFailed as error:
            if error.later and puts_off(turn):
                return None
            return "missing" if error.missing else "error"
        if self.lookup.save_as:
            # An answer to a proved caller may hold that customer's data, also at a step without `requires`.
            turn.set(self.lookup.save_as, answer, proof=self.requires or turn.level)
        return "next"

    def answer(self, turn: Turn, action: Input) -> Move:
        """Go on with a question that was put off; key 0 leads to a person meanwhile."""
        return AGENT if isinstance(action, Digits) and action.keys[:1] == "0" else self.enter(turn)

    def _answer(self, turn: Turn) -> Mapping[str, Any]:
        values, source = turn.values(), self.lookup.source.name
        fields = {name: expression(values) for name, expression in (self.lookup.fields or {}).items()}
        fields.pop("customer", None)  # only a proved customer: the calling number is no proof
        fields["call"] = turn.call.id
        if turn.level:
            fields["customer"] = turn.call.identity.customer
        # Our own services are asked by typed questions; any other name is a service of lookups.yaml.
        kind = QUESTIONS.get(source)
        if kind is None:
            return turn.lookup(source, fields, deadline=self.lookup.deadline)
        answer: Answer = turn.ask(
            read_question(kind, fields, spare=GIVEN_ALONG), deadline=self.lookup.deadline or LOOKUP_SECONDS
        )
        return answer.values()
