"""`flow`: runs another flow and comes back with its results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from ivr.engine.step import FlowResults, LiveStep, Move, RunFlow
from ivr.engine.turn import Turn
from ivr.flow.expressions import Expression
from ivr.flow.fields import Block, MapOf, option
from ivr.flow.model import NestedFlow, Route
from ivr.flow.routes import ValueField, Ways
from ivr.flow.scalars import Name


@dataclass(frozen=True)
class SubFlow:
    """The keys of `flow:` in a step."""

    run: str = option(Name("the name of a flow"), help="The flow that is run.")
    parameters: Mapping[str, Expression] = option(
        MapOf(ValueField()), help="The values for its parameters.", key="with", default=None
    )
    save_as: str = option(Name(), help="The variable that keeps its results.", key="as", default="")


@dataclass(frozen=True, kw_only=True)
class FlowStep(LiveStep):
    """Runs another flow, with its own variables, and goes on when that flow goes to `return`.

    The other flow names what it needs in `parameters` and what it gives back in `returns`.

    ```yaml
    choose_branch:
      flow: {run: branches, with: {city: {text: 北京}}, as: branch}
      next: tell_branch
    ```
    """

    kind: ClassVar[str] = "flow"

    flow: SubFlow = option(
        Block(SubFlow, "a sub-flow", short="run"), help="The flow to run: its name, or its name and values."
    )
    next: Route = option(Ways(), help="Where the call goes on afterwards.")

    def exits(self) -> Mapping[str, Route]:
        """Return the way on."""
        return {"next": self.next}

    def sets(self) -> Mapping[str, str]:
        """Return the variable that keeps the results."""
        return {self.flow.save_as: "map"} if self.flow.save_as else {}

    def nested(self) -> NestedFlow:
        """Return the flow that is run."""
        return NestedFlow(self.flow.run, self.flow.parameters or {})

    def enter(self, turn: Turn) -> Move:
        """Go into the flow; when it has come back, keep its results and go on."""
        came_back = turn.scratch_as(FlowResults)
        if came_back.results is None:
            # Values are copied, since a sub-flow has variables of its own; those that needed proof keep their level.
            values, parameters = turn.values(), self.flow.parameters or {}
            proven = {name: proof for name, value in parameters.items() if (proof := turn.proof_behind(value))}
            return RunFlow(self.flow.run, {name: value(values) for name, value in parameters.items()}, proven)
        if self.flow.save_as:
            turn.set(self.flow.save_as, came_back.results, proof=came_back.proof)
        return "next"
