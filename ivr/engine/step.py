"""The protocol of steps that run in a call: `enter` and `answer`. The kinds are in `ivr/steps`, one file each."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from ivr.flow.model import Step

from .call import Frame, Values
from .inputs import Digits, HungUp, Input
from .scratch import Scratch
from .stand_ins import without_ahead, without_numbers
from .turn import Turn
from .verbs import Hearing


class Universal(Enum):
    """Moves without a route in the flow."""

    BACK = "back"
    AGAIN = "again"


@dataclass(frozen=True)
class RunFlow:
    """Run another flow and return to this step with `FlowResults`.

    `proven` holds the identity level of each of the `values` that only a proved caller may read.
    """

    flow: str
    values: Mapping[str, Any] = field(default_factory=dict)
    proven: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Jump:
    """Go to a step of any flow, to which no route leads from here: the caller named a service of another menu."""

    flow: str
    step: str


@dataclass(frozen=True, eq=False)
class TakeUp:
    """Go on at the place of an earlier call, with its frames in place of this call's; the values have no hash."""

    frames: tuple[Frame, ...]


@dataclass(frozen=True)
class FlowResults(Scratch):
    """The results of a sub-flow and the identity level that may read them; None before it has returned."""

    results: Values | None = None
    proof: int = 0


Move = str | Universal | RunFlow | Jump | TakeUp | None
"""The result of a step: an outcome of the chart, a universal, a sub-flow, a jump; None when the turn waits."""


class LiveStep(Step):
    """A step that can run."""

    @abstractmethod
    def enter(self, turn: Turn) -> Move:
        """Begin the step: speak, look up, or wait. Must be safe to run again for a request that comes twice."""

    def answer(self, turn: Turn, action: Input) -> Move:
        """Process an input. The default, for steps that never wait, enters the step again."""
        del action
        return self.enter(turn)

    def recordable(self, turn: Turn, action: Input) -> Input | None:
        """Return the input as it may be recorded; None when it may hold a secret. The default takes one key."""
        return without_ahead(action, 1) if isinstance(action, Digits) else without_numbers(action)

    def hearing(self, turn: Turn) -> Hearing | None:
        """Return the words that can be said here and the recogniser; None where only keys are taken, or nothing."""
        return None

    def expected(self, turn: Turn) -> Sequence[tuple[str, ...]]:
        """Return the phrases that are expected, of each choice or answer."""
        return ()

    def on_hangup(self, turn: Turn, gone: HungUp) -> None:
        """Process a hang-up in this step, such as to free a place in the queue."""

    def takes_recording(self, turn: Turn, answered: int) -> bool:
        """Return whether a recording that answers the turn of number `answered` belongs to this visit of the step."""
        del turn, answered
        return False
