"""What a kind of step must do in a call: enter, and answer an input. Kinds live in `ivr/steps`, one file each."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from ivr.flow.model import Step

from .call import Values
from .inputs import Input
from .scratch import Scratch
from .turn import Turn


class Universal(Enum):
    """Moves that no route is written for."""

    BACK = "back"
    AGAIN = "again"


@dataclass(frozen=True)
class RunFlow:
    """Go into another flow and come back to this step with `FlowResults`.

    `proven` names those of the `values` that were learnt by proof.
    """

    flow: str
    values: Mapping[str, Any] = field(default_factory=dict)
    proven: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class FlowResults(Scratch):
    """What a flow that was run gave back, and the identity level that reads it; no results before it has come back."""

    results: Values | None = None
    proof: int = 0


Move = str | Universal | RunFlow | None
"""How a step ends its part: an outcome that the chart knows, a universal, a sub-flow; None when the turn waits."""


class LiveStep(Step):
    """A step that can run."""

    @abstractmethod
    def enter(self, turn: Turn) -> Move:
        """Begin the step: speak, look up, or wait. Must be safe to run again for a request that comes twice."""

    def answer(self, turn: Turn, action: Input) -> Move:
        """Take what the caller did. Steps that never wait need not answer; being asked, they begin again."""
        del action
        return self.enter(turn)

    def on_hangup(self, turn: Turn) -> None:
        """Learn that the caller hung up here; for steps that hold something for the caller."""
