"""`set`: computes values and sets variables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from ivr.engine.step import LiveStep, Move
from ivr.engine.turn import Turn
from ivr.flow.expressions import Expression
from ivr.flow.fields import MapOf, option
from ivr.flow.model import Route
from ivr.flow.routes import ValueField, Ways


@dataclass(frozen=True, kw_only=True)
class SetStep(LiveStep):
    """Sets variables, from the top down; a later line may use an earlier one.

    ```yaml
    count_calls:
      set: {asked: asked + 1, city: {text: 北京}}
      next: main
    ```
    """

    kind: ClassVar[str] = "set"

    set: Mapping[str, Expression] = option(MapOf(ValueField()), help="The variables and what they are set to.")
    next: Route = option(Ways(), help="Where the call goes on.")

    def exits(self) -> Mapping[str, Route]:
        """Return the way on."""
        return {"next": self.next}

    def sets(self) -> Mapping[str, str]:
        """Return the variables."""
        return dict.fromkeys(self.set, "value")

    def assigns(self) -> Mapping[str, Expression]:
        """Return what each variable is set to."""
        return self.set

    def enter(self, turn: Turn) -> Move:
        """Set them."""
        for name, expression in self.set.items():
            turn.set(name, expression(turn.values()), proof=turn.proof_behind(expression))
        return "next"
